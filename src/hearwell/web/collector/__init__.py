"""What readers and buyers do on an organisation's own pages, taken in and kept."""
