"""What a metric is, and the decorator that makes one from a function."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

import ibis.expr.types as ir

from hearwell.metrics.clock import CalendarClock, Clock
from hearwell.metrics.estimator import Estimator
from hearwell.records.record import Record
from hearwell.settings import Settings


class Better(Enum):
    HIGHER = "higher"
    LOWER = "lower"
    IN_RANGE = "in range"


class Unit(Enum):
    """The unit of a value as it is computed; a page may show another, such as 12 % for 0.12."""

    SHARE = "share"  # 0 to 1
    SECONDS = "s"
    POINTS = "points"  # of a score, -100 to 100 or 0 to 100
    SCALE = "scale"  # points of the question's own scale
    COUNT = "count"  # a total
    EACH = "each"  # how many there are of something for each row, such as agents of a case


class Question(Enum):
    """The five questions that a scorecard answers."""

    WAIT = "Do they wait?"
    SOLVE = "Do we solve it?"
    SATISFIED = "Are they satisfied?"
    HELP_THEMSELVES = "Can they help themselves?"
    PEOPLE = "Are our people well?"


@dataclass(frozen=True, kw_only=True)
class Variant:
    """One published way to count a metric. What is not given is as the metric says."""

    estimator: Estimator
    meaning: str
    unit: Unit | None = None
    better: Better | None = None
    dated_by: str | None = None
    labels: tuple[str, ...] = ()


Variants = Mapping[str, Variant]  # the first is the default


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number that tells how care is going: its definition, and all that is said beside it.

    Attributes:
        dated_by: the instant that says to which period a row belongs; `a or b` is the first known.
        credits: to whom the number is credited.
        labels: what the trade calls it, such as AHT.
        guardrail: the metric that must not get worse when this one gets better.
        source: who defines it so.
        clustered_by: the column that tells which rows belong to the same person, whose rows tell
            less than those of as many people.
        is_anonymous: people were promised that nobody learns what they answered.

    """

    name: str
    meaning: str
    record: type[Record]
    formula: Callable[..., Variants]
    unit: Unit
    better: Better
    question: Question
    dated_by: str
    credits: str
    guardrail: str
    source: str
    labels: tuple[str, ...] = ()
    clustered_by: str | None = None
    is_anonymous: bool = False

    def variants(
        self,
        facts: ir.Table | None = None,
        settings: Settings | None = None,
        clock: Clock | None = None,
    ) -> Variants:
        """Return the ways to count it, as expressions over the given table."""
        if facts is None and settings is None and clock is None:
            return plainly(self)
        table = self.record.unbound() if facts is None else facts
        extra = {"settings": settings or Settings(), "clock": clock or CalendarClock()}
        wanted = list(inspect.signature(self.formula).parameters)[1:]
        return self.formula(table, **{name: extra[name] for name in wanted})


@cache
def plainly(metric: Metric) -> Variants:
    """Return the variants over the bare record, which names and columns are read from."""
    return metric.variants(metric.record.unbound())


def metric(  # noqa: PLR0913  each is a fact that the definition must state
    *,
    unit: Unit,
    better: Better,
    question: Question,
    dated_by: str,
    credits: str,  # noqa: A002  the trade's word
    guardrail: str,
    source: str,
    labels: tuple[str, ...] = (),
    clustered_by: str | None = None,
    is_anonymous: bool = False,
) -> Callable[[Callable[..., Variants]], Metric]:
    """Make a metric of a function: its name, docstring and first annotation say the rest."""

    def make(formula: Callable[..., Variants]) -> Metric:
        hints: dict[str, Any] = get_type_hints(formula)
        return Metric(
            name=formula.__name__,
            meaning=inspect.getdoc(formula) or "",
            record=next(iter(hints.values())),
            formula=formula,
            unit=unit,
            better=better,
            question=question,
            dated_by=dated_by,
            credits=credits,
            guardrail=guardrail,
            source=source,
            labels=labels,
            clustered_by=clustered_by,
            is_anonymous=is_anonymous,
        )

    return make
