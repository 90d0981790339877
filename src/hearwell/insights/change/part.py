"""What a change is taken apart into."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.finding import Finding
from hearwell.evidence.groups import Group
from hearwell.metrics.metric import Unit
from hearwell.metrics.part import FloatArray
from hearwell.stats.resampling import Resampled

What = Literal["mix", "rate"]


@dataclass(frozen=True)
class Amount:
    """Part of a change, in the unit of the metric, with its interval."""

    amount: float
    low: float
    high: float
    p: float  # how likely chance alone gives as much


@dataclass(frozen=True)
class Part:
    """What one group adds to a change.

    Attributes:
        by, group: the dimensions by which it is a group, and its values. What it adds by its
            mix is beside the other groups of the last dimension.
        beyond: the same beyond what it would add if all groups had changed alike.
        people: customers in it, in either period.
        share_before, share_now: which part of all it is.
        before, now: its own value.
        believed: is it beyond chance, of all parts that were looked at together?

    """

    by: tuple[str, ...]
    group: Group
    what: What
    adds: Amount
    beyond: Amount
    people: int
    share_before: float
    share_now: float
    before: float
    now: float
    believed: bool = False


@dataclass(frozen=True)
class Together:
    """What all groups of some dimensions add, and whether all of them moved one way."""

    by: tuple[str, ...]
    mix: Amount
    rate: Amount
    is_one_way: bool


@dataclass(frozen=True)
class Change:
    """A change, taken apart.

    Attributes:
        explained: what the mix of each dimension explains beside that of the others, where
            several were looked through.

    """

    question: Question
    unit: Unit
    before: float
    now: float
    moved: Amount
    people: int
    together: tuple[Together, ...]
    parts: tuple[Part, ...]
    explained: dict[str, Amount]
    findings: tuple[Finding, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Is it beyond chance?"""
        return self.moved.p <= 1 - self.question.level

    def as_json(self) -> dict[str, Any]:
        return {
            "before": self.before,
            "now": self.now,
            "moved": asdict(self.moved),
            "unit": self.unit.value,
            "people": self.people,
            "together": [asdict(each) for each in self.together],
            "parts": [known(asdict(each)) for each in self.parts],
            "explained_by_mix": {name: asdict(each) for name, each in self.explained.items()},
            "findings": [each.as_json() for each in self.findings],
        }


def known(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values with None for what is not known, as JSON has it."""
    return {
        name: None if isinstance(value, float) and np.isnan(value) else value
        for name, value in values.items()
    }


def amounts(draws: FloatArray, level: float) -> list[Amount]:
    """Return parts of a change; the first of the draws is what was found."""
    resampled = Resampled(draws[0], draws[1:])
    interval = resampled.interval(level)
    each = zip(resampled.value, interval.low, interval.high, resampled.p, strict=True)
    return [Amount(*map(float, numbers)) for numbers in each]


def amount(draws: FloatArray, level: float) -> Amount:
    return amounts(draws[:, None], level)[0]
