"""What the events of each case tell: when it was solved, who had it, and what was done for it."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import CASE
from hearwell.metrics.facts.steps import Steps, by_number, named
from hearwell.metrics.part import Expr
from hearwell.records.case_event import STATUSES

RESOLVED = ("solved", "closed")
WAITING = tuple(status for status in STATUSES if status not in RESOLVED)

IN_ORDER = ("at", "event_id")
FOLLOWED = ("status_changed", "assigned", "moved", "escalated", "solution_offered")
"""The kinds of events of which it is told when the next of the same kind came.

A kind goes by its place here: a small number is put into order in half the time of a word.
"""


def of_events(steps: Steps, survivor: Expr, event: Expr) -> tuple[ir.Table, ir.Table, ir.Table]:
    """Return the changes of each case, when it was solved, and what was done for it."""
    did = steps.add("case_did", of_cases(survivor, event))
    turn = turns(did)
    turned = steps.add(
        "case_turned",
        turn.group_by("number").aggregate(
            first_solved_at=turn["at"].min(where=turn.is_solving),
            last_solved_at=turn["at"].max(where=turn.is_solving),
            reopens=turn.is_reopening.sum(),
            is_resolved=turn.is_last_resolved.any(),
        ),
    )
    change = steps.add("case_change", changes(did))
    return change, turned, steps.add("case_happened", happened_of_each(change, turned))


def of_cases(survivor: Expr, event: Expr) -> Expr:
    """Return the events of the cases, by the numbers of these."""
    own = named("case", survivor.select(*CASE, "number"))
    both = event.inner_join(
        own, [event.source == own.case_source, event.case_id == own.case_case_id]
    )
    return both.select("at", "event_id", "kind", "from_value", "to_value", number=both.case_number)


def moves(survivor: Expr, event: Expr) -> Expr:
    """Return the moves of cases to other teams, as `changes` do, without the other events."""
    return changes(of_cases(survivor, event.filter(event.kind == "moved")))


def turns(did: Expr, case: Sequence[str] = ("number",)) -> Expr:
    """Return the events at which a case becomes resolved, or open again, in their order.

    A vendor may tell one reopening by two events, a change of status and the reopening itself:
    it counts once, because the second changes nothing. A reopening that comes first of all is
    one of a case that was solved before the lake knew it.
    """
    is_status = did.kind == "status_changed"
    becomes = ibis.cases(
        (did.kind.isin(RESOLVED) | (is_status & did.to_value.isin(RESOLVED)), True),
        ((did.kind == "reopened") | (is_status & did.to_value.isin(WAITING)), False),
        else_=None,
    )
    told = did.select(*case, *IN_ORDER, becomes=becomes, was_resolved=did.kind == "reopened")
    told = told.filter(told.becomes.notnull())
    in_order = ibis.window(group_by=case, order_by=IN_ORDER)
    told = told.mutate(
        was=told.becomes.lag().over(in_order), is_last=told.becomes.lead().over(in_order).isnull()
    )
    return told.mutate(
        is_solving=told.becomes & ~told.was.fill_null(False),
        is_reopening=~told.becomes & told.was.fill_null(told.was_resolved),
        is_last_resolved=told.is_last & told.becomes,
    )


def changes(did: Expr) -> Expr:
    """Return the events of some kinds, each with the instant of the next of its kind."""
    places = ((did.kind == kind, place) for place, kind in enumerate(FOLLOWED))
    change = did.mutate(place=ibis.cases(*places))
    change = change.filter(change.place.notnull())
    in_order = ibis.window(group_by=("number", "place"), order_by=IN_ORDER)
    return change.select(
        "number",
        "place",
        "at",
        "from_value",
        "to_value",
        until=change["at"].lead().over(in_order),
        is_first=change["at"].lag().over(in_order).isnull(),
    )


def of_kind(change: Expr, kind: str) -> Expr:
    return change.place == FOLLOWED.index(kind)


def happened_of_each(change: Expr, turned: Expr) -> Expr:
    """Return who had each case when it was solved for the last time, and what was done for it."""
    told = by_number(
        change.filter(~of_kind(change, "status_changed")),
        turned.select("number", "last_solved_at"),
        "turned",
    )
    is_before = (told["at"] <= told.turned_last_solved_at).fill_null(True)
    goes_on = told.until.isnull() | (told.until > told.turned_last_solved_at).fill_null(False)
    # What is told twice at an instant counts once.
    is_counted = (told.until != told["at"]).fill_null(True)
    was_assigned = of_kind(told, "assigned") & is_before & goes_on
    was_moved = of_kind(told, "moved") & is_before & goes_on
    offered = of_kind(told, "solution_offered")
    return told.group_by("number").aggregate(
        was_assigned=was_assigned.any(),
        last_agent=told.to_value.max(where=was_assigned),  # of one event
        was_moved=was_moved.any(),
        last_team=told.to_value.max(where=was_moved),
        first_solution_offered_at=told["at"].min(where=offered),
        solutions_offered=(offered & is_before & is_counted).sum(),
        moves=(of_kind(told, "moved") & is_counted).sum(),
        escalations=(of_kind(told, "escalated") & is_counted).sum(),
    )
