"""Hold the mix of cases constant: what a value would be with the mix of the period before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hearwell.engine.answer import Estimate
from hearwell.engine.groups import Groups, Key
from hearwell.metrics.part import FloatArray, Parts
from hearwell.stats.interval import Interval

NOT_IN_BOTH = "kinds of cases that are not in both periods"
FEWEST_ROWS = 2
"""A kind of case with a single row has no interval, and is left out on both sides."""


@dataclass(frozen=True)
class Standardised:
    """A value and that compared with, for each cell, over the same mix of the same kinds."""

    now: Estimate
    before: Estimate
    left_out: FloatArray  # rows of kinds that are not in both periods


def standardised(
    now: Sequence[Sequence[int]],
    before: Sequence[Sequence[int]],
    kinds: Estimate,
    weight: FloatArray,
) -> Standardised:
    """Return the values of cells made of kinds of cases, each weighted as in the period before.

    Directly standardised, as rates of deaths are by age (Breslow and Day 1987). The interval adds
    the errors of the kinds in squares (MOVER, Zou and Donner 2008).

    Args:
        now, before: for each cell, the places of its kinds in each period, in the same order; -1
            for a kind that a period does not have.
        kinds: value and interval of each kind.
        weight: how much each kind counts for, such as its rows.

    """
    sides: list[list[tuple[float, ...]]] = [[], []]
    left_out = np.zeros(len(now))
    for i, (present, past) in enumerate(zip(now, before, strict=True)):
        here, there = np.array(present, dtype=np.int64), np.array(past, dtype=np.int64)
        both = (here >= 0) & (there >= 0)
        for side in (here, there):
            both &= (kinds.n[side] >= FEWEST_ROWS) & ~np.isnan(kinds.value[side])
        left_out[i] = kinds.n[here[~both & (here >= 0)]].sum()
        shares = weight[there[both]] / weight[there[both]].sum() if both.any() else np.empty(0)
        sides[0].append(summed(kinds.at(here[both]), shares))
        sides[1].append(summed(kinds.at(there[both]), shares))
    return Standardised(estimate(sides[0]), estimate(sides[1]), left_out)


def strata(
    keys: Sequence[Key], first: int, end: int, named: Groups
) -> tuple[list[list[int]], list[list[int]]]:
    """Return for each cell shown the places of its kinds of cases, now and in the period before.

    Args:
        keys: the cells by group, kind and time; the kind is what lies from `first` up to `end`.

    """
    of_cell: dict[Key, dict[Key, int]] = {}
    for i, key in enumerate(keys):
        of_cell.setdefault((*key[:first], *key[end:]), {})[key[first:end]] = i
    now, before = [], []
    for here, there in named.keys:
        present = of_cell.get(here, {})
        past = {} if there is None else of_cell.get(there, {})
        kinds = list(dict.fromkeys([*present, *past]))
        now.append([present.get(kind, -1) for kind in kinds])
        before.append([past.get(kind, -1) for kind in kinds])
    return now, before


def weights(parts: Parts) -> FloatArray:
    """Return how much each kind of cases counts for: what its value is a ratio to."""
    for name in ("weights", "under", "n"):
        if name in parts.sums:
            return parts[name]
    raise KeyError


def summed(kinds: Estimate, shares: FloatArray) -> tuple[float, ...]:
    """Return value, centre, the ends of both intervals and the rows of a weighted sum of kinds."""
    if not len(shares):
        return (np.nan,) * 6 + (0.0,)
    value, centre = float(shares @ kinds.value), float(shares @ kinds.centre)
    ends = []
    for interval in (kinds.interval, kinds.open_interval):
        ends.append(centre - np.sqrt(((shares * (kinds.centre - interval.low)) ** 2).sum()))
        ends.append(centre + np.sqrt(((shares * (interval.high - kinds.centre)) ** 2).sum()))
    return value, centre, *map(float, ends), float(kinds.n.sum())


def estimate(rows: list[tuple[float, ...]]) -> Estimate:
    value, centre, low, high, open_low, open_high, n = np.array(rows, dtype=float).reshape(-1, 7).T
    return Estimate(value, centre, Interval(low, high), Interval(open_low, open_high), n)
