"""The rows that a question is about: filtered, dated, cut into cells and grouped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir

from hearwell.clock.business import BusinessDays, business_days, with_business_seconds
from hearwell.clock.zone import local_time
from hearwell.engine.cohort import in_both, of_cohort
from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import WEEKDAYS, Grain, Period
from hearwell.engine.question import COHORT, CUSTOM, SAME, TEAM, Teams
from hearwell.language import gettext_noop
from hearwell.metrics.estimator import Estimator
from hearwell.metrics.part import Expr
from hearwell.records.record import Record
from hearwell.records.survey import ANONYMOUS, Survey
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
    is_stock: bool = False  # rows are comings and goings: all before the end count
    teams: Teams = None  # those whose rows may be seen
    around: Period | None = None  # years that hold both periods, where these are placeholders

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


def of_teams(table: Expr, teams: Teams) -> Expr:
    """Keep what may be seen: rows of these teams, and none of an unknown team."""
    if teams is None:
        return table
    return table.filter(table[TEAM].isin(teams) if teams else ibis.literal(False))


def filtered(table: Expr, where: Sequence[tuple[str, str]], teams: Teams, zone: str) -> Expr:
    """Keep rows with these values; a dimension named twice may have either, empty means unknown.

    Those who have rows in both periods are found later, by `facts`.
    """
    table = of_teams(table, teams)
    for name, values in wanted(where).items():
        if name.startswith(COHORT):
            if name != SAME:
                table = table.filter(of_cohort(table, name, values, zone))
            continue
        column = dimension(table, name)
        known = [value for value in values if value]
        keep = column.isin(known) if known else ibis.literal(False)
        table = table.filter(keep | column.isnull() if "" in values else keep)
    return table


def wanted(where: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Put together the values wanted of each dimension."""
    values: dict[str, list[str]] = {}
    for name, value in where:
        values.setdefault(name, []).append(value)
    return values


def within(instant: Expr, period: Period) -> Expr:
    return (instant >= ibis.timestamp(period.begins)) & (instant < ibis.timestamp(period.ends))


def cell(instant: Expr, frame: Frame) -> dict[str, Expr]:
    """Return the columns that tell rows apart by time."""
    period = frame.around or frame.whole
    local = local_time(instant, frame.settings.zone, period.begins, period.ends)
    return cell_of(local, within(instant, frame.now), frame)


def cell_of(local: Expr, is_now: Expr, frame: Frame) -> dict[str, Expr]:
    """Return the columns that tell rows apart by time.

    Args:
        local: the time on the organisation's clock.
        is_now: does it lie in the period of the question, not in that compared with?

    """
    if frame.grain in {"none", "hour_of_week"}:
        before = is_now.ifelse(0, 1) if frame.before else ibis.literal(0)
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
    table = asked_about(record, frame)
    instant = dated(table, frame.dated_by)
    if frame.is_stock:  # what came before the first cell is there from its beginning on
        instant = ibis.greatest(instant, ibis.timestamp(frame.whole.begins))
    by = {f"by_{i}": dimension(table, name) for i, name in enumerate(frame.by)}
    table = table.mutate(**by, **cell(instant, frame))
    if spans:
        table = with_business_seconds(
            table, days(frame), schedule_of(table, record, frame.settings), spans
        )
    return table


def asked_about(record: type[Record], frame: Frame) -> Expr:
    """Return the rows of the periods of a question, with its filters."""
    zone = frame.settings.zone
    table = filtered(record.rows(), frame.where, frame.teams, zone)
    if record is Survey and "agent_id" in {*frame.by, *wanted(frame.where)}:
        table = table.filter(table.instrument.notin(ANONYMOUS).fill_null(True))
    instant = dated(table, frame.dated_by)
    if frame.is_stock:
        return table.filter(instant < ibis.timestamp(frame.whole.ends))
    periods = within(instant, frame.now)
    if frame.before is not None:
        periods = periods | within(instant, frame.before)
    if SAME in wanted(frame.where):
        if frame.before is None:
            problem = gettext_noop("{given} needs two periods: give --from and --compare.")
            raise BadQuestion(problem, given=SAME)
        again = filtered(record.rows().view(), frame.where, frame.teams, zone)
        at = dated(again, frame.dated_by)
        periods &= in_both(table, again, at, frame.now, frame.before)
    return table.filter(periods)


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
        problem = gettext_noop(
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


def counted(estimator: Estimator) -> Expr:
    """Return the condition under which a row is one of the n that the value rests on."""
    part = estimator.parts()["n"]
    if part.of is None:
        return part.where
    # By way of a cast, because Ibis prints (~flag).notnull() as NOT (flag IS NOT NULL).
    of = part.of.cast("int8") if isinstance(part.of, ir.BooleanValue) else part.of
    return part.where & of.notnull()
