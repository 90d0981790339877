"""How many agents each half hour of the week needs, and whether the model can be believed."""

from dataclasses import dataclass, fields, is_dataclass, replace
from itertools import product
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hearwell.insights.staffing.load import OF_A_WEEK, SECONDS, Loads
from hearwell.stats.erlang import Service, Target, agents_needed, erlang_a, people_needed
from hearwell.stats.interval import FloatArray, Interval, poisson_total, student, wilson
from hearwell.stats.survival import patience, patience_interval

ENOUGH, SHORT, CANNOT_TELL = "enough", "short", "cannot tell"

TEST_PART = 0.25
"""The last part of the days, on which the model is tested that was fitted on those before."""

MODEL_ERROR = 0.03
"""By how much of all callers the model may miss those who hang up, beyond chance."""

FEWEST_TESTED = 100
HALF_AN_AGENT = 0.5


@dataclass(frozen=True)
class Fitted:
    """How long calls and patience last, one element for each queue.

    Attributes:
        handle, patience: means in seconds; patience is endless where nobody hung up.

    """

    handle: FloatArray
    handle_interval: Interval
    patience: FloatArray
    patience_interval: Interval


@dataclass(frozen=True)
class BackTest:
    """Share of callers who hung up in days that the model had not seen. One for each queue."""

    expected: FloatArray
    seen: FloatArray
    interval: Interval  # of what was seen
    calls: FloatArray  # of those days
    is_believed: NDArray[np.bool_]

    @property
    def has_failed(self) -> NDArray[np.bool_]:
        """Was enough seen to say that the model is wrong?"""
        found: NDArray[np.bool_] = ~self.is_believed & (self.calls >= FEWEST_TESTED)
        return found


@dataclass(frozen=True)
class Plan:
    """What the half hours of the week need. Arrays have shape (queues, 336), Monday 00:00 first.

    Attributes:
        calls: offered in each half hour on average, calls again included.
        total: how many were counted.
        load: erlangs at the target: first calls, and again those who are lost at it.
        load_interval: from the scatter of calls between weeks and of handle times.
        needed, needed_range: agents at work; the range is that of load and patience together.
        without_patience: agents if nobody hung up (Erlang C): as many are always enough.
        at_work: agents who were, on average; nan where no shifts are known.
        people: to be planned for those needed, with the part of time that is not at work.
        verdict: enough, short, cannot tell; empty where nothing comes and nobody is there.

    """

    queues: list[str]
    target: Target
    calls: FloatArray
    total: FloatArray
    load: FloatArray
    load_interval: Interval
    fitted: Fitted
    needed: FloatArray
    needed_range: Interval
    without_patience: FloatArray
    at_work: FloatArray
    people: FloatArray
    verdict: NDArray[np.str_]
    back_test: BackTest

    @property
    def gap(self) -> FloatArray:
        """Agents at work less those needed: below 0 some are missing."""
        return self.at_work - self.needed

    def queue(self, i: int) -> "Plan":
        """Return the plan of one queue."""
        return cast("Plan", rows_of(self, slice(i, i + 1)))


def rows_of(found: Any, chosen: slice) -> Any:
    """Return some of the queues of numbers that have one row, or one element, for each."""
    if isinstance(found, np.ndarray | list):
        return found[chosen]
    if is_dataclass(found) and not isinstance(found, Target | type):
        parts = {each.name: rows_of(getattr(found, each.name), chosen) for each in fields(found)}
        return type(found)(**parts)
    return found


def planned(seen: Loads, target: Target, shrinkage: float, level: float, fewest_calls: int) -> Plan:
    """Make the plan of a period of some weeks.

    Args:
        shrinkage: part of paid time that is not at work.
        level: how sure ranges are.
        fewest_calls: with fewer in a half hour of the week nothing is said of it.

    """
    week = np.bincount(seen.half_hour_of_week, minlength=OF_A_WEEK).astype(np.float64)
    calls, again = of_week(seen.calls, seen), of_week(seen.again, seen)
    fitted = fit(seen, level)
    grows = 1 / (1 - target.abandoned * calls_again(seen))[:, None]
    first = calls - again
    counts = poisson_total(first, first * scatter(seen)[:, None], level)
    with np.errstate(divide="ignore", invalid="ignore"):
        erlangs = grows / week * fitted.handle[:, None] / SECONDS
        load = first * erlangs
        load_interval = product_interval(load, first, counts, fitted)
    needed = agents_needed(load, fitted.handle[:, None], fitted.patience[:, None], target)
    needed_range = range_of_need(needed, load_interval, fitted, target)
    at_work = np.where(week > 0, of_week(seen.at_work, seen) / np.maximum(week, 1), np.nan)
    with np.errstate(invalid="ignore"):
        plan = Plan(
            queues=seen.queues,
            target=target,
            calls=np.where(week > 0, calls / np.maximum(week, 1), np.nan),
            total=calls,
            load=load,
            load_interval=load_interval,
            fitted=fitted,
            needed=needed,
            needed_range=needed_range,
            without_patience=np.fmax(
                needed, agents_needed(load, fitted.handle[:, None], np.inf, target)
            ),
            at_work=at_work,
            people=people_needed(needed, shrinkage),
            verdict=np.full(needed.shape, "", dtype="<U16"),
            back_test=back_test(seen, level),
        )
    return replace(plan, verdict=verdicts(plan, fewest_calls))


def fit(seen: Loads, level: float) -> Fitted:
    """Return means of handle time and patience of each queue.

    Where so few hung up that patience could be anything, it is that of all queues together.
    """
    n, total = seen.handled.sum(axis=1), seen.handle_seconds.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        handle = np.where(n > 0, total / n, np.nan)
    waited, lost = seen.waited_seconds.sum(axis=1), seen.abandoned.sum(axis=1)
    few = lost < FEWEST_LOST
    waited, lost = np.where(few, waited.sum(), waited), np.where(few, lost.sum(), lost)
    value, interval = patience(waited, lost), patience_interval(waited, lost, level)
    return Fitted(
        handle,
        student(n, total, seen.handle_squares.sum(axis=1), level),
        np.where(np.isnan(value), np.inf, value),
        Interval(
            np.where(np.isnan(interval.low), np.inf, interval.low),
            np.where(np.isnan(interval.high), np.inf, interval.high),
        ),
    )


FEWEST_LOST = 10


def calls_again(seen: Loads) -> FloatArray:
    """Return which part of those who hung up called again within a day."""
    lost = seen.abandoned.sum(axis=1)
    found: FloatArray = np.clip(seen.again.sum(axis=1) / np.maximum(lost, 1), 0, 1)
    return found


def of_week(amounts: FloatArray, seen: Loads) -> FloatArray:
    """Add up the half hours of a period by those of the week."""
    return np.stack(
        [np.bincount(seen.half_hour_of_week, each, minlength=OF_A_WEEK) for each in amounts]
    ) if len(amounts) else np.empty((0, OF_A_WEEK))  # fmt: skip


def scatter(seen: Loads) -> FloatArray:
    """Return how much more the calls of a half hour vary from week to week than chance lets them.

    Pearson's statistic over its degrees of freedom, at least 1; whole bad weeks are in it.
    """
    weeks = np.bincount(seen.half_hour_of_week, minlength=OF_A_WEEK)
    first = seen.calls - seen.again
    mean = of_week(first, seen) / np.maximum(weeks, 1)
    expected = mean[:, seen.half_hour_of_week]
    known = expected > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        squares = np.where(known, (first - expected) ** 2 / expected, 0.0).sum(axis=1)
    degrees = np.where(mean > 0, np.maximum(weeks - 1, 0), 0).sum(axis=1)
    found: FloatArray = np.maximum(squares / np.maximum(degrees, 1), 1.0)
    return found


def product_interval(
    load: FloatArray, first: FloatArray, counts: Interval, fitted: Fitted
) -> Interval:
    """Return the interval of calls times handle time: their errors, as factors, add in squares."""
    handle, of_handle = fitted.handle[:, None], fitted.handle_interval
    low = np.hypot(np.log(first / counts.low), np.log(handle / of_handle.low[:, None]))
    high = np.hypot(np.log(counts.high / first), np.log(of_handle.high[:, None] / handle))
    none = first == 0
    return Interval(np.where(none, 0, load * np.exp(-low)), np.where(none, 0, load * np.exp(high)))


def range_of_need(needed: FloatArray, load: Interval, fitted: Fitted, target: Target) -> Interval:
    """Return the fewest and the most agents that the ends of load and patience ask for.

    More patience asks for more agents to keep a service level, and for fewer to keep losses low.
    """
    ends = [fitted.patience_interval.low, fitted.patience_interval.high]
    found = [needed] + [
        agents_needed(erlangs, fitted.handle[:, None], seconds[:, None], target)
        for erlangs, seconds in product((load.low, load.high), ends)
    ]
    return Interval(np.fmin.reduce(found), np.fmax.reduce(found))


def verdicts(plan: Plan, fewest_calls: int) -> NDArray[np.str_]:
    """Say of each half hour of the week whether its agents are enough.

    Nothing is said where calls are few, the model has failed on this queue, or the agents lie
    within the range of what is needed.
    """
    at_work, low, high = plan.at_work, plan.needed_range.low, plan.needed_range.high
    believed = plan.back_test.is_believed[:, None] & (plan.total >= fewest_calls)
    with np.errstate(invalid="ignore"):
        enough = believed & (at_work >= high - HALF_AN_AGENT)
        short = believed & (at_work < low - HALF_AN_AGENT)
    quiet = (plan.total == 0) & ~(at_work > 0)
    return np.select([quiet, enough, short], ["", ENOUGH, SHORT], CANNOT_TELL)


def back_test(seen: Loads, level: float) -> BackTest:
    """Tell how many would hang up in the last days by the model, and how many did.

    Handle time, patience and the course of the week are those of the days before; how many called
    on a day is as it was, for a busy day is no fault of the model.
    """
    last = int(seen.day.max(initial=0)) + 1
    is_test = seen.day >= last - max(int(last * TEST_PART), 1)
    before, after = seen.during(~is_test), seen.during(is_test)
    fitted = fit(before, level)
    weeks = np.bincount(before.half_hour_of_week, minlength=OF_A_WEEK)
    usual = (of_week(before.calls, before) / np.maximum(weeks, 1))[:, after.half_hour_of_week]
    rate = usual * (by_day(after.calls, after) / np.maximum(by_day(usual, after), 1e-9))
    tested = ~np.isnan(after.at_work) & (rate > 0)
    told = served(
        rate * fitted.handle[:, None] / SECONDS, after.at_work, fitted, Target().within_seconds
    )
    expected = np.where(tested, rate * told.abandoned, 0.0).sum(axis=1)
    calls = np.where(tested, rate, 0.0).sum(axis=1)
    lost = np.where(tested, after.abandoned, 0.0).sum(axis=1)
    counted = np.where(tested, after.calls, 0.0).sum(axis=1)
    interval = wilson(lost, counted, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected, share = expected / calls, lost / counted
        near = (expected >= interval.low - MODEL_ERROR) & (expected <= interval.high + MODEL_ERROR)
    return BackTest(expected, share, interval, counted, near & (counted >= FEWEST_TESTED))


def by_day(amounts: FloatArray, seen: Loads) -> FloatArray:
    """Return the sum of each half hour's day."""
    if not len(amounts):
        return amounts
    return np.stack([np.bincount(seen.day, each)[seen.day] for each in amounts])


def served(load: FloatArray, at_work: FloatArray, fitted: Fitted, within_seconds: float) -> Service:
    """Tell what callers meet; with agents for a part of the half hour, something in between."""
    below = np.floor(np.where(np.isnan(at_work), 0, at_work))
    part = at_work - below
    ends = [
        erlang_a(
            load, below + more, fitted.handle[:, None], fitted.patience[:, None], within_seconds
        )
        for more in (0, 1)
    ]
    mixed = {
        name: (1 - part) * vars(ends[0])[name] + part * vars(ends[1])[name]
        for name in vars(ends[0])
    }
    return Service(**mixed)


def with_more(plan: Plan, people: float) -> Service:
    """Tell what callers would meet, queue by queue, with so many more (or fewer) at work.

    The half hours in which somebody is at work count by their calls; shares are of all callers.
    """
    staffed = plan.at_work > 0
    at_work = np.where(staffed, np.maximum(plan.at_work + people, 0), np.nan)
    told = served(plan.load, at_work, plan.fitted, plan.target.within_seconds)
    weights = np.where(staffed, plan.calls, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Service(
            **{
                name: np.nansum(weights * each, axis=1) / weights.sum(axis=1)
                for name, each in vars(told).items()
            }
        )
