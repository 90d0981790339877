"""The two clocks by which a duration can be told: calendar seconds, or those of opening hours."""

from dataclasses import dataclass, field
from typing import Literal, Protocol

import ibis
import ibis.expr.types as ir

from hearwell.errors import HearwellError
from hearwell.language import gettext_noop
from hearwell.metrics.part import Expr

ClockName = Literal["calendar", "business"]


class NoBusinessTime(HearwellError):
    def __init__(self, metric: str) -> None:
        told = gettext_noop(
            "{what} has no business time: the records say how long it took, not when. Ask for it "
            "with --clock calendar."
        )
        super().__init__(told, what=metric)


class Clock(Protocol):
    """What a formula asks for durations."""

    def between(self, start: Expr, end: Expr) -> Expr:
        """Return the seconds from one instant to another; null where one is not known."""

    def measured(self, start: Expr, seconds: Expr) -> Expr:
        """Return a duration that the source measured and that began at an instant."""

    def undated(self, seconds: Expr) -> Expr:
        """Return a duration of which only the length is known."""

    def counted(self, seconds: Expr, business_seconds: Expr) -> Expr:
        """Return a duration that the facts have by both clocks."""

    def is_open(self, instant: Expr) -> Expr:
        """Return whether an instant is within opening hours; null where these are not known."""


@dataclass
class Spans:
    """Stretches of time of which a formula wants the business seconds.

    They are columns that the engine makes beforehand. The first time a formula is asked its spans
    are noted; asked again over a table that has them as columns, it gets those.
    """

    metric: str = ""
    facts: ir.Table | None = None
    spans: dict[str, tuple[Expr, Expr]] = field(default_factory=dict)

    def business_seconds(self, start: Expr, end: Expr) -> Expr:
        name = f"business_{self.metric}_{len(self.spans)}"
        self.spans[name] = (start, end)
        if self.facts is not None and name in self.facts.columns:
            return self.facts[name]
        return ibis.null("float64")

    def is_open(self, instant: Expr) -> Expr:
        return self.business_seconds(instant, instant + ibis.interval(microseconds=1)) > 0


@dataclass
class CalendarClock(Spans):
    goes_by_business = False

    def between(self, start: Expr, end: Expr) -> Expr:
        return end.delta(start, unit="microsecond") / 1e6

    def measured(self, start: Expr, seconds: Expr) -> Expr:  # noqa: ARG002
        return seconds

    def undated(self, seconds: Expr) -> Expr:
        return seconds

    def counted(self, seconds: Expr, business_seconds: Expr) -> Expr:  # noqa: ARG002
        return seconds


@dataclass
class BusinessClock(Spans):
    """Counts only seconds within opening hours.

    Attributes:
        goes_by_business: has the formula any duration that is told by it?

    """

    goes_by_business: bool = False

    def between(self, start: Expr, end: Expr) -> Expr:
        self.goes_by_business = True
        return self.business_seconds(start, end)

    def measured(self, start: Expr, seconds: Expr) -> Expr:
        microseconds = (seconds * 1e6).round().cast("int64")
        return self.between(start, start + microseconds.as_interval("us"))

    def undated(self, seconds: Expr) -> Expr:  # noqa: ARG002
        raise NoBusinessTime(self.metric)

    def counted(self, seconds: Expr, business_seconds: Expr) -> Expr:  # noqa: ARG002
        self.goes_by_business = True
        return business_seconds
