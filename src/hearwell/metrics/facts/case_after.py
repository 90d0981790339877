"""What a customer did after a case was solved: another case, or another contact."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import AFTER, Steps, named
from hearwell.metrics.part import Expr

CASE_AFTER = "case_after"


def after_cases(steps: Steps) -> ir.Table:
    """Plan the tables that lead to `case_after`, after those that lead to `contact_told`.

    Of the same customer on the same topic, and later than the solving. A case that was solved
    before it was opened, by clocks that differ, was opened when it was solved.
    """
    case, contact = steps.table("contact_case_line"), steps.table("contact_told")
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
    asked = dict(zip(AFTER, ("first_solved", "opened", "solved"), strict=True))
    told = steps.add(
        "after_told",
        moment.filter(moment.kind != "contact")
        .group_by("matter")
        .aggregate(
            **{name: moment[name].max(where=moment.kind == kind) for name, kind in asked.items()}
        ),
    )
    told = named("told", told)
    both = case.inner_join(told, case.matter == told.told_matter)
    return steps.add(
        CASE_AFTER,
        both.select("source", "case_id", "owner", **{name: both[f"told_{name}"] for name in AFTER}),
    )


def moments(rows: Expr, at: Expr, kind: str) -> Expr:
    return rows.select(
        "line",
        "matter",
        at=at,
        kind=ibis.literal(kind),
        is_solving=ibis.literal(kind in ("first_solved", "solved")),
    )
