"""One row for each promise to a customer, and whether it was kept."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

import ibis

from hearwell.clock.business import with_business_seconds
from hearwell.metrics.facts.case_told import Hours
from hearwell.metrics.facts.steps import Steps
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Custom,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
    Seconds,
    category,
)
from hearwell.settings import ServiceLevelTarget

TARGETS = ("first_response", "next_response", "resolution")


class Deadline(Record):
    """One row for each thing that a target may be set for: a reply to a customer, or a solution.

    The durations are told by the clock of the target.
    """

    table_name = "deadline"

    case_id: Key
    target: Annotated[Any, category(*TARGETS, is_key=True)]
    began_at: Instant  # null where the customer has not written, or that is not known
    opened_at: RequiredInstant  # the case
    met_at: Instant  # replied, or solved for the last time
    is_told: Flag  # has the lake messages, or a history, of the source?
    promise: Dimension  # the target in words; null where none is set
    by_business: Flag  # is it counted in opening hours?
    within_seconds: Seconds  # what is promised; null where no target is set
    took_seconds: Seconds  # from began_at to met_at
    known_until: Instant  # the last thing that the lake knows of the source
    passed_seconds: Seconds  # from began_at to that
    customer_id: Person
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    opened_by_kind: Dimension
    team: Dimension  # which had the case when the reply came, or when it was solved
    agent_id: Dimension  # who replied, or had the case when it was solved
    custom: Custom


def deadlines(
    case: Expr, wait: Expr, targets: Iterable[ServiceLevelTarget], hours: Hours | None
) -> Mapping[str, Expr]:
    """Return the tables to make of the facts of cases and of waits; the last is `deadline`."""
    steps = Steps()
    due = ibis.union(replies(wait), unwritten(case), solutions(case))
    due = due.mutate(**applied(due, targets))
    due = steps.add("deadline_due", due)
    calendar = {name: due[end].delta(due.began_at, unit="microsecond") / 1e6 for name, end in ENDS}
    if hours is None:
        told = due.mutate(**calendar)
    else:
        spans = {f"business_{name}": (due.began_at, due[end]) for name, end in ENDS}
        told = due.mutate(**calendar, schedule=hours.schedule_of(due).cast("string"))
        told = with_business_seconds(told, hours.days, told.schedule, spans)
        told = told.mutate(
            **{
                name: told.by_business.ifelse(told[f"business_{name}"], told[name])
                for name, _ in ENDS
            }
        )
    steps.add(Deadline.table_name, told.select(*Deadline.columns()))
    return steps.made


ENDS = (("took_seconds", "met_at"), ("passed_seconds", "known_until"))
OF_CASE = (
    "source",
    "received_at",
    "case_id",
    "opened_at",
    "known_until",
    "customer_id",
    "channel",
    "topic",
    "product",
    "priority",
    "language",
    "opened_by_kind",
    "team",
    "agent_id",
    "custom",
)


def replies(wait: Expr) -> Expr:
    return wait.select(
        *OF_CASE,
        target=wait.is_first.ifelse("first_response", "next_response"),
        began_at=wait.waiting_since,
        met_at=wait.replied_at,
        is_told=ibis.literal(True),
    )


def unwritten(case: Expr) -> Expr:
    """Return the cases to which no first response is due, as far as is known."""
    silent = case.filter(case.first_contact_at.isnull())
    return silent.select(
        *OF_CASE,
        target=ibis.literal("first_response"),
        began_at=ibis.null("timestamp"),
        met_at=ibis.null("timestamp"),
        is_told=silent.human_replies.notnull(),
    )


def solutions(case: Expr) -> Expr:
    is_told = case.reopens.notnull()
    return case.select(
        *OF_CASE,
        target=ibis.literal("resolution"),
        began_at=is_told.ifelse(case.opened_at, None),
        met_at=case.solved_at,
        is_told=is_told,
    )


OWN = "custom."


def may_apply(name: str) -> bool:
    """Can a target be set for the values of this dimension? One's own are called custom.site."""
    return name in Deadline.dimensions() or name.startswith(OWN)


def dimension(due: Expr, name: str) -> Expr:
    return due.custom.get(name.removeprefix(OWN)) if name.startswith(OWN) else due[name]


def applied(due: Expr, targets: Iterable[ServiceLevelTarget]) -> dict[str, Expr]:
    """Return what the first target that applies to each row promises, and by which clock."""
    within, by_business, words = [], [], []
    for target in targets:
        applies = due.target == target.metric
        for name, values in target.applies_to.items():
            applies = applies & dimension(due, name).isin(values)
        within.append((applies, ibis.literal(target.within_seconds, "float64")))
        by_business.append((applies, ibis.literal(target.clock == "business")))
        words.append((applies, ibis.literal(target.words)))
    if not within:
        return {
            "promise": ibis.null("string"),
            "by_business": ibis.literal(False),
            "within_seconds": ibis.null("float64"),
        }
    return {
        "promise": ibis.cases(*words, else_=None),
        "by_business": ibis.cases(*by_business, else_=False),
        "within_seconds": ibis.cases(*within, else_=None),
    }
