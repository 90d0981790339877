"""Find what makes customers leave who say that they are satisfied."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from hearwell.engine.question import Question
from hearwell.evidence import sentence as told
from hearwell.evidence.counted import ROWS, Counted, counted, plain
from hearwell.evidence.errors import NotExplained
from hearwell.evidence.experience import KEEP, experienced
from hearwell.evidence.factor import happenings, items
from hearwell.evidence.finding import Finding
from hearwell.evidence.outcome import Outcome, outcome
from hearwell.evidence.sentence import gettext_noop, sentence
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier
from hearwell.metrics.metric import Unit
from hearwell.metrics.part import FloatArray
from hearwell.records.survey import Survey
from hearwell.stats.logistic import firth, normal_p
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.stats.power import power_of_two_shares
from hearwell.stats.relative_risk import risk_ratio

GROUPS_OF = ("topic", "product", "channel")
"""The dimensions of which each value may be a deal-breaker."""

MOST_VALUES = 12
FEWEST_LEAVERS = 10
"""Fewer than so many of the satisfied who left after it say too little."""

FEWEST_BAD = 5
"""What fewer of the satisfied went through is not looked at: it could be told who they are."""

SATISFIED_FROM = 0.75
MUCH_POWER = 0.8
ALIKE = 1e-10
"""Of the square of a column no more than this is left where it is a sum of others: rounding. One
row of a million that it differs in would leave 1e-6."""


@dataclass(frozen=True)
class Suspect:
    """Something that may make customers leave.

    Attributes:
        label: how a sentence names it.
        bad_n, bad_left, ok_n, ok_left: of the satisfied, those who went through it and those who
            did not; how many left.
        ratio, low, high: how many times as many left, with its interval.
        more: how many of those who went through it left beyond what is usual.
        power: how likely it would have been seen if it doubled the number who leave.
        coefficient, p: what it adds to the log odds of leaving, the answer and all else the same.
        believed: beyond chance among all that were looked at, with enough who left.

    """

    name: str
    label: told.Value
    bad_n: int
    bad_left: int
    ok_n: int
    ok_left: int
    ratio: float
    low: float
    high: float
    more: float
    power: float
    coefficient: float = 0.0
    p: float = 1.0
    believed: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"label": self.label.as_json()}


@dataclass(frozen=True)
class DealBreakers:
    """What makes satisfied customers leave, the strongest first."""

    question: Question
    days: int
    people: int
    left: int
    satisfied: int
    satisfied_left: int
    not_over: int  # customers whose window is not over yet
    suspects: tuple[Suspect, ...]
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        own = {
            name: value
            for name, value in vars(self).items()
            if name not in {"question", "suspects", "findings"}
        }
        return own | {
            "suspects": [each.as_json() for each in self.suspects],
            "findings": [each.as_json() for each in self.findings],
        }


def deal_breakers(
    lake: Lake,
    question: Question,
    after: str = "left",
    days: int = 30,
    topics: Sequence[str] = (),
) -> DealBreakers:
    """Find what goes with leaving, of customers who gave the same answer.

    Args:
        question: of answers of customers, such as CSAT.
        after: left, downgrade, no_purchase or contact.
        days: how long after the answer.
        topics: of contacts, those that count, such as complaint.

    Raises:
        NotExplained: it is no metric of answers, or nobody left in time.
        NotAMean, NothingCounted, TooFewToShow, BadQuestion.

    """
    asked = question.asked[0]
    if asked.metric.record is not Survey or asked.metric.is_anonymous:
        problem = gettext_noop(
            "Deal-breakers are found among answers of customers: ask for CSAT, NPS or CES."
        )
        raise NotExplained(problem)
    scale = ("scale_low", "scale_high", "higher_is_better", "items", "answer")
    what = outcome(after, topics)
    alone = replace(question, by=(), compare=None)
    with counted(lake, alone, (*KEEP, *scale, *GROUPS_OF)) as rows:
        own = ("survey_id", "customer_id", "answered_at", *scale, *GROUPS_OF)
        with experienced(rows, own) as table:
            flags = list(flagged(rows, table))
            for record in what.reads:
                lake.use(record)
            kinds = kinds_of(rows, table, what, days, flags)
        return of_kinds(alone, kinds, flags, what, days)


@dataclass(frozen=True)
class Flag:
    """Something that happened to a customer or did not."""

    name: str
    label: told.Value
    sql: str
    dimension: str = ""


def flagged(rows: Counted, table: str) -> Iterator[Flag]:
    """Return what may break a deal: bad items, bad experiences, and topics and products."""
    for factor in (*items(rows), *happenings(rows, table)):
        yield Flag(factor.name, factor.label, f"coalesce({factor.bad}, false)")
    for name in GROUPS_OF:
        column = identifier(plain(name))
        found = rows.sql(
            f"select {column}::varchar as v from {ROWS} where {column} is not null "
            f"group by 1 order by count(*) desc, 1 limit {MOST_VALUES}"
        )
        for value in map(str, found["v"] if len(found["v"]) > 1 else ()):
            label = told.group((name,), (value,))
            is_it = f"coalesce({column}::varchar = {quoted(value)}, false)"
            yield Flag(f"{name}={value}", label, is_it, name)


@dataclass(frozen=True)
class Kinds:
    """Customers who are alike: the same answer, and the same things happened to them."""

    position: FloatArray  # where on the scale the answer is, 0 to 1
    flags: FloatArray  # shape (kinds, flags)
    rows: FloatArray
    left: FloatArray
    not_over: int  # customers who may still leave in time


def kinds_of(rows: Counted, table: str, what: Outcome, days: int, flags: Sequence[Flag]) -> Kinds:
    """Count customers by kind, each by the first answer; those whose window is over."""
    place = "(answer - scale_low) / nullif(scale_high - scale_low, 0)"
    columns = ", ".join(f"{each.sql} as f{i}" for i, each in enumerate(flags))
    names = "".join(f", f{i}" for i in range(len(flags)))
    exists = "not" if what.is_absence else ""
    could = (
        f" semi join ({what.among}) as m on m.customer_id = {table}.customer_id "
        f"and m.moment <= {table}.answered_at"
        if what.among
        else ""
    )
    rows.lake.connection.execute(
        f"create or replace temp table first_answer as select customer_id, answered_at, "
        f"answered_at + to_days({int(days)}) as ends_at, "
        f"if(coalesce(higher_is_better, true), {place}, 1 - {place}) as position"
        f"{', ' + columns if columns else ''} "
        f"from {table}{could} where customer_id is not null "
        "qualify row_number() over (partition by customer_id order by answered_at, survey_id) = 1"
    )
    try:
        waiting = rows.sql(
            f"select count(*) as n from first_answer where ends_at > coalesce(({what.known}), "
            "timestamp '1900-01-01')"
        )["n"][0]
        found = rows.sql(
            f"with happened as ({what.moments}), hit as (select distinct a.customer_id "
            "from first_answer as a join happened as m on m.customer_id = a.customer_id "
            "and m.moment > a.answered_at and m.moment <= a.ends_at) "
            f"select position{names}, count(*) as n, "
            f"count(*) filter (a.customer_id {exists} in (from hit)) as gone "
            f"from first_answer as a where position is not null and ends_at <= ({what.known}) "
            "group by all order by all"
        )
    finally:
        rows.lake.connection.execute("drop table temp.first_answer")
    flags_there = [found[f"f{i}"].astype(np.float64) for i in range(len(flags))]
    size = len(found["n"])
    return Kinds(
        found["position"].astype(np.float64),
        np.array(flags_there).reshape(len(flags), size).T,
        found["n"].astype(np.float64),
        found["gone"].astype(np.float64),
        int(waiting),
    )


def of_kinds(
    question: Question, kinds: Kinds, flags: Sequence[Flag], what: Outcome, days: int
) -> DealBreakers:
    """Decide by a regression with the answer held the same; explain by those satisfied."""
    if kinds.left.sum() < FEWEST_LEAVERS:
        problem = gettext_noop(
            "Customers whose {days} days are over: {people}; of them did so: {left}. "
            "{needed} are needed. Ask for a longer period, or another --within: {not_over} are "
            "still within it."
        )
        raise NotExplained(
            problem,
            people=int(kinds.rows.sum()),
            days=days,
            left=int(kinds.left.sum()),
            needed=FEWEST_LEAVERS,
            not_over=int(kinds.not_over),
        )
    satisfied = kinds.position >= SATISFIED_FROM
    bad_n = kinds.rows[satisfied] @ kinds.flags[satisfied]
    ok_n = kinds.rows[satisfied].sum() - bad_n
    chosen = [i for i in range(len(flags)) if min(bad_n[i], ok_n[i]) >= FEWEST_BAD]
    effect, p = effects(kinds, flags, chosen)
    found = [
        replace(suspect(kinds, flags[i], i, question.level), coefficient=effect[j], p=p[j])
        for j, i in enumerate(chosen)
    ]
    sure = benjamini_hochberg(np.array(p), 1 - question.level)
    found = [
        replace(e, believed=bool(b) and e.coefficient > 0 and e.bad_left >= FEWEST_LEAVERS)
        for e, b in zip(found, sure, strict=True)
    ]
    told_of = DealBreakers(
        question,
        days,
        int(kinds.rows.sum()),
        int(kinds.left.sum()),
        int(kinds.rows[satisfied].sum()),
        int(kinds.left[satisfied].sum()),
        kinds.not_over,
        tuple(sorted(found, key=lambda each: (not each.believed, each.p))),
    )
    return replace(told_of, findings=tuple(findings(told_of, what)))


def effects(
    kinds: Kinds, flags: Sequence[Flag], chosen: Sequence[int]
) -> tuple[list[float], list[float]]:
    """Return what each adds to the log odds of leaving, the answer held the same, and its p-value.

    A value of a dimension is held against the mean of all its values. What is always there where
    others are tells nothing of its own: it has an effect of 0.
    """
    answers = np.unique(kinds.position)
    same = (kinds.position[:, None] == answers[None, 1:]).astype(np.float64)
    columns = np.hstack([np.ones((len(same), 1)), same, kinds.flags[:, chosen]])
    own = independent(columns * np.sqrt(kinds.rows)[:, None])
    fit = firth(columns[:, own], kinds.rows, kinds.left)
    contrast = np.zeros((len(chosen), len(own)))
    for j in range(len(chosen)):
        place = 1 + same.shape[1] + j
        if place in own:
            contrast[j, own.index(place)] = 1
    share = (kinds.rows @ kinds.flags[:, chosen]) / kinds.rows.sum()
    for name in GROUPS_OF:
        of_it = [j for j, i in enumerate(chosen) if flags[i].dimension == name]
        contrast[of_it] -= share[of_it] @ contrast[of_it]
    effect = contrast @ fit.coefficients
    error = np.sqrt(np.einsum("ij,jk,ik->i", contrast, fit.covariance, contrast))
    return effect.tolist(), normal_p(effect, error).tolist()


def independent(columns: FloatArray) -> list[int]:
    """Return the columns that are no sum of those before them.

    They are looked at by their products with each other, of which there are few (Cholesky).
    """
    products = columns.T @ columns
    kept: list[int] = []
    rows = np.zeros_like(products)
    for i, product in enumerate(products):
        rest = product - rows[: len(kept), i] @ rows[: len(kept)]
        if rest[i] > ALIKE * product[i]:
            rows[len(kept)] = rest / np.sqrt(rest[i])
            kept.append(i)
    return kept


def suspect(kinds: Kinds, flag: Flag, i: int, level: float) -> Suspect:
    """Hold those of the satisfied who went through it against the others."""
    satisfied, bad = kinds.position >= SATISFIED_FROM, kinds.flags[:, i] == 1
    bad_n, ok_n = kinds.rows[satisfied & bad].sum(), kinds.rows[satisfied & ~bad].sum()
    bad_left, ok_left = kinds.left[satisfied & bad].sum(), kinds.left[satisfied & ~bad].sum()
    ratio, interval = risk_ratio(bad_left, bad_n, ok_left, ok_n, level)
    usual = ok_left / max(ok_n, 1)
    power = power_of_two_shares(min(2 * usual, 1), usual, max(bad_n, 1), max(ok_n, 1), level)
    return Suspect(
        name=flag.name,
        label=flag.label,
        bad_n=int(bad_n),
        bad_left=int(bad_left),
        ok_n=int(ok_n),
        ok_left=int(ok_left),
        ratio=float(ratio),
        low=float(interval.low),
        high=float(interval.high),
        more=float(bad_left - bad_n * usual),
        power=float(np.nan_to_num(power)),
    )


NONE_FOUND = gettext_noop(
    "Nothing was found after which more of the satisfied customers did so than is usual. Of all "
    "that was looked at, so much would have been seen had it doubled their number: {seen} of {all}."
)


def findings(found: DealBreakers, what: Outcome) -> Iterator[Finding]:
    """Return each deal-breaker; or that there is none, and how much could have been missed."""
    believed = [each for each in found.suspects if each.believed]
    for each in believed:
        yield Finding(
            "deal_breakers.found",
            sentence(
                what.says,
                bad=told.share(each.bad_left / each.bad_n),
                ok=told.share(each.ok_left / max(each.ok_n, 1)),
                days=told.count(found.days),
                factor=each.label,
                ratio=told.number(each.ratio, Unit.EACH),
                low=told.number(each.low, Unit.EACH),
                high=told.number(each.high, Unit.EACH),
                more=told.count(max(each.more, 0)),
            ),
            sure=1 - each.p,
            people=each.bad_n,
            size=min(max(each.more, 0) / each.bad_n, 1.0),
            evidence=each.as_json(),
            opens=found.question,
        )
    if not believed:
        seen = sum(each.power >= MUCH_POWER for each in found.suspects)
        yield Finding(
            "deal_breakers.none",
            sentence(NONE_FOUND, seen=told.count(seen), all=told.count(len(found.suspects))),
            sure=0.0,
            people=found.satisfied,
            size=0.0,
            opens=found.question,
        )
