"""A metric day by day, with what is usual on each day."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hearwell.clock.holiday import holiday_dates
from hearwell.engine.answer import Answer
from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import Grain, to_local
from hearwell.engine.privacy import protects
from hearwell.engine.question import Asked, Question
from hearwell.lake.lake import Lake
from hearwell.language import gettext_noop
from hearwell.metrics.estimator import Share
from hearwell.metrics.metric import Better, Unit
from hearwell.settings import Settings
from hearwell.stats.baseline import Baseline, baseline, dispersion
from hearwell.stats.change_point import Misfit, OfLevel, OfShare, changes
from hearwell.stats.interval import FloatArray, normal_quantile

BASELINE_DAYS = 120
BASELINE_PART = 0.4
LEAST_DAYS = 28
MOST_HIDDEN = 0.2
EDGE = 0.001
"""A usual share is taken to lie at least so far from 0 and 1: one odd answer is no proof."""

SHIFT: Mapping[Unit, float] = {Unit.SHARE: 0.05, Unit.POINTS: 5.0, Unit.SCALE: 0.2}
"""How large a change is to be noticed; for what is in no scale it is a part of the usual value."""

RELATIVE_SHIFT = 0.10


class TooShort(BadQuestion):
    def __init__(self, name: str, days: int) -> None:
        told = gettext_noop(
            "Days with numbers of {name}: {days}; it takes {needed} to tell what is usual "
            "and to see it change. Ask for a longer time, or import more."
        )
        super().__init__(told, name=name, days=days, needed=2 * LEAST_DAYS)


@dataclass(frozen=True)
class Series:
    """A metric by days, or by weeks where a day has so few answers that they may not be shown.

    Attributes:
        begins: of each step, local.
        value, error: nan where nothing is known; durations and numbers each are logarithms.
        hits: of a share; None for other kinds.
        shift: the change to notice, in the unit of the values.

    """

    asked: Asked
    unit: Unit
    better: Better
    grain: Grain
    begins: list[date]
    n: FloatArray
    value: FloatArray
    error: FloatArray
    hits: FloatArray | None
    is_holiday: NDArray[np.bool_]
    shift: float

    @property
    def is_logarithm(self) -> bool:
        return goes_by_ratio(self.unit)

    @property
    def step_days(self) -> int:
        return 7 if self.grain == "week" else 1

    @property
    def weight(self) -> FloatArray:
        """How much each step tells of the level."""
        if self.hits is not None:
            return np.where(np.isnan(self.value), 0.0, self.n)
        with np.errstate(divide="ignore", invalid="ignore"):
            told = 1 / self.error**2
        return np.where(np.isfinite(told) & ~np.isnan(self.value), told, 0.0)

    def shown(self, value: float) -> float:
        """Return a value in the metric's own unit."""
        return float(np.exp(value)) if self.is_logarithm else float(value)

    @cached_property
    def weekday(self) -> NDArray[np.int64]:
        return np.array([day.weekday() for day in self.begins], dtype=np.int64)


def goes_by_ratio(unit: Unit) -> bool:
    return unit in {Unit.SECONDS, Unit.EACH}


def series(lake: Lake, question: Question) -> Series:
    """Ask for a metric day by day.

    Args:
        question: of one metric, without a grain.

    Raises:
        TooShort.

    """
    found = by(lake, question, "day")
    if protects(question.asked[0].metric.record):
        (answer,) = ask(lake, replace(question, grain="day")).answers
        if answer.hidden.mean() > MOST_HIDDEN:
            found = by(lake, question, "week")
    known = int((found.weight > 0).sum()) * found.step_days
    if known < 2 * LEAST_DAYS:
        raise TooShort(question.asked[0].metric.name, known)
    return found


def by(lake: Lake, question: Question, grain: Grain) -> Series:
    (answer,) = ask(lake, replace(question, grain=grain, compare=None, by=())).answers
    return of_answer(answer, question, grain, lake.settings, None)


def of_answer(
    answer: Answer,
    question: Question,
    grain: Grain,
    settings: Settings,
    group: Mapping[str, str | None] | None,
) -> Series:
    """Put the cells of an answer, or of one of its groups, in the order of time, without gaps."""
    step = timedelta(days=7 if grain == "week" else 1)
    rows = [i for i, name in enumerate(answer.groups) if group is None or name == group]
    days = {to_local(answer.periods[i].begins, settings.zone).date(): i for i in rows}
    first, last = min(days, default=date(2000, 1, 3)), max(days, default=date(2000, 1, 2))
    begins = [first + k * step for k in range((last - first) // step + 1)]
    row = np.array([days.get(day, -1) for day in begins], dtype=np.int64)
    there = row >= 0

    def put(values: FloatArray, missing: float) -> FloatArray:
        return np.where(there, np.append(values, missing)[row], missing)

    estimate = answer.estimate
    value, n = put(estimate.value, np.nan), put(estimate.n, 0.0)
    error = put(estimate.reach / normal_quantile(question.level), np.nan)
    is_share = isinstance(answer.asked.usual.estimator, Share)
    hits = np.nan_to_num(value * n) if is_share else None
    n = np.where(np.isnan(value), 0.0, n)
    if goes_by_ratio(answer.unit):
        with np.errstate(divide="ignore", invalid="ignore"):
            value, error = (
                np.where(value > 0, np.log(value), np.nan),
                np.where(value > 0, error / value, np.nan),
            )
    usual = abs(float(np.nanmean(value))) if (~np.isnan(value)).any() else 0.0
    relative = np.log1p(RELATIVE_SHIFT) if goes_by_ratio(answer.unit) else RELATIVE_SHIFT * usual
    return Series(
        asked=answer.asked,
        unit=answer.unit,
        better=answer.better,
        grain=grain,
        begins=begins,
        n=n,
        value=value,
        error=error,
        hits=hits,
        is_holiday=holidays(settings, begins, grain),
        shift=float(SHIFT.get(answer.unit, relative)),
    )


def holidays(settings: Settings, begins: list[date], grain: Grain) -> NDArray[np.bool_]:
    """Return which days are holidays of any schedule."""
    countries = {each.holidays for each in settings.schedule if each.holidays}
    if grain == "week" or not begins or not countries:
        return np.zeros(len(begins), dtype=bool)
    off = frozenset[date]().union(
        *(holiday_dates(country, begins[0], begins[-1]) for country in countries)
    )
    return np.array([day in off for day in begins])


@dataclass(frozen=True)
class Usual:
    """What is usual on each step, by the baseline.

    Attributes:
        fitted: the steps of the baseline; those after it are watched.
        level: what is usual, with the effects of weekday and holiday; nan where nothing is known.
        effects: by how much that is more than the level.
        dispersion: how much more steps scatter than their own errors say.

    """

    model: Baseline
    fitted: NDArray[np.bool_]
    level: FloatArray
    effects: FloatArray
    dispersion: float

    @property
    def watched(self) -> NDArray[np.bool_]:
        last = int(np.flatnonzero(self.fitted).max())
        return np.arange(len(self.fitted)) > last


def usual(of: Series) -> Usual:
    """Fit the baseline on the first stretch of days that has one level.

    It is as long as `BASELINE_DAYS`, but at most a part of what there is. Where the number changed
    within it, the baseline begins, or ends, with that change.
    """
    steps = len(of.begins)
    least = max(LEAST_DAYS // of.step_days, 1)
    ends = min(BASELINE_DAYS // of.step_days, max(int(steps * BASELINE_PART), least))
    begins = 0
    first = fit(of, begins, ends)
    for cut in changes(misfit(of, first), shortest=shortest(of)):
        if cut <= ends - least:
            begins = cut
        elif cut < ends:
            ends = cut
    return fit(of, begins, ends) if (begins, ends) != (0, len(first.fitted)) else first


def fit(of: Series, begins: int, ends: int) -> Usual:
    place = np.arange(len(of.begins))
    fitted = (place >= begins) & (place < ends)
    model = baseline(of.weekday, of.is_holiday, of.weight, fitted)
    level = np.where(model.told, model.usual(of.value), np.nan)
    if of.hits is not None:
        level = np.clip(level, EDGE, 1 - EDGE)
    variance = variance_of(of, level)
    scatter = dispersion(
        (of.value - level)[fitted & (of.weight > 0)],
        variance[fitted & (of.weight > 0)],
        model.design.shape[1],
    )
    return Usual(model, fitted, level, model.effects(of.value), scatter)


def variance_of(of: Series, level: FloatArray) -> FloatArray:
    """Return by how much each step would scatter by chance alone."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if of.hits is not None:
            return np.where(of.n > 0, level * (1 - level) / of.n, np.nan)
        return np.where(of.weight > 0, of.error**2, np.nan)


def misfit(of: Series, by_baseline: Usual) -> Misfit:
    """Return what tells stretches of one level apart, weekdays and holidays put aside."""
    effects = np.where(by_baseline.model.told, by_baseline.effects, 0.0)
    told = by_baseline.model.told & (of.weight > 0)
    if of.hits is not None:
        hits = np.clip(of.hits - of.n * effects, 0, of.n)
        return OfShare(np.where(told, hits, 0.0), np.where(told, of.n, 0.0), by_baseline.dispersion)
    return OfLevel(
        np.where(told, of.value - effects, np.nan), of.error * np.sqrt(by_baseline.dispersion)
    )


def shortest(of: Series) -> int:
    return 7 if of.grain == "day" else 3
