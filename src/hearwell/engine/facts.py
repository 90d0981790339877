"""The rows that a question is about: filtered, dated, cut into cells and grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from hearwell.clock.business import BusinessDays, business_days, with_business_seconds
from hearwell.clock.zone import local_time
from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import WEEKDAYS, Grain, Period
from hearwell.engine.question import CUSTOM
from hearwell.metrics.part import Expr
from hearwell.records.record import Record
from hearwell.settings import Settings

FACTS = "facts"
BUSINESS_DAY = "business_day"


@dataclass(frozen=True)
class Frame:
    """How rows become groups and cells: the same for every metric of a table."""

    dated_by: str
    by: tuple[str, ...]
    grain: Grain
    where: tuple[tuple[str, str], ...]
    now: Period
    before: Period | None
    since: datetime  # the day on which the rows begin
    settings: Settings

    @property
    def keys(self) -> list[str]:
        hour = ["hour"] if self.grain == "hour_of_week" else []
        return [*(f"by_{i}" for i in range(len(self.by))), *hour, "cell"]

    @property
    def whole(self) -> Period:
        """The span of both periods."""
        if self.before is None:
            return self.now
        return Period(
            min(self.now.begins, self.before.begins), max(self.now.ends, self.before.ends)
        )


def dated(table: Expr, dated_by: str) -> Expr:
    """Return the instant by which a row is dated: the first that is known of `a or b`."""
    first, *others = (table[name] for name in dated_by.split(" or "))
    return first.coalesce(*others) if others else first


def dimension(table: Expr, name: str) -> Expr:
    if name.startswith(CUSTOM):
        return table["custom"].get(name.removeprefix(CUSTOM))
    return table[name]


def filtered(table: Expr, where: Sequence[tuple[str, str]]) -> Expr:
    """Keep rows with these values; a dimension named twice may have either, empty means unknown."""
    wanted: dict[str, list[str]] = {}
    for name, value in where:
        wanted.setdefault(name, []).append(value)
    for name, values in wanted.items():
        column = dimension(table, name)
        known = [value for value in values if value]
        keep = column.isin(known) if known else ibis.literal(False)
        table = table.filter(keep | column.isnull() if "" in values else keep)
    return table


def within(instant: Expr, period: Period) -> Expr:
    return (instant >= ibis.timestamp(period.begins)) & (instant < ibis.timestamp(period.ends))


def cell(instant: Expr, frame: Frame) -> dict[str, Expr]:
    """Return the columns that tell rows apart by time."""
    period = frame.now if frame.before is None else frame.whole
    local = local_time(instant, frame.settings.zone, period.begins, period.ends)
    if frame.grain in {"none", "hour_of_week"}:
        before = within(instant, frame.now).ifelse(0, 1) if frame.before else ibis.literal(0)
        keys = {"cell": before.cast("int8")}
        if frame.grain == "hour_of_week":
            keys["hour"] = (local.day_of_week.index() * 24 + local.hour()).cast("int16")
        return keys
    if frame.grain == "week":
        late = (7 - WEEKDAYS.index(frame.settings.week_starts_on)) % 7
        if not late:
            return {"cell": local.truncate("W").cast("date")}
        shift = ibis.interval(days=late)
        return {"cell": ((local + shift).truncate("W") - shift).cast("date")}
    unit = {"day": "D", "month": "M", "quarter": "Q", "year": "Y"}[frame.grain]
    return {"cell": local.date() if unit == "D" else local.truncate(unit).cast("date")}


def facts(record: type[Record], frame: Frame, spans: Mapping[str, tuple[Expr, Expr]]) -> Expr:
    """Return the rows of a question, with their keys and business seconds as columns."""
    table = filtered(record.unbound(), frame.where)
    instant = dated(table, frame.dated_by)
    periods = within(instant, frame.now)
    if frame.before is not None:
        periods = periods | within(instant, frame.before)
    table = table.filter(periods)
    by = {f"by_{i}": dimension(table, name) for i, name in enumerate(frame.by)}
    table = table.mutate(**by, **cell(dated(table, frame.dated_by), frame))
    if spans:
        table = with_business_seconds(
            table, days(frame), schedule_of(table, record, frame.settings), spans
        )
    return table


def days(frame: Frame) -> BusinessDays:
    """Return the opening hours around the question, wide enough for what began long before."""
    margin = timedelta(days=3 * 366)
    first = max(frame.whole.begins - margin, datetime(1990, 1, 1)).date()  # noqa: DTZ001  naive UTC
    return business_days(
        frame.settings.schedule, first, (frame.whole.ends + timedelta(days=366)).date()
    )


def check_hours(settings: Settings) -> None:
    """Raise a BadQuestion where no opening hours are set."""
    if not settings.schedule:
        problem = (
            "The business clock needs opening hours, and none are set. "
            "Add a [[schedule]] to hearwell.toml in the lake's folder."
        )
        raise BadQuestion(problem)


def schedule_of(table: Expr, record: type[Record], settings: Settings) -> Expr:
    """Return the name of the first schedule that applies to a row; null if none does."""
    branches = []
    for schedule in settings.schedule:
        if not set(schedule.applies_to) <= set(record.dimensions()):
            continue  # it is for rows of another record
        applies = ibis.literal(True)
        for name, values in schedule.applies_to.items():
            applies = applies & table[name].isin(values)
        branches.append((applies, schedule.name))
    return ibis.cases(*branches, else_=None) if branches else ibis.null("string")


def unbound_facts(record: type[Record], frame: Frame, spans: Sequence[str]) -> ir.Table:
    """Return the facts as a table of its own, for formulas and sums to be written over."""
    schema: dict[str, str] = {name: c.dtype for name, c in record.columns().items()}
    schema |= dict.fromkeys(frame.keys, "int64") | dict.fromkeys(spans, "float64")
    return ibis.table(schema, name=FACTS)
