"""One row for each time a customer reached us, or tried to, on any channel."""

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.call_episode import CALL_CONTACT
from hearwell.metrics.facts.case_contact import CASE_CONTACT
from hearwell.metrics.facts.case_fact import CASE, TOLD, Steps, named, with_case
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
    Text,
)

RETURN_WITHIN_DAYS = 7
"""Who comes back about the same topic within so many days was not helped the first time."""

READ_WITHIN_HOURS = 24
"""An article that was opened no longer before a contact was read before it."""

LINKED_WITHIN_HOURS = 24
"""A case opened no later after a call linked to it was opened in that call."""

PHONE = "phone"
CONTACT_TOLD = "contact_told"
IN_ORDER = ("began_at", "source", "contact_id")


class Contact(Record):
    """One row for each time a customer reached us, or tried to, on any channel.

    It is a new conversation, a message after a silence, or an attempt to call: all calls up to
    the one that was answered. The same topic is the same word; a topic that is not known is the
    same as another that is not known.
    """

    table_name = "contact"

    contact_id: Key
    customer_id: Person  # else the caller; null where nobody knows whose it is
    case_id: Text
    channel: Dimension
    queue: Dimension
    topic: Dimension
    product: Dimension
    language: Dimension
    team: Dimension
    agent_id: Dimension
    began_at: RequiredInstant
    ended_at: Instant
    is_reached: Flag  # false where no call was answered
    is_resolved: Flag  # the case is solved; of calls without a case: it was answered
    next_contact_at: Instant  # of the same customer on the same topic
    came_back: Flag  # within seven days; null where nobody knows whose it is
    window_ends_at: Instant  # until then the customer would have come back
    known_until: Instant  # the last thing that the lake knows of the source
    article_read_before: Flag  # within 24 hours; or the call dialled an article's own number


def contact_tellings(
    steps: Steps, case_told: Expr, case_contact: Expr, call_contact: Expr, view: Expr
) -> ir.Table:
    """Plan the tables that lead to `contact_told`, and return it: it depends on one owner alone.

    Args:
        steps: to which they are added.
        case_told, case_contact, call_contact: what is told of cases and calls.
        view: readings of articles.

    """
    whose = steps.add("contact_case", cases(case_told))
    phone = steps.add("contact_phone", by_phone(call_contact, whose))
    every = steps.add("contact_every", ibis.union(in_writing(case_contact, whose, phone), phone))
    same = ibis.window(group_by=["owner", "topic"], order_by=IN_ORDER)
    backwards = [ibis.desc(name) for name in IN_ORDER]
    later = ibis.window(group_by="owner", order_by=backwards, rows=(None, -1))
    written_at = every.is_phone.ifelse(None, every.began_at)
    every = steps.add(
        "contact_in_order",
        every.mutate(
            place=ibis.row_number().over(same),
            next_contact_at=every.began_at.lead().over(same),
            next_written_at=written_at.min().over(later),
        ),
    )
    views = named("view", view.select("customer_id", "opened_at"))
    both = every.asof_join(
        views,
        on=every.began_at >= views.view_opened_at,
        predicates=[every.person == views.view_customer_id],
    )
    soon = both.began_at <= both.view_opened_at + ibis.interval(hours=READ_WITHIN_HOURS)
    return steps.add(
        CONTACT_TOLD,
        both.select(*every.columns, is_read_before=both.is_dialled | soon.fill_null(False)),
    )


def cases(told: Expr) -> Expr:
    """Return what contacts need to know of cases."""
    return told.select(
        *CASE,
        "owner",
        "person",
        "topic",
        "product",
        "channel",
        "language",
        "received_at",
        "opened_at",
        team=told.did_last_team.coalesce(told.team),
        agent_id=told.did_last_agent.coalesce(told.agent_id),
        is_resolved=told.did_turn_is_resolved,
        first_solved_at=told.did_turn_first_solved_at,
        last_solved_at=told.did_turn_last_solved_at,
        reopens=told.did_turn_reopens,
        matter=matter_of_case(told.source, told.case_id),
    )


def matter_of_case(source: Expr, case_id: Expr) -> Expr:
    return ibis.literal("case:") + source + " " + case_id


def by_phone(call: Expr, case: Expr) -> Expr:
    """Return the contacts by telephone. What the case tells of a linked call holds."""
    case = named("of", case)
    both = call.left_join(
        case, [call.case_source == case.of_source, call.case_id == case.of_case_id]
    )
    is_linked = both.case_id.notnull()
    alone = ibis.literal("call:") + both.source + " " + both.call_id
    return both.select(
        *("source", "received_at", "owner", "case_source", "case_id", "queue", "language"),
        *("team", "agent_id", "began_at", "ended_at", "is_reached", "is_dialled"),
        contact_id=ibis.literal("call ") + both.call_id,
        person=is_linked.ifelse(both.of_person, both.person),
        matter=is_linked.ifelse(both.of_matter, alone),
        channel=ibis.literal(PHONE),
        topic=is_linked.ifelse(both.of_topic, both.topic),
        product=both.of_product.coalesce(both.product),
        is_phone=ibis.literal(True),
        is_resolved=both.of_is_resolved,
    )


def in_writing(contact: Expr, case: Expr, phone: Expr) -> Expr:
    """Return the written contacts.

    The opening of a case is none of its own if it is only assumed that the customer opened the
    case, and the customer had just called about it.
    """
    both = with_case(contact, case, "of", how="inner")
    began = both.began_at
    written = both.select(
        "source",
        "is_assumed",
        "began_at",
        received_at=both.of_received_at,
        owner=both.of_owner,
        case_source=both.source,
        case_id=both.case_id,
        queue=ibis.null("string"),
        language=both.language.coalesce(both.of_language),
        team=both.of_team,
        agent_id=both.of_agent_id,
        ended_at=began,
        is_reached=ibis.literal(True),
        is_dialled=ibis.literal(False),
        contact_id=ibis.literal("case ") + both.case_id + " " + began.cast("string"),
        person=both.of_person,
        matter=both.of_matter,
        channel=both.channel.coalesce(both.of_channel),
        topic=both.of_topic,
        product=both.of_product,
        is_phone=ibis.literal(False),
        is_resolved=both.of_is_resolved,
    )
    calls = phone.filter(phone.case_id.notnull())
    calls = named("call", calls.select("case_source", "case_id", "began_at"))
    since = written.began_at - ibis.interval(hours=LINKED_WITHIN_HOURS)
    alone = written.anti_join(
        calls,
        [
            written.is_assumed == ibis.literal(True),
            written.case_source == calls.call_case_source,
            written.case_id == calls.call_case_id,
            calls.call_began_at <= written.began_at,
            calls.call_began_at >= since,
        ],
    )
    return alone.select(phone.columns)


def known_of(call: Expr, case: Expr, message: Expr, event: Expr) -> Expr:
    """Return for each source the last instant known, and whether it tells of histories."""

    def each(table: Expr, *instants: str) -> Expr:
        last = ibis.greatest(*(table[name].max() for name in instants))
        told = ibis.literal(table is event)
        return table.group_by("source").aggregate(until=last).mutate(has_events=told)

    every = ibis.union(
        each(call, "entered_at", "ended_at"),
        each(case, "opened_at"),
        each(message, "sent_at"),
        each(event, "at"),
    )
    return every.group_by("source").aggregate(
        until=every.until.max(), has_events=every.has_events.any()
    )


def contacts(told: Expr, known: Expr, view: Expr) -> Mapping[str, Expr]:
    """Return the tables to make of what is told of contacts; the last is `contact`.

    Args:
        told: as `contact_tellings` made it.
        known: as `known_of` made it.
        view: readings of articles.

    """
    own, of_case = named("known", known), named("history", known)
    rows = told.left_join(own, told.source == own.known_source)
    rows = rows.left_join(of_case, rows.case_source == of_case.history_source)
    ends = rows.began_at + ibis.interval(days=RETURN_WITHIN_DAYS)
    is_somebody = rows.person.notnull()
    no, unknown = ibis.literal(False), ibis.null("boolean")
    soon = (rows.next_contact_at <= ends).fill_null(False)
    tells_of_views = view.customer_id.notnull().any().as_scalar().fill_null(False)
    found = {
        "customer_id": rows.person,
        "is_resolved": rows.case_id.isnull().ifelse(
            rows.is_reached,
            rows.is_resolved.coalesce(rows.history_has_events.ifelse(no, unknown)),
        ),
        "came_back": is_somebody.ifelse(soon, unknown),
        "window_ends_at": ends,
        "known_until": rows.known_until,
        "article_read_before": rows.is_read_before
        | (is_somebody & tells_of_views).ifelse(no, unknown),
    }
    chosen = {name: found[name] if name in found else rows[name] for name in Contact.columns()}
    return {Contact.table_name: rows.select(**chosen)}
