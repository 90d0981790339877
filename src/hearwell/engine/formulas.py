"""The metrics asked of a table, written over its rows."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from hearwell.engine.facts import BUSINESS_DAY, Frame, check_hours, days, unbound_facts
from hearwell.engine.question import Asked, Question
from hearwell.engine.reads import columns_of
from hearwell.engine.sums import columns
from hearwell.engine.written import WRITTEN
from hearwell.lake.lake import Lake
from hearwell.metrics.clock import BusinessClock, CalendarClock, NoBusinessTime
from hearwell.metrics.metric import Variant
from hearwell.metrics.part import Expr, Sketch
from hearwell.records.record import Record

CLOCKS = {"calendar": CalendarClock, "business": BusinessClock}


class Formula(NamedTuple):
    """A metric over the facts, and the clock it is told by."""

    variant: Variant
    clock: str


@dataclass(frozen=True)
class Formulas:
    """Metrics over one table, and what they need besides sums.

    Attributes:
        key: what decides all of it.
        table: the facts over which they are written.
        spans: the stretches of time that they want in business seconds.

    """

    key: Hashable
    table: Any
    spans: Mapping[str, tuple[Expr, Expr]]
    by_metric: Mapping[Asked, Formula]

    @cached_property
    def variants(self) -> Mapping[Asked, Variant]:
        return {each: formula.variant for each, formula in self.by_metric.items()}

    @cached_property
    def spreads(self) -> list[tuple[dict[Asked, dict[str, str]], Expr, dict[str, Expr]]]:
        """The metrics that need a histogram, those of the same number together.

        For each number: the metrics, each with its kinds of row and the column that counts them;
        the number; and the columns with their conditions.
        """
        together: list[tuple[dict[Asked, dict[str, str]], Expr, dict[str, Expr]]] = []
        for each, variant in self.variants.items():
            spread = variant.estimator.spread()
            if spread is None:
                continue
            known = next((t for t in together if t[1].equals(spread.of)), None)
            if known is None:
                known = ({}, spread.of, {})
                together.append(known)
            asked, _, kinds = known
            asked[each] = {name: column_for(where, kinds) for name, where in spread.kinds.items()}
        return together

    @cached_property
    def sketches(self) -> list[tuple[Asked, Sketch]]:
        """Return the metrics that tell values apart, and which."""
        wanted = [(each, variant.estimator.sketch()) for each, variant in self.variants.items()]
        return [(each, sketch) for each, sketch in wanted if sketch is not None]

    @cached_property
    def clustered(self) -> dict[str, list[Asked]]:
        """Put together the metrics whose rows belong to the same kind of person."""
        together: dict[str, list[Asked]] = {}
        for each, variant in self.variants.items():
            column = each.metric.clustered_by
            if column is not None and variant.estimator.linear() is not None:
                together.setdefault(column, []).append(each)
        return together


def column_for(where: Expr, kinds: dict[str, Expr]) -> str:
    """Return the column that counts the rows of a condition; a new one if there is none yet."""
    for name, known in kinds.items():
        if known.equals(where):
            return name
    name = f"kind_{len(kinds)}"
    kinds[name] = where
    return name


def written_formulas(
    lake: Lake, question: Question, record: type[Record], asked: Sequence[Asked], frame: Frame
) -> Formulas:
    """Return the metrics over the rows of a frame, as they were written if they were lately.

    Raises:
        BadQuestion: a duration is wanted by a clock that needs opening hours, and none are set.

    """
    settings, clock = repr(lake.settings), question.clock
    key = (record, tuple(frame.keys), (*asked,), clock, settings, len(question.asked) == 1)

    def write() -> Formulas:
        spans = wanted_spans(lake, question, record, asked)
        table = unbound_facts(record, frame, list(spans))
        formulas = {each: formula(lake, question, each, table) for each in asked}
        read = {
            name
            for each, _ in formulas.values()
            for name in columns_of(each.estimator) | columns(*each.estimator.left_out.values())
        }
        spans = {name: span for name, span in spans.items() if name in read}
        return Formulas(key, table, spans, formulas)

    found = WRITTEN.get(key, write)
    if found.spans:
        lake.connection.register(BUSINESS_DAY, days(frame).columns)
    return found


def business_spans(
    lake: Lake, question: Question, record: type[Record], asked: Sequence[Asked], frame: Frame
) -> Mapping[str, tuple[Expr, Expr]]:
    """Return the stretches of time wanted in business seconds, with opening hours to be read."""
    spans = wanted_spans(lake, question, record, asked)
    if spans:
        lake.connection.register(BUSINESS_DAY, days(frame).columns)
    return spans


def wanted_spans(
    lake: Lake, question: Question, record: type[Record], asked: Sequence[Asked]
) -> Mapping[str, tuple[Expr, Expr]]:
    """Return the stretches of time that the formulas want in business seconds.

    Raises:
        BadQuestion: a duration is wanted by a clock that needs opening hours, and none are set.

    """
    spans: dict[str, tuple[Expr, Expr]] = {}
    for each in asked:
        clock = CLOCKS[question.clock](each.metric.name, record.unbound())
        try:
            each.metric.variants(record.unbound(), lake.settings, clock)
        except NoBusinessTime:
            if len(question.asked) == 1:
                raise
        else:
            if clock.goes_by_business:
                check_hours(lake.settings)
            spans |= clock.spans
    return spans if lake.settings.schedule else {}


def formula(lake: Lake, question: Question, asked: Asked, table: Any) -> Formula:
    """Write a metric over the facts.

    Among several metrics, those of which only the length is known keep to the calendar.
    """
    if question.clock == "business":
        clock = BusinessClock(asked.metric.name, table)
        try:
            variants = asked.metric.variants(table, lake.settings, clock)
        except NoBusinessTime:
            pass
        else:
            told_by = "business" if clock.goes_by_business else "calendar"
            return Formula(variants[asked.variant], told_by)
    variants = asked.metric.variants(table, lake.settings, CalendarClock(asked.metric.name, table))
    return Formula(variants[asked.variant], "calendar")
