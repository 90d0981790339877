"""The days on which a number turned, in words, and the events that coincide with each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.events import FEWEST_PLACEBOS, Happened, Touched, coinciding, touched
from hearwell.evidence.finding import Finding, size_of
from hearwell.evidence.sentence import (
    Sentence,
    Value,
    count,
    day,
    difference,
    dimension,
    gettext_noop,
    metric,
    number,
    sentence,
    word,
)
from hearwell.evidence.series import Series, Usual, misfit, shortest
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.stats.change_point import Dated, changes, dated

CHANGED = gettext_noop(
    "{metric} turned from {before} to {now}, most likely on {day} (between {first} and {last})."
)
COINCIDES = gettext_noop("It coincides with {event} ({day}).")
TOUCHED_MORE = gettext_noop(
    "Where {dimension} is {value} it changed by {more} more than elsewhere ({low} to {high}). "
    "Other days at which it looks as large: {as_large} of {placebos}."
)
NOT_ONLY_THERE = gettext_noop(
    "But that it changed more where {dimension} is {value} than elsewhere is not beyond chance: "
    "{more} ({low} to {high})."
)
NO_EVENT = gettext_noop("No event is known that coincides with it.")


@dataclass(frozen=True)
class Turns:
    """The days on which a metric turned.

    Attributes:
        changes: all there were, also in the baseline.
        sure: of each change, one less the chance that days without any look so different.

    """

    series: Series
    usual: Usual
    changes: list[Dated]
    sure: list[float]

    def level(self, first: int, end: int) -> float:
        """Return the level of some steps, weekdays and holidays put aside, in the metric's unit."""
        weight = np.where(self.usual.model.told, self.series.weight, 0.0)[first:end]
        value = np.nan_to_num(self.series.value - self.usual.effects)[first:end]
        if weight.sum() == 0:
            return float("nan")
        return self.series.shown(float(np.average(value, weights=weight)))

    def levels(self, i: int) -> tuple[float, float]:
        """Return the levels between which a change lies."""
        edges = self.edges
        return self.level(edges[i], edges[i + 1]), self.level(edges[i + 1], edges[i + 2])

    @property
    def edges(self) -> list[int]:
        return [0, *(each.day for each in self.changes), len(self.series.begins)]


def turns(of: Series, by_baseline: Usual) -> Turns:
    """Date the changes of a series."""
    way = misfit(of, by_baseline)
    found = Turns(of, by_baseline, dated(way, changes(way, shortest=shortest(of))), [])
    for a, b, c in zip(found.edges[:-2], found.edges[1:-1], found.edges[2:], strict=True):
        found.sure.append(sureness(float(way(a, c) - way(a, b) - way(b, c)), len(of.begins)))
    return found


def sureness(gain: float, days: int) -> float:
    """Return one less the chance, over all days together, that a level which stays gains as much.

    The gain of one day is chi-squared with one degree of freedom (Wilks 1938).
    """
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    return max(0.0, 1 - days * float(special.erfc(np.sqrt(max(gain, 0.0) / 2))))


def turn(lake: Lake, question: Question, seen: Turns, i: int, known: Sequence[Happened]) -> Finding:
    """Tell of one change: between which levels, on which days it may have been, and what was then.

    Args:
        known: the events that there were.

    """
    of, change = seen.series, seen.changes[i]
    before, now = seen.levels(i)
    together = coinciding(change, of, known)
    told = [(each, touched(lake, question, of, change, each)) for each in together]
    notes: list[Sentence] = []
    for event, those in told:
        notes.append(sentence(COINCIDES, event=word(event.title), day=day(event.begins)))
        if those is not None and event.dimension is not None:
            notes.append(held(of, event, those))
    if known and not together:
        notes.append(sentence(NO_EVENT))
    return Finding(
        kind="turned.change",
        says=sentence(
            CHANGED,
            metric=metric(of.asked),
            before=number(before, of.unit),
            now=number(now, of.unit),
            day=day(of.begins[change.day]),
            first=day(of.begins[change.first]),
            last=day(of.begins[change.last] + timedelta(days=of.step_days - 1)),
        ),
        sure=seen.sure[i],
        people=int(of.n[change.day : seen.edges[i + 2]].sum()),
        size=size_of(now - before, of.unit, before),
        evidence={
            "before": before,
            "now": now,
            "days": likely(of, change),
            "events": [as_evidence(event, those) for event, those in told],
        },
        notes=tuple(notes),
        opens=question,
    )


def held(of: Series, event: Happened, those: Touched) -> Sentence:
    """Say by how much more those changed whom the event could touch."""
    low, high = float(those.interval.low), float(those.interval.high)
    is_more = low > 0 or high < 0
    if those.placebos >= FEWEST_PLACEBOS:
        is_more &= those.as_large <= 0.1 * those.placebos
    values = {
        "dimension": dimension(event.dimension or ""),
        "value": word(event.value),
        "more": beyond(of, those.more),
        "low": beyond(of, low),
        "high": beyond(of, high),
    }
    if not is_more:
        return sentence(NOT_ONLY_THERE, **values)
    return sentence(
        TOUCHED_MORE, **values, as_large=count(those.as_large), placebos=count(those.placebos)
    )


def beyond(of: Series, more: float) -> Value:
    """Return a difference of differences; one of logarithms is a part of the value."""
    if of.is_logarithm:
        return number(float(np.expm1(more)), Unit.SHARE)
    return difference(more, of.unit)


def as_evidence(event: Happened, those: Touched | None) -> dict[str, Any]:
    told = {"title": event.title, "kind": event.kind, "from": event.begins.isoformat()}
    if those is None:
        return told
    return told | {
        "more": those.more,
        "low": float(those.interval.low),
        "high": float(those.interval.high),
        "placebos": those.placebos,
        "as_large": those.as_large,
    }


def likely(of: Series, change: Dated) -> dict[str, float]:
    """Return the days that may be, and how likely each is."""
    pairs = sorted(zip(change.days, change.likely, strict=True))
    return {of.begins[at].isoformat(): round(part, 4) for at, part in pairs}
