"""Pages that say why numbers are as they are, and what changed."""
