"""Surveys that people answer: what is asked, whom and when, and what they said."""
