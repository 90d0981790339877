"""The bases of every error that a user is meant to read."""


class HearwellError(Exception):
    """A problem told in one message: what was wrong, where, and what to do next."""

    exit_code = 1


class WrongUse(HearwellError):
    """What was asked for makes no sense; nothing is wrong with the data or the machine."""

    exit_code = 2
