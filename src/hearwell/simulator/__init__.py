"""A company that never was: its customers, agents and records, drawn from a seed."""
