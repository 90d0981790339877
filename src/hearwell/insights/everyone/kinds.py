"""Those who could have answered, by what is known of them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hearwell.evidence.counted import Counted, plain
from hearwell.evidence.factor import happenings
from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.metrics.part import FloatArray
from hearwell.records.judged_text import JudgedText
from hearwell.records.message import Message
from hearwell.stats.design import Coded
from hearwell.stats.logistic import expected as of_log_odds
from hearwell.stats.logistic import ridge
from hearwell.stats.nonresponse import Estimated
from hearwell.stats.resampling import GROUPS

IntArray = NDArray[np.int64]

DIMENSIONS = ("programme", "channel", "topic", "product", "team", "language")
MOST_VALUES = 8
DIGITS = MOST_VALUES + 1
FOLDS = 5
"""What is expected of a person is learnt from others: those of the other folds."""

PENALTY = 1.0
"""Of the square of each coefficient: groups of which little is known are drawn to the mean."""

TRIMMED_AT = 0.99
"""No answer counts for more than all but this part of them do."""

MOST_KINDS = 100_000
"""Of more kinds of people, those of people drawn at random are learnt from: a million would take
ten times as long, and tell nothing more."""

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
join said as s on s.source = r.source and s.case_id = r.case_id and s.sent_at <= {moment}
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
        number: of the kind, which has a digit for each thing that is known (to the base DIGITS):
            the place of its value among the most frequent, 0 for all others.
        values: how many values of each thing have a place.
        fold: that of the people.
        people: who could have answered.
        n, total, squares: answers, 0 to 1.
        again, again_total, again_squares: of those who were asked again, answers then.
        wrote: of whom it is judged what they wrote before.
        learnt_people, learnt_n, learnt_total: of those who are learnt from.

    """

    number: IntArray
    values: tuple[int, ...]
    fold: FloatArray
    people: FloatArray
    n: FloatArray
    total: FloatArray
    squares: FloatArray
    again: FloatArray
    again_total: FloatArray
    again_squares: FloatArray
    wrote: FloatArray
    learnt_people: FloatArray
    learnt_n: FloatArray
    learnt_total: FloatArray

    @cached_property
    def each_once(self) -> tuple[IntArray, IntArray]:
        """Return the numbers of kinds in all folds, and the place of each kind among them."""
        number, place = np.unique(self.number, return_inverse=True)
        return number, place

    @property
    def design(self) -> Coded:
        """What is known of each kind: ones, and a column for each value that has a place.

        A code is two digits of a kind's number: the fewer codes, the fewer pairs of them.
        """
        number, _ = self.each_once
        codes, cells = [np.zeros_like(number)], [np.ones((1, 1))]
        digits = np.divmod(np.arange(DIGITS**2), DIGITS)[::-1]
        for i in range(0, len(self.values), 2):
            number, code = np.divmod(number, DIGITS**2)
            codes.append(code)
            pair = zip(digits, self.values[i : i + 2], strict=False)  # the last may be alone
            cells.append(np.hstack([np.eye(DIGITS)[d, 1 : size + 1] for d, size in pair]))
        return Coded(codes, cells)


@contextmanager
def kinds_of(rows: Counted, table: str, ends: tuple[float, float], moment: str) -> Iterator[Kinds]:
    """Count people by kind.

    Args:
        moment: SQL of the instant up to which things are known, of the columns of `r`.
        ends: the worst and the best value, which become 0 and 1.

    """
    low, high = ends
    known = [f"{identifier(plain(name))}::varchar" for name in DIMENSIONS]
    known += [
        f"case when ({each.columns[0]}) is null then null when {each.bad} then 'bad' "
        f"when {each.good} then 'good' else 'usual' end"
        for each in happenings(rows, table)
    ]
    known.append(f"if(t.survey_id is null, null, {TONE_OF})")
    listed = ", ".join(f"coalesce({each}, '') as k{i}" for i, each in enumerate(known))
    value = f"((over / under) - {low}) / {high - low}"
    for record in (Message, JudgedText):
        rows.lake.use(record)
    rows.lake.connection.execute(
        f"create or replace temp table {TABLE} as with "
        f"tone as ({TONE.format(table=table, moment=moment)}), again as ("
        f"select source, follows, any_value({value}) as y from {table} "
        "where follows is not null and over is not null group by all"
        f") select r.bucket, r.bucket % {FOLDS} as fold, "
        f"(r.over / r.under - {low}) / {high - low} as y, a.y as again, "
        f"t.survey_id is not null as wrote, {listed} "
        f"from {table} as r left join again as a on a.source = r.source "
        "and a.follows = r.survey_id left join tone as t on t.source = r.source "
        "and t.survey_id = r.survey_id where r.follows is null"
    )
    try:
        frequent = [most_frequent(rows, f"k{i}") for i in range(len(known))]
        digits = {f"k{i}": each for i, each in enumerate(frequent) if len(each) > 1}
        add_kind(rows, digits)
        each_once = f"select distinct kind, fold from {TABLE}"
        (count,) = rows.sql(f"select count(*) as n from ({each_once})")["n"]
        learnt = f"bucket < {max(int(GROUPS * min(MOST_KINDS / count, 1)), FOLDS)}"
        found = rows.sql(
            "select kind as number, fold, count(*) as people, count(y) as n, "
            "coalesce(sum(y), 0) as total, coalesce(sum(y * y), 0) as squares, "
            "count(again) filter (y is null) as again, "
            "coalesce(sum(again) filter (y is null), 0) as again_total, "
            "coalesce(sum(again * again) filter (y is null), 0) as again_squares, "
            "count(*) filter (wrote) as wrote, "
            f"count(*) filter ({learnt}) as learnt_people, "
            f"count(y) filter ({learnt}) as learnt_n, "
            f"coalesce(sum(y) filter ({learnt}), 0) as learnt_total "
            f"from {TABLE} group by kind, fold order by kind, fold"
        )
        numbers = found.pop("number").astype(np.int64)
        values = tuple(len(each) for each in digits.values())
        sums = {name: each.astype(np.float64) for name, each in found.items()}
        yield Kinds(numbers, values, **sums)
    finally:
        rows.lake.connection.execute(f"drop table temp.{TABLE}")


def most_frequent(rows: Counted, column: str) -> list[str]:
    """Return the most frequent values; not known is a value, too."""
    found = rows.sql(
        f"select {column} as v from {TABLE} group by 1 order by count(*) desc, 1 "
        f"limit {MOST_VALUES}"
    )
    return [str(value) for value in found["v"]]


def add_kind(rows: Counted, digits: Mapping[str, Sequence[str]]) -> None:
    """Number the kinds: 19 things fit into a whole number of 64 bits."""
    places = [
        f"coalesce(list_position([{', '.join(map(quoted, values))}], {column}), 0)"
        f" * {DIGITS**i}::bigint"
        for i, (column, values) in enumerate(digits.items())
    ]
    rows.lake.connection.execute(
        f"create or replace temp table {TABLE} as select bucket, fold, y, again, wrote, "
        f"{' + '.join(['0', *places])} as kind from {TABLE}"
    )


@dataclass(frozen=True)
class Expected:
    """What is expected of each kind: the answer, and the chance that it is given."""

    answer: FloatArray
    chance: FloatArray


def expected(kinds: Kinds) -> Expected:
    """Learn from the other folds what a kind would answer, and how likely."""
    answer, chance = np.zeros(len(kinds.n)), np.zeros(len(kinds.n))
    design, (each, place) = kinds.design, kinds.each_once
    penalty = np.full(design.width, PENALTY)
    penalty[0] = 0
    by_answer, by_chance = np.zeros(design.width), np.zeros(design.width)
    for fold in range(FOLDS):
        own = kinds.fold == fold
        people, n, total = (
            np.bincount(place[~own], learnt[~own], len(each)).astype(np.float64)
            for learnt in (kinds.learnt_people, kinds.learnt_n, kinds.learnt_total)
        )
        by_answer = ridge(design, n, total, penalty, by_answer).coefficients
        by_chance = ridge(design, people, n, penalty, by_chance).coefficients
        answer[own] = of_log_odds(design.times(by_answer))[place[own]]
        chance[own] = of_log_odds(design.times(by_chance))[place[own]]
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
            "kind": kinds.number,
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
