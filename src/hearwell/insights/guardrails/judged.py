"""Judge pairs: the metric improved, and its partner was harmed, is safe, or nobody knows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from hearwell.engine.answer import Answer
from hearwell.engine.ask import answers_together
from hearwell.engine.changes import History
from hearwell.engine.explain import made_from, needed_for
from hearwell.engine.question import Asked, Question, may_ask
from hearwell.insights.guardrails.pairs import Pair, Way, margin, pairs
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier
from hearwell.metrics.metric import Unit
from hearwell.records import RECORDS
from hearwell.records.record import Record
from hearwell.stats.difference import NO_EVIDENCE
from hearwell.stats.interval import FloatArray
from hearwell.stats.multiplicity import benjamini_hochberg

State = Literal["harmed", "safe", "unknown"]
Group = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Side:
    """How one metric changed in one group."""

    asked: Asked
    unit: Unit
    before: float
    now: float
    difference: float
    low: float
    high: float
    p: float  # nan where too little is known for a verdict
    is_sure: bool  # that it changed, among all that were asked
    n: int

    def worse(self, way: Way) -> tuple[float, float, float]:
        """Return by how much it is worse, and the ends of that; below 0 it is better."""
        if way == "higher":
            return -self.difference, -self.high, -self.low
        return self.difference, self.low, self.high


@dataclass(frozen=True)
class Judged:
    """One pair in one group."""

    pair: Pair
    group: Group
    metric: Side
    partner: Side
    state: State
    p: float  # that chance alone made the partner worse


def judged(lake: Lake, question: Question, by: Sequence[str]) -> list[Judged]:
    """Judge every pair whose metric improved, in all rows together and by each dimension.

    Both changes are held against chance: that a metric improved, among all that were looked at;
    that a partner got worse, among the partners of those that did.

    Args:
        question: period, comparison, filters and teams; what it asks is not looked at.
        by: dimensions; pairs that have them are looked at in their groups too.

    """
    may_have_rows = History.of(lake).may_have_rows
    filled = {
        name for name, record in RECORDS.items() if may_have_rows(name) and has_rows(lake, record)
    }
    known = [pair for pair in pairs() if both_may(pair, question) and both_can(pair, filled)]
    ways = [(), *((name,) for name in by)]
    fitting = [[pair for pair in known if has_groups(pair, way)] for way in ways]
    answers = answers_together(
        lake, [of_pairs(question, each, way) for each, way in zip(fitting, ways, strict=True)]
    )
    found = [
        each for some, told in zip(fitting, answers, strict=True) for each in of_groups(some, told)
    ]
    believed = benjamini_hochberg(np.array([each.p for each in found]), 1 - question.level)
    return [
        replace(each, state="harmed") if is_worse and is_harm(each) else each
        for each, is_worse in zip(found, believed, strict=True)
    ]


def both_may(pair: Pair, question: Question) -> bool:
    wanted = {name for name, _ in question.where}
    return all(
        may_ask(each.metric, question.teams) and wanted <= set(each.metric.record.dimensions())
        for each in (pair.asked, pair.partner)
    )


def both_can(pair: Pair, filled: set[str]) -> bool:
    """Are there records of which both can be made?"""
    return all(
        any(record.table_name in filled for record in made_from(each.metric))
        and all(record.table_name in filled for record in needed_for(each.metric))
        for each in (pair.asked, pair.partner)
    )


def has_rows(lake: Lake, record: type[Record]) -> bool:
    query = f"select 1 from {identifier(lake.use(record))} limit 1"
    return bool(lake.connection.execute(query).fetchall())


def has_groups(pair: Pair, by: tuple[str, ...]) -> bool:
    """Have both metrics these dimensions, and may their groups be shown?"""
    return (
        set(by) <= set(pair.asked.metric.record.dimensions())
        and set(by) <= set(pair.partner.metric.record.dimensions())
        and not (set(by) & {"agent_id"} and pair.partner.metric.is_anonymous)
    )


def of_pairs(question: Question, fitting: Iterable[Pair], by: tuple[str, ...]) -> Question:
    wanted = dict.fromkeys(each for pair in fitting for each in (pair.asked, pair.partner))
    return replace(question, asked=tuple(wanted), by=by, grain="none", standardise=())


def of_groups(fitting: Iterable[Pair], answers: Iterable[Answer]) -> Iterator[Judged]:
    """Judge the pairs whose metric improved, in all groups of which the answers tell."""
    sides = {answer.asked: sides_of(answer) for answer in answers}
    for pair in fitting:
        for group, side in sides[pair.asked].items():
            partner = sides[pair.partner].get(group)
            if partner is not None and side.is_sure and side.worse(pair.way)[0] < 0:
                yield judge(pair, group, side, partner)


def sides_of(answer: Answer) -> Mapping[Group, Side]:
    against = answer.compared
    if against is None:
        return {}
    at = zip(answer.groups, range(len(answer.groups)), strict=True)

    def number(values: FloatArray, i: int) -> float:
        return float(values[i])

    return {
        tuple(group.items()): Side(
            answer.asked,
            answer.unit,
            number(against.value, i),
            number(answer.estimate.value, i),
            number(against.difference, i),
            number(against.interval.low, i),
            number(against.interval.high, i),
            number(against.p, i),
            str(against.verdict[i]) != NO_EVIDENCE,
            int(answer.estimate.n[i]),
        )
        for group, i in at
        if not np.isnan(against.difference[i]) and None not in group.values()
    }


def judge(pair: Pair, group: Group, side: Side, partner: Side) -> Judged:
    """Judge one pair by itself: it is safe if harm as large as the margin is ruled out."""
    worse, _, most = partner.worse(pair.partner_way)
    p = partner.p if worse > 0 or np.isnan(partner.p) else 1.0
    is_safe = most < margin(partner.unit, partner.before)
    return Judged(pair, group, side, partner, "safe" if is_safe else "unknown", p)


def is_harm(each: Judged) -> bool:
    """Is the partner worse, and by as much as matters?"""
    worse, _, _ = each.partner.worse(each.pair.partner_way)
    return worse >= margin(each.partner.unit, each.partner.before)
