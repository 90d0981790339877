"""One row for each text in which a customer tells what they think, and how it was judged."""

from collections.abc import Mapping
from typing import Annotated, Any

import ibis

from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import Expr
from hearwell.metrics.scale import DISSATISFIED_TO, SATISFIED_FROM, normalised, runs, satisfied
from hearwell.records.record import (
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    Share,
    Text,
    category,
)
from hearwell.records.survey import ANONYMOUS

LETTER = r"\p{L}"


class Opinion(Record):
    """One row for each text in which a customer tells what they think.

    They are the comments of surveys and the messages that customers wrote. What agents say in
    surveys of their own is never among them.
    """

    table_name = "opinion"

    kind: Annotated[Any, category("comment", "message", is_key=True)]
    text_id: Key  # of the survey or message
    written_at: Instant
    customer_id: Person
    agent_id: Dimension  # of a comment as the survey says, of a message that of its case
    team: Dimension
    channel: Dimension
    topic: Dimension
    product: Dimension
    instrument: Dimension  # of the survey
    language: Dimension  # as the source says, else as it was found
    case_id: Text
    is_high: Flag  # the score that came with it; null in between, and where there is none
    is_judged: Flag  # since it was last changed
    chance: Share  # that the writer is satisfied; null where the language is not judged
    is_shown: Flag  # are texts of this kind judged well enough to be counted?


def opinions(survey: Expr, message: Expr, case: Expr, judged: Expr) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `opinion`."""
    steps = Steps()
    told = steps.add("opinion_told", ibis.union(comments(survey), messages(message, case)))
    known = named("judged", judged)
    rows = told.left_join(
        known,
        [
            told.kind == known.judged_kind,
            told.source == known.judged_source,
            told.text_id == known.judged_text_id,
            told.received_at == known.judged_text_received_at,
        ],
    )
    rows = rows.mutate(
        language=rows.language.coalesce(rows.judged_language),
        is_judged=rows.judged_text_id.notnull(),
        chance=rows.judged_chance,
        is_shown=rows.judged_is_shown,
    )
    steps.add(Opinion.table_name, rows.select(*Opinion.columns()))
    return steps.made


OF_COMMENTS = ("source", "received_at", "customer_id", "case_id", "agent_id", "team", "topic")
OF_MESSAGES = ("source", "received_at", "customer_id", "case_id", "channel")
OF_CASES = ("agent_id", "team", "topic", "product")


def comments(survey: Expr) -> Expr:
    """Return what customers wrote in surveys."""
    told = survey.filter(
        survey.comment.re_search(LETTER), survey.instrument.notin(ANONYMOUS).fill_null(True)
    )
    return told.select(
        *OF_COMMENTS,
        "product",
        "channel",
        "instrument",
        kind=ibis.literal("comment"),
        text_id=told.survey_id,
        written_at=told.answered_at,
        language=told.language,
        is_high=is_high(told),
    ).select(*TOLD)


def messages(message: Expr, case: Expr) -> Expr:
    """Return what customers wrote in cases and chats."""
    told = message.filter(
        message.text.re_search(LETTER),
        message.author_kind == "customer",
        message.is_public.fill_null(True),
        (message.kind == "text").fill_null(True),
    )
    of = named("of", case.select("source", "case_id", "language", *OF_CASES))
    both = told.left_join(of, [told.source == of.of_source, told.case_id == of.of_case_id])
    return both.select(
        *OF_MESSAGES,
        **{name: both[f"of_{name}"] for name in OF_CASES},
        instrument=ibis.null("string"),
        kind=ibis.literal("message"),
        text_id=both.message_id,
        written_at=both.sent_at,
        language=both.language.coalesce(both.of_language),
        is_high=ibis.null("boolean"),
    ).select(*TOLD)


TOLD = tuple(name for name in Opinion.columns() if name not in {"is_judged", "chance", "is_shown"})


def scores(survey: Expr) -> Expr:
    """Return the high and low scores that customers gave after a case, with or without comment."""
    given = survey.filter(survey.case_id.notnull(), survey.instrument.notin(ANONYMOUS))
    told = given.select("source", "case_id", "answered_at", is_high=is_high(given))
    return told.filter(told.is_high.cast("int8").notnull())


def is_high(survey: Expr) -> Expr:
    """Is the score that came with a comment high? Null in between, and where there is none.

    Of recommendations 9 and 10 are high and up to 6 low; else what counts as satisfied, and the
    lowest quarter of the scale.
    """
    recommends = (survey.instrument == "nps").fill_null(False)
    ten, position = runs(survey, 0, 10), normalised(survey)
    high = recommends.ifelse(ten & (survey.answer >= 9), satisfied(survey, SATISFIED_FROM))
    low = recommends.ifelse(ten & (survey.answer <= 6), position <= DISSATISFIED_TO)
    return ibis.cases((high.fill_null(False), True), (low.fill_null(False), False), else_=None)
