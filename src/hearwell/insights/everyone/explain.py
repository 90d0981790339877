"""Tell what those say who answered, and what all would say."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence import sentence as told
from hearwell.evidence.counted import counted
from hearwell.evidence.errors import NotExplained, TooFewToShow
from hearwell.evidence.experience import KEEP, experienced
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import Sentence, gettext_noop, sentence
from hearwell.insights.everyone.kinds import (
    DIMENSIONS,
    Expected,
    Kinds,
    adjusted,
    expected,
    kinds_of,
)
from hearwell.lake.lake import Lake
from hearwell.metrics.estimator import NetScore, Share
from hearwell.metrics.facts.agent_answer import FEWEST_ANSWERS
from hearwell.metrics.metric import Unit, Variant
from hearwell.records.survey import Survey
from hearwell.stats import nonresponse
from hearwell.stats.interval import kish_sample_size, wilson
from hearwell.stats.net_score import net_score_interval
from hearwell.stats.nonresponse import Estimated, best_power, double_sampling, mean_of

ELIGIBLE = "eligible_at or sent_at"
KNOWN_AT = "coalesce(r.eligible_at, r.sent_at)"
FEWEST = 100
"""Below so many answers nothing is adjusted."""

FEWEST_EFFECTIVE = 50
FEWEST_AGAIN = 30
"""Below so many answers of those who were asked again, everyone's score is not told."""

STEP = 0.05
"""Without a target: how far below the measured score everyone's would be news."""


@dataclass(frozen=True)
class Score:
    """A score with its interval, in the unit of the metric."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Everyone:
    """The sides of a score.

    Attributes:
        people: who could have answered; n: who did; again: who did when asked again.
        wrote: of whom it is judged what they wrote before.
        measured: of those who answered.
        adjusted: of all, by what is known of them; None where too few answered.
        effective: as many answers as tell the same, when each counts for what it stands for.
        everyone: of all, also by those asked again; None where too few were.
        worst, best: of all, if those who did not answer thought the worst, or the best.
        target, tipping: at which score of those who did not answer that of all is the target.

    """

    question: Question
    unit: Unit
    people: int
    n: int
    again: int
    wrote: int
    measured: Score
    adjusted: Score | None
    effective: float
    everyone: Score | None
    worst: float
    best: float
    target: float
    tipping: float
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        own = {n: v for n, v in vars(self).items() if n not in {"question", "findings", "unit"}}
        own |= {
            name: None if own[name] is None else asdict(own[name])
            for name in ("measured", "adjusted", "everyone")
        }
        findings = [each.as_json() for each in self.findings]
        return own | {"unit": self.unit.value, "findings": findings}


def everyone(lake: Lake, question: Question, target: float | None = None) -> Everyone:
    """Tell a score of answers as it was measured, adjusted, and of everyone.

    Args:
        target: in the unit of the metric; the tipping point is told for it.

    Raises:
        NotExplained: it is no share or net score of answers of customers, or all answered.
        NothingCounted, TooFewToShow, BadQuestion.

    """
    asked = question.asked[0]
    usual = asked.metric.variants()[asked.variant]
    ends = ends_of(usual)
    if asked.metric.record is not Survey or asked.metric.is_anonymous or ends is None:
        problem = gettext_noop(
            "This is told of shares and net scores of customers' answers, as CSAT and NPS."
        )
        raise NotExplained(problem)
    instrument = ("instrument", INSTRUMENTS[asked.metric.name])
    put = replace(question, by=(), compare=None, where=(*question.where, instrument))
    own = ("source", "survey_id", "case_id", "follows", "eligible_at", "sent_at", *DIMENSIONS)
    keep = dict.fromkeys((*KEEP, *own))
    with (
        counted(lake, put, tuple(keep), ELIGIBLE) as rows,
        experienced(rows, own, KNOWN_AT) as table,
        kinds_of(rows, table, ends, KNOWN_AT) as kinds,
    ):
        n, people = kinds.n.sum(), kinds.people.sum()
        if 0 < n < FEWEST_ANSWERS:
            raise TooFewToShow(asked)
        if not n or n == people:
            problem = gettext_noop(
                "Answers: {n}, of so many who could have answered: {people}. There is no other "
                "side to tell of. Bring in the invitations, also those that were not answered."
            )
            raise NotExplained(problem, n=int(n), people=int(people))
        found = expected(kinds) if n >= FEWEST else None
        scored = None if found is None else adjusted(rows, kinds, found)
    return sides(put, usual, ends, kinds, found, scored, target)


INSTRUMENTS = {
    "customer_satisfaction": "csat",
    "net_promoter_score": "nps",
    "customer_effort_score": "ces",
}


def ends_of(variant: Variant) -> tuple[float, float] | None:
    """Return the worst and the best that a row can add, where that is known."""
    if isinstance(variant.estimator, Share):
        return (0.0, 1.0)
    return (-100.0, 100.0) if isinstance(variant.estimator, NetScore) else None


def sides(  # noqa: PLR0913, PLR0917  all that the sides are made of
    question: Question,
    usual: Variant,
    ends: tuple[float, float],
    kinds: Kinds,
    found: Expected | None,
    scored: Estimated | None,
    target: float | None,
) -> Everyone:
    """Put the sides together, in the unit of the metric."""
    low, high = ends
    level = question.level

    def shown(value: float) -> float:
        return low + (high - low) * value

    def score(estimate: Estimated) -> Score:
        interval = estimate.interval(level)
        return Score(*map(shown, (estimate.value, float(interval.low), float(interval.high))))

    people, n, total = (float(each.sum()) for each in (kinds.people, kinds.n, kinds.total))
    measured = mean_of(n, total, float(kinds.squares.sum()))
    effective = n
    if found is not None:
        weight = 1 / found.chance
        squares = float((kinds.n * weight**2).sum())
        effective = float(kish_sample_size(float((kinds.n * weight).sum()), squares))
    response = n / people
    worst, best = nonresponse.worst_and_best(response, measured.value)
    aim = measured.value - STEP if target is None else (target - low) / (high - low)
    tipping = nonresponse.tipping_point(response, measured.value, aim)
    whole = of_everyone(kinds, found, measured)
    unit = usual.unit or question.asked[0].metric.unit
    sides_of = Everyone(
        question,
        unit,
        int(people),
        int(n),
        int(kinds.again.sum()),
        int(kinds.wrote.sum()),
        of_those_who_answered(kinds, usual, score(measured), level),
        score(scored) if scored is not None and effective >= FEWEST_EFFECTIVE else None,
        effective,
        None if whole is None else score(whole),
        worst=shown(worst),
        best=shown(best),
        target=shown(aim),
        tipping=shown(tipping),
    )
    return replace(sides_of, findings=(finding(sides_of),))


def of_those_who_answered(kinds: Kinds, usual: Variant, score: Score, level: float) -> Score:
    """Return the measured score with the interval that the engine gives such scores."""
    n, total, squares = (float(each.sum()) for each in (kinds.n, kinds.total, kinds.squares))
    if isinstance(usual.estimator, Share):
        interval = wilson(total, n, level)
    else:  # a promoter is 1, a passive a half, a detractor 0
        promoters = 2 * squares - total
        interval = net_score_interval(n, promoters, promoters - (2 * total - n), level)
    return Score(score.value, float(interval.low), float(interval.high))


def of_everyone(kinds: Kinds, found: Expected | None, measured: Estimated) -> Estimated | None:
    """Return the mean of all, where enough of those were asked again who had not answered."""
    if found is None or kinds.again.sum() < FEWEST_AGAIN:
        return None
    silent = kinds.people - kinds.n
    asked_again = nonresponse.Kinds(
        silent - kinds.again, kinds.again, kinds.again_total, kinds.again_squares, found.answer
    )
    power = best_power(asked_again, float(asked_again.people.sum()))
    others = nonresponse.prediction_powered(asked_again, power)
    people, n = float(kinds.people.sum()), float(kinds.n.sum())
    return double_sampling(people, measured, n, others)


MEASURED = gettext_noop(
    "Of those who answered {metric} is {value} ({low} to {high}): {share} of all who could have "
    "(answers: {n})."
)
ADJUSTED = gettext_noop(
    "Adjusted to all who could have answered it is {value} ({low} to {high}). That takes those who "
    "did not answer to be like those who did and to whom the same happened, and rests on as many "
    "answers as would tell the same alone: {effective}."
)
WROTE = gettext_noop(
    "What they had written was taken in, too, as far as it is judged (customers: {wrote})."
)
NOT_ADJUSTED = gettext_noop(
    "It is not adjusted to all who could have answered: too few did, or some would have to stand "
    "for too many (answers that tell the same alone: {effective})."
)
EVERYONE = gettext_noop(
    "Of everyone it is {value} ({low} to {high}), by those who had not answered and did when they "
    "were asked again (answers: {again}). Those who did not answer again are taken to be like them."
)
TIPPING = gettext_noop(
    "What everyone would say is not known: it lies between {worst} and {best}. For it to be below "
    "{target}, those who did not answer would have to be below {tipping}. To know, ask some of "
    "them again."
)
CANNOT_TIP = gettext_noop(
    "What everyone would say is not known: it lies between {worst} and {best}. Whatever those who "
    "did not answer think, it is not below {target}."
)


def finding(found: Everyone) -> Finding:
    """Say all sides in one finding, the measured one first."""
    unit, asked = found.unit, found.question.asked[0]
    best = found.everyone or found.adjusted
    gap = 0.0 if best is None else abs(best.value - found.measured.value)
    reach = 0.0 if best is None else (best.high - best.low) / 2
    span = 1.0 if unit is Unit.SHARE else 200.0
    return Finding(
        "everyone.sides",
        sentence(
            MEASURED,
            metric=told.metric(asked),
            share=told.share(found.n / found.people),
            n=told.count(found.n),
            **scored(found.measured, unit),
        ),
        sure=float(gap > reach),
        people=found.people,
        size=min(gap / span, 1.0),
        evidence={k: v for k, v in found.as_json().items() if k != "findings"},
        notes=tuple(sides_in_words(found)),
        opens=found.question,
    )


def scored(score: Score, unit: Unit) -> dict[str, told.Value]:
    return {name: told.number(value, unit) for name, value in vars(score).items()}


def sides_in_words(found: Everyone) -> Iterator[Sentence]:
    """Say the other sides, or what is needed to know them."""
    unit = found.unit
    effective = told.count(found.effective)
    if found.adjusted is not None:
        yield sentence(ADJUSTED, effective=effective, **scored(found.adjusted, unit))
        if found.wrote:
            yield sentence(WROTE, wrote=told.count(found.wrote))
    else:
        yield sentence(NOT_ADJUSTED, effective=effective)
    if found.everyone is not None:
        again = told.count(found.again)
        yield sentence(EVERYONE, again=again, **scored(found.everyone, unit))
        return
    edges = {
        name: told.number(value, unit)
        for name, value in (
            ("worst", found.worst),
            ("best", found.best),
            ("target", found.target),
        )
    }
    if found.worst >= found.target:
        yield sentence(CANNOT_TIP, **edges)
        return
    highest = 1.0 if unit is Unit.SHARE else 100.0
    tipping = float(np.minimum(found.tipping, highest))
    yield sentence(TIPPING, tipping=told.number(tipping, unit), **edges)
