"""One row for each agent who had a case while it was worked on."""

import ibis.expr.types as ir

from hearwell.metrics.facts.steps import named, selected
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Custom,
    Dimension,
    Instant,
    Key,
    KeyDimension,
    Person,
    Record,
    RequiredInstant,
    Seconds,
)


class CaseHandling(Record):
    """One row for each solved case and agent who had it while it was new or open.

    A solved case of which it is not told who had it then has one row without an agent.
    """

    table_name = "case_handling"

    case_id: Key
    agent_id: KeyDimension
    customer_id: Person
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension  # to which it was last moved before it was solved
    opened_at: RequiredInstant
    solved_at: Instant  # for the last time
    handle_seconds: Seconds  # new or open and assigned to the agent, up to solved_at
    handle_business_seconds: Seconds  # the same within opening hours; null without any
    custom: Custom


def case_handlings(told: Expr, case: Expr) -> ir.Table:
    """Return the facts, of what is kept of each case and agent and the facts of the cases."""
    solved = case.filter(case.solved_at.notnull())
    of_agent = named("had", told)
    rows = solved.left_join(
        of_agent,
        [solved.source == of_agent.had_source, solved.case_id == of_agent.had_case_id],
    )
    had = {
        name: rows[f"had_{name}"]
        for name in ("agent_id", "handle_seconds", "handle_business_seconds")
    }
    return selected(CaseHandling, rows, had)
