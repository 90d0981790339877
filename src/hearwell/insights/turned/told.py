"""What there is to say about the days on which a number turned."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.events import Happened, events
from hearwell.evidence.finding import Finding, size_of
from hearwell.evidence.sentence import (
    Sentence,
    count,
    day,
    gettext_noop,
    metric,
    number,
    sentence,
)
from hearwell.evidence.series import Series, series
from hearwell.evidence.turns import turn
from hearwell.insights.turned.watch import Watched, watch
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit

ALARMED = gettext_noop(
    "{metric} has not been as usual since about {since}; the alarm was on {day}. No single day "
    "explains it: {before} before, {now} since."
)
QUIET = gettext_noop("{metric}: no day is known on which it turned. Days watched: {days}.")
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
    known = events(lake, question.teams, question.where)
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
    found = turn(lake, question, seen, i, known)
    return replace(found, notes=(*found.notes, sentence(MIX), how(seen)))


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
        size=size_of(now - before, of.unit, before),
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


def shown(of: Series, value: float) -> float | None:
    return None if np.isnan(value) else of.shown(value)
