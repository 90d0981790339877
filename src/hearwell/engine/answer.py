"""What the engine gives back: numbers that say how sure they are, for each group and cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from hearwell.engine.period import Period
from hearwell.engine.question import Asked, Question
from hearwell.language import gettext_noop
from hearwell.metrics.estimator import Distinct, Estimator, Stock, Total
from hearwell.metrics.metric import Better, Unit
from hearwell.metrics.part import BoolArray, FloatArray, IntArray, Parts
from hearwell.records import RECORDS
from hearwell.stats.difference import NO_EVIDENCE, difference, verdict
from hearwell.stats.interval import Interval
from hearwell.stats.multiplicity import benjamini_hochberg, p_value

COUNTS = (Total, Stock, Distinct)
"""Kinds that count what there was: few are no sample of many."""

FEW = 30
"""Below this many rows on either side a change gets no verdict: it could be chance."""


@dataclass(frozen=True)
class Estimate:
    """Values with their intervals, one element for each cell; nan where there is none."""

    value: FloatArray
    centre: FloatArray
    interval: Interval
    open_interval: Interval
    n: FloatArray

    @property
    def reach(self) -> FloatArray:
        """How far an interval reaches to a side; what is cut off at the ends of a scale counts."""
        return (self.open_interval.high - self.open_interval.low) / 2

    def at(self, index: Any) -> "Estimate":
        return Estimate(
            self.value[index],
            self.centre[index],
            Interval(self.interval.low[index], self.interval.high[index]),
            Interval(self.open_interval.low[index], self.open_interval.high[index]),
            self.n[index],
        )

    def only(self, where: BoolArray) -> "Estimate":
        """Return the same with nothing where the condition does not hold."""
        return Estimate(
            only(where, self.value),
            only(where, self.centre),
            only_interval(where, self.interval),
            only_interval(where, self.open_interval),
            self.n,
        )


def estimated(
    parts: Parts, estimator: Estimator, level: float, effect: FloatArray | None = None
) -> Estimate:
    """Return values and intervals: none where nothing was counted, no interval for one row.

    Args:
        effect: how many rows of a cell tell as much as one would that stood for itself.

    """
    alone = parts if effect is None else parts.shared_by(effect)
    n, value, centre = parts["n"], estimator.value(parts), estimator.centre(alone)
    interval = estimator.interval(alone, level)
    unclipped = estimator.open_interval(alone, level)
    if not isinstance(estimator, COUNTS):  # nothing counted is a total too, and a sure one
        value, centre = only(n > 0, value), only(n > 0, centre)
        interval, unclipped = only_interval(n > 1, interval), only_interval(n > 1, unclipped)
    return Estimate(value, centre, interval, unclipped, n)


def only(where: BoolArray, numbers: FloatArray) -> FloatArray:
    return np.where(where, numbers, np.nan)


def only_interval(where: BoolArray, interval: Interval) -> Interval:
    return Interval(only(where, interval.low), only(where, interval.high))


@dataclass(frozen=True)
class Compared:
    """The value compared with, the difference from it, and what that shows."""

    value: FloatArray
    difference: FloatArray
    interval: Interval
    p: FloatArray  # nan where no verdict is due
    verdict: npt.NDArray[np.str_]  # better, worse, changed, no evidence

    def believed(self, where: BoolArray) -> "Compared":
        """Return the same with a verdict only where the condition holds."""
        return replace(self, verdict=np.where(where, self.verdict, NO_EVIDENCE))


def compare(
    now: Estimate, before: Estimate, better: Better, level: float, sure: BoolArray
) -> Compared:
    """Compare cell by cell. Where rows are few, there is a difference but no verdict on it.

    Args:
        sure: is enough known on both sides for a verdict?

    """
    point, interval = difference(
        now.value,
        now.centre,
        now.open_interval,
        before.value,
        before.centre,
        before.open_interval,
    )
    p = np.where(sure, p_value(point, interval, level), np.nan)
    return Compared(before.value, point, interval, p, verdict(interval, better.value))


def enough(estimate: Estimate, estimator: Estimator, widest: float | None) -> BoolArray:
    """Is enough known of each cell for a verdict or a rank?

    Args:
        widest: how far an interval may reach to either side, in the unit of the value.

    """
    if isinstance(estimator, COUNTS):
        return np.ones(estimate.n.shape, dtype=bool)
    known = estimate.n >= FEW
    if widest is not None:
        known &= estimate.reach <= widest
    return known


def with_verdicts(answers: Sequence["Answer"], level: float) -> list["Answer"]:
    """Return answers with verdicts that hold for all of them together (Benjamini-Hochberg)."""
    family = [each.compared.p for each in answers if each.compared is not None]
    if not family:
        return list(answers)
    believed = benjamini_hochberg(np.concatenate(family), 1 - level)
    parts = iter(np.split(believed, np.cumsum([len(p) for p in family])[:-1]))
    return [
        each
        if each.compared is None
        else replace(each, compared=each.compared.believed(next(parts)))
        for each in answers
    ]


@dataclass(frozen=True)
class Answer:
    """One metric in one variant: a value for each group and cell of the question."""

    asked: Asked
    meaning: str
    unit: Unit
    better: Better
    clock: str
    groups: list[dict[str, str | None]]
    periods: list[Period]
    estimate: Estimate
    left_out: Mapping[str, FloatArray]
    hidden: BoolArray  # too few people, or few could be told from what is shown
    shrunken: FloatArray  # the value for rankings
    rank: IntArray  # among the groups of its cell, 1 is best; 0 is none
    compared: Compared | None
    sql: tuple[str, ...]

    @property
    def counts_rows(self) -> bool:
        return bool(self.estimate.n.sum())

    def cells(self, zone: str, level: float) -> list[dict[str, Any]]:
        """Return the answer as plain values, one object for each cell."""
        estimate = self.estimate
        return [
            {
                "metric": self.asked.metric.name,
                "variant": self.asked.variant,
                "unit": self.unit.value,
                "period": period.text(zone),
                "group": group,
                "value": plain(estimate.value[i]),
                "low": plain(estimate.interval.low[i]),
                "high": plain(estimate.interval.high[i]),
                "level": level,
                "n": int(estimate.n[i]),
                "left_out": {
                    reason: int(rows[i]) for reason, rows in self.left_out.items() if rows[i]
                },
                "hidden": FEW_ANSWERS if self.hidden[i] else None,
                "shrunken": plain(self.shrunken[i]),
                "rank": int(self.rank[i]) or None,
                "compared": self.compared_cell(i),
            }
            for i, (group, period) in enumerate(zip(self.groups, self.periods, strict=True))
        ]

    def compared_cell(self, i: int) -> dict[str, Any] | None:
        against = self.compared
        if against is None or np.isnan(against.value[i]):
            return None
        return {
            "value": plain(against.value[i]),
            "difference": plain(against.difference[i]),
            "low": plain(against.interval.low[i]),
            "high": plain(against.interval.high[i]),
            "verdict": str(against.verdict[i]),
        }


FEW_ANSWERS = gettext_noop("fewer than 5 answers, or so few could be told from the others")


def plain(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


@dataclass(frozen=True)
class Answers:
    """The answers to one question, all from the same snapshot of the lake."""

    question: Question
    zone: str
    answers: list[Answer]
    freshness: dict[str, dict[str, str | None]]
    simulated: tuple[str, ...]  # the metrics that count rows which were made up, not measured
    snapshot: int

    @property
    def newest(self) -> dict[str, dict[str, str | None]]:
        """How fresh the records are; the facts derived from them only where nothing else is."""
        known = {name: fresh for name, fresh in self.freshness.items() if fresh["newest"]}
        return {name: fresh for name, fresh in known.items() if name in RECORDS} or known

    def cells(self) -> list[dict[str, Any]]:
        level = self.question.level
        return [
            cell | {"simulated": cell["metric"] in self.simulated}
            for each in self.answers
            for cell in each.cells(self.zone, level)
        ]

    def as_json(self) -> dict[str, Any]:
        """Return the contract of `--format json`."""
        return {
            "question": self.question.as_json() | {"zone": self.zone},
            "answers": self.cells(),
            "freshness": self.freshness,
            "simulated": list(self.simulated),
            "snapshot": self.snapshot,
        }
