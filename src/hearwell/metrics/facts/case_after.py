"""What a customer did after a case was solved: another case, or another contact."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import AFTER, CASE, Steps
from hearwell.metrics.part import Expr

CASE_AFTER = "case_after"


def after_cases(steps: Steps) -> ir.Table:
    """Plan the tables that lead to `case_after`, after those that lead to `contact_told`.

    Of the same customer on the same topic, and later than the solving. A case that was solved
    before it was opened, by clocks that differ, was opened when it was solved.
    """
    case, contact = steps.table("contact_case"), steps.table("contact_told")
    opened_at = ibis.least(case.opened_at, case.first_solved_at)
    solved_at = case.is_resolved.fill_null(False).ifelse(case.last_solved_at, None)
    first = case.filter(case.first_solved_at.notnull())
    last = case.mutate(solved_at=solved_at)
    last = last.filter(last.solved_at.notnull())
    moment = steps.add(
        "after_moment",
        ibis.union(
            moments(case, opened_at, "opened"),
            moments(first, first.first_solved_at, "first_solved"),
            moments(last, last.solved_at, "solved"),
            moments(contact, contact.began_at, "contact"),
        ),
    )
    order = [moment["at"], moment.is_solving]
    backwards = [ibis.desc(moment["at"]), ibis.desc(moment.is_solving)]
    of_topic = ["owner", "topic"]
    before = ibis.window(group_by=of_topic, order_by=order, rows=(None, -1))
    later = ibis.window(group_by=of_topic, order_by=backwards, rows=(None, -1))

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
    told = moment.filter(moment.kind != "contact")
    asked = dict(zip(AFTER, ("first_solved", "opened", "solved"), strict=True))
    return steps.add(
        CASE_AFTER,
        told.group_by(*CASE).aggregate(
            owner=told.owner.max(),
            **{name: told[name].max(where=told.kind == kind) for name, kind in asked.items()},
        ),
    )


def moments(rows: Expr, at: Expr, kind: str) -> Expr:
    return rows.select(
        *CASE,
        "owner",
        "topic",
        at=at,
        kind=ibis.literal(kind),
        is_solving=ibis.literal(kind in ("first_solved", "solved")),
    )
