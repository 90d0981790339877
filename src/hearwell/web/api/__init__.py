"""What programs ask: the same questions, roles and teams as the pages, as JSON."""
