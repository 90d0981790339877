"""The two clocks by which a duration can be told: calendar seconds, or those of opening hours."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import ibis
import ibis.expr.types as ir

from hearwell.errors import HearwellError
from hearwell.metrics.part import Expr

ClockName = Literal["calendar", "business"]


class NoBusinessTime(HearwellError):
    def __init__(self, metric: str) -> None:
        super().__init__(
            f"{metric} has no business time: the records say how long it took, not when. "
            "Ask for it with --clock calendar."
        )


class Clock(Protocol):
    """What a formula asks for durations."""

    def between(self, start: Expr, end: Expr) -> Expr:
        """Return the seconds from one instant to another; null where one is not known."""

    def measured(self, start: Expr, seconds: Expr) -> Expr:
        """Return a duration that the source measured and that began at an instant."""

    def undated(self, seconds: Expr) -> Expr:
        """Return a duration of which only the length is known."""


class CalendarClock:
    def between(self, start: Expr, end: Expr) -> Expr:
        return end.delta(start, unit="microsecond") / 1e6

    def measured(self, start: Expr, seconds: Expr) -> Expr:  # noqa: ARG002
        return seconds

    def undated(self, seconds: Expr) -> Expr:
        return seconds


@dataclass
class BusinessClock:
    """Counts only seconds within opening hours, in columns that the engine makes beforehand.

    The first time a formula is asked its spans are noted; asked again over a table that has
    them as columns, it gets those.
    """

    metric: str
    facts: ir.Table
    spans: dict[str, tuple[Expr, Expr]] = field(default_factory=dict)

    def between(self, start: Expr, end: Expr) -> Expr:
        name = f"business_{self.metric}_{len(self.spans)}"
        self.spans[name] = (start, end)
        if name in self.facts.columns:
            return self.facts[name]
        return ibis.null("float64")

    def measured(self, start: Expr, seconds: Expr) -> Expr:
        microseconds = (seconds * 1e6).round().cast("int64")
        return self.between(start, start + microseconds.as_interval("us"))

    def undated(self, seconds: Expr) -> Expr:  # noqa: ARG002
        raise NoBusinessTime(self.metric)
