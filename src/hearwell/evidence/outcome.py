"""What customers do after an answer: leave, buy no more, or come back."""

from collections.abc import Sequence
from dataclasses import dataclass

from hearwell.evidence.sentence import gettext_noop
from hearwell.lake.extensions import quoted
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.customer import Customer
from hearwell.records.order import Order
from hearwell.records.record import Record


@dataclass(frozen=True)
class Outcome:
    """What may become of a customer within some days of an answer.

    Attributes:
        reads: the records that tell it.
        moments: SQL of the instants at which it happened, as customer_id and moment.
        known: SQL of the last instant that is told of, or nothing.
        is_absence: is it that nothing of this happened?
        says: of satisfied customers, how many it happened to.

    """

    reads: tuple[type[Record], ...]
    moments: str
    known: str
    says: str
    is_absence: bool = False


LEFT = Outcome(
    (Customer,),
    "select customer_id, left_at as moment from customer where left_at is not null",
    "select max(greatest(first_seen_at, left_at)) from customer",
    gettext_noop(
        "Of customers who were satisfied, {bad} left within {days} days after {factor}, and {ok} "
        "of the others: {ratio} times as many ({low} to {high}), about {more} more than otherwise."
    ),
)
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


NAMES = ("left", "no_purchase", "contact")


def outcome(name: str, topics: Sequence[str] = ()) -> Outcome:
    return {"left": LEFT, "no_purchase": NO_PURCHASE, "contact": contacted(topics)}[name]
