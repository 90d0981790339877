"""One row for each time a customer wrote about a case anew: what a case tells of contacts."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import CASE, MERGED, TOLD, Steps, named, with_case
from hearwell.metrics.part import Expr

SILENCE_GAP_HOURS = 24
"""What a customer writes after a longer silence in a case is another contact."""

CASE_CONTACT = "case_contact"
"""The table of the written contacts of each case: it depends on that case alone."""


def case_contacts(steps: Steps, case: Expr) -> ir.Table:
    """Plan the tables that lead to `case_contact`, after those that lead to `case_told`.

    The customer's first message in a case is a contact, and so is any that follows a silence
    longer than the gap. A silence ends with whatever the customer could read: a message of their
    own, of a human or of a bot. Where the customer wrote nothing, the opening of the case by the
    customer is what there is, and so are the openings of cases that were merged into it.
    """
    touch = steps.add("case_touch", ibis.union(written(steps), opened(steps, case)))
    # At the same instant the customer comes first.
    order = [touch["at"], touch.is_customer.desc(), touch.channel, touch.language, touch.is_assumed]
    before = ibis.window(group_by=CASE, order_by=order, rows=(None, -1))
    touch = steps.add(
        "case_silence",
        touch.mutate(
            last_at=touch["at"].lag().over(ibis.window(group_by=CASE, order_by=order)),
            wrote_before=touch.is_customer.any().over(before).fill_null(False),
        ),
    )
    gap = ibis.interval(hours=SILENCE_GAP_HOURS)
    after_silence = (touch["at"] > touch.last_at + gap).fill_null(True)
    begun = touch.filter(touch.is_customer, after_silence | ~touch.wrote_before)
    both = with_case(begun, steps.table(TOLD).select(*CASE, "owner"), "case", how="inner")
    return steps.add(
        CASE_CONTACT,
        both.select(
            *CASE,
            "channel",
            "language",
            "is_assumed",
            began_at=both["at"],
            owner=both.case_owner,
        ),
    )


def written(steps: Steps) -> Expr:
    """Return the messages of each case that the customer wrote or could read."""
    said = steps.table("case_message")
    said = said.filter(said.is_customer | said.is_reply | said.is_bot)
    return said.select(
        *CASE,
        "is_customer",
        "channel",
        "language",
        at=said.sent_at,
        is_assumed=ibis.literal(False),
    )


def opened(steps: Steps, case: Expr) -> Expr:
    """Return the openings by customers of whom there is no message.

    Where nobody says who opened the case, it is assumed that the customer did.
    """
    into = named("into", steps.table(MERGED))
    both = case.left_join(
        into, [case.source == into.into_source, case.case_id == into.into_case_id]
    )
    is_theirs = (both.opened_by_kind == "customer").fill_null(True)
    opening = both.filter(is_theirs).select(
        source=both.source,
        case_id=both.into_merged_into.coalesce(both.case_id),
        is_customer=ibis.literal(True),
        channel=both.channel,
        language=both.language,
        at=both.opened_at,
        is_assumed=both.opened_by_kind.isnull(),
    )
    said = steps.table("case_said")
    return opening.anti_join(said.filter(said.customer_messages > 0), CASE)
