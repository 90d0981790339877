"""The rows behind a number: what was counted, with the columns that decided."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import ibis

from hearwell.clock.business import with_business_seconds
from hearwell.engine.answer import FEW_ANSWERS
from hearwell.engine.ask import ask, use_cohorts
from hearwell.engine.derived import readable
from hearwell.engine.errors import BadQuestion
from hearwell.engine.facts import (
    BUSINESS_DAY,
    asked_about,
    counted,
    dated,
    days,
    dimension,
    schedule_of,
    within,
)
from hearwell.engine.framing import bounds_of, framed
from hearwell.engine.privacy import protects
from hearwell.engine.question import Asked, Question
from hearwell.engine.reads import columns_of
from hearwell.engine.sums import columns, rebound, sql
from hearwell.errors import Said
from hearwell.lake.lake import Lake
from hearwell.language import gettext_noop
from hearwell.metrics.clock import CalendarClock
from hearwell.metrics.estimator import Stock
from hearwell.metrics.part import Expr
from hearwell.records.record import Record
from hearwell.records.survey import ANONYMOUS


@dataclass(frozen=True)
class Rows:
    """Rows of a record as the lake has them, oldest first."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    total: int
    sql: str


@dataclass(frozen=True)
class Behind:
    """What to fetch for the rows behind a number, while the lake is held."""

    columns: list[str]
    table: Expr
    order: list[Expr]

    def statement(self, limit: int | None = None, offset: int = 0) -> str:
        """Return the SQL, oldest row first."""
        ordered = self.table.order_by(self.order).select(self.columns)
        return sql(ordered if limit is None else ordered.limit(limit, offset=offset))

    def total(self, lake: Lake) -> int:
        counted = sql(self.table.aggregate(n=self.table.count()))
        return int(lake.connection.execute(counted).fetchall()[0][0])


def rows(
    lake: Lake,
    question: Question,
    limit: int | None = None,
    *,
    offset: int = 0,
    more: Sequence[str] = (),
) -> Rows:
    """Return the rows that the question's one metric counts, in its period and with its filters.

    Of what is counted at an instant, such as the backlog, they are those that are there then.

    Args:
        limit, offset: so many of them, after so many.
        more: columns of the record to tell beside those that decided.

    """
    with behind(lake, question, more) as found:
        statement = found.statement(limit, offset)
        total = found.total(lake)
        result = lake.connection.execute(statement).fetchall()
    return Rows(found.columns, result, total, statement)


@contextmanager
def behind(lake: Lake, question: Question, more: Sequence[str] = ()) -> Iterator[Behind]:
    """Hold the lake with all that the rows behind a number are fetched from.

    Raises:
        BadQuestion: they must not be shown.

    """
    (asked,) = question.asked
    record = asked.metric.record
    with lake.reading(), readable(lake, record):
        use_cohorts(lake, question)
        clock = CalendarClock(asked.metric.name, record.unbound())
        variant = asked.metric.variants(record.unbound(), lake.settings, clock)[asked.variant]
        dated_by = asked.dated_by
        bounds = bounds_of(lake, record, dated_by, question.where, question.teams)
        is_stock = isinstance(variant.estimator, Stock)
        frame = framed(lake, question, dated_by, bounds, is_stock=is_stock)
        table = asked_about(record, frame)
        if not is_stock:
            table = table.filter(within(dated(table, dated_by), frame.now))
        if protects(record):
            refuse_if_hidden(lake, question)
            table = table.filter(table.instrument.notin(ANONYMOUS).fill_null(True))
        if clock.spans and lake.settings.schedule:
            lake.connection.register(BUSINESS_DAY, days(frame).columns)
            schedule = schedule_of(table, record, lake.settings)
            table = with_business_seconds(table, days(frame), schedule, clock.spans)
            clock = CalendarClock(asked.metric.name, table)
            variant = asked.metric.variants(table, lake.settings, clock)[asked.variant]
        found = table.filter(counted(variant.estimator))
        if isinstance(variant.estimator, Stock):
            found = still_there(found, record, variant.estimator.change, dated_by)
        known = [name for name in more if name in told_of(asked)]
        named = dict.fromkeys(
            (
                *record.key(),
                *dated_by.split(" or "),
                *question.by,
                *sorted(used_by(asked)),
                *known,
            )
        )
        dates = {ORDER: dated(found, dated_by)}
        told = found.select(**{name: dimension(found, name) for name in named}, **dates)
        key = [told[name] for name in record.key() if name != dated_by]
        yield Behind(list(named), told, [told[ORDER], *key])


ORDER = "dated_at_for_order"


def told_of(asked: Asked) -> list[str]:
    """Return the columns of a metric's rows that may be shown beside those that decided."""
    return [name for name in asked.metric.record.columns() if name != "custom"]


def still_there(table: Expr, record: type[Record], change: Expr, dated_by: str) -> Expr:
    """Return the comings that no going has followed: what is there at the end of the period."""
    unit = [name for name in record.key() if name not in {dated_by, *columns(change)}]
    change = rebound(change, table)
    newest_first = [dated(table, dated_by).desc(), change.desc()]
    place = ibis.row_number().over(group_by=unit, order_by=newest_first)
    # In one condition Ibis would leave the goings out first, and number the comings alone.
    newest = table.mutate(amount=change, is_newest=place == 0)
    return newest.filter(newest.is_newest & (newest.amount > 0))


def refuse_if_hidden(lake: Lake, question: Question) -> None:
    """Refuse the rows of a number that must not be shown itself.

    Raises:
        BadQuestion.

    """
    (asked,) = question.asked
    if asked.metric.is_anonymous:
        problem = gettext_noop("{what} is anonymous: single answers are not shown.")
        raise BadQuestion(problem, what=asked.metric.name)
    plain = replace(question, grain="none", compare=None, clock="calendar", standardise=())
    if ask(lake, plain).answers[0].hidden.any():
        problem = gettext_noop("Of {what} no rows are shown: {why}.")
        raise BadQuestion(problem, what=asked.metric.name, why=Said(FEW_ANSWERS))


def used_by(asked: Asked) -> set[str]:
    """Return the columns that a metric reads in the variant asked for."""
    return columns_of(asked.usual.estimator)
