"""A driver: how much one factor has to do with a number."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.factor import Factor
from hearwell.evidence.finding import Finding
from hearwell.metrics.metric import Unit


@dataclass(frozen=True)
class Met:
    """How a number is where a factor was bad, usual or good; nan where there are too few."""

    value: float
    n: int


@dataclass(frozen=True)
class Driver:
    """How much one factor has to do with a number.

    Attributes:
        explains, low, high: the part of all differences between rows that it explains.
        share: of what all factors together explain.
        correlation, p: of the number with it; of groups the largest. Above 0 good goes with high.
        first: in which part of the draws it comes first.
        known: of which part of the rows it is known.
        bad, usual, good: the number where it was so.
        penalty, reward, asymmetry, kind: what a bad experience takes away and a good one gives;
            *must be* where it takes more, *delights* where it gives more, else *performance*.

    """

    factor: Factor
    explains: float
    low: float
    high: float
    share: float
    correlation: float
    p: float
    first: float
    known: float
    bad: Met
    usual: Met
    good: Met
    penalty: float
    reward: float
    asymmetry: float
    kind: str
    believed: bool = False

    @property
    def performance(self) -> float | None:
        """How near the number is to what it is where the factor is good: 1 there, 0 where bad.

        None where either is not known, or makes no difference.
        """
        known = [each for each in (self.bad, self.usual, self.good) if not np.isnan(each.value)]
        span = self.good.value - self.bad.value
        if np.isnan(span) or not span:
            return None
        mean = sum(each.value * each.n for each in known) / sum(each.n for each in known)
        return float(np.clip((mean - self.bad.value) / span, 0.0, 1.0))

    def as_json(self) -> dict[str, Any]:
        own = {
            name: None if isinstance(value, float) and np.isnan(value) else value
            for name, value in vars(self).items()
            if name not in {"factor", "bad", "usual", "good"}
        }
        met = {name: asdict(getattr(self, name)) for name in ("bad", "usual", "good")}
        for each in met.values():
            each["value"] = None if np.isnan(each["value"]) else each["value"]
        told = {"factor": self.factor.name, "of": self.factor.kind, "performance": self.performance}
        return told | own | met


@dataclass(frozen=True)
class Drivers:
    """The drivers of a number, the strongest first.

    Attributes:
        explained: the part of all differences between rows that they explain together.
        way: whether rows with gaps are used pair by pair, or left out.
        left_out: the factors known of too few rows, with the part of which they are.

    """

    question: Question
    unit: Unit
    n: int
    people: int
    explained: float
    way: str
    drivers: tuple[Driver, ...]
    left_out: dict[str, float]
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "n": self.n,
            "people": self.people,
            "unit": self.unit.value,
            "explained": self.explained,
            "way": self.way,
            "drivers": [each.as_json() for each in self.drivers],
            "left_out": self.left_out,
            "findings": [each.as_json() for each in self.findings],
        }
