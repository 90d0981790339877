"""Find what drives a number."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence.counted import ROWS, Counted, counted
from hearwell.evidence.errors import NotExplained
from hearwell.evidence.experience import HAPPENED, KEEP, experienced
from hearwell.evidence.factor import Factor, group, happenings, items
from hearwell.insights.drivers.driver import Driver, Drivers, Met
from hearwell.insights.drivers.moments import correlations
from hearwell.insights.drivers.words import findings
from hearwell.lake.lake import Lake
from hearwell.language import gettext_noop
from hearwell.metrics.part import FloatArray
from hearwell.records.survey import Survey
from hearwell.stats.drivers import explained_variance, penalty_reward, relative_weights
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.stats.resampling import GROUPS, Resampled, poisson_weights

USUAL_GROUPS = ("segment", "plan", "channel", "queue", "topic", "product", "priority")
"""The dimensions that are looked at, of records that are not answers; of answers, the channel."""

KNOWN_ENOUGH = {"item": 0.1, "happened": 0.5, "group": 0.5}
"""A factor that is known of a smaller part of the rows is left out. Items are asked of everyone,
and many have not used what they ask about; what happened is known of some kinds of matter only."""

FEWEST = 30
DRAWS = 300
MUST, DELIGHTS = -0.1, 0.1
"""Asymmetry of impact below and above which a factor is expected, or pleases (Mikulić 2008)."""


def drivers(lake: Lake, question: Question, wanted: Sequence[str] = ()) -> Drivers:
    """Find what has most to do with the question's one metric.

    Args:
        wanted: factors to look at: *items*, what happens to customers, and dimensions. By
            default all that is known, and the usual dimensions.

    Raises:
        NotExplained: fewer than two factors are known, or too few rows.
        NotAMean, NothingCounted, TooFewToShow, BadQuestion.

    """
    record = question.asked[0].metric.record
    groups = groups_of(question, wanted)
    is_answers = record is Survey
    scale = ("scale_low", "scale_high", "higher_is_better", "items") if is_answers else ()
    keep = tuple(dict.fromkeys((*(KEEP if is_answers else ()), *scale, *groups)))
    with counted(lake, replace(question, by=(), compare=None), keep) as rows:
        if not is_answers:
            return of_factors(rows, ROWS, [group(rows, name) for name in groups])
        with experienced(rows, (*scale, *groups)) as table:
            found = [*items(rows), *happenings(rows, table), *(group(rows, g) for g in groups)]
            chosen = [
                each
                for each in found
                if not wanted or each.name in wanted or (each.kind == "item" and "items" in wanted)
            ]
            return of_factors(rows, table, chosen)


def groups_of(question: Question, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return the dimensions to look at."""
    record = question.asked[0].metric.record
    if wanted:
        return tuple(name for name in wanted if name != "items" and name not in HAPPENED)
    usual = ("channel",) if record is Survey else USUAL_GROUPS
    return tuple(name for name in usual if name in record.dimensions())


def of_factors(rows: Counted, table: str, factors: Sequence[Factor]) -> Drivers:
    """Share out what factors explain."""
    factors = [each for each in factors if each.columns]
    known = known_of(rows, table, factors)
    chosen = [each for each in factors if known[each.name] >= KNOWN_ENOUGH[each.kind]]
    chosen = [each for each in chosen if differs(rows, table, each)]
    (n,) = rows.sql(f"select count(*) as n from {table}")["n"]
    if len(chosen) < 2 or n < FEWEST:
        problem = gettext_noop(
            "Drivers need two things at least that are known of most rows and differ, and "
            "{needed} rows; there are {things} and {rows}. Bring in what happened to customers "
            "(calls, cases, orders), or name dimensions with --factor."
        )
        raise NotExplained(problem, needed=FEWEST, things=len(chosen), rows=int(n))
    weights = np.vstack([np.ones(GROUPS), poisson_weights(GROUPS, DRAWS)])
    columns = [column for each in chosen for column in each.columns]
    places, first = [], 0
    for each in chosen:
        places.append(list(range(first, first + len(each.columns))))
        first += len(each.columns)
    matrix, way = correlations(rows, table, columns, weights)
    usable = np.isfinite(matrix).all(axis=(1, 2))  # a draw may leave a rare group without anybody
    matrix = matrix[usable]
    among, outcome = matrix[:, :-1, :-1], matrix[:, :-1, -1]
    shares = relative_weights(among, outcome, places)
    resampled = Resampled(shares[0], shares[1:])
    interval = resampled.interval(rows.question.level)
    explained = float(explained_variance(among[0], outcome[0]))
    alone = Resampled(outcome[0], outcome[1:])
    leads = np.bincount(shares[1:].argmax(axis=1), minlength=len(chosen)) / len(shares[1:])
    found = [
        driver(
            rows,
            table,
            factor,
            known=known[factor.name],
            explains=float(shares[0, i]),
            low=float(interval.low[i]),
            high=float(interval.high[i]),
            share=float(shares[0, i] / explained),
            correlation=float(max(outcome[0, places[i]], key=abs)),
            p=float(min(1, alone.p[places[i]].min() * len(places[i]))),
            first=float(leads[i]),
        )
        for i, factor in enumerate(chosen)
    ]
    believed = benjamini_hochberg(np.array([each.p for each in found]), 1 - rows.question.level)
    found = [replace(d, believed=bool(b)) for d, b in zip(found, believed, strict=True)]
    left_out = {each.name: known[each.name] for each in factors if each not in chosen}
    told = Drivers(
        rows.question,
        rows.unit,
        int(n),
        rows.people(),
        explained,
        way,
        tuple(sorted(found, key=lambda each: -each.explains)),
        left_out,
    )
    return replace(told, findings=tuple(findings(told)))


def known_of(rows: Counted, table: str, factors: Sequence[Factor]) -> dict[str, float]:
    """Return of which part of the rows each factor is known."""
    listed = ", ".join(
        f"avg((({each.columns[0]}) is not null)::int) as f{i}" for i, each in enumerate(factors)
    )
    found = rows.sql(f"select {listed or '1'} from {table}")
    return {each.name: float(found[f"f{i}"][0]) for i, each in enumerate(factors)}


def differs(rows: Counted, table: str, factor: Factor) -> bool:
    column = factor.columns[0]
    (low,) = rows.sql(f"select max({column}) > min({column}) as differs from {table}")["differs"]
    return bool(low)


def driver(rows: Counted, table: str, factor: Factor, **numbers: Any) -> Driver:
    """Tell what a bad and a good experience go with."""
    bad, usual, good = met(rows, table, factor)
    enough = min(bad.n, usual.n, good.n) >= FEWEST
    three: list[FloatArray] = [np.asarray(each.value) for each in (bad, usual, good)]
    none = (np.asarray(np.nan),) * 3
    penalty, reward, asymmetry = map(float, penalty_reward(*three) if enough else none)
    kind = "performance"
    if penalty < 0 < max(reward, -penalty):
        kind = "must be" if asymmetry < MUST else "delights" if asymmetry > DELIGHTS else kind
    return Driver(
        factor=factor,
        bad=bad,
        usual=usual,
        good=good,
        penalty=penalty,
        reward=reward,
        asymmetry=asymmetry,
        kind=kind if enough else "",
        **numbers,
    )


def met(rows: Counted, table: str, factor: Factor) -> tuple[Met, Met, Met]:
    """Return the number where the factor was bad, usual and good."""
    if not factor.bad:
        return (Met(np.nan, 0),) * 3
    found = rows.sql(
        f"select case when {factor.bad} then 0 when {factor.good} then 2 else 1 end as c, "
        f"sum(over) / sum(under) as value, count(*) as n from {table} "
        f"where ({factor.columns[0]}) is not null group by 1"
    )
    each = {
        int(c): Met(float(value) if n >= FEWEST else np.nan, int(n))
        for c, value, n in zip(found["c"], found["value"], found["n"], strict=True)
    }
    nobody = Met(np.nan, 0)
    return each.get(0, nobody), each.get(1, nobody), each.get(2, nobody)
