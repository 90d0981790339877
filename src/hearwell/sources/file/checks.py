"""What must hold among the columns of a row, whatever file it comes from."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import combinations

from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.records.record import Record
from hearwell.sources.file.target import Fault

IN_ORDER: dict[str, tuple[tuple[str, ...], ...]] = {
    "agent": (("joined_at", "left_at"),),
    "article": (("published_at", "updated_at"),),
    "call": (("started_at", "entered_at", "connected_at", "ended_at"),),
    "case": (("opened_at", "reported_solved_at"), ("opened_at", "reported_closed_at")),
    "cart": (("created_at", "last_changed_at"), ("created_at", "ordered_at")),
    "customer": (("first_seen_at", "left_at"),),
    "order": (("ordered_at", "delivered_at"),),
    "shift": (("started_at", "ended_at"),),
    "survey": (("sent_at", "opened_at"), ("sent_at", "answered_at")),
}
"""Instants of a record, none of which is before one that stands to its left.

A case may be closed before it is solved: the two are what the source says, not what happened.
"""

MAY_BE_AHEAD = {"promised_at"}
"""Instants that may be in the future."""

AHEAD = timedelta(days=1)
"""Clocks and zones that are wrong by less are not worth losing a row."""


EARLIEST = "timestamp '1900-01-01'"
"""What is earlier is a year of two digits, or a spreadsheet's zero."""


def not_before(record: type[Record], name: str, columns: Collection[str]) -> list[str]:
    """Return the columns whose instants come no later than that of the one named."""
    return [
        earlier
        for chain in IN_ORDER.get(record.table_name, ())
        if name in chain
        for earlier in chain[: chain.index(name)]
        if earlier in columns
    ]


def faults(record: type[Record], columns: Collection[str], now: datetime) -> list[Fault]:
    """Return the checks of the columns that a mapping has; `now` is in UTC."""
    marks = record.columns()
    ahead = [name for name in columns if marks[name].role == "instant" and name not in MAY_BE_AHEAD]
    return [
        *(in_future(name, now) for name in ahead if name != "received_at"),
        *(too_early(name) for name in columns if marks[name].role == "instant"),
        *(
            in_order(earlier, later)
            for chain in IN_ORDER.get(record.table_name, ())
            for earlier, later in combinations([name for name in chain if name in columns], 2)
        ),
    ]


def in_future(name: str, now: datetime) -> Fault:
    kept = identifier(name)
    kind = f"{name} is in the future"
    return Fault(
        kind,
        f"{kept} > timestamp '{now + AHEAD:%Y-%m-%d %H:%M:%S}'",
        f"{quoted(kind)} || {shown(name)}",
    )


def too_early(name: str) -> Fault:
    kind = f"{name} is before 1900"
    return Fault(kind, f"{identifier(name)} < {EARLIEST}", f"{quoted(kind)} || {shown(name)}")


def in_order(earlier: str, later: str) -> Fault:
    kind = f"{later} is before {earlier}"
    return Fault(
        kind,
        f"{identifier(later)} < {identifier(earlier)}",
        f"'{later}' || {shown(later)} || ' is before {earlier}' || {shown(earlier)}",
    )


def shown(name: str) -> str:
    return f"' (' || strftime({identifier(name)}, '%Y-%m-%d %H:%M:%S') || ')'"
