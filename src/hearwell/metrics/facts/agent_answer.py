"""One row for each answer of an agent that may be told, on the day from which it is.

Agents were promised that nobody learns what each of them answered. If their answers counted on the
day on which they were given, two questions whose periods differ by a day would tell one answer, and
so would the same question put before and after it came. So answers are let out together: those of
whole months, as many as it takes for five, once it is over and answers change no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import ibis

from hearwell.metrics.facts.steps import Steps
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Amount,
    Amounts,
    Dimension,
    Flag,
    Key,
    Record,
    RequiredInstant,
    Text,
)

FEWEST_ANSWERS = 5
SETTLED = timedelta(days=3)
"""So long after its day an answer changes no more."""

BATCH = "batch"


class AgentAnswer(Record):
    """One row for each answer of an agent that may be told, on the day from which it is."""

    table_name = "agent_answer"

    survey_id: Key
    instrument: Dimension
    programme: Dimension
    touchpoint: Dimension
    question_version: Dimension
    team: Dimension
    product: Dimension
    topic: Dimension
    channel: Dimension
    language: Dimension
    agent_id: Text  # only so that the answers of one person are told apart, where imports name them
    scale_low: Amount
    scale_high: Amount
    higher_is_better: Flag
    satisfied_set: Amounts
    answer: Amount
    follows: Text
    weight: Amount
    batch: Text  # those that are let out together
    answered_at: RequiredInstant  # the last second of the last month of the batch


class Month(NamedTuple):
    """The answers to one instrument in one of the organisation's months; its ends in UTC."""

    instrument: str
    began_at: datetime
    ended_at: datetime
    answers: int


def batches(months: Iterable[Month], known_until: datetime) -> Iterator[tuple[Month, datetime]]:
    """Give each month that may be told, and when the batch ends to which it belongs.

    Args:
        months: with answers, in order of time.
        known_until: the lake tells of nothing later.

    """
    waiting: dict[str, list[Month]] = {}
    for month in months:
        if month.ended_at + SETTLED > known_until:
            continue
        together = waiting.setdefault(month.instrument, [])
        together.append(month)
        if sum(each.answers for each in together) >= FEWEST_ANSWERS:
            for each in together:
                yield each, month.ended_at
            together.clear()


def agent_answers(survey: Expr, *_known: Expr, batch: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `agent_answer`.

    Args:
        batch: which months of which instrument are told together.

    """
    steps = Steps()
    rows = survey.filter(survey.answer.notnull()).join(
        batch,
        [
            survey.instrument == batch.of_instrument,
            survey.answered_at >= batch.month_began_at,
            survey.answered_at < batch.month_ended_at,
        ],
    )
    rows = rows.mutate(
        batch=rows.batch_ended_at.cast("string"),
        answered_at=rows.batch_ended_at - ibis.interval(seconds=1),
    )
    steps.add(AgentAnswer.table_name, rows.select(*AgentAnswer.columns()))
    return steps.made
