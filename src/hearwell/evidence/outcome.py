"""What customers do after an answer: leave, take a smaller plan, buy no more, or come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearwell.evidence.sentence import gettext_noop
from hearwell.lake.extensions import quoted
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.customer import Customer
from hearwell.records.order import Order
from hearwell.records.plan_change import PlanChange
from hearwell.records.record import Record


@dataclass(frozen=True)
class Outcome:
    """What may become of a customer within some days of an answer.

    Attributes:
        reads: the records that tell it.
        moments: SQL of the instants at which it happened, as customer_id and moment.
        known: SQL of the last instant that is told of, or nothing.
        is_absence: is it that nothing of this happened?
        among: SQL of the customers it could happen to, and since when, as customer_id and moment;
            empty for all.
        says: of satisfied customers, how many it happened to.

    """

    reads: tuple[type[Record], ...]
    moments: str
    known: str
    says: str
    is_absence: bool = False
    among: str = ""


LEFT = Outcome(
    (Customer,),
    "select customer_id, left_at as moment from customer where left_at is not null",
    "select max(greatest(first_seen_at, left_at)) from customer",
    gettext_noop(
        "Of customers who were satisfied, {bad} left within {days} days after {factor}, and {ok} "
        "of the others: {ratio} times as many ({low} to {high}), about {more} more than otherwise."
    ),
)
DOWNGRADE = Outcome(
    (PlanChange,),
    "select customer_id, changed_at as moment from (select *, lag(plan) over was as plan_before, "
    "lag(monthly_price) over was as price_before, lag(currency) over was as currency_before "
    "from plan_change window was as (partition by source, subscription_id order by changed_at)) "
    "where plan <> plan_before and monthly_price < price_before "
    "and currency is not distinct from currency_before and customer_id is not null",
    "select max(changed_at) from plan_change",
    gettext_noop(
        "Of customers who were satisfied, {bad} took a smaller plan within {days} days after "
        "{factor}, and {ok} of the others: {ratio} times as many ({low} to {high}), about {more} "
        "more than otherwise."
    ),
    among="select customer_id, min(changed_at) as moment from plan_change group by customer_id",
)
"""Another plan of the same subscription, at a lower price: a discount on the same plan is none."""

NO_PURCHASE = Outcome(
    (Order,),
    'select customer_id, ordered_at as moment from "order" where customer_id is not null',
    'select max(ordered_at) from "order"',
    gettext_noop(
        "Of customers who were satisfied, {bad} bought nothing for {days} days after {factor}, and "
        "{ok} of the others: {ratio} times as many ({low} to {high}), about {more} more than "
        "otherwise."
    ),
    is_absence=True,
)


def contacted(topics: Sequence[str]) -> Outcome:
    """Return the outcome that the customer contacts us again; about these topics, if any."""
    listed = ", ".join(map(quoted, topics))
    about = f" and topic in ({listed})" if topics else ""
    return Outcome(
        (Case, Call),
        f'select customer_id, opened_at as moment from "case" where customer_id is not null{about} '
        "union all select customer_id, entered_at from call "
        f"where customer_id is not null and leg = 1{about}",
        'select max(moment) from (select max(opened_at) as moment from "case" union all '
        "select max(entered_at) from call)",
        gettext_noop(
            "Of customers who were satisfied, {bad} had to contact us within {days} days after "
            "{factor}, and {ok} of the others: {ratio} times as many ({low} to {high}), about "
            "{more} more than otherwise."
        ),
    )


NAMES = ("left", "downgrade", "no_purchase", "contact")


def outcome(name: str, topics: Sequence[str] = ()) -> Outcome:
    return {
        "left": LEFT,
        "downgrade": DOWNGRADE,
        "no_purchase": NO_PURCHASE,
        "contact": contacted(topics),
    }[name]
