"""What the engine gives back: numbers that say how sure they are, for each group and cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hearwell.engine.period import Period
from hearwell.engine.question import Asked, Question
from hearwell.metrics.estimator import Estimator, Total
from hearwell.metrics.metric import Better, Unit
from hearwell.metrics.part import FloatArray, Parts
from hearwell.stats.difference import difference, verdict
from hearwell.stats.interval import Interval

BoolArray = npt.NDArray[np.bool_]

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


def estimated(parts: Parts, estimator: Estimator, level: float) -> Estimate:
    """Return values and intervals: none where nothing was counted, no interval for one row."""
    n, value, centre = parts["n"], estimator.value(parts), estimator.centre(parts)
    interval = estimator.interval(parts, level)
    unclipped = estimator.open_interval(parts, level)
    if not isinstance(estimator, Total):  # nothing counted is a total too, and a sure one
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
    verdict: npt.NDArray[np.str_]  # better, worse, changed, no evidence


def compare(now: Estimate, before: Estimate, better: Better, *, is_total: bool) -> Compared:
    """Compare cell by cell. Few rows give a difference, but no verdict."""
    point, interval = difference(
        now.value,
        now.centre,
        now.open_interval,
        before.value,
        before.centre,
        before.open_interval,
    )
    words = verdict(interval, better.value)
    if not is_total:
        few = ~((now.n >= FEW) & (before.n >= FEW))
        words = np.where(few, "no evidence", words)
    return Compared(before.value, point, interval, words)


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
    compared: Compared | None
    sql: tuple[str, ...]

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


def plain(number: float) -> float | None:
    return None if np.isnan(number) else float(number)


@dataclass(frozen=True)
class Answers:
    """The answers to one question, all from the same snapshot of the lake."""

    question: Question
    zone: str
    answers: list[Answer]
    freshness: dict[str, dict[str, str | None]]
    snapshot: int

    def cells(self) -> list[dict[str, Any]]:
        level = self.question.level
        return [cell for each in self.answers for cell in each.cells(self.zone, level)]

    def as_json(self) -> dict[str, Any]:
        """Return the contract of `--format json`."""
        asked = self.question
        return {
            "question": {
                "metrics": [
                    {"metric": each.metric.name, "variant": each.variant} for each in asked.asked
                ],
                "by": list(asked.by),
                "grain": asked.grain,
                "from": asked.begins,
                "to": asked.ends,
                "where": [f"{name}={value}" for name, value in asked.where],
                "compare": asked.compare,
                "clock": asked.clock,
                "level": asked.level,
                "zone": self.zone,
            },
            "answers": self.cells(),
            "freshness": self.freshness,
            "snapshot": self.snapshot,
        }
