"""One row for each invitation to answer, with its answer if there is one."""

from typing import Annotated, Any

from hearwell.records.record import (
    Amount,
    Amounts,
    Custom,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Ratings,
    Record,
    Share,
    Text,
    category,
)

INSTRUMENTS = ("csat", "nps", "ces", "esat", "enps", "custom")
ANONYMOUS = ("esat", "enps")
"""Asked of agents, who were promised that nobody learns what each of them answered."""
STATUSES = (
    "held_out",
    "throttled",
    "suppressed",
    "sent",
    "bounced",
    "started",
    "answered",
    "expired",
    "opted_out",
)


class Survey(Record):
    """One row for each invitation, made when someone became eligible, with its answer if any."""

    table_name = "survey"

    survey_id: Key
    instrument: Annotated[Any, category(*INSTRUMENTS)]
    programme: Dimension
    touchpoint: Dimension  # after purchase, after support, in product and so on
    status: Annotated[Any, category(*STATUSES)]
    status_reason: Dimension
    selection_probability: Share
    question_version: Dimension
    scale_low: Amount  # the lowest answer of the scale
    scale_high: Amount
    higher_is_better: Flag
    satisfied_set: Amounts  # answers that count as satisfied; null = the usual ones of the scale
    case_id: Text
    call_id: Text
    order_id: Text
    customer_id: Person
    agent_id: Dimension  # as it was when the case was solved
    team: Dimension  # as it was when the case was solved
    product: Dimension
    topic: Dimension
    channel: Dimension
    language: Dimension
    eligible_at: Instant  # when the person became one who could be asked
    sent_at: Instant
    opened_at: Instant
    answered_at: Instant
    answer: Amount
    items: Ratings  # answers to further questions of the same kind and scale, by what they ask
    said: Custom  # answers in words to further questions, by what they ask; each choice on a line
    follows: Text  # the survey that was not answered, of whom this one was drawn to ask again
    comment: Text
    weight: Amount  # how many of the population this answer stands for
