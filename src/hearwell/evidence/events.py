"""What happened when a number turned: events, and whether only those whom they could touch turned.

An event that falls on a day on which the number may have turned *coincides with* it; that it is the
cause cannot be seen from dates. Where it could touch some only, they are held against the others
(difference in differences), and that difference against those on days on which nothing is known to
have happened (placebo dates).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from hearwell.engine.ask import ask
from hearwell.engine.period import to_local
from hearwell.engine.question import TEAM, Question, Teams
from hearwell.engine.sums import sql
from hearwell.evidence.series import Series, of_answer
from hearwell.lake.lake import Lake
from hearwell.metrics.part import Expr
from hearwell.records.event import Event
from hearwell.stats.change_point import Dated
from hearwell.stats.interval import FloatArray, Interval, normal_quantile

Filters = Sequence[tuple[str, str]]
NEAR = timedelta(days=14)
DAYS_AROUND = 28
FEWEST_AROUND = 7
FEWEST_PLACEBOS = 20


@dataclass(frozen=True)
class Happened:
    """An event, as it was told."""

    kind: str
    title: str
    begins: date
    ends: date
    dimension: str | None
    value: str | None

    def could_touch(self, where: Filters) -> bool:
        """Could it touch any of the rows that filters let through?"""
        named = {value for name, value in where if name == self.dimension}
        return not named or self.value in named


@dataclass(frozen=True)
class Touched:
    """How those whom an event could touch changed, beyond how the others did.

    Attributes:
        more: the difference of the differences, in the unit of the series' values.
        placebos, as_large: days before at which the same was done, and on how many of them it was
            as large.

    """

    more: float
    interval: Interval
    placebos: int
    as_large: int


def events(lake: Lake, teams: Teams = None, where: Filters = ()) -> list[Happened]:
    """Return the events that could touch the rows that filters let through.

    Who may see some teams only is told of those that could touch one of them.
    """
    lake.use(Event)
    table: Expr = Event.unbound()
    if teams is not None:
        table = table.filter(table.dimension == TEAM, table.value.isin(teams) & bool(teams))
    names = ("kind", "title", "event_id", "started_at", "ended_at", "dimension", "value")
    query = sql(table.order_by("started_at", "event_id").select(*names))
    rows = lake.connection.execute(query).fetchall()

    def day(at: datetime) -> date:
        return to_local(at, lake.settings.zone).date()

    found = (
        Happened(kind or "other", title or name, day(at), day(until or at), dimension, value)
        for kind, title, name, at, until, dimension, value in rows
    )
    return [each for each in found if each.could_touch(where)]


def coinciding(change: Dated, of: Series, known: Sequence[Happened]) -> list[Happened]:
    """Return the events that began, or ended, on a day on which the number may have turned.

    What comes into force in the course of a day shows on the next, so a change may be a day later.
    Where the days that may be are many, those near the likeliest count.
    """
    within = timedelta(days=of.step_days - 1)
    likeliest = of.begins[change.day]
    first = max(of.begins[change.first], likeliest - NEAR) - timedelta(days=1)
    last = min(of.begins[change.last], likeliest + NEAR) + within
    return [each for each in known if first <= each.begins <= last or first <= each.ends <= last]


def touched(
    lake: Lake, question: Question, of: Series, change: Dated, event: Happened
) -> Touched | None:
    """Hold those whom an event could touch against the others; None where that cannot be done.

    Where the question is of them alone, the others are those that it leaves out.
    """
    dimension, value = event.dimension, event.value
    metric = question.asked[0].metric
    if dimension is None or dimension not in metric.record.dimensions():
        return None
    where = question.where
    if {named for name, named in where if name == dimension} == {value}:
        where = tuple(each for each in where if each[0] != dimension)
    put = replace(question, grain=of.grain, by=(dimension,), compare=None, where=where)
    (answer,) = ask(lake, put).answers
    names = {each[dimension] for each in answer.groups}
    if value not in names or len(names) < 2:
        return None
    groups = {
        name: aligned(of_answer(answer, put, of.grain, lake.settings, {dimension: name}), of)
        for name in names
    }
    inside = Sums.of([groups[value]])
    outside = Sums.of([each for name, each in groups.items() if name != value])
    return held_against(inside, outside, change.day, DAYS_AROUND // of.step_days, question.level)


def aligned(group: Series, whole: Series) -> Series:
    """Put the steps of a group where those of the whole are."""
    place = {day: i for i, day in enumerate(group.begins)}
    row = np.array([place.get(day, -1) for day in whole.begins], dtype=np.int64)

    def put(values: FloatArray, missing: float) -> FloatArray:
        return np.append(values, missing)[row]

    return replace(
        group,
        begins=whole.begins,
        n=put(group.n, 0.0),
        value=put(group.value, np.nan),
        error=put(group.error, np.nan),
        hits=None if group.hits is None else put(group.hits, 0.0),
        is_holiday=whole.is_holiday,
    )


@dataclass(frozen=True)
class Sums:
    """What means of any stretch of steps are made of."""

    n: FloatArray
    total: FloatArray
    squares: FloatArray

    @classmethod
    def of(cls, groups: Sequence[Series]) -> "Sums":
        """Add up groups, each step with as many rows as it has."""
        parts: Mapping[str, list[FloatArray]] = {"n": [], "total": [], "squares": []}
        for each in groups:
            known = ~np.isnan(each.value) & (each.n > 0)
            n = np.where(known, each.n, 0.0)
            parts["n"].append(n)
            parts["total"].append(np.where(known, each.value * n, 0.0))
            # Between steps a value scatters by chance and of itself: both are in its squares.
            parts["squares"].append(np.where(known, each.value**2 * n, 0.0))
        return cls(*(np.sum(parts[name], axis=0) for name in ("n", "total", "squares")))

    def mean(self, first: int, end: int) -> tuple[float, float]:
        """Return the mean of some steps, and its variance by how steps scatter around it."""
        n, total = self.n[first:end], self.total[first:end]
        weight = float(n.sum())
        steps = int((n > 0).sum())
        if steps < 2:
            return float("nan"), float("nan")
        mean = float(total.sum()) / weight
        with np.errstate(divide="ignore", invalid="ignore"):
            residual = np.where(n > 0, total - n * mean, 0.0)
        return mean, float((residual**2).sum()) / weight**2 * steps / (steps - 1)


def held_against(inside: Sums, outside: Sums, at: int, around: int, level: float) -> Touched | None:
    """Return the difference of differences at a step, and how it would look at others before it."""
    more, variance = at_step(inside, outside, at, around)
    if np.isnan(more):
        return None
    reach = normal_quantile(level) * float(np.sqrt(variance))
    others = [at_step(inside, outside, step, around)[0] for step in range(around, at - around + 1)]
    placebos = np.array([each for each in others if not np.isnan(each)])
    return Touched(
        more,
        Interval(np.float64(more - reach), np.float64(more + reach)),  # type: ignore[arg-type]
        len(placebos),
        int((np.abs(placebos) >= abs(more)).sum()),
    )


def at_step(inside: Sums, outside: Sums, at: int, around: int) -> tuple[float, float]:
    before, after = max(at - around, 0), min(at + around, len(inside.n))
    if min(at - before, after - at) < min(FEWEST_AROUND, around):
        return float("nan"), float("nan")
    told = [each.mean(a, b) for each in (inside, outside) for a, b in ((before, at), (at, after))]
    (was, v1), (became, v2), (other_was, v3), (other_became, v4) = told
    return (became - was) - (other_became - other_was), v1 + v2 + v3 + v4
