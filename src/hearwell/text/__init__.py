"""Text in any language: numbers of it that need no lake."""
