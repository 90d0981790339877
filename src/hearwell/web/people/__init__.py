"""Who may do what: accounts, roles, teams, tokens, and the log of what was done."""
