"""What the messages and events of each case tell of it: it depends on that case alone.

Cases are numbered first. Rows are then put together and in order by a whole number, which takes
half the time that the words of the key take.
"""

from collections.abc import Mapping

import ibis

from hearwell.metrics.facts.case_did import moves, of_events
from hearwell.metrics.facts.case_merge import merges, whose
from hearwell.metrics.facts.case_said import (
    named_in,
    of_messages,
    owned_by,
    owners,
    wrote_again,
)
from hearwell.metrics.facts.case_status import (
    DIMENSIONS,
    Hours,
    handled,
    in_statuses,
    of_statuses,
    solved_cases,
)
from hearwell.metrics.facts.steps import Steps, by_number
from hearwell.metrics.part import Expr

TOLD = "case_told"
"""The table that is kept with one row for each case."""


def case_tellings(
    case: Expr, message: Expr, case_event: Expr, *, hours: Hours | None = None
) -> Mapping[str, Expr]:
    """Return the tables to make, in their order; those that are kept are among them.

    Messages of a case that was merged into another count for the survivor.
    """
    steps = Steps()
    survivor = steps.add(
        "case_survivor",
        case.filter(case.merged_into.isnull()).select(
            *DIMENSIONS, number=ibis.row_number(), by_customer_at=opened_by_customer(case)
        ),
    )
    of_case = whose(steps, survivor, merges(steps, case))
    change, turned, happened = of_events(steps, survivor, case_event)
    moved = steps.add("case_moved", moves(survivor, case_event))
    written, *said = of_messages(steps, survivor, message, of_case, moved)
    ended = steps.add("case_ended", solved_cases(survivor, change, turned, happened, hours))
    passed = of_statuses(steps, change, ended, hours)
    handled(steps, survivor, passed)
    status = steps.add("case_status", in_statuses(passed))
    message = steps.table("case_message")
    only = steps.add("case_named_in", named_in(message))
    steps.add("case_owner", owners(survivor, only))
    again = steps.add("case_again", wrote_again(message, turned))
    rows = told_of_each(survivor, written, *said, happened, turned, status, only, again)
    owner = owned_by(rows, rows.only_customer)
    steps.add(TOLD, rows.mutate(**owner).drop("only_customer"))
    return steps.made


def told_of_each(survivor: Expr, *tables: Expr) -> Expr:
    """Return one row for each case, with what each of the tables tells of it."""
    rows, columns = survivor, {name: name for name in survivor.columns}
    for place, table in enumerate(tables):
        prefix = f"told_{place}"
        rows = by_number(rows, table, prefix)
        columns |= {name: f"{prefix}_{name}" for name in table.columns if name != "number"}
    del columns["number"]
    return rows.select(**{name: rows[of] for name, of in columns.items()})


def opened_by_customer(case: Expr) -> Expr:
    """Return when the customer opened the case; null for one that somebody else opened."""
    return (case.opened_by_kind == "customer").fill_null(True).ifelse(case.opened_at, None)
