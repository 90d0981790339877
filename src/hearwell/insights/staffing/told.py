"""What there is to say about the people at the telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearwell.engine.errors import BadQuestion
from hearwell.engine.facts import of_teams
from hearwell.engine.period import Period, instant, to_local
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import (
    Sentence,
    Value,
    count,
    gettext_noop,
    number,
    sentence,
    share,
    weekday_time,
    word,
)
from hearwell.insights.staffing.load import loads
from hearwell.insights.staffing.plan import (
    CANNOT_TELL,
    ENOUGH,
    SHORT,
    Plan,
    planned,
    served,
    with_more,
)
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.records.call import Call
from hearwell.stats.erlang import Target
from hearwell.stats.interval import FloatArray

DAYS = 28
WEEK = timedelta(days=7)

TOO_FEW = gettext_noop(
    "{queue}: too few agents. Half hours of the week with too few: {short} of {told}; worst at "
    "{when}, with {at_work} at work and {needed} needed ({low} to {high})."
)
NOT_TOO_FEW = gettext_noop(
    "{queue}: enough agents. Half hours of the week of which this can be said: {told}."
)
NO_SHIFTS = gettext_noop(
    "{queue}: how many were at work is not known, as no shifts of its agents are. Most are needed "
    "at {when}: {needed} ({low} to {high})."
)
CANNOT_BE_TOLD = gettext_noop(
    "{queue}: it cannot be told whether agents are enough. Calls in the busiest half hour of the "
    "week: {calls}."
)
NOT_BELIEVED = gettext_noop(
    "{queue}: the model is not believed here. It expected {expected} of callers to hang up in the "
    "last days, and {seen} did; so nothing is said of whether agents are enough."
)
ONE_MORE = gettext_noop(
    "One more at work at all times: callers who hang up {now} → {then}, answered within {within} "
    "{in_time} → {then_in_time}."
)
TARGET = gettext_noop(
    "Needed means: {in_time} answered within {within}, at most {abandoned} hang up, agents busy "
    "at most {occupancy} of the time."
)
TESTED = gettext_noop(
    "The model was tried on the last days: it expected {expected} to hang up, and {seen} did."
)


@dataclass(frozen=True)
class Staffing:
    """The plan, and what it says."""

    period: Period
    zone: str
    plan: Plan
    findings: list[Finding]

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period.text(self.zone),
            "target": vars(self.plan.target),
            "findings": [each.as_json() for each in self.findings],
            "half_hours": half_hours(self.plan),
        }


def staffing(  # noqa: PLR0913  one argument for each part of the question
    lake: Lake,
    *,
    begins: str | None = None,
    ends: str | None = None,
    queues: Sequence[str] = (),
    teams: Teams = None,
    target: Target | None = None,
    shrinkage: float | None = None,
    level: float = 0.95,
) -> Staffing:
    """Tell how many are needed in each queue and half hour of the week, and whether they are there.

    Args:
        begins, ends: first and last day; the last 28 days there are calls of, if neither is given.
        teams: only queues whose answered calls are all of these teams; None: all.
        target, shrinkage: as in the settings, if not given.

    Raises:
        BadQuestion: the period is shorter than a week, or has no calls.

    """
    settings = lake.settings
    target = target or target_of(lake)
    period = period_of(lake, begins, ends, teams)
    seen = loads(lake, period, target.within_seconds, queues, teams)
    plan = planned(
        seen,
        target,
        settings.staffing.shrinkage if shrinkage is None else shrinkage,
        level,
        settings.minimum_n,
    )
    findings = [finding(plan, i, level) for i in range(len(plan.queues))]
    findings.sort(key=lambda each: -each.weight)
    return Staffing(period, settings.zone, plan, findings)


def target_of(lake: Lake) -> Target:
    """Return the target of the settings."""
    wanted = lake.settings.staffing
    within = lake.settings.service_level.answer_within_seconds
    return Target(wanted.in_time, within, wanted.abandoned, wanted.occupancy)


def period_of(lake: Lake, begins: str | None, ends: str | None, teams: Teams) -> Period:
    """Return the days asked for; without any, the last there are."""
    zone = lake.settings.zone
    with lake.reading():
        lake.use(Call)
        call = of_teams(Call.unbound(), teams)
        edges = call.aggregate(first=call.entered_at.min(), last=call.entered_at.max())
        ((first_at, last_at),) = lake.connection.execute(sql(edges)).fetchall()
    if first_at is None:
        problem = gettext_noop("There are no calls. Bring some in: hearwell import FILE --as call")
        raise BadQuestion(problem)
    first, last = (to_local(each, zone).date() for each in (first_at, last_at))
    until = instant(ends or last.isoformat(), zone, last=True)
    since = max(first, (to_local(until, zone) - timedelta(days=DAYS)).date())
    found = Period(instant(begins or since.isoformat(), zone), until)
    if found.ends - found.begins < WEEK:
        problem = gettext_noop(
            "Staffing is told of whole weeks: let --from and --to be a week apart or more."
        )
        raise BadQuestion(problem)
    return found


def finding(plan: Plan, i: int, level: float) -> Finding:
    """Say the one most important thing about a queue."""
    short, enough = plan.verdict[i] == SHORT, plan.verdict[i] == ENOUGH
    queue, told = word(plan.queues[i] or None), count((short | enough).sum())
    sure, callers, size = 0.0, 0.0, 0.0
    if np.isnan(plan.at_work[i]).all():
        kind, says = "no_shifts", worst(plan, i, NO_SHIFTS, plan.needed[i])
    elif plan.back_test.has_failed[i]:
        kind, says = "not_believed", sentence(NOT_BELIEVED, queue=queue, **tried(plan, i))
    elif short.any():
        missing = np.where(short, -plan.gap[i], -np.inf)
        says = worst(plan, i, TOO_FEW, missing, short=count(short.sum()), told=told)
        kind, sure, callers = "too_few", level, float(plan.total[i][short].sum())
        size = lost_for_want_of(plan, i, short)
    elif enough.any():
        kind, sure, says = "enough", level, sentence(NOT_TOO_FEW, queue=queue, told=told)
    else:
        kind, most = "cannot_tell", count(plan.total[i].max())
        says = sentence(CANNOT_BE_TOLD, queue=queue, calls=most)
    return Finding(
        kind=f"staffing.{kind}",
        says=says,
        sure=sure,
        people=round(callers),
        size=size,
        evidence=evidence(plan, i),
        notes=notes(plan, i),
    )


def worst(plan: Plan, i: int, template: str, by: FloatArray, **more: Value) -> Sentence:
    """Name the half hour of the week in which something is most."""
    at = int(np.nanargmax(by))
    values = {
        "queue": word(plan.queues[i] or None),
        "when": weekday_time(at),
        "at_work": number(plan.at_work[i][at], Unit.EACH),
        "needed": count(plan.needed[i][at]),
        "low": count(plan.needed_range.low[i][at]),
        "high": count(plan.needed_range.high[i][at]),
    }
    named = {name: value for name, value in values.items() if f"{{{name}}}" in template}
    return sentence(template, **named, **more)


def tried(plan: Plan, i: int) -> dict[str, Value]:
    test = plan.back_test
    return {"expected": share(test.expected[i]), "seen": share(test.seen[i])}


def lost_for_want_of(plan: Plan, i: int, short: NDArray[np.bool_]) -> float:
    """Return the share of callers in short half hours who would not hang up with those needed."""
    only = plan.queue(i)
    now = served(only.load, only.at_work, only.fitted, plan.target.within_seconds)
    then = served(only.load, only.needed, only.fitted, plan.target.within_seconds)
    saved = (now.abandoned - then.abandoned)[0][short]
    return float(np.average(saved, weights=only.calls[0][short]))


def evidence(plan: Plan, i: int) -> dict[str, Any]:
    fitted, test = plan.fitted, plan.back_test
    return {
        "calls": int(plan.total[i].sum()),
        "handle_seconds": plain(fitted.handle[i]),
        "patience_seconds": plain(fitted.patience[i]),
        "patience_low": plain(fitted.patience_interval.low[i]),
        "patience_high": plain(fitted.patience_interval.high[i]),
        "back_test_expected": plain(test.expected[i]),
        "back_test_seen": plain(test.seen[i]),
        "half_hours": {
            verdict: int((plan.verdict[i] == verdict).sum())
            for verdict in (ENOUGH, SHORT, CANNOT_TELL)
        },
    }


def notes(plan: Plan, i: int) -> tuple[Sentence, ...]:
    target, found = plan.target, []
    within = number(target.within_seconds, Unit.SECONDS)
    found.append(
        sentence(
            TARGET,
            in_time=share(target.in_time),
            within=within,
            abandoned=share(target.abandoned),
            occupancy=share(target.occupancy),
        )
    )
    if plan.back_test.is_believed[i]:
        found.append(sentence(TESTED, **tried(plan, i)))
        now, then = with_more(plan.queue(i), 0), with_more(plan.queue(i), 1)
        found.append(
            sentence(
                ONE_MORE,
                now=share(now.abandoned[0]),
                then=share(then.abandoned[0]),
                within=within,
                in_time=share(now.in_time[0]),
                then_in_time=share(then.in_time[0]),
            )
        )
    return tuple(found)


def half_hours(plan: Plan) -> list[dict[str, Any]]:
    """Return the half hours of the week in which there are calls or somebody is at work."""
    busy = (plan.total > 0) | (plan.at_work > 0)
    return [
        {
            "queue": plan.queues[i] or None,
            "half_hour": weekday_time(at).value,
            "calls": plain(plan.calls[i, at]),
            "load": plain(plan.load[i, at]),
            "needed": plain(plan.needed[i, at]),
            "needed_low": plain(plan.needed_range.low[i, at]),
            "needed_high": plain(plan.needed_range.high[i, at]),
            "without_patience": plain(plan.without_patience[i, at]),
            "people": plain(plan.people[i, at]),
            "at_work": plain(plan.at_work[i, at]),
            "gap": plain(plan.gap[i, at]),
            "verdict": str(plan.verdict[i, at]),
        }
        for i, at in zip(*(each.tolist() for each in np.nonzero(busy)), strict=True)
    ]


def plain(value: float) -> float | None:
    """Return a number as JSON has it: endless and unknown are none."""
    return float(value) if np.isfinite(value) else None
