"""The clock of a zone: which offset from UTC is in force, and readings of it as expressions.

Asking a database for the zone of every row is slow, and engines differ in their zone tables.
A zone changes its clock a few times a year, so the changes are looked up once, in Python's
`zoneinfo`, and become a choice between constants.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, available_timezones

import ibis
import numpy as np

from hearwell.clock.interval import SECOND, Intervals, clipped, intervals, merged, microseconds
from hearwell.errors import HearwellError

Expr = Any
Boundary = TypeVar("Boundary")
Leaf = TypeVar("Leaf")

EARLIEST = datetime.fromisoformat("1970-01-01")
LATEST = datetime.fromisoformat("2070-01-01")
"""The range of a caller who does not know the range of the data."""

PROBE_EVERY = timedelta(days=1)
"""Since 1970 no zone has gone to another offset and back in less than a week."""

_BEFORE_ALL = datetime.fromisoformat("0001-01-01")
_AFTER_ALL = datetime.fromisoformat("9999-12-31")


class UnknownZone(HearwellError, ValueError):
    """A name that is not in the list of time zones; a ValueError, so that pydantic collects it."""

    def __init__(self, name: str) -> None:
        near = get_close_matches(name, _names(), cutoff=0.5)
        hint = f"Did you mean {' or '.join(near)}?" if near else 'Write it like "Europe/London".'
        super().__init__(f"No time zone is called {name!r}. {hint}")


@dataclass(frozen=True)
class Step:
    """The offset from UTC that holds from an instant until the next step."""

    begins: datetime
    offset_seconds: int

    @property
    def offset(self) -> timedelta:
        return timedelta(seconds=self.offset_seconds)


def check_zone(name: str) -> str:
    """Give the name back if it is a zone, else raise an error that lists the nearest names."""
    if name not in _names():
        raise UnknownZone(name)
    return name


@lru_cache(maxsize=1024)
def steps(zone: str, first: datetime = EARLIEST, last: datetime = LATEST) -> tuple[Step, ...]:
    """Find the offsets in force from one instant to another, both naive and in UTC."""
    clock = ZoneInfo(check_zone(zone))

    def offset(instant: datetime) -> int:
        difference = clock.fromutc(instant.replace(tzinfo=clock)).utcoffset() or timedelta()
        return difference // timedelta(seconds=1)

    def change_between(same: datetime, other: datetime) -> datetime:
        while other - same > timedelta(seconds=1):
            middle = same + timedelta(seconds=(other - same) // timedelta(seconds=2))
            if offset(middle) == offset(same):
                same = middle
            else:
                other = middle
        return other

    probe, last = first.replace(microsecond=0), last.replace(microsecond=0)
    found = [Step(probe, offset(probe))]
    while probe < last:
        before, probe = probe, min(probe + PROBE_EVERY, last)
        while offset(probe) != found[-1].offset_seconds:
            before = change_between(before, probe)
            found.append(Step(before, offset(before)))
    return tuple(found)


def local_time(
    instant: Expr, zone: str, first: datetime = EARLIEST, last: datetime = LATEST
) -> Expr:
    """Read the clock of a zone: a timestamp in UTC becomes the timestamp that people there saw.

    Outside the range the nearest offset is used. The expression of the instant is repeated for
    each change of the clock, so give a plain column.
    """
    found = steps(zone, first, last)
    if _is_utc(found):
        return instant
    return instant + _choice(
        [step.begins for step in found[1:]],
        [ibis.interval(seconds=step.offset_seconds) for step in found],
        lambda begins, earlier, later: (instant < begins).ifelse(earlier, later),
    )


def local_to_utc_sql(
    local_sql: str,
    zone: str,
    first: datetime = EARLIEST,
    last: datetime = LATEST,
    *,
    later: bool = False,
) -> str:
    """Write DuckDB's SQL for the instant in UTC of a reading of the local clock.

    A reading that came twice, because clocks went back, is taken for the earlier instant, or for
    the `later` one. One that never came, because clocks went forward, is NULL. `local_sql` is
    repeated for each change of the clock: give the name of a TIMESTAMP column, quoted if need be,
    not a calculation.
    """
    found = steps(zone, first, last)
    if _is_utc(found):
        return local_sql

    def instant(candidates: tuple[Step, ...]) -> str:
        if not candidates:
            return "CAST(NULL AS TIMESTAMP)"
        chosen = candidates[-1 if later else 0]
        return f"({local_sql} - INTERVAL ({chosen.offset_seconds}) SECOND)"

    return _sql_choice(local_sql, found, instant)


def local_problem_sql(
    local_sql: str, zone: str, first: datetime = EARLIEST, last: datetime = LATEST
) -> str:
    """Write DuckDB's SQL for what is wrong with a reading of the local clock.

    It gives 'ambiguous', 'does not exist' or NULL; `local_sql` as in `local_to_utc_sql`.
    """

    def problem(candidates: tuple[Step, ...]) -> str:
        if not candidates:
            return "'does not exist'"
        return "'ambiguous'" if len(candidates) > 1 else "CAST(NULL AS VARCHAR)"

    return _sql_choice(local_sql, steps(zone, first, last), problem)


def instants(readings: Intervals, zone: str, first: datetime, last: datetime) -> Intervals:
    """Find when, between two instants, the wall clock of a zone reads a time in the stretches.

    A reading that comes twice counts twice, one that never comes does not count.
    """
    found = steps(zone, first, last)
    begins = [first, *(step.begins for step in found[1:]), last]
    pieces = [intervals(())]
    for step, (begin, end) in zip(found, pairwise(map(microseconds, begins)), strict=True):
        offset = step.offset_seconds * SECOND
        pieces.append(clipped(readings - offset, begin, end))
    return merged(np.concatenate(pieces))


@cache
def _names() -> frozenset[str]:
    """Every zone that means the same on each machine."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


def _is_utc(found: tuple[Step, ...]) -> bool:
    return [step.offset_seconds for step in found] == [0]


def _sql_choice(
    local_sql: str, found: tuple[Step, ...], leaf: Callable[[tuple[Step, ...]], str]
) -> str:
    """Choose by the reading of the local clock; a leaf is made from the steps that show it."""
    shown_from = [_BEFORE_ALL, *(step.begins + step.offset for step in found[1:])]
    shown_until = [
        *(after.begins + before.offset for before, after in pairwise(found)),
        _AFTER_ALL,
    ]
    begins: list[datetime] = []
    leaves: list[str] = []
    for reading in sorted({*shown_from, *shown_until[:-1]}):
        candidates = tuple(
            step
            for step, begin, end in zip(found, shown_from, shown_until, strict=True)
            if begin <= reading < end
        )
        if leaves[-1:] != [leaf(candidates)]:
            begins.append(reading)
            leaves.append(leaf(candidates))
    return _choice(
        begins[1:],
        leaves,
        lambda reading, earlier, later: (
            f"CASE WHEN {local_sql} < TIMESTAMP '{reading}' THEN {earlier} ELSE {later} END"
        ),
    )


def _choice(
    begins: Sequence[Boundary],
    leaves: Sequence[Leaf],
    choose: Callable[[Boundary, Leaf, Leaf], Leaf],
) -> Leaf:
    """Halve the list until one leaf is left: a few comparisons for each row, not one for each.

    The first leaf holds before the first boundary, each other from its boundary on.
    """
    if not begins:
        return leaves[0]
    middle = len(begins) // 2
    return choose(
        begins[middle],
        _choice(begins[:middle], leaves[: middle + 1], choose),
        _choice(begins[middle + 1 :], leaves[middle + 1 :], choose),
    )
