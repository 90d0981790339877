"""Make roll-ups, and repair the days of those that were touched since."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.operations as ops

from hearwell.clock.zone import local_time
from hearwell.engine.changes import History, changes
from hearwell.engine.derived import MADE_FROM, kept_as, readable, sources_of, tables_of
from hearwell.engine.facts import dated
from hearwell.engine.framing import EPOCH, bounds_of
from hearwell.engine.period import Period, days_of, to_utc
from hearwell.engine.reads import expressions
from hearwell.engine.rollup import (
    DAY,
    Family,
    families,
    kept_of,
    passes_of,
)
from hearwell.engine.state import States, mark_of, say
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier
from hearwell.metrics.catalog import METRICS
from hearwell.records import RECORDS
from hearwell.records.record import Record

KEPT, ROLLED = "keep {record}", "roll up {record}"
"""What the steps are called among the states of the lake."""

KEPT_FROM_ROWS = 2_000
"""Facts that are made of fewer rows are made sooner than kept."""
CHANGED = "rollup_changed"
NEAR_DAYS = 7
"""Touched days that lie no further apart are made anew together, with those between them."""
MOST_STRETCHES = 12
"""Where more stretches of days were touched, all are made anew."""


@dataclass(frozen=True)
class RolledUp:
    """What was done to one roll-up."""

    name: str
    stretches: int  # of days that were made anew
    is_full: bool


def roll_up(lake: Lake, *, full: bool = False) -> Iterator[RolledUp]:
    """Bring the roll-ups up to date, one after the other, each whole or not at all.

    Small tables have none: their rows are asked as quickly.

    Args:
        full: make all of them anew.

    """
    unwritten = History.of(lake).unwritten
    rows = {
        record: 0 if record.table_name in unwritten else count(lake, record)
        for record in RECORDS.values()
    }
    fewest = max(lake.settings.roll_up.from_rows, 1)
    for record, at in dates_of_facts().items():
        if max(rows[source] for source in sources_of(record)) >= min(fewest, KEPT_FROM_ROWS):
            with lake.writing(KEPT.format(record=record.table_name)):
                done = kept_whole(lake, record, at, full=full)
            if done is not None:
                yield done
    for family in families(lake.settings):
        if max(rows[source] for source in family.sources) < fewest:
            continue
        with lake.writing(ROLLED.format(record=family.record.table_name)):
            done = brought_up_to_date(lake, family, full=full)
        if done is not None:
            yield done


def dates_of_facts() -> dict[type[Record], str]:
    """Return the facts that metrics are told of, and an instant by which most of them are asked."""
    metrics = [each for each in METRICS.values() if each.record in MADE_FROM]
    return {each.record: each.dated_by.split(" or ")[0] for each in reversed(metrics)}


def kept_whole(lake: Lake, record: type[Record], at: str, *, full: bool) -> RolledUp | None:
    """Keep facts as they are now, all of them; return None if they were."""
    run, name, snapshot = lake.connection.execute, kept_as(record), lake.snapshot
    states, mark = States.read(lake), mark_of(lake.settings)
    if not full and states.current(name, mark, tables_of(record)) is not None:
        return None
    say(lake, name, -1, mark, "")  # what was kept is not used to make them
    with readable(lake, record):
        run(f"drop table if exists lake.{name}")
        run(f"create table lake.{name} as from {record.table_name} order by {identifier(at)}")
    say(lake, name, snapshot, mark, "")
    return RolledUp(name, 1, is_full=True)


def count(lake: Lake, record: type[Record]) -> int:
    """Return how many rows there are to be asked."""
    (rows,) = lake.connection.execute(f'select count(*) from "{lake.use(record)}"').fetchall()[0]
    return int(rows)


def brought_up_to_date(lake: Lake, family: Family, *, full: bool) -> RolledUp | None:
    """Make anew what was touched of one roll-up; return None if nothing was."""
    snapshot = lake.snapshot
    states, mark = States.read(lake), mark_of(lake.settings, family.by)
    state = None if full else states.of(family.name, mark)
    if state is not None and not states.changed_since(tables_of(family.record), state.snapshot):
        return None
    touched = None
    if state is not None and repairs_by_day(family):
        touched = touched_stretches(lake, family, state.snapshot)
    with readable(lake, family.record):
        whole = bounds_of(lake, family.record, family.dated_by, (), None)
        first, last = whole.first or EPOCH, whole.last or EPOCH  # of none there is none each day
        everything = Period(first, last + timedelta(microseconds=1))
        for period in [everything] if touched is None else touched:
            keep(lake, family, period, mark, snapshot, is_full=touched is None)
    if touched == [] and state is not None:
        say(lake, family.name, snapshot, mark, state.layout)
    return RolledUp(family.name, len(touched or [everything]), touched is None)


def repairs_by_day(family: Family) -> bool:
    """Does a row that is new or changed touch its own day only?

    It does not where facts are made of several records, nor where a window ends with the last
    that is known: then other rows begin to count as well.
    """
    if family.record in MADE_FROM:
        return False
    return not any(
        each.op().find(ops.ScalarSubquery)
        for asked in family.asked
        for each in expressions(asked.usual.estimator)
    )


def touched_stretches(lake: Lake, family: Family, since: int) -> list[Period] | None:
    """Return the stretches of days that hold changed rows, old or new; None if it is nearly all."""
    run, zone = lake.connection.execute, lake.settings.zone
    name = family.record.table_name
    run(f"create or replace temp table {CHANGED} as from {changes(name, since, lake.snapshot)}")
    try:
        changed = ibis.table(family.record.unbound().schema(), name=CHANGED)
        at = dated(changed, family.dated_by)
        first, last = run(sql(changed.aggregate(a=at.min(), b=at.max()))).fetchall()[0]
        if first is None:
            return []
        local = local_time(at, zone, first, last + timedelta(microseconds=1))
        days = changed.filter(at.notnull()).select(day=local.date()).distinct().order_by(DAY)
        found = [
            day.date() if isinstance(day, datetime) else day for (day,) in run(sql(days)).fetchall()
        ]
    finally:
        run(f"drop table if exists temp.{CHANGED}")
    stretches = joined(found)
    if len(stretches) > MOST_STRETCHES:
        return None
    return [
        Period(to_utc(midnight(begins), zone), to_utc(midnight(ends + timedelta(days=1)), zone))
        for begins, ends in stretches
    ]


def joined(days: list[date]) -> list[tuple[date, date]]:
    """Put days that lie near each other together."""
    stretches: list[tuple[date, date]] = []
    for day in days:
        if stretches and (day - stretches[-1][1]).days <= NEAR_DAYS:
            stretches[-1] = (stretches[-1][0], day)
        else:
            stretches.append((day, day))
    return stretches


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001  local time


def keep(  # noqa: PLR0913  what is kept, of when, and how that is known
    lake: Lake, family: Family, period: Period, mark: str, snapshot: int, *, is_full: bool
) -> None:
    """Put the parts of a period in place of what was kept of it, and say so."""
    run, zone = lake.connection.execute, lake.settings.zone
    kept, tables = kept_of(family, passes_of(family, period, lake.settings))
    first, last = days_of(period, zone)
    for name, query in tables:
        if is_full:
            run(f"drop table if exists lake.{name}")
            run(f"create table lake.{name} as {query}")
        else:
            run(f"delete from lake.{name} where {DAY} between date '{first}' and date '{last}'")
            run(f"insert into lake.{name} by name {query}")
    bounds = f"select min(first), max(last), max(received) from lake.{family.name}_bounds"
    kept = replace(kept, bounds=run(bounds).fetchall()[0])
    say(lake, family.name, snapshot, mark, kept.text())
