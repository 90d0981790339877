"""What the lake was told by each source: how many rows, how new, and on which days none."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis

from hearwell.clock.zone import local_time
from hearwell.engine.changes import History
from hearwell.engine.facts import of_teams
from hearwell.engine.question import TEAM, Teams
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.part import Expr
from hearwell.records import RECORDS
from hearwell.records.record import Record

USUALLY = 0.75
"""Part of the dates of a weekday that must have rows for one without to be a gap."""

DATES_TO_KNOW = 4
"""With fewer dates of a weekday nothing is usual yet."""

WEEK = 7


@dataclass(frozen=True)
class Gap:
    """Days without rows, both ends included; days that usually have none do not count."""

    first: date
    last: date
    days: int


@dataclass(frozen=True)
class Fed:
    """What one source told of one record. Instants are naive UTC, days the organisation's."""

    record: str
    source: str
    rows: int
    oldest: datetime | None  # by when things happened; None where no row says so
    newest: datetime | None
    received_at: datetime  # when the last row was
    gaps: list[Gap]


def fed(lake: Lake, teams: Teams = None) -> list[Fed]:
    """Tell what each source told of each record.

    Args:
        teams: count rows of these teams only, and no records that have no team.

    """
    found = []
    history = History.of(lake)
    for record in RECORDS.values():
        if record.table_name == "rejected" or not history.may_have_rows(record.table_name):
            continue
        if teams is not None and TEAM not in record.columns():
            continue
        found += of_record(lake, record, teams)
    return found


def of_record(lake: Lake, record: type[Record], teams: Teams) -> list[Fed]:
    lake.use(record)
    table = of_teams(record.unbound(), teams)
    table = table.select("source", "received_at", at=happened(table, record))
    day = local_time(table.at, lake.settings.zone).date()
    by_day = table.group_by(source=table.source, day=day).aggregate(
        rows=table.count(),
        oldest=table.at.min(),
        newest=table.at.max(),
        received_at=table.received_at.max(),
    )
    days: dict[str, list[tuple[date | None, int, datetime, datetime, datetime]]] = defaultdict(list)
    for source, *told in lake.connection.execute(sql(by_day)).fetchall():
        days[source].append(tuple(told))
    return [
        Fed(
            record.table_name,
            source,
            sum(rows for _, rows, *_ in told),
            min((oldest for _, _, oldest, *_ in told if oldest), default=None),
            max((newest for _, _, _, newest, _ in told if newest), default=None),
            max(received for *_, received in told),
            gaps(day for day, *_ in told if day),
        )
        for source, told in sorted(days.items())
    ]


def happened(table: Expr, record: type[Record]) -> Expr:
    """Return when a row happened: the instant that it must have, else the first that it has."""
    marks = record.columns()
    names = [n for n, mark in marks.items() if mark.role == "instant" and n != "received_at"]
    required = [name for name in names if marks[name].required]
    if not names:
        return ibis.null("timestamp")
    return ibis.coalesce(*(table[name] for name in required[:1] or names))


def gaps(seen: Iterable[date]) -> list[Gap]:
    """Return the days without rows, between others, on weekdays that usually have some."""
    days = set(seen)
    if not days:
        return []
    first, last = min(days), max(days)
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    dates = Counter(day.weekday() for day in every)
    filled = Counter(day.weekday() for day in days)
    usual = {
        weekday
        for weekday in range(WEEK)
        if dates[weekday] >= DATES_TO_KNOW and filled[weekday] >= USUALLY * dates[weekday]
    }
    found: list[Gap] = []
    is_open = False
    for day in every:
        if day in days:
            is_open = False
        elif day.weekday() in usual:
            before = found.pop() if is_open else Gap(day, day, 0)
            found.append(Gap(before.first, day, before.days + 1))
            is_open = True
    return found
