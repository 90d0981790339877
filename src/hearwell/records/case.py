"""One row for each matter that a customer raised."""

from typing import Annotated, Any

from hearwell.records.record import (
    Custom,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
    Text,
    category,
)


class Case(Record):
    """One row for each matter that a customer raised: a ticket, conversation or thread."""

    table_name = "case"

    case_id: Key
    customer_id: Person
    channel: Dimension
    subject: Text
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension
    agent_id: Dimension
    opened_at: RequiredInstant
    opened_by_kind: Annotated[Any, category("customer", "agent", "bot", "automation")]
    merged_into: Text
    reported_solved_at: Instant  # as the source's summary says; what happened is in case_event
    reported_closed_at: Instant  # as the source's summary says
    reported_sla_met: Flag  # as the source's summary says
    custom: Custom  # dimensions of the organisation's own, by name
