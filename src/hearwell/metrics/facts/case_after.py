"""One row for each case: what the customer did after it was solved."""

from collections.abc import Mapping

import ibis

from hearwell.metrics.facts.case_fact import CaseFact, with_case
from hearwell.metrics.facts.contact import WHOLE
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
)

AFTER_TOLD = "case_after_told"


class CaseAfter(Record):
    """One row for each case that was not merged into another, with what came after it.

    A customer comes back about a case with a message in it, or with another contact on the same
    topic; and a new case is another case of the customer on the topic.
    """

    table_name = "case_after"

    case_id: Key
    customer_id: Person  # else the only one whom the customer's messages name
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension  # to which it was last moved before it was solved
    agent_id: Dimension  # to whom it was last assigned before it was solved
    opened_at: RequiredInstant
    known_until: Instant  # the last thing that the lake knows of the source
    first_solved_at: Instant
    solved_at: Instant  # for the last time; null while it is open
    bot_messages: Count
    is_bot_only: Flag  # solved, a bot wrote, and no human replied
    next_case_at: Instant  # when a new case was opened, after it was first solved
    previous_solved_at: Instant  # when another was first solved, before it was opened
    next_contact_at: Instant  # after it was solved for the last time
    next_message_at: Instant  # in the case, after it was solved for the last time
    custom: Custom


def after_tellings(steps: Steps) -> None:
    """Plan the tables that lead to `case_after_told`, after those that lead to `contact_told`.

    Of the same customer on the same topic, and later than the solving. A case that was solved
    before it was opened, by clocks that differ, was opened when it was solved.
    """
    case, contact = steps.table("contact_case_line"), steps.table(WHOLE)
    opened_at = ibis.least(case.opened_at, case.first_solved_at)
    solved_at = case.is_resolved.fill_null(False).ifelse(case.last_solved_at, None)
    moment = ibis.union(
        moments(case, opened_at, "opened"),
        moments(case, case.first_solved_at, "first_solved"),
        moments(case, solved_at, "solved"),
        moments(contact, contact.began_at, "contact"),
    )
    moment = steps.add("after_moment", moment.filter(moment["at"].notnull()))
    order = ["at", "is_solving"]
    before = ibis.window(group_by="line", order_by=order, rows=(None, -1))
    later = ibis.window(group_by="line", order_by=order, rows=(1, None))

    def at(kind: str) -> Expr:
        return (moment.kind == kind).ifelse(moment["at"], None)

    moment = steps.add(
        "after_all",
        moment.mutate(
            previous_solved_at=at("first_solved").max().over(before),
            next_case_at=at("opened").min().over(later),
            next_contact_at=at("contact").min().over(later),
        ),
    )

    def told_by(name: str, kind: str) -> Expr:
        return moment[name].max(where=moment.kind == kind)

    told = steps.add(
        "after_told",
        moment.filter(moment.kind != "contact")
        .group_by("matter")
        .aggregate(
            next_case_at=told_by("next_case_at", "first_solved"),
            previous_solved_at=told_by("previous_solved_at", "opened"),
            next_contact_at=told_by("next_contact_at", "solved"),
        ),
    )
    told = named("told", told)
    both = case.inner_join(told, case.matter == told.told_matter)
    names = ("next_case_at", "previous_solved_at", "next_contact_at")
    steps.add(
        AFTER_TOLD,
        both.select(
            "source",
            "case_id",
            "owner",
            "person",
            next_message_at=solved_at.notnull().ifelse(both.next_message_at, None),
            **{name: both[f"told_{name}"] for name in names},
        ),
    )


def moments(rows: Expr, at: Expr, kind: str) -> Expr:
    return rows.select(
        "line",
        "matter",
        at=at,
        kind=ibis.literal(kind),
        is_solving=ibis.literal(kind in {"first_solved", "solved"}),
    )


def cases_after(told: Expr) -> Mapping[str, Expr]:
    """Return the table to make of what is told of cases and of what came after them."""
    rows = with_case(CaseFact.unbound(), told, "after")
    found = {"customer_id": rows.after_person}
    found |= {
        name: rows[f"after_{name}"]
        for name in ("next_case_at", "previous_solved_at", "next_contact_at", "next_message_at")
    }
    return {CaseAfter.table_name: selected(CaseAfter, rows, found)}
