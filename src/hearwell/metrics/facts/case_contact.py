"""One row for each time a customer wrote about a case anew: what a case tells of contacts."""

from collections.abc import Mapping

import ibis

from hearwell.metrics.facts.steps import Steps, by_number, named
from hearwell.metrics.part import Expr

SILENCE_GAP_HOURS = 24
"""What a customer writes after a longer silence in a case is another contact."""

CASE_CONTACT = "case_contact"
"""The table of the written contacts of each case: it depends on that case alone."""


def case_contacts(told: Mapping[str, Expr], case: Expr) -> Mapping[str, Expr]:
    """Return the further tables to make, after those that lead to `case_told`.

    The customer's first message in a case is a contact, and so is any that follows a silence
    longer than the gap. A silence ends with whatever the customer could read: a message of their
    own, of a human or of a bot. Where the customer wrote nothing, the opening of the case by the
    customer is what there is, and so are the openings of cases that were merged into it.

    Args:
        told: the tables that lead to `case_told`.
        case: the record.

    """
    before, steps = Steps(dict(told)), Steps()
    touch = ibis.union(written(before), opened(before, case))
    touch = steps.add("case_touch", touch)
    # At the same instant the customer comes first.
    order = [touch["at"], touch.is_customer.desc(), touch.channel, touch.language, touch.is_assumed]
    so_far = ibis.window(group_by="number", order_by=order, rows=(None, -1))
    touch = steps.add(
        "case_silence",
        touch.mutate(
            last_at=touch["at"].lag().over(ibis.window(group_by="number", order_by=order)),
            wrote_before=touch.is_customer.any().over(so_far).fill_null(False),
        ),
    )
    gap = ibis.interval(hours=SILENCE_GAP_HOURS)
    after_silence = (touch["at"] > touch.last_at + gap).fill_null(True)
    begun = touch.filter(touch.is_customer, after_silence | ~touch.wrote_before)
    both = by_number(begun, before.table("case_owner"), "case", how="inner")
    steps.add(
        CASE_CONTACT,
        both.select(
            "channel",
            "language",
            "is_assumed",
            source=both.case_source,
            case_id=both.case_case_id,
            owner=both.case_owner,
            began_at=both["at"],
        ),
    )
    return steps.made


def written(steps: Steps) -> Expr:
    """Return the messages of each case, which the customer wrote or could read."""
    said = steps.table("case_message")
    return said.select(
        "number",
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
    whose = named("of", steps.table("case_whose"))
    both = case.inner_join(
        whose, [case.source == whose.of_source, case.case_id == whose.of_case_id]
    )
    is_theirs = (both.opened_by_kind == "customer").fill_null(True)
    opening = both.filter(is_theirs).select(
        number=both.of_number,
        is_customer=ibis.literal(True),
        channel=both.channel,
        language=both.language,
        at=both.opened_at,
        is_assumed=both.opened_by_kind.isnull(),
    )
    said = steps.table("case_written")
    return opening.anti_join(said.filter(said.customer_messages > 0), "number")
