"""Why the numbers are what they are: each insight a module of its own, none knows another."""
