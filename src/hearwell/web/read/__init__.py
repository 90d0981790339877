"""Pages for those who ask how care is doing: leads and analysts."""
