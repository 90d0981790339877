"""What the numbers rest on: what came in and how, and the settings of the organisation."""
