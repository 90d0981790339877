"""The lake: one folder that keeps all records, read by many while one writes."""
