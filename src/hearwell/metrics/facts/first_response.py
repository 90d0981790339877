"""One row for each case: how it was replied to first, and by whom."""

import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import with_known
from hearwell.metrics.facts.steps import selected
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Count,
    Custom,
    Dimension,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
)


class FirstResponse(Record):
    """One row for each case that was not merged into another, credited to whoever replied first.

    That is often not who had it when it was solved: see `case_fact`.
    """

    table_name = "first_response"

    case_id: Key
    customer_id: Person
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension  # which had the case when the reply came, or has it while there is none
    agent_id: Dimension  # who replied first
    opened_at: RequiredInstant
    opened_by_kind: Dimension
    first_contact_at: Instant  # as in case_fact
    first_reply_at: Instant
    first_bot_reply_at: Instant
    human_replies: Count
    custom: Custom


def first_responses(told: Expr, known: Expr) -> ir.Table:
    """Return the facts, of what is told of each case and known of each source."""
    rows = with_known(told, known)
    team = rows.has_reply_team.fill_null(False).ifelse(rows.reply_team, rows.team)
    return selected(FirstResponse, rows, {"team": team, "agent_id": rows.first_reply_by})
