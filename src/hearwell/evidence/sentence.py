"""Sentences that can be told in any language: a template in English, and the values in it.

A template is looked up in the catalogue of a language (gettext), and each value is written in the
way of that language: 84.0 % or 84,0 %. So that no language needs plural forms, a template tells a
count after a colon, such as "customers: {people}".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from hearwell.engine.period import WEEKDAYS
from hearwell.engine.question import Asked
from hearwell.metrics.metric import Unit

Kind = Literal[
    "metric",
    "dimension",
    "factor",
    "word",
    "group",
    "number",
    "difference",
    "count",
    "day",
    "weekday_time",
]

OTHERS = "…"
"""In the place of a value of a dimension: all that are too small to stand alone."""


def gettext_noop(template: str) -> str:
    """Mark a template, so that it is found for translation; it is translated where it is shown."""
    return template


@dataclass(frozen=True)
class Value:
    """One value in a sentence.

    Attributes:
        kind: a *metric*, *dimension* or *factor* is a name that has a translation; a *word*
            is a value of a dimension as the organisation writes it, None where it is not known; a
            *group* is a list of dimensions with a word each; a *number* has a unit, and so has a
            *difference*, which is told with its sign; a *count* is whole; a *weekday_time* is a
            half hour of the week, such as monday 09:30.

    """

    kind: Kind
    value: str | float | tuple[tuple[str, str | None], ...] | None
    unit: Unit | None = None
    variant: str | None = None  # of a metric

    def as_json(self) -> dict[str, Any]:
        told = {
            "kind": self.kind,
            "value": self.value,
            "unit": None if self.unit is None else self.unit.value,
            "variant": self.variant,
        }
        return {name: each for name, each in told.items() if name == "value" or each is not None}


@dataclass(frozen=True)
class Sentence:
    """A template with names in braces, and a value for each."""

    template: str
    values: dict[str, Value]

    def as_json(self) -> dict[str, Any]:
        values = {name: value.as_json() for name, value in self.values.items()}
        return {"template": self.template, "values": values}


def sentence(template: str, **values: Value) -> Sentence:
    return Sentence(template, values)


def metric(asked: Asked) -> Value:
    return Value("metric", asked.metric.name, variant=asked.variant)


def dimension(name: str) -> Value:
    return Value("dimension", name)


def factor(name: str) -> Value:
    """Name something that happens to customers, such as late_delivery."""
    return Value("factor", name)


def word(value: str | None) -> Value:
    return Value("word", value)


def group(by: Sequence[str], values: Sequence[str | None]) -> Value:
    return Value("group", tuple(zip(by, values, strict=True)))


def number(value: float, unit: Unit) -> Value:
    return Value("number", float(value), unit)


def difference(value: float, unit: Unit) -> Value:
    return Value("difference", float(value), unit)


def share(value: float) -> Value:
    return Value("number", float(value), Unit.SHARE)


def count(value: float) -> Value:
    return Value("count", round(value))


def day(value: date) -> Value:
    return Value("day", value.isoformat())


def weekday_time(half_hour: int) -> Value:
    """Return a half hour of the week, counted from that of Monday 00:00, which is 0."""
    weekday, time = divmod(half_hour, 48)
    return Value("weekday_time", f"{WEEKDAYS[weekday]} {time // 2:02}:{time % 2 * 30:02}")
