"""One row for each time a customer reached us, or tried to, on any channel."""

from collections.abc import Mapping

import ibis

from hearwell.metrics.facts.case_fact import CASE, had_by, with_case
from hearwell.metrics.facts.steps import Steps, named, selected
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
CONTACT_TOLD, WHOLE = "contact_told", "contact_whole"
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
) -> None:
    """Plan the tables that lead to `contact_told`, which depends on one owner alone.

    Args:
        steps: to which they are added.
        case_told, case_contact, call_contact: what is told of cases and calls.
        view: readings of articles.

    """
    whose = steps.add("contact_case", cases(case_told))
    phone = steps.add("contact_phone", by_phone(call_contact, whose))
    line = steps.add("contact_line", lines(whose, phone))
    whose = steps.add("contact_case_line", on_line(whose, line))
    phone = steps.add("contact_phone_line", on_line(phone, line))
    every = ibis.union(in_writing(case_contact, whose, phone), phone)
    every = steps.add("contact_every", numbered(every, "contact_no"))
    same = ibis.window(group_by="line", order_by=IN_ORDER)
    place = steps.add(
        "contact_place",
        every.select(
            "contact_no",
            place=ibis.row_number().over(same),
            next_contact_at=every.began_at.lead().over(same),
        ),
    )
    wrote = steps.add("contact_wrote", next_written(every, phone))
    views = named("view", view.select("customer_id", "opened_at"))
    read = every.filter(every.person.notnull()).select("contact_no", "person", "began_at")
    read = read.asof_join(
        views,
        on=read.began_at >= views.view_opened_at,
        predicates=[read.person == views.view_customer_id],
    )
    within = ibis.interval(hours=READ_WITHIN_HOURS)
    read = read.filter(read.began_at <= read.view_opened_at + within).select("contact_no")
    read = steps.add("contact_read", read)
    both = every
    for name, table in (("in", place), ("wrote", wrote), ("read", read)):
        other = named(name, table)
        both = both.left_join(other, both.contact_no == other[f"{name}_contact_no"])
    whole = steps.add(
        WHOLE,
        both.select(
            *every.columns,
            place=both.in_place,
            next_contact_at=both.in_next_contact_at,
            next_written_at=both.wrote_next_written_at,
            is_read_before=both.is_dialled | both.read_contact_no.notnull(),
        ),
    )
    # The numbers mean nothing once the other tables are gone.
    steps.add(CONTACT_TOLD, whole.drop("contact_no", "line", "matter", "is_dialled"))


def numbered(rows: Expr, name: str) -> Expr:
    """Number rows, in no order: numbers are joined and sorted sooner than words."""
    return rows.mutate(**{name: ibis.row_number().over(ibis.window())})


def lines(case: Expr, phone: Expr) -> Expr:
    """Number owners with each of their topics."""
    every = ibis.union(
        case.select("owner", "topic", "person"), phone.select("owner", "topic", "person")
    )
    found = every.group_by("owner", "topic").aggregate(person=every.person.max())
    return numbered(found, "line")


def on_line(rows: Expr, line: Expr) -> Expr:
    of = named("of", line)
    both = rows.left_join(of, [rows.owner == of.of_owner, rows.topic.identical_to(of.of_topic)])
    return both.select(*rows.columns, line=both.of_line)


def next_written(every: Expr, phone: Expr) -> Expr:
    """Return for contacts by telephone when the same owner wrote next, whatever about."""
    theirs = every.semi_join(phone, "owner")
    backwards = [ibis.desc(name) for name in IN_ORDER]
    later = ibis.window(group_by="owner", order_by=backwards, rows=(None, -1))
    written_at = theirs.is_phone.ifelse(None, theirs.began_at)
    return theirs.select("contact_no", next_written_at=written_at.min().over(later))


def cases(told: Expr) -> Expr:
    """Return what contacts need to know of cases, which are numbered from 0."""
    return numbered(
        told.select(
            *CASE,
            "owner",
            "person",
            "topic",
            "product",
            "channel",
            "language",
            "received_at",
            "opened_at",
            "is_resolved",
            "next_message_at",
            "first_solved_at",
            "last_solved_at",
            "reopens",
            **had_by(told),
        ),
        "matter",
    )


def by_phone(call: Expr, case: Expr) -> Expr:
    """Return the contacts by telephone. What the case tells of a linked call holds."""
    case, call = named("of", case), numbered(call, "number")
    both = call.left_join(
        case, [call.case_source == case.of_source, call.case_id == case.of_case_id]
    )
    is_linked = both.case_id.notnull()
    # Below zero: a call without a case is a matter of its own.
    alone = -1 - both.number
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
    both = with_case(contact.drop("owner"), case, "of", how="inner")
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
        line=both.of_line,
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
    return {Contact.table_name: selected(Contact, rows, found)}
