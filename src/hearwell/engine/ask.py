"""Ask the lake: plan one pass for each table, run it, and make answers of the sums."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from hearwell.engine.answer import Answer, Answers, compare, estimated
from hearwell.engine.derived import readable
from hearwell.engine.facts import (
    BUSINESS_DAY,
    Frame,
    check_hours,
    dated,
    days,
    filtered,
    unbound_facts,
)
from hearwell.engine.groups import Groups, groups
from hearwell.engine.passes import Found, Passes
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
from hearwell.engine.question import Asked, Question
from hearwell.engine.reads import columns_of
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.clock import BusinessClock, CalendarClock, NoBusinessTime
from hearwell.metrics.estimator import Total
from hearwell.metrics.metric import Variant
from hearwell.metrics.part import Expr
from hearwell.records.record import Record

CLOCKS = {"calendar": CalendarClock, "business": BusinessClock}
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  naive UTC, as everywhere in the lake
MICROSECOND = timedelta(microseconds=1)


def ask(lake: Lake, question: Question) -> Answers:
    """Answer a question. Metrics of the same table and date are computed in one pass.

    Raises:
        BadQuestion, NoBusinessTime.

    """
    answers: dict[Asked, Answer] = {}
    freshness: dict[str, Bounds] = {}
    with lake.reading() as snapshot:
        for record, dated_by, asked in families(question.asked):
            with readable(lake, record):
                bounds = bounds_of(lake, record, dated_by, question.where)
                name = record.table_name
                freshness[name] = bounds.newer(freshness.get(name, bounds))
                frame = framed(lake, question, dated_by, bounds)
                answers |= answered(lake, question, record, asked, frame)
    zone = lake.settings.zone
    return Answers(
        question,
        zone,
        [answers[each] for each in question.asked],
        {name: bounds.text(zone) for name, bounds in freshness.items()},
        snapshot,
    )


def families(asked: Sequence[Asked]) -> Iterator[tuple[type[Record], str, list[Asked]]]:
    """Put together what is counted over the same table by the same date."""
    together: dict[tuple[type[Record], str], list[Asked]] = {}
    for each in asked:
        variant = each.metric.variants()[each.variant]
        dated_by = variant.dated_by or each.metric.dated_by
        together.setdefault((each.metric.record, dated_by), []).append(each)
    for (record, dated_by), found in together.items():
        yield record, dated_by, found


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


def bounds_of(
    lake: Lake, record: type[Record], dated_by: str, where: Sequence[tuple[str, str]]
) -> Bounds:
    table = filtered(record.unbound(), where)
    at = dated(table, dated_by)
    found = table.aggregate(first=at.min(), last=at.max(), received=table.received_at.max())
    return Bounds(*lake.connection.execute(sql(found)).fetchall()[0])


def framed(lake: Lake, question: Question, dated_by: str, bounds: Bounds) -> Frame:
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


def answered(
    lake: Lake, question: Question, record: type[Record], asked: Sequence[Asked], frame: Frame
) -> dict[Asked, Answer]:
    """Answer what is counted over one table by one date."""
    spans = business_spans(lake, question, record, asked, frame)
    table = unbound_facts(record, frame, list(spans))
    formulas = {each: formula(lake, question, each, table) for each in asked}
    variants = {each: formula.variant for each, formula in formulas.items()}
    read = set().union(*(columns_of(each.estimator) for each in variants.values()))
    spans = {name: span for name, span in spans.items() if name in read}
    cells, found = Passes(lake, record, frame, table, spans, variants, question.clock).run()
    named = groups(cells, frame, question.compare)
    return {each: answer(question, each, formulas[each], found[each], named) for each in asked}


def business_spans(
    lake: Lake, question: Question, record: type[Record], asked: Sequence[Asked], frame: Frame
) -> Mapping[str, tuple[Expr, Expr]]:
    """Return the stretches of time that the formulas want in business seconds.

    Raises:
        BadQuestion: a duration is wanted by a clock that needs opening hours, and none are set.

    """
    spans: dict[str, tuple[Expr, Expr]] = {}
    for each in asked:
        clock = CLOCKS[question.clock](each.metric.name, record.unbound())
        try:
            each.metric.variants(record.unbound(), lake.settings, clock)
        except NoBusinessTime:
            if len(question.asked) == 1:
                raise
        else:
            if clock.goes_by_business:
                check_hours(lake.settings)
            spans |= clock.spans
    if not lake.settings.schedule:
        return {}
    if spans:
        lake.connection.register(BUSINESS_DAY, days(frame).columns)
    return spans


class Formula(NamedTuple):
    """A metric over the facts, and the clock it is told by."""

    variant: Variant
    clock: str


def formula(lake: Lake, question: Question, asked: Asked, table: Any) -> Formula:
    """Write a metric over the facts.

    Among several metrics, those of which only the length is known keep to the calendar.
    """
    if question.clock == "business":
        clock = BusinessClock(asked.metric.name, table)
        try:
            variants = asked.metric.variants(table, lake.settings, clock)
        except NoBusinessTime:
            pass
        else:
            told_by = "business" if clock.goes_by_business else "calendar"
            return Formula(variants[asked.variant], told_by)
    variants = asked.metric.variants(table, lake.settings, CalendarClock(asked.metric.name, table))
    return Formula(variants[asked.variant], "calendar")


def answer(
    question: Question, asked: Asked, formula: Formula, found: Found, cells: Groups
) -> Answer:
    """Make the answer of the parts.

    A total is not held against days before the first row, of which the lake knows nothing.
    """
    variant, clock = formula
    estimator = variant.estimator
    estimate = estimated(found.parts, estimator, question.level)
    better = variant.better or asked.metric.better
    shown_cells = np.array(cells.shown, dtype=np.int64)
    now, held = estimate.at(shown_cells), None
    if question.compare is not None:
        against = np.array(cells.against, dtype=np.int64)
        is_total = isinstance(estimator, Total)
        known = (against >= 0) & (np.array(cells.covered, dtype=bool) | (not is_total))
        held = compare(now, estimate.at(against).only(known), better, is_total=is_total)
    return Answer(
        asked=asked,
        meaning=variant.meaning,
        unit=variant.unit or asked.metric.unit,
        better=better,
        clock=clock,
        groups=cells.names,
        periods=cells.periods,
        estimate=now,
        left_out={reason: rows[shown_cells] for reason, rows in found.left_out.items()},
        compared=held,
        sql=found.statements,
    )
