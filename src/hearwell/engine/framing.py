"""Between which instants a question counts rows, and which it compares them with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hearwell.engine.facts import Frame, dated, filtered
from hearwell.engine.period import (
    Period,
    cell_after,
    cell_before,
    compared,
    first_cell,
    instant,
    period,
    shown,
    to_local,
    to_utc,
)
from hearwell.engine.question import Question, Teams
from hearwell.engine.sums import sql
from hearwell.engine.written import WRITTEN
from hearwell.lake.lake import Lake
from hearwell.records.record import Record

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  naive UTC, as everywhere in the lake
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Bounds:
    """The first and last instant of the rows asked for, and when the last was received."""

    first: datetime | None
    last: datetime | None
    received: datetime | None

    def newer(self, other: "Bounds") -> "Bounds":
        """Return whichever tells of the later row; one table may be counted by several dates."""
        return max(self, other, key=lambda bounds: bounds.last or EPOCH)

    def text(self, zone: str) -> dict[str, str | None]:
        return {
            "newest": shown(self.last, zone) if self.last else None,
            "received": shown(self.received, zone) if self.received else None,
        }


NO_ROWS = Bounds(None, None, None)


def bounds_of(
    lake: Lake,
    record: type[Record],
    dated_by: str,
    where: Sequence[tuple[str, str]],
    teams: Teams,
) -> Bounds:
    def write() -> str:
        table = filtered(record.rows(), where, teams, lake.settings.zone)
        at = dated(table, dated_by)
        received = table.received_at.max(where=at.notnull())
        return sql(table.aggregate(first=at.min(), last=at.max(), received=received))

    key = ("bounds", record, dated_by, (*where,), teams, lake.settings.zone)
    return Bounds(*lake.connection.execute(WRITTEN.get(key, write)).fetchall()[0])


def framed(
    lake: Lake, question: Question, dated_by: str, bounds: Bounds, *, is_stock: bool = False
) -> Frame:
    zone = lake.settings.zone
    begins = instant(question.begins, zone) if question.begins else bounds.first or EPOCH
    newest = max(bounds.last or EPOCH, begins) + MICROSECOND
    ends = instant(question.ends, zone, last=True) if question.ends else newest
    if not question.begins and ends <= begins:
        begins = EPOCH  # all there was by then, and that is nothing
    now = period(begins, ends)
    before = compared_window(now, question, lake)
    since = first_cell(to_local(bounds.first or begins, zone), "day", lake.settings.week_starts_on)
    return Frame(
        dated_by,
        question.by,
        question.grain,
        question.where,
        now,
        before,
        to_utc(since, zone),
        lake.settings,
        is_stock,
        question.teams,
    )


def compared_window(now: Period, question: Question, lake: Lake) -> Period | None:
    """Return the period whose rows are needed beside those of the question's own.

    It ends before the first cell begins, of which the question may want only a part.
    """
    zone, grain, how = lake.settings.zone, question.grain, question.compare
    if how is None:
        return None
    if grain in {"none", "hour_of_week"}:
        return compared(now, how, zone) if question.begins else None
    week = lake.settings.week_starts_on
    first = first_cell(to_local(now.begins, zone), grain, week)
    last = first_cell(to_local(now.ends - MICROSECOND, zone), grain, week)
    ends = min(first, cell_after(cell_before(last, grain, how), grain))
    return Period(to_utc(cell_before(first, grain, how), zone), to_utc(ends, zone))
