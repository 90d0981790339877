"""One row for each touch of a customer, in order: what they did, and what it says of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import ibis

from hearwell.metrics.facts.call_line import called_by
from hearwell.metrics.facts.case_told import by_number, by_whom, merges, whose
from hearwell.metrics.facts.contact import PHONE, RETURN_WITHIN_DAYS
from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import Expr
from hearwell.metrics.scale import normalised
from hearwell.records.identity_split import JOINED_BY
from hearwell.records.record import (
    Dimension,
    KeyNumber,
    KeyPerson,
    Person,
    Record,
    RequiredInstant,
    Share,
    Text,
    category,
)

KINDS = (
    "search",
    "article_view",
    "cart_abandoned",
    "order",
    "delivery",
    "contact",
    "call",
    "message",
    "survey_answer",
)
"""The kinds of touch, in the order of those that happen at the same instant."""

ORDER_WITHIN_HOURS = 24
"""From the last change of a cart on; who has not ordered by then has left it."""


class JourneyPoint(Record):
    """One row for each touch of a customer, in order.

    The signal tells how it was for them, from 0 to 1, where something tells: an answer by its
    place on the scale, a vote on an article; and 0 for what nobody likes, which is hanging up,
    coming back about the same topic within seven days, a late delivery, a cart that was left and
    a search without a result. Touches of people who are not known are left out.
    """

    table_name = "journey_point"

    customer_id: KeyPerson
    order_in_journey: KeyNumber  # from 1
    at: RequiredInstant
    kind: Annotated[Any, category(*KINDS)]
    reference: Text  # the identifier of what it was, in its own table
    case_id: Text
    channel: Dimension
    topic: Dimension
    product: Dimension
    signal: Share
    joined_by: Annotated[Any, category(*JOINED_BY)]  # how it is known whose touch it is
    joined_key: Person  # the visitor or caller that it was known by


@dataclass(frozen=True)
class Sources:
    """Of what journeys are made: what is kept of calls and cases, and the records."""

    contact: Expr  # contact_told
    call_contact: Expr
    case_told: Expr
    call: Expr
    case: Expr
    message: Expr
    survey: Expr
    order: Expr
    cart: Expr
    article_view: Expr
    search: Expr


def journey_points(of: Sources) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `journey_point`."""
    steps = Steps()
    visitor = steps.add("journey_visitor", visitors(of.article_view, of.cart))
    case = steps.add("journey_case", of.case_told.mutate(number=ibis.row_number()))
    of_case = whose(steps, case, merges(steps, of.case))
    message = steps.add("journey_message", by_whom(of.message, of_case))
    cart_until = steps.add("journey_cart_known", carts_known(of.cart))
    every = [
        ("search", searches(of.search, visitor)),
        ("article_view", views(of.article_view, visitor)),
        ("cart_abandoned", carts(of.cart, visitor, cart_until)),
        ("order", orders(of.order)),
        ("delivery", deliveries(of.order)),
        ("contact", contacts(of.contact, of.call)),
        ("call", calls(steps, of)),
        ("message", messages(message, case)),
        ("survey_answer", answers(of.survey)),
    ]
    tables = [
        steps.add(f"journey_of_{kind}", points(rows, kind, KINDS.index(kind)))
        for kind, rows in every
    ]
    touch = ibis.union(*tables)
    touch = steps.add("journey_touch", touch.filter(touch.customer_id.notnull()))
    order = ["at", "rank", "source", "reference"]
    number = ibis.row_number().over(ibis.window(group_by="customer_id", order_by=order))
    touch = touch.mutate(order_in_journey=number + 1)
    steps.add(JourneyPoint.table_name, touch.select(*JourneyPoint.columns()))
    return steps.made


def points(rows: Expr, kind: str, rank: int) -> Expr:
    """Return touches of one kind, with nulls for what it does not tell."""
    columns = JourneyPoint.columns()
    told = rows.mutate(kind=ibis.literal(kind))
    return told.select(
        rank=ibis.literal(rank, "int64"),
        **{
            name: told[name].cast(column.dtype) if name in told.columns else ibis.null(column.dtype)
            for name, column in columns.items()
            if name != "order_in_journey"
        },
    )


def bad(where: Expr) -> Expr:
    """Return 0 where it is so, and nothing else."""
    return where.fill_null(False).ifelse(ibis.literal(0.0), None)


def visitors(view: Expr, cart: Expr) -> Expr:
    """Return the visitors of whom it is known which customer they are, by a view or a cart."""
    seen = ibis.union(*(each.select("visitor_id", "customer_id") for each in (view, cart)))
    found = seen.group_by("visitor_id").aggregate(
        low=seen.customer_id.min(), high=seen.customer_id.max()
    )
    only = found.filter(found.visitor_id.notnull(), found.low == found.high)
    return only.select("visitor_id", customer_id=only.low)


def of_visitor(rows: Expr, visitor: Expr) -> Expr:
    visitor = named("who", visitor)
    both = rows.left_join(visitor, rows.visitor_id == visitor.who_visitor_id)
    known = [rows.customer_id] if "customer_id" in rows.columns else []
    person = ibis.coalesce(*known, both.who_customer_id)
    names = [name for name in rows.columns if name != "customer_id"]
    is_told = known[0].notnull() if known else ibis.literal(False)
    return both.select(
        *names,
        customer_id=person,
        joined_by=is_told.ifelse("customer", "visitor"),
        joined_key=is_told.ifelse(None, both.visitor_id),
    )


def signed(rows: Expr) -> Expr:
    """Return rows that say themselves whose they are."""
    return rows.mutate(joined_by=ibis.literal("customer"))


def searches(search: Expr, visitor: Expr) -> Expr:
    rows = of_visitor(search, visitor)
    return rows.mutate(reference=rows.search_id, signal=bad(rows.results == 0))


def views(view: Expr, visitor: Expr) -> Expr:
    rows = of_visitor(view, visitor)
    return rows.mutate(
        at=rows.opened_at, reference=rows.view_id, signal=rows.found_helpful.cast("float64")
    )


def carts_known(cart: Expr) -> Expr:
    last = ibis.greatest(cart.created_at, cart.last_changed_at, cart.ordered_at)
    return cart.group_by("source").aggregate(until=last.max())


def carts(cart: Expr, visitor: Expr, known: Expr) -> Expr:
    """Return the carts that were left, by what their source has told."""
    known = named("known", known)
    both = of_visitor(cart, visitor)
    both = both.left_join(known, both.source == known.known_source)
    changed = both.last_changed_at.coalesce(both.created_at)
    ends = changed + ibis.interval(hours=ORDER_WITHIN_HOURS)
    is_undated = both.order_id.notnull() & both.ordered_at.isnull()
    in_time = (both.ordered_at <= ends).fill_null(False)
    left = both.mutate(at=changed, reference=both.cart_id, signal=ibis.literal(0.0))
    return left.filter(ends <= both.known_until, ~is_undated, ~in_time)


def orders(order: Expr) -> Expr:
    return signed(order).mutate(at=order.ordered_at, reference=order.order_id)


def deliveries(order: Expr) -> Expr:
    came = order.filter(order.delivered_at.notnull())
    is_late = came.delivered_at > came.promised_at
    return signed(came).mutate(at=came.delivered_at, reference=came.order_id, signal=bad(is_late))


def contacts(contact: Expr, call: Expr) -> Expr:
    """Return the contacts; who came back about the same topic was not helped before."""
    first = call.filter(call.leg == 1).select("source", "call_id", "customer_id", "caller")
    first = named("first", first)
    contact = contact.left_join(
        first,
        [
            contact.source == first.first_source,
            contact.contact_id == ibis.literal("call ") + first.first_call_id,
        ],
    )
    is_by_number = contact.is_phone & contact.case_id.isnull() & contact.first_customer_id.isnull()
    by_case = contact.case_id.isnull().ifelse("customer", "case")
    same = ibis.window(group_by=["owner", "topic"], order_by="place")
    last_at = contact.began_at.lag().over(same)
    within = ibis.interval(days=RETURN_WITHIN_DAYS)
    return contact.mutate(
        customer_id=contact.person,
        at=contact.began_at,
        reference=contact.contact_id,
        signal=bad(contact.began_at <= last_at + within),
        joined_by=is_by_number.ifelse("caller", by_case),
        joined_key=is_by_number.ifelse(contact.first_caller, None),
    )


def calls(steps: Steps, of: Sources) -> Expr:
    """Return every attempt to call. Whose it is, the contact tells to which it belongs."""
    came_in = of.call.direction.fill_null("inbound") == "inbound"
    call = of.call.filter(of.call.leg == 1, came_in)
    call = steps.add("journey_call", call.mutate(called_by=called_by(call)))
    of_caller = of.call_contact.select("called_by", "source", "call_id", "began_at")
    of_caller = named("in", of_caller)
    both = call.asof_join(
        of_caller,
        on=call.entered_at >= of_caller.in_began_at,
        predicates=[call.called_by == of_caller.in_called_by],
    )
    placed = steps.add("journey_call_placed", both)
    whose = of.contact.filter(of.contact.is_phone)
    whose = named("whose", whose.select("source", "contact_id", "person"))
    rows = placed.left_join(
        whose,
        [
            placed.in_source == whose.whose_source,
            ibis.literal("call ") + placed.in_call_id == whose.whose_contact_id,
        ],
    )
    own = rows.customer_id.coalesce(rows.caller)
    return rows.select(
        *placed.drop("customer_id").columns,
        customer_id=rows.in_call_id.isnull().ifelse(own, rows.whose_person),
        at=rows.entered_at,
        reference=rows.call_id,
        channel=ibis.literal(PHONE),
        signal=bad(rows.outcome == "abandoned"),
        joined_by=rows.customer_id.isnull().ifelse("caller", "customer"),
        joined_key=rows.customer_id.isnull().ifelse(rows.caller, None),
    )


def messages(message: Expr, case: Expr) -> Expr:
    """Return what customers wrote."""
    both = by_number(message.filter(message.is_customer), case, "of", how="inner")
    return both.select(
        "received_at",
        source=both.of_source,
        case_id=both.of_case_id,
        reference=both.message_id,
        customer_id=both.of_person,
        at=both.sent_at,
        channel=both.channel.coalesce(both.of_channel),
        topic=both.of_topic,
        product=both.of_product,
        joined_by=ibis.literal("case"),
    )


def answers(survey: Any) -> Expr:
    """Return the answers of customers; those of agents are about their own work."""
    told = survey.filter(survey.answer.notnull(), survey.answered_at.notnull())
    told = told.filter(told.instrument.notin(("esat", "enps")).fill_null(True))
    return signed(told).mutate(
        at=told.answered_at, reference=told.survey_id, signal=normalised(told)
    )
