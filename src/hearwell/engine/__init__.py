"""Ask the lake a question and get numbers that say how sure they are."""
