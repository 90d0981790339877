"""A frame without its periods: they change from day to day, and the queries are otherwise the same.

To write a query takes longer than to run it. So it is written with instants that stand for those
of the periods, which are put in their place in the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache

import ibis

from hearwell.engine.facts import Frame
from hearwell.engine.period import Period, days_of
from hearwell.engine.sums import sql

BEFORE = Period(datetime(1583, 1, 10, 12), datetime(1583, 2, 10, 12))  # noqa: DTZ001  naive UTC
NOW = Period(datetime(1583, 3, 10, 12), datetime(1583, 4, 10, 12))  # noqa: DTZ001
"""Of a year of which nothing is asked; no two fall on the same day in any zone."""


@dataclass(frozen=True)
class General:
    """A frame that other periods share, and what to put into its queries for those of this one."""

    frame: Frame
    instead: Mapping[str, str]

    def query(self, written: str) -> str:
        """Return a query that was written for the shared frame, for the periods of this one."""
        for placeholder, meant in self.instead.items():
            written = written.replace(placeholder, meant)
        return written


def general(frame: Frame) -> General:
    now, before = frame.now, frame.before
    if before is not None and frame.whole != Period(before.begins, now.ends):
        return General(frame, {})  # the placeholders are in the usual order
    first, last = frame.whole.begins.year, frame.whole.ends.year
    years = Period(datetime(first, 1, 1), datetime(last + 1, 1, 1))  # noqa: DTZ001  naive UTC
    then = None if before is None else BEFORE
    shared = replace(frame, now=NOW, before=then, since=NOW.begins, around=years)
    instead: dict[str, str] = {}
    for stands, at in zip(edges(shared), edges(frame), strict=True):
        instead |= dict.fromkeys((placeholder(stands), literal(stands)), literal(at))
    return General(shared, instead)


def literal(at: datetime | date) -> str:
    """Return an instant or a day as text has it that is written without Ibis."""
    return f"{'timestamp' if isinstance(at, datetime) else 'date'} '{at}'"


def edges(frame: Frame) -> list[datetime | date]:
    """Return the instants and days of the periods of a frame."""
    found: list[datetime | date] = []
    for period in (frame.now, frame.before, frame.whole):
        if period is not None:
            days = days_of(period, frame.settings.zone)
            found += [period.begins, period.ends, datetime.combine(days[0], time()), *days]
    return found


@cache
def placeholder(at: datetime | date) -> str:
    """Return an instant or a day as Ibis writes it into a query."""
    written = ibis.timestamp(at) if isinstance(at, datetime) else ibis.date(at)
    return sql(written.name("at")).removeprefix("SELECT").removesuffix('AS "at"').strip()
