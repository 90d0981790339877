"""Files that people have: tables in CSV, JSON, Parquet or Excel, and a mapping to our records."""
