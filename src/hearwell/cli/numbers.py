"""Numbers as the report tells them, with blanks that are easy to search and to copy."""

from hearwell.metrics.metric import Unit
from hearwell.report import number as printed
from hearwell.report.number import NOTHING, SPACE

__all__ = ["NOTHING", "difference", "interval", "number"]


def number(value: float | None, unit: str) -> str:
    """Return a value with its unit; a dash where there is none."""
    return typed(printed.number(value, Unit(unit)))


def interval(low: float | None, high: float | None, unit: str) -> str:
    return typed(printed.interval(low, high, Unit(unit)))


def difference(value: float | None, unit: str) -> str:
    """Return a change with its sign; shares change by points."""
    return typed(printed.difference(value, Unit(unit)))


def typed(text: str) -> str:
    return text.replace(SPACE, " ")
