"""What there is to say about numbers that improved, and about signs that they were made to."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hearwell.engine.errors import BadQuestion, UnknownDimension
from hearwell.engine.period import Period, instant, period
from hearwell.engine.question import Question
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import (
    Sentence,
    Value,
    count,
    difference,
    dimension,
    gettext_noop,
    metric,
    number,
    sentence,
    share,
    word,
)
from hearwell.insights.guardrails.checks import CHECKS, Outlier, outliers
from hearwell.insights.guardrails.judged import Judged, Side, judged
from hearwell.insights.guardrails.pairs import margin, pairs
from hearwell.insights.guardrails.signs import (
    ShortCalls,
    TwoShares,
    short_calls,
    sudden_ceilings,
    suppressed_after_trouble,
)
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit

USUAL_BY = ("channel", "team")

HARMED = gettext_noop(
    "{metric} improved from {before} to {now}, but {partner} got worse: {partner_before} → "
    "{partner_now}."
)
HARMED_THERE = gettext_noop(
    "Where {dimension} is {value}, {metric} improved from {before} to {now}, but {partner} got "
    "worse: {partner_before} → {partner_now}."
)
SAFE = gettext_noop(
    "{metric} improved from {before} to {now}, and {partner} did not get worse by as much as "
    "{margin}."
)
SAFE_THERE = gettext_noop(
    "Where {dimension} is {value}, {metric} improved from {before} to {now}, and {partner} did not "
    "get worse by as much as {margin}."
)
UNKNOWN = gettext_noop(
    "{metric} improved from {before} to {now}. Whether {partner} paid for it cannot be told: it "
    "changed by {low} to {high}."
)
UNKNOWN_THERE = gettext_noop(
    "Where {dimension} is {value}, {metric} improved from {before} to {now}. Whether {partner} "
    "paid for it cannot be told: it changed by {low} to {high}."
)
OTHERWISE = gettext_noop("Counted otherwise: {metric} from {before} to {now}.")
NOT_A_CAUSE = gettext_noop("Both changed at the same time; dates alone do not show a cause.")

STANDS_OUT = {
    "send_rate": gettext_noop(
        "Agent {agent}: surveys were sent after {share} of the contacts that should have one, "
        "where others with the same kinds of work have {expected}."
    ),
    "answered_at_once": gettext_noop(
        "Agent {agent}: {share} of the answers came within seconds of the invitation, where others "
        "have {expected}. Were they given on the agent's own device?"
    ),
    "very_short_calls": gettext_noop(
        "Agent {agent}: {share} of the answered calls were over within 10 seconds, where others "
        "with the same kinds of work have {expected}."
    ),
    "closed_without_reply": gettext_noop(
        "Agent {agent}: {share} of the cases were closed without any reply, where others with the "
        "same kinds of work have {expected}."
    ),
}
CEILING_REACHED = gettext_noop(
    "Agent {agent}: {share} of the answers are suddenly the best there is, where {expected} were "
    "expected from before."
)
TOO_SHORT = gettext_noop(
    "Possible rushing: {share} of the answered calls were over within 10 seconds, where the "
    "lengths of the others let expect {expected}."
)
AGAIN = gettext_noop(
    "Called again within the hour: {again} after such calls, {other} after others ({low} to {high} "
    "more)."
)
KEPT_BACK = gettext_noop(
    "Surveys are kept back after cases that went badly: {share} were suppressed, and {other} after "
    "other cases ({low} to {high} more)."
)
LOOK = gettext_noop("A sign is no proof: look at the rows. Counted: {n}.")


@dataclass(frozen=True)
class Guardrails:
    """Pairs whose metric improved, and signs of numbers that were made to look good."""

    pairs: list[Judged]
    findings: list[Finding]

    def as_json(self) -> dict[str, Any]:
        return {"findings": [each.as_json() for each in self.findings]}


def guardrails(lake: Lake, question: Question, by: Sequence[str] = USUAL_BY) -> Guardrails:
    """Tell of each metric that improved whether its partner was harmed, is safe, or nobody knows.

    Args:
        question: the period and what it is compared with, filters and teams; it asks no metric.
        by: dimensions by which pairs are looked at too, where both metrics have them.

    Raises:
        BadQuestion: there is no period to compare with.
        UnknownDimension.

    """
    if question.compare is None or question.begins is None or question.ends is None:
        problem = gettext_noop("Guardrails compare two periods: give --from, --to and --compare.")
        raise BadQuestion(problem)
    check_filters(question)
    put = replace(question, asked=())
    found = judged(lake, put, by)
    zone = lake.settings.zone
    now = period(instant(question.begins, zone), instant(question.ends, zone, last=True))
    findings = [of_pairs(each, put) for each in alike(found)]
    if not question.where:  # signs are looked for in all rows
        findings += signs(lake, now, question)
    findings.sort(key=lambda each: (ORDER.get(each.kind, 0), -each.weight))
    return Guardrails(found, findings)


def check_filters(question: Question) -> None:
    """Refuse a filter that no pair knows: that nothing is found would say nothing.

    Raises:
        UnknownDimension.

    """
    sides = {each.metric for pair in pairs() for each in (pair.asked, pair.partner)}
    known = {name for metric in sides for name in metric.record.dimensions()}
    for name, _ in question.where:
        if name not in known:
            what = "guardrails"
            raise UnknownDimension(what, name, known)


ORDER = {"guardrails.unknown": 1, "guardrails.safe": 2}
"""What was harmed, or may have been gamed, comes before what is not known and what is safe."""


def alike(found: Iterable[Judged]) -> Iterable[Sequence[Judged]]:
    """Put together what is found of the same two metrics, however they are counted."""
    told: dict[Hashable, list[Judged]] = {}
    for each in found:
        about = each.state, each.group, each.metric.asked.metric, each.partner.asked.metric
        told.setdefault(about, []).append(each)
    return told.values()


def of_pairs(those: Sequence[Judged], question: Question) -> Finding:
    """Tell of the first, and beside it how what is counted otherwise changed."""
    found = of_pair(those[0], question)
    sides = {side.asked: side for each in those for side in (each.metric, each.partner)}
    others = list(sides.values())[2:]
    notes = [
        sentence(
            OTHERWISE,
            metric=metric(side.asked),
            before=number(side.before, side.unit),
            now=number(side.now, side.unit),
        )
        for side in others
    ]
    more = {"otherwise": [as_evidence(side) for side in others]} if others else {}
    return replace(found, notes=(*notes, *found.notes), evidence={**found.evidence, **more})


def of_pair(each: Judged, question: Question) -> Finding:
    template, there = {
        "harmed": (HARMED, HARMED_THERE),
        "safe": (SAFE, SAFE_THERE),
        "unknown": (UNKNOWN, UNKNOWN_THERE),
    }[each.state]
    metric_side, partner = each.metric, each.partner
    values: dict[str, Value] = {
        "metric": metric(metric_side.asked),
        "before": number(metric_side.before, metric_side.unit),
        "now": number(metric_side.now, metric_side.unit),
        "partner": metric(partner.asked),
        "partner_before": number(partner.before, partner.unit),
        "partner_now": number(partner.now, partner.unit),
        "margin": difference(margin(partner.unit, partner.before), partner.unit),
        "low": difference(partner.low, partner.unit),
        "high": difference(partner.high, partner.unit),
    }
    if each.group:
        ((name, value),) = each.group
        values |= {"dimension": dimension(name), "value": word(value)}
        template = there
    told = {name: value for name, value in values.items() if f"{{{name}}}" in template}
    pair = (metric_side.asked, partner.asked)
    where = tuple((name, value or "") for name, value in each.group)
    opens = replace(question, asked=pair, where=(*question.where, *where))
    return Finding(
        kind=f"guardrails.{each.state}",
        says=sentence(template, **told),
        sure=1 - each.p if each.state == "harmed" else 0.0,
        people=partner.n,
        size=size_of(partner) if each.state == "harmed" else 0.0,
        evidence={"metric": as_evidence(metric_side), "partner": as_evidence(partner)},
        notes=(sentence(NOT_A_CAUSE),) if each.state == "harmed" else (),
        opens=opens,
    )


def size_of(side: Side) -> float:
    """Return how large a change is: for shares and scores on their scale, else as a part."""
    scale = {Unit.SHARE: 1.0, Unit.POINTS: 200.0, Unit.SCALE: 4.0}.get(side.unit, abs(side.before))
    return min(abs(side.difference) / scale, 1.0) if scale else 1.0


def as_evidence(side: Side) -> dict[str, Any]:
    return {
        "metric": side.asked.metric.name,
        "variant": side.asked.variant,
        "before": side.before,
        "now": side.now,
        "difference": side.difference,
        "low": side.low,
        "high": side.high,
        "n": side.n,
    }


def signs(lake: Lake, now: Period, question: Question) -> list[Finding]:
    """Look for all signs in the period."""
    teams, level = question.teams, question.level
    findings = [
        of_outlier(f"guardrails.{check.name}", STANDS_OUT[check.name], each)
        for check in CHECKS.values()
        for each in outliers(lake, check, now, teams, level)
    ]
    findings += [
        of_outlier("guardrails.sudden_ceiling", CEILING_REACHED, each)
        for each in sudden_ceilings(lake, now, teams, level)
    ]
    short = short_calls(lake, now, teams, level)
    if short.are_too_many:
        findings.append(of_short_calls(short))
    kept = suppressed_after_trouble(lake, now, teams, level)
    if float(kept.interval.low) > 0 and kept.n >= FEWEST_KEPT_BACK:
        findings.append(of_kept_back(kept))
    return findings


FEWEST_KEPT_BACK = 30


def of_outlier(kind: str, template: str, each: Outlier) -> Finding:
    return Finding(
        kind=kind,
        says=sentence(
            template,
            agent=word(each.agent),
            share=share(each.share),
            expected=share(each.expected),
        ),
        sure=1 - each.p,
        people=each.n,
        size=abs(each.share - each.expected),
        evidence=vars(each),
        notes=(look(each.n),),
    )


def of_short_calls(short: ShortCalls) -> Finding:
    return Finding(
        kind="guardrails.short_calls",
        says=sentence(TOO_SHORT, share=share(short.share), expected=share(short.expected)),
        sure=1.0,
        people=short.n,
        size=short.share - short.expected,
        evidence={
            "n": short.n,
            "share": short.share,
            "low": float(short.interval.low),
            "high": float(short.interval.high),
            "expected": short.expected,
            "again": short.again.share,
            "again_after_others": short.again.other_share,
        },
        notes=(
            sentence(
                AGAIN,
                again=share(short.again.share),
                other=share(short.again.other_share),
                **ends(short.again),
            ),
            look(short.n),
        ),
    )


def of_kept_back(kept: TwoShares) -> Finding:
    return Finding(
        kind="guardrails.surveys_kept_back",
        says=sentence(
            KEPT_BACK, share=share(kept.share), other=share(kept.other_share), **ends(kept)
        ),
        sure=1 - kept.p,
        people=kept.n,
        size=kept.share - kept.other_share,
        evidence={"n": kept.n, "share": kept.share, "other_share": kept.other_share},
        notes=(look(kept.n),),
    )


def ends(two: TwoShares) -> dict[str, Value]:
    return {
        "low": difference(float(two.interval.low), Unit.SHARE),
        "high": difference(float(two.interval.high), Unit.SHARE),
    }


def look(n: int) -> Sentence:
    return sentence(LOOK, n=count(n))
