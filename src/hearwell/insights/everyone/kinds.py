"""Those who could have answered, by what is known of them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields

import numpy as np

from hearwell.evidence.counted import Counted, plain
from hearwell.evidence.factor import happenings
from hearwell.lake.tables import identifier
from hearwell.metrics.part import FloatArray
from hearwell.records.judged_text import JudgedText
from hearwell.records.message import Message
from hearwell.stats.logistic import ridge
from hearwell.stats.nonresponse import Estimated

DIMENSIONS = ("programme", "channel", "topic", "product", "team", "language")
MOST_VALUES = 8
FOLDS = 5
"""What is expected of a person is learnt from others: those of the other folds."""

PENALTY = 1.0
"""Of the square of each coefficient: groups of which little is known are drawn to the mean."""

TRIMMED_AT = 0.99
"""No answer counts for more than all but this part of them do."""

TABLE = "everyone_row"

TONE = """
with said as materialized (
    select m.source, m.case_id, m.sent_at, j.chance from message as m
    join judged_text as j on j.kind = 'message' and j.source = m.source
        and j.text_id = m.message_id and j.text_received_at = m.received_at
    where j.chance is not null and m.case_id is not null
)
select r.source, r.survey_id, arg_max(s.chance, s.sent_at) as chance
from {table} as r
join said as s on s.source = r.source and s.case_id = r.case_id and s.sent_at <= r.{moment}
group by all
"""
"""How likely they were satisfied by what they wrote last in their case. It is judged by what others
scored, so that it tells nothing of their own answer that they had not written.

What was said is found first: else DuckDB, which takes a table of its own transaction for empty,
may put every answer beside every text of its source.
"""

TONE_OF = "case when chance < 1 / 3 then 'bad' when chance > 2 / 3 then 'good' else 'usual' end"


@dataclass(frozen=True)
class Kinds:
    """People who are alike in all that is known of them, by kind and fold.

    Attributes:
        number: of the kind; fold: that of the people.
        columns: what is known of each kind, the first a column of ones.
        people: who could have answered.
        n, total, squares: answers, 0 to 1.
        again, again_total, again_squares: of those who were asked again, answers then.
        wrote: of whom it is judged what they wrote before.

    """

    number: FloatArray
    fold: FloatArray
    columns: FloatArray
    people: FloatArray
    n: FloatArray
    total: FloatArray
    squares: FloatArray
    again: FloatArray
    again_total: FloatArray
    again_squares: FloatArray
    wrote: FloatArray


@contextmanager
def kinds_of(rows: Counted, table: str, ends: tuple[float, float], moment: str) -> Iterator[Kinds]:
    """Make the table of people by kind, and count them.

    Args:
        moment: the column of the instant up to which things are known.
        ends: the worst and the best value, which become 0 and 1.

    """
    low, high = ends
    categories = [f"{identifier(plain(name))}::varchar" for name in DIMENSIONS]
    categories += [
        f"case when ({each.columns[0]}) is null then null when {each.bad} then 'bad' "
        f"when {each.good} then 'good' else 'usual' end"
        for each in happenings(rows, table)
    ]
    categories.append(f"if(t.survey_id is null, null, {TONE_OF})")
    listed = ", ".join(f"{each} as k{i}" for i, each in enumerate(categories))
    names = ", ".join(f"k{i}" for i in range(len(categories)))
    value = f"((over / under) - {low}) / {high - low}"
    for record in (Message, JudgedText):
        rows.lake.use(record)
    rows.lake.connection.execute(
        f"create or replace temp table {TABLE} as with "
        f"tone as ({TONE.format(table=table, moment=moment)}), again as ("
        f"select source, follows, any_value({value}) as y from {table} "
        "where follows is not null and over is not null group by all"
        f"), every as (select r.bucket, r.bucket % {FOLDS} as fold, "
        f"(r.over / r.under - {low}) / {high - low} as y, a.y as again, "
        f"t.survey_id is not null as wrote, {listed} "
        f"from {table} as r left join again as a on a.source = r.source "
        "and a.follows = r.survey_id left join tone as t on t.source = r.source "
        "and t.survey_id = r.survey_id where r.follows is null) "
        f"select *, dense_rank() over (order by {names}) - 1 as kind from every"
    )
    try:
        found = rows.sql(
            f"select kind, fold, {names}, count(*) as people, count(y) as n, "
            "coalesce(sum(y), 0) as total, coalesce(sum(y * y), 0) as squares, "
            "count(again) filter (y is null) as again, "
            "coalesce(sum(again) filter (y is null), 0) as again_total, "
            "coalesce(sum(again * again) filter (y is null), 0) as again_squares, "
            "count(*) filter (wrote) as wrote "
            f"from {TABLE} group by all order by kind, fold"
        )
        people = found["people"].astype(np.float64)
        columns = [np.ones((len(people), 1))]
        columns += [dummies(found[f"k{i}"], people) for i in range(len(categories))]
        sums = [each.name for each in fields(Kinds)[3:]]
        yield Kinds(
            found["kind"].astype(np.float64),
            found["fold"].astype(np.float64),
            np.hstack(columns),
            *(found[name].astype(np.float64) for name in sums),
        )
    finally:
        rows.lake.connection.execute(f"drop table temp.{TABLE}")


def dummies(words: Sequence[str | None], people: FloatArray) -> FloatArray:
    """Return a column for each of the most frequent values; not known is a value, too."""
    values, place = np.unique(np.array([str(word) for word in words]), return_inverse=True)
    count = np.bincount(place, weights=people)
    chosen = np.argsort(-count, kind="stable")[:MOST_VALUES]
    if len(values) == 1:
        return np.empty((len(people), 0))
    found: FloatArray = (place[:, None] == chosen[None, :]).astype(np.float64)
    return found


@dataclass(frozen=True)
class Expected:
    """What is expected of each kind: the answer, and the chance that it is given."""

    answer: FloatArray
    chance: FloatArray


def expected(kinds: Kinds) -> Expected:
    """Learn from the other folds what a kind would answer, and how likely."""
    answer, chance = np.zeros(len(kinds.n)), np.zeros(len(kinds.n))
    penalty = np.full(kinds.columns.shape[1], PENALTY)
    penalty[0] = 0
    for fold in range(FOLDS):
        own, others = kinds.fold == fold, kinds.fold != fold
        said = others & (kinds.n > 0)
        columns = kinds.columns
        answers = ridge(columns[said], kinds.n[said], kinds.total[said], penalty)
        answering = ridge(columns[others], kinds.people[others], kinds.n[others], penalty)
        answer[own] = answers.predicted(columns[own])
        chance[own] = answering.predicted(columns[own])
    return Expected(answer, np.maximum(chance, trimmed(chance, kinds.n)))


def trimmed(chance: FloatArray, n: FloatArray) -> float:
    """Return the chance below which none is taken to be, so that no answer outweighs the rest."""
    order = np.argsort(-chance)
    reached = np.cumsum(n[order]) / n.sum()
    place = min(int(np.searchsorted(reached, TRIMMED_AT)), len(order) - 1)
    return float(chance[order[place]])


def adjusted(rows: Counted, kinds: Kinds, found: Expected) -> Estimated:
    """Return the mean of all by the doubly robust score, its error by groups of people (AIPW).

    The scores are added up by the engine, so that the rows of one person stay together.
    """
    rows.lake.connection.register(
        "everyone_kind",
        {
            "kind": kinds.number.astype(np.int64),
            "fold": kinds.fold.astype(np.int64),
            "f": found.answer,
            "e": found.chance,
        },
    )
    sums = rows.sql(
        "select sum(f + coalesce((y - f) / e, 0)) as score, count(*) as people "
        f"from {TABLE} join everyone_kind using (kind, fold) group by bucket order by bucket"
    )
    rows.lake.connection.unregister("everyone_kind")
    score, people = sums["score"].astype(np.float64), sums["people"].astype(np.float64)
    mean, groups = score.sum() / people.sum(), len(score)
    spread = ((score - mean * people) ** 2).sum() * groups / max(groups - 1, 1)
    return Estimated(float(mean), float(np.sqrt(spread) / people.sum()))
