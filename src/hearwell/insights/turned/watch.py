"""Watch a metric: alarms with a chosen rate of false ones, and the dates of changes."""

from dataclasses import dataclass

import numpy as np

from hearwell.evidence.series import EDGE, Series, Usual, usual
from hearwell.evidence.turns import Turns, turns
from hearwell.stats.cusum import added_up, evidence_of_level, evidence_of_share, threshold
from hearwell.stats.interval import FloatArray

SEED = 20_260_601
RUNS = 1000


@dataclass(frozen=True)
class Watched(Turns):
    """What was seen. Arrays have an element for each step of the series.

    Attributes:
        rise, fall: the sums of evidence, 0 in the baseline.
        threshold: an alarm is a sum above it.
        alarms: the first step of an alarm for a rise and for a fall, if there is one, and the
            step after which its sum was last 0.

    """

    rise: FloatArray
    fall: FloatArray
    threshold: float
    false_alarms_per_year: float
    alarms: list[tuple[int, int]]


def watch(of: Series, false_alarms_per_year: float, shift: float | None = None) -> Watched:
    """Watch a series from the end of its baseline on.

    Args:
        false_alarms_per_year: how many alarms chance alone may raise in a year, both ways together.
        shift: the change to notice, in the unit of the series' values.

    """
    size = of.shift if shift is None else shift
    by_baseline = usual(of)
    rise, fall = sums(of, by_baseline, of.value, size)
    quiet = Quiet(of, by_baseline, size)
    steps = int(by_baseline.watched.sum())
    limit = threshold(quiet, steps * of.step_days, false_alarms_per_year, RUNS)
    alarms = [first_alarm(each, limit) for each in (rise, fall)]
    return Watched(
        **vars(turns(of, by_baseline)),
        rise=rise,
        fall=fall,
        threshold=limit,
        false_alarms_per_year=false_alarms_per_year,
        alarms=sorted(each for each in alarms if each is not None),
    )


def first_alarm(total: FloatArray, limit: float) -> tuple[int, int] | None:
    above = np.flatnonzero(total > limit)
    if not len(above):
        return None
    at = int(above[0])
    quiet = np.flatnonzero(total[:at] == 0)
    return at, int(quiet[-1]) + 1 if len(quiet) else 0


def sums(
    of: Series, by_baseline: Usual, values: FloatArray, shift: float
) -> tuple[FloatArray, FloatArray]:
    """Return the sums of evidence for a rise and for a fall; steps go along the last axis.

    Args:
        values: those of the series, or simulated ones; the baseline is fitted on them anew.

    """
    level = np.where(by_baseline.model.told, by_baseline.model.usual(values), np.nan)
    seen = by_baseline.watched & (of.weight > 0)
    if of.hits is not None:
        level = np.clip(level, EDGE, 1 - EDGE)
        hits = np.nan_to_num(values) * of.n
        told = [
            evidence_of_share(
                hits, of.n, level, np.clip(level + way * shift, EDGE / 2, 1 - EDGE / 2)
            )
            for way in (1, -1)
        ]
    else:
        error = of.error * np.sqrt(by_baseline.dispersion)
        told = [evidence_of_level(values, error, level, level + way * shift) for way in (1, -1)]
    rise, fall = (added_up(np.where(seen, each, np.nan)) for each in told)
    return rise, fall


@dataclass(frozen=True)
class Quiet:
    """The same days without any change, drawn by chance, baseline and all.

    That the baseline itself is uncertain is in it: fitted on few days it is wrong now and then.
    """

    series: Series
    usual: Usual
    shift: float

    def __call__(self, runs: int) -> tuple[FloatArray, FloatArray]:
        rng = np.random.default_rng(SEED)
        of, level = self.series, np.nan_to_num(self.usual.level, nan=0.5)
        shape = (runs, len(of.begins))
        if of.hits is None:
            scatter = np.nan_to_num(of.error) * np.sqrt(self.usual.dispersion)
            values = level + scatter * rng.standard_normal(shape)
        else:
            n = of.n.astype(np.int64)
            share = self.shares(rng, level, shape)
            values = rng.binomial(n, share) / np.maximum(n, 1)
        return sums(of, self.usual, np.where(of.weight > 0, values, np.nan), self.shift)

    def shares(
        self, rng: np.random.Generator, level: FloatArray, shape: tuple[int, int]
    ) -> FloatArray:
        """Draw the share of each day; beta, where days scatter more than their rows let them."""
        n = self.series.n
        more = self.usual.dispersion - 1
        if more < 1e-9:
            return np.broadcast_to(level, shape)
        typical = max(float(np.mean(n[n > 1])) if (n > 1).any() else 2.0, 1.5)
        alike = min(more / (typical - 1), 0.9)  # correlation of rows of a day
        size = (1 - alike) / alike
        return rng.beta(level * size, (1 - level) * size, shape)
