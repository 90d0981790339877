"""What a telephone system writes by agreement, because Asterisk itself has no word for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Conventions:
    """The words and limits with which a log is read. The defaults are the usual ones."""

    dialled: tuple[str, ...] = ("DID",)
    """Events of QueueLog() whose first parameter is the number that was dialled."""

    refused_full: tuple[str, ...] = ("QUEUEFULL", "FULL")
    """Events, and values of QUEUESTATUS, that tell of a call refused because the queue was full."""

    refused_empty: tuple[str, ...] = (
        "QUEUEEMPTY",
        "QUEUEUNAVAIL",
        "JOINEMPTY",
        "JOINUNAVAIL",
    )
    """The same for a call refused because nobody was there to take it."""

    wrap_up: tuple[str, ...] = (
        "acw",
        "after call",
        "after call work",
        "aftercall",
        "aftercallwork",
        "post call",
        "wrap",
        "wrap up",
        "wrapup",
        "wrapup time",
    )
    """Reasons of a pause that mean work after a call. Case, blanks, `-` and `_` do not matter."""

    wrap_up_within_seconds: float = 5
    """A wrap-up pause belongs to the call that ended at most this long before it."""

    stuck_after_seconds: float = 6 * 3600
    """A call still open after this long is marked as stuck."""

    aliases: Mapping[str, str] = field(default_factory=dict)
    """Interface → member name, where the log alone cannot tell: `{"SIP/201": "Ana"}`."""
