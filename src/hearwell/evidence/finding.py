"""A finding: something that explains a number, in words, with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hearwell.engine.question import Question
from hearwell.evidence.sentence import Sentence
from hearwell.metrics.metric import Unit


@dataclass(frozen=True)
class Finding:
    """One finding of an insight, as plain data that pages, the API and digests show.

    Attributes:
        kind: what kind of finding, such as change.mix; the part before the dot is the insight.
        says: the finding in words.
        sure: how sure it is, 0 to 1: one less the probability that chance alone shows as much.
        people: how many customers it is about; rows where it is not known whose they are.
        size: how large it is, 0 to 1, so that findings of different metrics can be ordered: for
            shares the part itself, for scores the part of the scale, else the part of the value.
        evidence: the numbers it rests on, by name.
        notes: what must be said beside it, such as what it assumes.
        opens: the question that shows it, if one does.

    """

    kind: str
    says: Sentence
    sure: float
    people: int
    size: float
    evidence: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[Sentence, ...] = ()
    opens: Question | None = None

    @property
    def weight(self) -> float:
        """By what findings are ordered: how sure, times how many people, times how large."""
        return self.sure * self.people * self.size

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "says": self.says.as_json(),
            "sure": self.sure,
            "people": self.people,
            "size": self.size,
            "evidence": dict(self.evidence),
            "notes": [each.as_json() for each in self.notes],
            "opens": None if self.opens is None else self.opens.as_json(),
        }


SPAN = {Unit.SHARE: 1.0, Unit.POINTS: 100.0, Unit.SCALE: 4.0}
"""How far a value of this unit can move; a scale of five points has four steps."""


def size_of(amount: float, unit: Unit, beside: float) -> float:
    """Return how large an amount is, 0 to 1: of the span of its unit, else of the value beside."""
    span = SPAN.get(unit, abs(beside))
    return min(abs(amount) / span, 1.0) if span else 0.0
