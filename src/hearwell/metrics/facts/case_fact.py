"""One row for each case: what its messages and events say happened to it."""

from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.steps import Steps, named, selected
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Count,
    Custom,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
    Seconds,
)

CASE = ("source", "case_id")


class CaseFact(Record):
    """One row for each case that was not merged into another, with what happened to it.

    What messages tell is null where the lake has no messages of the case's source, and what
    events tell where it has no events of that source.
    """

    table_name = "case_fact"

    case_id: Key
    customer_id: Person
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension  # to which it was last moved before it was solved
    agent_id: Dimension  # to whom it was last assigned before it was solved
    opened_at: RequiredInstant
    opened_by_kind: Dimension
    known_until: Instant  # the last thing that the lake knows of the source
    first_contact_at: Instant  # the customer's first message, else the opening by the customer
    first_reply_at: Instant  # the first public reply of a human from then on
    first_bot_reply_at: Instant
    customer_messages: Count
    human_replies: Count  # public ones
    bot_messages: Count
    agents: Count  # different humans who replied
    first_solution_offered_at: Instant
    solutions_offered: Count  # up to the last solving
    first_solved_at: Instant  # solved, or closed where that was never said
    solved_at: Instant  # for the last time; null while it is open
    reopens: Count
    moves: Count  # to another team
    escalations: Count
    requester_wait_seconds: Seconds  # new, open or on hold, up to solved_at
    requester_wait_business_seconds: Seconds  # the same within opening hours; null without any
    agent_wait_seconds: Seconds  # pending: the customer was asked for something
    agent_wait_business_seconds: Seconds
    agent_work_seconds: Seconds  # new or open
    agent_work_business_seconds: Seconds
    on_hold_seconds: Seconds  # somebody else was waited for
    on_hold_business_seconds: Seconds
    is_bot_only: Flag  # solved, a bot wrote, and no human replied
    custom: Custom


KNOWN = "case_known"
"""The table of what is known of each source: until when, and whether it has messages and events."""


def case_facts(told: Expr, case: Expr, message: Expr, case_event: Expr) -> Mapping[str, Expr]:
    """Return the tables to make of what is told of each case; the last is `case_fact`."""
    steps = Steps()
    known = steps.add(KNOWN, latest(case, message, case_event))
    steps.add(CaseFact.table_name, selected(CaseFact, with_known(told, known), {}))
    return steps.made


def latest(case: Expr, message: Expr, event: Expr) -> Expr:
    """Return for each source the last instant known, and whether it has messages and events."""

    def each(table: Expr, instant: Expr, kind: str) -> Expr:
        return (
            table.group_by("source").aggregate(until=instant.max()).mutate(kind=ibis.literal(kind))
        )

    every = ibis.union(
        each(case, case.opened_at, "case"),
        each(message, message.sent_at, "message"),
        each(event, event["at"], "event"),
    )
    return every.group_by("source").aggregate(
        until=every.until.max(),
        has_messages=(every.kind == "message").any(),
        has_events=(every.kind == "event").any(),
    )


def with_known(told: Expr, known: Expr) -> ir.Table:
    """Tell what did not happen from what the lake cannot know."""
    known = named("known", known)
    rows = told.left_join(known, told.source == known.known_source)
    has_messages, has_events = rows.known_has_messages, rows.known_has_events

    def counted(names: Iterable[str], has: Expr) -> dict[str, Expr]:
        """Nothing was counted where there could have been something; else it is not known."""
        return {name: has.ifelse(rows[name].fill_null(0), None).cast("int64") for name in names}

    contact = rows.first_written_at.coalesce(rows.by_customer_at)
    written = counted(
        ("customer_messages", "human_replies", "bot_messages", "agents"), has_messages
    )
    is_solved = rows.is_resolved
    found = {
        **had_by(rows),
        "known_until": rows.known_until,
        "first_contact_at": has_messages.ifelse(contact, None),
        **written,
        **counted(("solutions_offered", "moves", "escalations", "reopens"), has_events),
        "solved_at": is_solved.ifelse(rows.last_solved_at, None),
        "is_bot_only": is_solved & (written["human_replies"] == 0) & (written["bot_messages"] > 0),
    }
    return rows.mutate(**found)


def had_by(rows: Expr, prefix: str = "") -> dict[str, Expr]:
    """Return which team and agent had a case when it was solved: those it has if none is told."""
    return {
        "team": rows[f"{prefix}was_moved"]
        .fill_null(False)
        .ifelse(rows[f"{prefix}last_team"], rows.team),
        "agent_id": rows[f"{prefix}was_assigned"]
        .fill_null(False)
        .ifelse(rows[f"{prefix}last_agent"], rows.agent_id),
    }


def with_case(left: Expr, right: Expr, prefix: str, how: str = "left") -> ir.Table:
    """Join what is known of the same case; the names of the right side get a prefix."""
    other = named(prefix, right)
    return left.join(
        other,
        [
            left.source == other[f"{prefix}_source"],
            left.case_id == other[f"{prefix}_case_id"],
        ],
        how=how,
    )
