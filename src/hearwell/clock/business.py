"""Business seconds: how much of the time between two instants a team was open.

The open time of each schedule is counted once for each day. A row then looks up two days, that of
its start and that of its end, and subtracts: the work for a row does not depend on how long it
took. All is counted in whole microseconds, so nothing is lost on the way to the seconds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, Self

import ibis
import numpy as np
from numpy.typing import NDArray

from hearwell.clock.interval import (
    DAY,
    EPOCH,
    SECOND,
    Intervals,
    common,
    elapsed,
    merged,
    microseconds,
    reached,
)
from hearwell.clock.schedule import Schedule, opening, validity
from hearwell.errors import HearwellError
from hearwell.language import gettext_noop

Expr = Any
Table = Any
Column = NDArray[Any]

TABLE = "business_day"
"""The name under which the caller registers the columns of the days in the engine."""

SCHEDULE = "_schedule"

LOOK_AHEAD = timedelta(days=3 * 366)
"""How far ahead it is looked for the end of a span of open time."""

NOT_A_TIME = np.iinfo(np.int64).min
"""What numpy takes for no time."""


class OverlappingSchedules(HearwellError):
    """Two versions of a schedule that are valid at once."""

    def __init__(self, name: str, instant: datetime) -> None:
        told = gettext_noop(
            "Two schedules called {given} are valid at {instant} UTC. End the first with valid_to "
            "before the second begins with valid_from, or give one another name."
        )
        super().__init__(told, given=repr(name), instant=f"{instant:%Y-%m-%d %H:%M}")


@dataclass(frozen=True)
class BusinessDays:
    """One row for each schedule and each UTC day on which it is valid; times are microseconds.

    - `schedule`, `day`: the key; a day is the timestamp of its midnight.
    - `open_before`: open time from the start of the table until the day begins.
    - `open_1`, `close_1`, …: the open stretches, told from midnight; unused ones are empty.
    - `period`: how many gaps in the validity have ended before the day begins.
    - `unknown_from_1`, `unknown_until_1`, …: the parts of the day in which the schedule is not
      valid; unused ones lie at the day's end, and there are none where all are valid throughout.

    The very end of a valid period is not unknown: a span may end there.
    """

    columns: dict[str, Column]

    @property
    def open_stretches(self) -> int:
        """The largest number of open stretches in a day."""
        return sum(column.startswith("close_") for column in self.columns)

    @property
    def unknown_stretches(self) -> int:
        """The largest number of unknown stretches in a day."""
        return sum(column.startswith("unknown_from_") for column in self.columns)

    def unbound(self, name: str = TABLE) -> Table:
        """Name the table in a query before an engine has it."""
        types = {"schedule": "string", "day": "timestamp"}
        return ibis.table({column: types.get(column, "int64") for column in self.columns}, name)


def business_days(schedules: Iterable[Schedule], first: date, last: date) -> BusinessDays:
    """Count the open time of each schedule on each UTC day, both ends included.

    Schedules with the same name are versions of one: their validity must not overlap. A day is
    added at the end, for the instant at which the last one is over.
    """
    begins = datetime.combine(first, time.min)
    ends = datetime.combine(last + timedelta(days=2), time.min)
    by_name = groupby(sorted(schedules, key=attrgetter("name")), attrgetter("name"))
    parts = [_Part.of(name, list(versions), begins, ends) for name, versions in by_name]
    names = [name for part in parts for name in [part.name] * len(part.days)]
    return BusinessDays(
        {
            "schedule": np.array(names, dtype=np.str_),
            "day": _joined([part.days * DAY for part in parts]).astype("datetime64[us]"),
            "open_before": _joined([elapsed(part.open, part.days * DAY) for part in parts]),
            **_numbered("open", "close", [_by_day(part.days, part.open, 0) for part in parts], 0),
            "period": _joined(
                [np.searchsorted(part.unknown[:, 1], part.days * DAY, "right") for part in parts]
            ),
            **_numbered(
                "unknown_from",
                "unknown_until",
                [_by_day(part.days, part.unknown, DAY) for part in parts],
                DAY,
            ),
        }
    )


def with_business_seconds(
    facts: Table,
    days: BusinessDays,
    schedule: Expr | str,
    spans: Mapping[str, tuple[Expr, Expr]],
) -> Table:
    """Add one float64 column for each span: the business seconds from its start to its end.

    The schedule is the name of one for all rows, or a column with the name for each row. The
    columns of the days must be registered in the engine as the table `business_day`.

    The answer is null, not zero, where an instant or the schedule is null, where no schedule has
    that name, and where some part of the span is outside its validity or outside the table. It is
    negative where the end comes before the start.
    """
    instants = {instant.op(): instant for instant in chain.from_iterable(spans.values())}
    names = {instant: f"_instant_{number}" for number, instant in enumerate(instants, 1)}
    joined = facts.mutate(
        **{
            SCHEDULE: ibis.literal(schedule) if isinstance(schedule, str) else schedule,
            **{names[key]: instant for key, instant in instants.items()},
        }
    )
    for name in names.values():
        day = days.unbound().rename(f"{name}_{{name}}")
        joined = joined.left_join(
            day,
            [
                joined[SCHEDULE] == day[f"{name}_schedule"],
                joined[name].date() == day[f"{name}_day"].date(),
            ],
        )
    looked_up = [_LookedUp(joined, name, days) for name in names.values()]
    kept = [column for column in facts.columns if column not in spans]
    counted = joined.select(*kept, *chain.from_iterable((at.open, at.period) for at in looked_up))
    return counted.select(
        *kept,
        **{
            span: _seconds_between(counted, names[start.op()], names[end.op()], days)
            for span, (start, end) in spans.items()
        },
    )


def due(
    versions: Sequence[Schedule], begins: NDArray[np.int64], seconds: NDArray[np.float64]
) -> NDArray[np.datetime64]:
    """Give the instant at which so much open time has passed since each beginning.

    Args:
        versions: of one schedule, whose validity does not overlap.
        begins: in microseconds since 1970, UTC.
        seconds: of open time, above zero.

    Returns:
        No time (NaT) where the schedule is not valid all the while, or never open for so long.

    """
    first = EPOCH + timedelta(microseconds=int(begins.min()))
    last = EPOCH + timedelta(microseconds=int(begins.max())) + LOOK_AHEAD
    valid = merged(np.concatenate([validity(each, first, last) for each in versions]))
    if not len(valid):
        return np.full(len(begins), "NaT", dtype="datetime64[us]")
    opened = merged(np.concatenate([opening(each, first, last) for each in versions]))
    stretches = common(opened, valid)
    found = reached(stretches, elapsed(stretches, begins) + np.rint(seconds * SECOND).astype(int))
    period = np.searchsorted(valid[:, 0], begins, "right") - 1
    known = (period >= 0) & (found <= valid[period, 1])
    return np.where(known, found, NOT_A_TIME).astype("datetime64[us]")


@dataclass(frozen=True)
class _Part:
    """What the table needs to know of one schedule; stretches in microseconds since 1970."""

    name: str
    days: Column
    open: Intervals
    unknown: Intervals

    @classmethod
    def of(cls, name: str, versions: Sequence[Schedule], begins: datetime, ends: datetime) -> Self:
        valid = np.concatenate([validity(version, begins, ends) for version in versions])
        valid = valid[np.argsort(valid[:, 0])]
        twice = np.flatnonzero(valid[1:, 0] < valid[:-1, 1])
        if len(twice):
            raise OverlappingSchedules(
                name, EPOCH + timedelta(microseconds=int(valid[twice[0] + 1, 0]))
            )
        valid = merged(valid)
        openings = np.concatenate([opening(version, begins, ends) for version in versions])
        days = np.unique(_joined([np.arange(b, e + 1) for b, e in valid // DAY]))
        days = days[days < microseconds(ends) // DAY]
        # Not known is what lies strictly between two valid periods: from a microsecond after one
        # has ended until the next begins; and what is left of the first day and of the last.
        unknown = np.column_stack(
            (
                np.concatenate((valid[:1, 0] // DAY * DAY, valid[:, 1] + 1)),
                np.concatenate((valid[:, 0], (valid[-1:, 1] // DAY + 1) * DAY)),
            )
        )
        return cls(name, days, common(merged(openings), valid), merged(unknown))


@dataclass(frozen=True)
class _LookedUp:
    """An instant of each row, joined with the day in which it lies."""

    joined: Table
    name: str
    days: BusinessDays

    @property
    def open(self) -> Expr:
        """The open microseconds from the start of the table until the instant."""
        passed = self._day("open_before")
        for number in range(1, self.days.open_stretches + 1):
            begins, ends = self._day(f"open_{number}"), self._day(f"close_{number}")
            passed = passed + ibis.greatest(ibis.least(self._of_day, ends), begins) - begins
        return passed.name(f"{self.name}_open")

    @property
    def period(self) -> Expr:
        """The number of the valid period; null where the schedule is not known."""
        period, known = self._day("period"), ibis.literal(True)
        for number in range(1, self.days.unknown_stretches + 1):
            over = self._of_day >= self._day(f"unknown_until_{number}")
            period = period + over.ifelse(1, 0)
            known = known & (over | (self._of_day < self._day(f"unknown_from_{number}")))
        return known.ifelse(period, ibis.null("int64")).name(f"{self.name}_period")

    @property
    def _of_day(self) -> Expr:
        return self.joined[self.name].delta(self._day("day"), unit="microsecond")

    def _day(self, column: str) -> Expr:
        return self.joined[f"{self.name}_{column}"]


def _seconds_between(counted: Table, start: str, end: str, days: BusinessDays) -> Expr:
    seconds = (counted[f"{end}_open"] - counted[f"{start}_open"]) / SECOND
    if not days.unknown_stretches:  # each schedule has one period
        return seconds
    same_period = counted[f"{start}_period"] == counted[f"{end}_period"]
    return same_period.ifelse(seconds, ibis.null("float64"))


def _by_day(days: Column, stretches: Intervals, empty: int) -> Column:
    """Cut stretches at each midnight: for each day, the same number of begins and ends."""
    first = stretches[:, 0] // DAY
    number_of_days = (stretches[:, 1] - 1) // DAY - first + 1
    owner = np.repeat(np.arange(len(stretches)), number_of_days)
    day = first[owner] + np.arange(len(owner)) - np.searchsorted(owner, owner)
    midnight = (day * DAY)[:, np.newaxis]
    pieces = np.clip(stretches[owner], midnight, midnight + DAY) - midnight
    slot = np.arange(len(day)) - np.searchsorted(day, day)
    listed = np.isin(day, days)
    table = np.full((len(days), slot[listed].max(initial=-1) + 1, 2), empty, dtype=np.int64)
    table[np.searchsorted(days, day[listed]), slot[listed]] = pieces[listed]
    return table


def _numbered(begins: str, ends: str, tables: Sequence[Column], empty: int) -> dict[str, Column]:
    """Name the stretches of the days of all schedules, as many as the fullest day needs."""
    most = max((table.shape[1] for table in tables), default=0)
    padded = [
        np.pad(table, ((0, 0), (0, most - table.shape[1]), (0, 0)), constant_values=empty)
        for table in tables
    ]
    return {
        f"{side}_{slot + 1}": _joined([table[:, slot, which] for table in padded])
        for slot in range(most)
        for which, side in enumerate((begins, ends))
    }


def _joined(columns: Sequence[Column]) -> Column:
    return np.concatenate([np.zeros(0, dtype=np.int64), *columns])
