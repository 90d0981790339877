"""Cases that were merged into others: for which case their messages count."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import CASE
from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import Expr

MERGES = tuple(f"case_merged_{number}" for number in range(5))
"""The steps in which chains of merged cases are followed; each doubles how long they may be."""
MERGED = MERGES[-1]


def merges(steps: Steps, case: Expr) -> ir.Table:
    """Return for each merged case the one into which it went in the end."""
    first, *others = MERGES
    merged = steps.add(first, case.filter(case.merged_into.notnull()).select(*CASE, "merged_into"))
    for name in others:
        onward = named("onward", merged)
        both = merged.left_join(
            onward,
            [
                merged.source == onward.onward_source,
                merged.merged_into == onward.onward_case_id,
            ],
        )
        merged = steps.add(
            name,
            both.select(*CASE, merged_into=both.onward_merged_into.coalesce(both.merged_into)),
        )
    return merged


def whose(steps: Steps, survivor: Expr, merged: Expr) -> ir.Table:
    """Return for each case the one for which its messages count."""
    own = survivor.select(*CASE, "number", "customer_id")
    into = named("into", own)
    both = merged.inner_join(
        into, [merged.source == into.into_source, merged.merged_into == into.into_case_id]
    )
    others = both.select(
        *CASE,
        number=both.into_number,
        customer_id=both.into_customer_id,
    )
    return steps.add("case_whose", ibis.union(own, others))
