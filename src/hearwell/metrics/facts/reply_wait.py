"""One row for each time that a customer waited for a reply."""

import ibis.expr.types as ir

from hearwell.metrics.facts.steps import named, selected
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Custom,
    Dimension,
    Flag,
    Instant,
    Key,
    KeyInstant,
    Person,
    Record,
    RequiredInstant,
)

OF_CASE = (
    "received_at",
    "customer_id",
    "topic",
    "product",
    "priority",
    "language",
    "opened_at",
    "opened_by_kind",
    "known_until",
    "custom",
)


class ReplyWait(Record):
    """One row for each message that a customer wrote when nobody owed them a reply.

    What they write until the reply comes does not begin another wait. A case that a customer
    opened, and in which they never wrote, has a wait from its opening. Cases of sources without
    messages have none.
    """

    table_name = "reply_wait"

    case_id: Key
    waiting_since: KeyInstant
    replied_at: Instant  # the next public message of a human; null while there is none
    is_first: Flag  # it ended with the first response, or will
    customer_id: Person
    channel: Dimension  # of the message, else of the case
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    opened_at: RequiredInstant  # the case
    opened_by_kind: Dimension
    team: Dimension  # which had the case when the reply came
    agent_id: Dimension  # who replied
    known_until: Instant  # the last thing that the lake knows of the source
    custom: Custom


def reply_waits(told: Expr, case: Expr) -> ir.Table:
    """Return the facts, of the waits that are kept for each case and the facts of the cases."""
    of_case = named("case", case)
    rows = told.inner_join(
        of_case, [told.source == of_case.case_source, told.case_id == of_case.case_case_id]
    )
    rows = rows.filter(rows.case_human_replies.notnull())
    found = {name: rows[f"case_{name}"] for name in OF_CASE} | {
        "channel": rows.channel.coalesce(rows.case_channel),
        "agent_id": rows.replied_by,
    }
    return selected(ReplyWait, rows, found)
