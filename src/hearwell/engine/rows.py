"""The rows behind a number: what was counted, with the columns that decided."""

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir

from hearwell.clock.business import with_business_seconds
from hearwell.engine.ask import bounds_of, framed
from hearwell.engine.derived import readable
from hearwell.engine.facts import (
    BUSINESS_DAY,
    dated,
    days,
    dimension,
    filtered,
    schedule_of,
    within,
)
from hearwell.engine.question import Asked, Question
from hearwell.engine.reads import columns_of
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.clock import CalendarClock
from hearwell.metrics.estimator import Estimator
from hearwell.metrics.part import Expr


@dataclass(frozen=True)
class Rows:
    """Rows of a record as the lake has them, oldest first."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    total: int
    sql: str


def rows(lake: Lake, question: Question, limit: int | None = None) -> Rows:
    """Return the rows that the question's one metric counts, in its period and with its filters."""
    (asked,) = question.asked
    record = asked.metric.record
    with lake.reading(), readable(lake, record):
        clock = CalendarClock(asked.metric.name, record.unbound())
        variant = asked.metric.variants(record.unbound(), lake.settings, clock)[asked.variant]
        dated_by = variant.dated_by or asked.metric.dated_by
        bounds = bounds_of(lake, record, dated_by, question.where)
        frame = framed(lake, question, dated_by, bounds)
        table = filtered(record.unbound(), question.where)
        if clock.spans and lake.settings.schedule:
            lake.connection.register(BUSINESS_DAY, days(frame).columns)
            schedule = schedule_of(table, record, lake.settings)
            table = with_business_seconds(table, days(frame), schedule, clock.spans)
            clock = CalendarClock(asked.metric.name, table)
            variant = asked.metric.variants(table, lake.settings, clock)[asked.variant]
        found = table.filter(
            within(dated(table, dated_by), frame.now), counted(variant.estimator)
        ).order_by([dated(table, dated_by), *(table[name] for name in record.key())])
        named = dict.fromkeys(
            (*record.key(), *dated_by.split(" or "), *question.by, *sorted(used_by(asked)))
        )
        selected = found.select(**{name: dimension(found, name) for name in named})
        statement = sql(selected if limit is None else selected.limit(limit))
        total = lake.connection.execute(sql(found.aggregate(n=found.count()))).fetchall()[0][0]
        result = lake.connection.execute(statement).fetchall()
    return Rows(list(named), result, int(total), statement)


def counted(estimator: Estimator) -> Expr:
    """Return the condition under which a row is one of the n that the value rests on."""
    part = estimator.parts()["n"]
    if part.of is None:
        return part.where
    # By way of a cast, because Ibis prints (~flag).notnull() as NOT (flag IS NOT NULL).
    of = part.of.cast("int8") if isinstance(part.of, ir.BooleanValue) else part.of
    return part.where & of.notnull()


def used_by(asked: Asked) -> set[str]:
    """Return the columns that a metric reads in the variant asked for."""
    return columns_of(asked.metric.variants()[asked.variant].estimator)
