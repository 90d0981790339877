"""The Model Context Protocol: assistants ask what their people may ask."""
