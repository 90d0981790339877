"""What can be wrong with the files that were given."""

from pathlib import Path

from hearwell.errors import HearwellError


class CannotRead(HearwellError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be read: {reason}. Nothing of it was taken.")


class NotAQueueLog(HearwellError):
    def __init__(self, path: Path, lines: int, first: str) -> None:
        super().__init__(
            f"None of the {lines} lines of {path} is a line of a queue_log, such as "
            f"1795283595|callid|queue|agent|EVENT|…; the first is {first[:80]!r}. "
            "A channel event log (CEL) is given with --cel."
        )


class NotACel(HearwellError):
    def __init__(self, path: Path, missing: str) -> None:
        super().__init__(
            f"{path} is not a channel event log (CEL): {missing}. It needs either the 20 columns "
            "of cel_custom in their usual order, or a first line with the names of the columns, "
            "among them eventtype, eventtime, uniqueid and linkedid."
        )
