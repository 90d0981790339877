"""Facts derived from the records, as expressions: never stored as truth, always reproducible."""
