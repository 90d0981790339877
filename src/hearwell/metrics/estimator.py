"""The kinds of metric. Each says what to add up, and what to make of the sums.

The sums are called parts. They add up across days, teams and machines, and a value and its
interval follow from them alone. All arithmetic is over arrays with one element for each group;
`nan` stands for no value and no interval.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hearwell.metrics.part import (
    EVERY_ROW,
    SKETCH_SIZE,
    Expr,
    FloatArray,
    Linear,
    Part,
    Parts,
    Sketch,
    Spread,
    count,
    total,
)
from hearwell.stats import interval as intervals
from hearwell.stats.distinct import distinct, distinct_interval
from hearwell.stats.interval import Interval
from hearwell.stats.net_score import adjusted_net_score, net_score, net_score_interval
from hearwell.stats.quantile import Histogram, quantile, quantile_interval
from hearwell.stats.ratio import ratio_of_totals
from hearwell.stats.survival import (
    Survival,
    patience,
    patience_interval,
    survival_beyond,
    survival_beyond_interval,
    survival_median,
    survival_median_interval,
)

LeftOut = Mapping[str, Expr]  # why rows are left out → which


@dataclass(frozen=True)
class Estimator(ABC):
    """A kind of metric over one table, for the rows `among` which it is counted.

    `left_out` names rows that a reader may miss among those that count, with the reason.
    """

    among: Expr = field(default=EVERY_ROW, kw_only=True)
    left_out: LeftOut = field(default_factory=dict, kw_only=True)

    @abstractmethod
    def parts(self) -> Mapping[str, Part]:
        """Return what to sum; the part `n` counts the rows that the value rests on."""

    def spread(self) -> Spread | None:
        """Return the histogram that the value needs, if it needs one."""
        return None

    def sketch(self) -> Sketch | None:
        """Return what is told apart, if the value is a number of different ones."""
        return None

    def linear(self) -> Linear | None:
        """Return the two totals of which the value is the ratio, if it is one."""
        return None

    @abstractmethod
    def value(self, parts: Parts) -> FloatArray: ...

    def centre(self, parts: Parts) -> FloatArray:
        """Return what the interval is built around, where that is not the value."""
        return self.value(parts)

    @abstractmethod
    def interval(self, parts: Parts, level: float) -> Interval: ...

    def open_interval(self, parts: Parts, level: float) -> Interval:
        """Return the interval as differences need it: not cut at the ends of the scale."""
        return self.interval(parts, level)


def divided(over: FloatArray, under: FloatArray) -> FloatArray:
    """Return over / under, and no value where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(under == 0, np.nan, over / under)


def known(flag: Expr) -> Expr:
    """Return whether a flag is known, by way of a cast: Ibis misprints `(~flag).notnull()`."""
    return flag.cast("int8").notnull()


def each(over: Expr, under: Expr, known: Expr, kind: Literal["share", "mean", "ratio"]) -> Linear:
    """Return the amounts of each row, null for rows that do not count."""

    def counted(amount: Expr) -> Expr:
        return known.ifelse(amount, None).cast("float64")

    return Linear(counted(over), counted(under), kind)


@dataclass(frozen=True)
class Share(Estimator):
    """Part of the rows for which a flag is true. A row with an unknown flag is left out."""

    of: Expr

    def parts(self) -> Mapping[str, Part]:
        return {"n": count(self.among, self.of), "hits": count(self.among & self.of)}

    def linear(self) -> Linear:
        return each(self.of.cast("float64"), 1.0, self.among & known(self.of), "share")

    def value(self, parts: Parts) -> FloatArray:
        return divided(parts["hits"], parts["n"])

    def interval(self, parts: Parts, level: float) -> Interval:
        return intervals.wilson(parts["hits"], parts["n"], level)


@dataclass(frozen=True)
class Mean(Estimator):
    """Average of a number. A row without the number is left out."""

    of: Expr

    def parts(self) -> Mapping[str, Part]:
        return {
            "n": count(self.among, self.of),
            "total": total(self.of, self.among),
            "squares": total(self.of * self.of, self.among),
        }

    def linear(self) -> Linear:
        return each(self.of, 1.0, self.among & self.of.notnull(), "mean")

    def value(self, parts: Parts) -> FloatArray:
        return divided(parts["total"], parts["n"])

    def interval(self, parts: Parts, level: float) -> Interval:
        return intervals.student(parts["n"], parts["total"], parts["squares"], level)


@dataclass(frozen=True)
class WeightedShare(Estimator):
    """Share in which a row stands for as many as its weight says."""

    of: Expr
    weight: Expr

    def parts(self) -> Mapping[str, Part]:
        of, weight = self.of.cast("float64"), self.weight
        known = self.among & of.notnull() & weight.notnull()
        return {
            "n": count(known),
            "weights": total(weight, known),
            "weights_squared": total(weight * weight, known),
            "weighted_hits": total(weight * of, known),
        }

    def linear(self) -> Linear:
        return each(
            self.weight * self.of.cast("float64"),
            self.weight,
            self.among & known(self.of) & self.weight.notnull(),
            "ratio",
        )

    def value(self, parts: Parts) -> FloatArray:
        return divided(parts["weighted_hits"], parts["weights"])

    def interval(self, parts: Parts, level: float) -> Interval:
        return intervals.weighted_share(
            parts["weights"], parts["weights_squared"], parts["weighted_hits"], level
        )


@dataclass(frozen=True)
class WeightedMean(Estimator):
    """Average in which a row stands for as many as its weight says."""

    of: Expr
    weight: Expr

    def parts(self) -> Mapping[str, Part]:
        of, weight = self.of, self.weight
        known = self.among & of.notnull() & weight.notnull()
        return {
            "n": count(known),
            "weights": total(weight, known),
            "weights_squared": total(weight * weight, known),
            "weighted_total": total(weight * of, known),
            "squared_weights_total": total(weight * weight * of, known),
            "squared_weights_squares": total(weight * weight * of * of, known),
        }

    def linear(self) -> Linear:
        both = self.among & self.of.notnull() & self.weight.notnull()
        return each(self.weight * self.of, self.weight, both, "ratio")

    def value(self, parts: Parts) -> FloatArray:
        return divided(parts["weighted_total"], parts["weights"])

    def interval(self, parts: Parts, level: float) -> Interval:
        return intervals.weighted_mean(
            parts["weights"],
            parts["weights_squared"],
            parts["weighted_total"],
            parts["squared_weights_total"],
            parts["squared_weights_squares"],
            level,
        )


@dataclass(frozen=True)
class NetScore(Estimator):
    """Promoters less detractors for each hundred answers; those between count as answers."""

    promoter: Expr
    detractor: Expr

    def parts(self) -> Mapping[str, Part]:
        return {
            "n": count(self.among, self.promoter),
            "promoters": count(self.among & self.promoter),
            "detractors": count(self.among & self.detractor),
        }

    def linear(self) -> Linear:
        score = self.promoter.cast("float64") - self.detractor.cast("float64")
        return each(100 * score, 1.0, self.among & known(self.promoter), "mean")

    def value(self, parts: Parts) -> FloatArray:
        return net_score(parts["n"], parts["promoters"], parts["detractors"])

    def centre(self, parts: Parts) -> FloatArray:
        return adjusted_net_score(parts["n"], parts["promoters"], parts["detractors"])[0]

    def interval(self, parts: Parts, level: float) -> Interval:
        return net_score_interval(parts["n"], parts["promoters"], parts["detractors"], level)

    def open_interval(self, parts: Parts, level: float) -> Interval:
        return net_score_interval(
            parts["n"], parts["promoters"], parts["detractors"], level, clipped=False
        )


@dataclass(frozen=True)
class Ratio(Estimator):
    """One total over another, such as busy seconds over staffed seconds; neither is below 0.

    Where the one is a part of the other the ratio cannot pass 1. What is impossible is cut from
    the interval: that loses none of its coverage.
    """

    over: Expr
    under: Expr
    is_part: bool = False

    def parts(self) -> Mapping[str, Part]:
        x, y = self.over, self.under
        both = self.among & x.notnull() & y.notnull()
        return {
            "n": count(both),
            "over": total(x, both),
            "under": total(y, both),
            "over_over": total(x * x, both),
            "over_under": total(x * y, both),
            "under_under": total(y * y, both),
        }

    def linear(self) -> Linear:
        both = self.among & self.over.notnull() & self.under.notnull()
        return each(self.over, self.under, both, "ratio")

    def value(self, parts: Parts) -> FloatArray:
        return divided(parts["over"], parts["under"])

    def interval(self, parts: Parts, level: float) -> Interval:
        found = self.open_interval(parts, level)
        is_cut = self.is_part & (self.value(parts) <= 1)  # above 1 by faults of data, which show
        high = np.where(is_cut, np.minimum(found.high, 1.0), found.high)
        return Interval(np.maximum(found.low, 0.0), high)

    def open_interval(self, parts: Parts, level: float) -> Interval:
        return intervals.ratio(
            parts["n"],
            parts["over"],
            parts["under"],
            parts["over_over"],
            parts["over_under"],
            parts["under_under"],
            level,
        )


@dataclass(frozen=True)
class Total(Estimator):
    """How many rows, or how much of something, there was.

    The interval treats the total as what came of a steady process (Poisson): it tells how far
    another such period could have differed by chance alone.
    """

    of: Expr = None

    def parts(self) -> Mapping[str, Part]:
        if self.of is None:
            return {"n": count(self.among)}
        return {
            "n": count(self.among, self.of),
            "total": total(self.of, self.among),
            "squares": total(self.of * self.of, self.among),
        }

    def value(self, parts: Parts) -> FloatArray:
        return parts["n"] if self.of is None else parts["total"]

    def interval(self, parts: Parts, level: float) -> Interval:
        if self.of is None:
            return intervals.poisson_total(parts["n"], parts["n"], level)
        return intervals.poisson_total(parts["total"], parts["squares"], level)


@dataclass(frozen=True)
class Stock(Estimator):
    """How many there are at the end of a period: all that came less all that went until then.

    Its rows are comings and goings. The interval is that of a number that arrives at random and
    stays for any time (Poisson, as in a queue M/G/∞): how far it could differ by chance alone.
    """

    change: Expr  # 1 for a coming, -1 for a going

    def parts(self) -> Mapping[str, Part]:
        return {"n": count(self.among, self.change), "change": total(self.change, self.among)}

    def value(self, parts: Parts) -> FloatArray:
        return parts["change"]

    def interval(self, parts: Parts, level: float) -> Interval:
        there = np.maximum(parts["change"], 0)
        return intervals.poisson_total(there, there, level)


@dataclass(frozen=True)
class Distinct(Estimator):
    """How many different values there are, such as readers; exact up to the size of a sketch.

    The interval is that of a total, widened by the error of the sketch where it is not exact.
    """

    of: Expr

    def parts(self) -> Mapping[str, Part]:
        return {"n": count(self.among, self.of)}

    def sketch(self) -> Sketch:
        return Sketch(self.of, self.among & self.of.notnull())

    def value(self, parts: Parts) -> FloatArray:
        return distinct(parts.group, parts.value, parts.groups, SKETCH_SIZE)

    def interval(self, parts: Parts, level: float) -> Interval:
        return distinct_interval(self.value(parts), SKETCH_SIZE, level)


@dataclass(frozen=True)
class DistinctRatio(Estimator):
    """How many different values there are for each row of another kind, such as readers a contact.

    Each row is of one of the two kinds: the values are those of the one, the other is counted.
    """

    of: Expr
    under: Expr  # is the row one of those that are counted?

    def parts(self) -> Mapping[str, Part]:
        return {
            "n": count(self.among & (self.of.notnull() | self.under)),
            "under": count(self.among & self.under),
        }

    def sketch(self) -> Sketch:
        return Sketch(self.of, self.among & self.of.notnull())

    def value(self, parts: Parts) -> FloatArray:
        return divided(self.over(parts), parts["under"])

    def interval(self, parts: Parts, level: float) -> Interval:
        over, under = self.over(parts), parts["under"]
        return ratio_of_totals(
            over,
            distinct_interval(over, SKETCH_SIZE, level),
            under,
            intervals.poisson_total(under, under, level),
        )

    @staticmethod
    def over(parts: Parts) -> FloatArray:
        return distinct(parts.group, parts.value, parts.groups, SKETCH_SIZE)


@dataclass(frozen=True)
class Quantile(Estimator):
    """The number that a given part of the rows stays at or below, from a histogram."""

    of: Expr
    q: float

    def parts(self) -> Mapping[str, Part]:
        return {"n": count(self.among, self.of)}

    def spread(self) -> Spread:
        return Spread(self.of, {"count": self.among})

    def value(self, parts: Parts) -> FloatArray:
        return quantile(self.histogram(parts), parts.groups, self.q)

    def interval(self, parts: Parts, level: float) -> Interval:
        return quantile_interval(self.histogram(parts), parts.groups, self.q, level)

    @staticmethod
    def histogram(parts: Parts) -> Histogram:
        return Histogram(parts.group, parts.value, parts.kinds["count"])


@dataclass(frozen=True)
class OfferedWait(Estimator):
    """How long a caller would wait who never hung up (Kaplan and Meier).

    A call that was answered shows its whole wait; one that left only that its wait was longer.
    Brown et al. 2005, Statistical analysis of a telephone call center, JASA.
    """

    wait: Expr
    answered: Expr
    statistic: Literal["median", "beyond"]
    threshold: float = 0.0

    def parts(self) -> Mapping[str, Part]:
        return {"n": count(self.among, self.wait)}

    def spread(self) -> Spread:
        return Spread(
            self.wait,
            {"events": self.among & self.answered, "censored": self.among & ~self.answered},
        )

    def value(self, parts: Parts) -> FloatArray:
        if self.statistic == "median":
            return survival_median(self.survival(parts), parts.groups)
        return survival_beyond(self.survival(parts), parts.groups, self.threshold)

    def interval(self, parts: Parts, level: float) -> Interval:
        if self.statistic == "median":
            return survival_median_interval(self.survival(parts), parts.groups, level)
        return survival_beyond_interval(self.survival(parts), parts.groups, self.threshold, level)

    @staticmethod
    def survival(parts: Parts) -> Survival:
        kinds = parts.kinds
        return Survival(parts.group, parts.value, kinds["events"], kinds["censored"])


@dataclass(frozen=True)
class Patience(Estimator):
    """How long callers would wait on average before they hang up, if nobody answered.

    All waits, also of those answered, over the number who hung up: the likeliest mean if the
    urge to hang up is the same at every moment (exponential).
    """

    wait: Expr
    abandoned: Expr

    def parts(self) -> Mapping[str, Part]:
        return {
            "n": count(self.among, self.wait),
            "waited": total(self.wait, self.among),
            "abandoned": count(self.among & self.abandoned, self.wait),
        }

    def value(self, parts: Parts) -> FloatArray:
        return patience(parts["waited"], parts["abandoned"])

    def interval(self, parts: Parts, level: float) -> Interval:
        return patience_interval(parts["waited"], parts["abandoned"], level)
