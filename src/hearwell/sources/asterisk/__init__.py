"""Asterisk: its queue_log and its channel event log (CEL) as calls and shifts."""
