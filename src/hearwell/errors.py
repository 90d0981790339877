"""The base of every error that a user is meant to read."""


class HearwellError(Exception):
    """A problem told in one message: what was wrong, where, and what to do next."""
