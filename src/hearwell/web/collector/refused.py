"""Requests of which nothing is taken."""


class Refused(Exception):
    """Why a request is refused, and how to do better."""

    def __init__(self, status: int, reason: str, told: str, after: int = 0) -> None:
        super().__init__(told)
        self.status, self.reason, self.told, self.after = status, reason, told, after
