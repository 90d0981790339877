"""How long until something happens, when some were no longer watched before it happened.

A wait for an agent is cut short by hanging up, patience is cut short by an answer: such a
row is censored, its true time is only known to be longer. Leaving it out, or taking its
time for the true one, makes the answer far too short. Many groups are answered at once;
results are float64 of shape (groups,) and nan is "no value".
"""

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray, Interval, Numbers, floats, normal_quantile
from hearwell.stats.quantile import FEWEST, IntArray, sums

HALF = 0.5 + 1e-9  # products carry rounding: five of ten is a half


@dataclass(frozen=True)
class Survival:
    """What ended at each time in each group. The four have one length."""

    group: IntArray  # from 0, ascending
    value: FloatArray  # times, ascending within a group
    events: FloatArray  # how many had the event at this time
    censored: FloatArray  # how many were last seen at this time, without the event


@dataclass(frozen=True)
class Curve:
    """The Kaplan-Meier estimate after each row."""

    part: FloatArray  # that lasts beyond the time
    greenwood: FloatArray  # variance of the logarithm of the part; nan where nothing lasts
    watched: FloatArray  # how many were still watched after the time


def survival_median(survival: Survival, groups: int) -> FloatArray:
    """First time beyond which at most half last (Kaplan and Meier 1958); nan if none."""
    return first_time(survival, groups, kaplan_meier(survival, groups).part <= HALF)


def survival_median_interval(survival: Survival, groups: int, level: float) -> Interval:
    """Interval of the median: where the curve's holds a half (Brookmeyer and Crowley 1982).

    An end that is not reached is open: nan. Fewer than five rows have no interval.
    """
    curve = curve_interval(survival, kaplan_meier(survival, groups), level)
    enough = rows(survival, groups) >= FEWEST
    low = first_time(survival, groups, curve.low <= HALF)
    high = first_time(survival, groups, curve.high <= HALF)
    return Interval(np.where(enough, low, np.nan), np.where(enough, high, np.nan))


def survival_beyond(survival: Survival, groups: int, threshold: Numbers) -> FloatArray:
    """Part that lasts longer than a threshold: one number, or one for each group.

    nan where the threshold lies beyond the last time and some had not had the event by then.
    """
    curve = kaplan_meier(survival, groups)
    row, known = row_at(survival, groups, threshold, curve)
    return np.where(known, np.append(1, curve.part)[row], np.nan)


def survival_beyond_interval(
    survival: Survival, groups: int, threshold: Numbers, level: float
) -> Interval:
    """Interval of the part that lasts longer than a threshold; nan where the part is."""
    curve = kaplan_meier(survival, groups)
    row, known = row_at(survival, groups, threshold, curve)
    interval = curve_interval(survival, curve, level)
    before = least_part(rows(survival, groups), level)
    low = np.where(row == 0, before, np.append(0, interval.low)[row])
    high = np.append(1, interval.high)[row]
    return Interval(np.where(known, low, np.nan), np.where(known, high, np.nan))


@np.errstate(divide="ignore", invalid="ignore")
def patience(total_wait: Numbers, abandoned: Numbers) -> FloatArray:
    """Mean time that a caller would wait: all waits, also of the answered, per abandoned call.

    The maximum likelihood estimate for exponential patience (Brown and others 2005).
    """
    total_wait, abandoned = floats(total_wait, abandoned)
    return np.where(abandoned > 0, total_wait / abandoned, np.nan)


@np.errstate(divide="ignore", invalid="ignore")
def patience_interval(total_wait: Numbers, abandoned: Numbers, level: float) -> Interval:
    """Interval of mean patience on the log scale, where its error is one over root abandoned.

    When nobody abandoned there is no value, but a least one: had patience been shorter,
    somebody would have, with a chance of the level. The other end is open.
    """
    total_wait, abandoned = floats(total_wait, abandoned)
    value = patience(total_wait, abandoned)
    factor = np.exp(normal_quantile(level) / np.sqrt(abandoned))
    nobody = (abandoned == 0) & (total_wait > 0)
    return Interval(np.where(nobody, total_wait / -log(1 - level), value / factor), value * factor)


@np.errstate(divide="ignore", invalid="ignore")
def kaplan_meier(survival: Survival, groups: int) -> Curve:
    """Curve after each row. At one time, events come before censorings."""
    events, leave = survival.events, survival.events + survival.censored
    watched = rows(survival, groups)[survival.group] - within(survival, groups, leave) + leave
    last = (events > 0) & (events == watched)
    staying = np.where(last | (events == 0), 0, np.log1p(-events / watched))
    variance = np.where(last | (events == 0), 0, events / watched / (watched - events))
    over = within(survival, groups, last.astype(np.float64)) > 0
    return Curve(
        part=np.where(over, 0, np.exp(within(survival, groups, staying))),
        greenwood=np.where(over, np.nan, np.maximum(within(survival, groups, variance), 0)),
        watched=watched - leave,
    )


@np.errstate(divide="ignore", invalid="ignore")
def curve_interval(survival: Survival, curve: Curve, level: float) -> Interval:
    """Interval after each row: Greenwood's on the log(-log) scale (R's "log-log").

    That scale has no answer where all or none last. Where all do, the low end is Wilson's
    for those still watched. Where none do, the high end is the one of the time before, as
    a curve never rises, or Wilson's for those whose event came last, whichever is lower.
    """
    error = np.sqrt(curve.greenwood) / np.abs(np.log(curve.part))
    factor = np.exp(normal_quantile(level) * error)
    all_last, none_lasts = curve.part == 1, curve.part == 0
    low = np.where(all_last, least_part(curve.watched, level), curve.part**factor)
    high = np.where(all_last, 1, curve.part ** (1 / factor))
    first = np.diff(survival.group, prepend=-1) > 0
    before = np.where(first, 1, np.roll(high, 1))
    ended = np.minimum(before, 1 - least_part(survival.events, level))
    return Interval(np.where(none_lasts, 0, low), np.where(none_lasts, ended, high))


def least_part(n: FloatArray, level: float) -> FloatArray:
    """Low end of Wilson's interval when all of n last; 0 when there is none to tell."""
    return n / (n + normal_quantile(level) ** 2)


def row_at(
    survival: Survival, groups: int, threshold: Numbers, curve: Curve
) -> tuple[IntArray, NDArray[np.bool_]]:
    """Row of the curve at each group's threshold, from 1, and whether the curve reaches it.

    Row 0 stands for the time before a group's first, when all last.
    """
    limit = np.broadcast_to(np.asarray(threshold, dtype=np.float64), groups)
    in_time = survival.value <= limit[survival.group]
    passed = np.bincount(survival.group[in_time], minlength=groups)
    start = np.searchsorted(survival.group, np.arange(groups))
    row = np.where(passed > 0, start + passed, 0)
    nobody_left = np.append(False, (curve.watched == 0) & (curve.part > 0))[row]
    too_late = nobody_left & (limit > np.append(np.inf, survival.value)[row])
    return row, (rows(survival, groups) > 0) & ~too_late


def first_time(survival: Survival, groups: int, reached: NDArray[np.bool_]) -> FloatArray:
    """First time of each group at which something is reached; nan if none."""
    row = np.flatnonzero(reached)
    first = np.full(groups, len(survival.value), dtype=np.int64)
    np.minimum.at(first, survival.group[row], row)
    return np.append(survival.value, np.nan)[first]


def rows(survival: Survival, groups: int) -> FloatArray:
    return sums(survival.group, survival.events + survival.censored, groups)


def within(survival: Survival, groups: int, amounts: FloatArray) -> FloatArray:
    """Add up the amounts of a group's rows up to and including each row."""
    total: FloatArray = np.append(0.0, np.cumsum(amounts))
    start = np.searchsorted(survival.group, np.arange(groups))
    return total[1:] - total[start][survival.group]
