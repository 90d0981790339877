"""A page to send, print and read without a network: what the scorecard shows, and why."""
