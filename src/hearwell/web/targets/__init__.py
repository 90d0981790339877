"""Targets of numbers, and alerts where one is surely missed."""
