"""What there is to say about the days on which a number turned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.finding import Finding
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
from hearwell.insights.turned.events import (
    FEWEST_PLACEBOS,
    Happened,
    Touched,
    coinciding,
    events,
    touched,
)
from hearwell.insights.turned.series import Series, series
from hearwell.insights.turned.watch import Watched, watch
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.stats.change_point import Dated

CHANGED = gettext_noop(
    "{metric} turned from {before} to {now}, most likely on {day} (between {first} and {last})."
)
ALARMED = gettext_noop(
    "{metric} has not been as usual since about {since}; the alarm was on {day}. No single day "
    "explains it: {before} before, {now} since."
)
QUIET = gettext_noop("{metric}: no day is known on which it turned. Days watched: {days}.")
COINCIDES = gettext_noop("It coincides with {event} ({day}).")
TOUCHED_MORE = gettext_noop(
    "Where {dimension} is {value} it changed by {more} more than elsewhere ({low} to {high}). "
    "Other days at which it looks as large: {as_large} of {placebos}."
)
NOT_ONLY_THERE = gettext_noop(
    "But where {dimension} is {value} it did not change more than elsewhere: {more} ({low} to "
    "{high})."
)
NO_EVENT = gettext_noop("No event is known that coincides with it.")
FALSE_ALARMS = gettext_noop(
    "Alarms by chance alone, a year: {false_alarms}. What is usual was learnt from {first} to "
    "{last}."
)
MIX = gettext_noop("Whether other people came, rather than things going otherwise: why change.")


@dataclass(frozen=True)
class Turned:
    """What was watched, and what it says."""

    watched: Watched
    findings: list[Finding]

    def as_json(self) -> dict[str, Any]:
        seen = self.watched
        of, level = seen.series, seen.usual.level
        return {
            "metric": of.asked.metric.name,
            "variant": of.asked.variant,
            "unit": of.unit.value,
            "grain": of.grain,
            "findings": [each.as_json() for each in self.findings],
            "false_alarms_per_year": seen.false_alarms_per_year,
            "threshold": seen.threshold,
            "steps": [
                {
                    "from": of.begins[i].isoformat(),
                    "value": shown(of, of.value[i]),
                    "usual": shown(of, level[i]),
                    "n": int(of.n[i]),
                    "is_baseline": bool(seen.usual.fitted[i]),
                    "rise": float(seen.rise[i]),
                    "fall": float(seen.fall[i]),
                }
                for i in range(len(of.begins))
            ],
        }


def turned(
    lake: Lake,
    question: Question,
    false_alarms_per_year: float | None = None,
    shift: float | None = None,
) -> Turned:
    """Tell on which days a metric turned, how sure each is, and what happened then.

    Args:
        question: of one metric, with its period and filters.
        false_alarms_per_year: as in the settings, if not given.
        shift: the change to notice, in the metric's unit; for durations a part, such as 0.1.

    Raises:
        TooShort: there are not enough days.

    """
    rate = lake.settings.alerts.false_alarms_per_year
    of = series(lake, question)
    size = shift if shift is None or not of.is_logarithm else float(np.log1p(shift))
    seen = watch(of, rate if false_alarms_per_year is None else false_alarms_per_year, size)
    known = events(lake, question.teams)
    found = [changed(lake, question, seen, i, known) for i in range(len(seen.changes))]
    if not explained(seen):
        found += [alarmed(seen, *each) for each in seen.alarms[:1]]
    found.sort(key=lambda each: -each.weight)
    return Turned(seen, found or [quiet(seen)])


def explained(seen: Watched) -> bool:
    """Has a dated change led to the alarms?"""
    return any(
        since - step <= change.last and change.first <= at
        for at, since in seen.alarms
        for change in seen.changes
        for step in [28 // seen.series.step_days]
    )


def changed(
    lake: Lake, question: Question, seen: Watched, i: int, known: Sequence[Happened]
) -> Finding:
    of, change = seen.series, seen.changes[i]
    edges = [0, *(each.day for each in seen.changes), len(of.begins)]
    before, now = seen.level(edges[i], change.day), seen.level(change.day, edges[i + 2])
    notes: list[Sentence] = []
    together = coinciding(change, of, known)
    told = [(each, touched(lake, question, of, change, each)) for each in together]
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
        people=int(of.n[change.day : edges[i + 2]].sum()),
        size=size_of(of, before, now),
        evidence={
            "before": before,
            "now": now,
            "days": likely(of, change),
            "events": [as_evidence(event, those) for event, those in told],
        },
        notes=(*notes, sentence(MIX), how(seen)),
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


def alarmed(seen: Watched, at: int, since: int) -> Finding:
    of = seen.series
    before = seen.level(int(np.flatnonzero(seen.usual.fitted)[0]), since)
    now = seen.level(since, len(of.begins))
    return Finding(
        kind="turned.alarm",
        says=sentence(
            ALARMED,
            metric=metric(of.asked),
            since=day(of.begins[since]),
            day=day(of.begins[at]),
            before=number(before, of.unit),
            now=number(now, of.unit),
        ),
        sure=float(
            np.exp(-seen.false_alarms_per_year * seen.usual.watched.sum() * of.step_days / 365)
        ),
        people=int(of.n[since:].sum()),
        size=size_of(of, before, now),
        evidence={"before": before, "now": now, "alarm": of.begins[at].isoformat()},
        notes=(how(seen),),
    )


def quiet(seen: Watched) -> Finding:
    days = int(seen.usual.watched.sum()) * seen.series.step_days
    says = sentence(QUIET, metric=metric(seen.series.asked), days=count(days))
    return Finding("turned.none", says, sure=0.0, people=0, size=0.0, notes=(how(seen),))


def how(seen: Watched) -> Sentence:
    of, fitted = seen.series, np.flatnonzero(seen.usual.fitted)
    return sentence(
        FALSE_ALARMS,
        false_alarms=number(seen.false_alarms_per_year, Unit.EACH),
        first=day(of.begins[fitted[0]]),
        last=day(of.begins[fitted[-1]] + timedelta(days=of.step_days - 1)),
    )


def size_of(of: Series, before: float, now: float) -> float:
    """Return how large a change is: for shares and scores on their scale, else as a part."""
    change = abs(now - before)
    match of.unit:
        case Unit.SHARE:
            return min(change, 1.0)
        case Unit.POINTS:
            return min(change / 200, 1.0)
        case Unit.SCALE:
            return min(change / 4, 1.0)
    return min(change / abs(before), 1.0) if before else 1.0


def shown(of: Series, value: float) -> float | None:
    return None if np.isnan(value) else of.shown(value)
