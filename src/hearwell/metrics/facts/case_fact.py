"""One row for each case: what its messages and events say happened to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from hearwell.metrics.part import EVERY_ROW, Expr
from hearwell.records.case_event import STATUSES
from hearwell.records.record import (
    Count,
    Custom,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
    Seconds,
)

RESOLVED = ("solved", "closed")
WAITING = tuple(status for status in STATUSES if status not in RESOLVED)

MERGES = tuple(f"case_merged_{number}" for number in range(5))
"""The steps in which chains of merged cases are followed; each doubles how long they may be."""
MERGED = MERGES[-1]

CASE = ("source", "case_id")
IN_ORDER = ("at", "event_id")


class CaseFact(Record):
    """One row for each case that was not merged into another, with what happened to it.

    What messages tell is null where the lake has no messages of the case's source, and what
    events tell where it has no events of that source.
    """

    table_name = "case_fact"

    case_id: Key
    customer_id: Person  # else the only one whom the customer's messages name
    channel: Dimension
    topic: Dimension
    product: Dimension
    priority: Dimension
    language: Dimension
    team: Dimension  # to which it was last moved before it was solved
    agent_id: Dimension  # to whom it was last assigned before it was solved
    opened_at: RequiredInstant
    opened_by_kind: Dimension
    known_until: Instant  # the last thing that the lake knows of the source
    first_contact_at: Instant  # the customer's first message, else the opening by the customer
    first_reply_at: Instant  # the first public reply of a human from then on
    first_bot_reply_at: Instant
    customer_messages: Count
    human_replies: Count  # public ones
    bot_messages: Count
    agents: Count  # different humans who replied
    first_solution_offered_at: Instant
    solutions_offered: Count  # up to the last solving
    first_solved_at: Instant  # solved, or closed where that was never said
    solved_at: Instant  # for the last time; null while it is open
    reopens: Count
    moves: Count  # to another team
    escalations: Count
    requester_wait_seconds: Seconds  # new, open or on hold, up to solved_at
    agent_wait_seconds: Seconds  # pending: the customer was asked for something
    agent_work_seconds: Seconds  # new or open
    on_hold_seconds: Seconds  # somebody else was waited for
    is_bot_only: Flag  # solved, a bot wrote, and no human replied
    next_message_at: Instant  # the customer's next message in it, after it was solved
    next_case_at: Instant  # the customer's next case on the topic, after it was first solved
    previous_solved_at: Instant  # when another such case was first solved, before this one
    next_contact_at: Instant  # the customer's next contact on the topic, after it was solved
    custom: Custom


@dataclass
class Steps:
    """Tables that are made one after the other, each from those before it.

    Each has a name of its own. A table that is joined with itself is then one that is there, and
    what several need is computed once.
    """

    suffix: str = ""  # behind every name, where others of these names are there
    made: dict[str, Expr] = field(default_factory=dict)

    def add(self, name: str, expression: Expr) -> ir.Table:
        """Plan a table; return it for the next steps to read."""
        self.made[name + self.suffix] = expression
        return self.table(name)

    def table(self, name: str) -> ir.Table:
        """Return a table that was planned before."""
        return ibis.table(self.made[name + self.suffix].schema(), name=name + self.suffix)


AFTER = ("next_case_at", "previous_solved_at", "next_contact_at")
"""What is told of a case by the other cases and contacts of its customer."""

TOLD = "case_told"
"""The table of what messages and events tell of each case: it depends on that case alone."""


def case_tellings(steps: Steps, case: Expr, message: Expr, case_event: Expr) -> ir.Table:
    """Plan the tables that lead to `case_told`, and return it.

    Messages of a case that was merged into another count for the survivor. A message of an
    unknown author is the customer's if it came in or names the customer of the case; it is a
    human's reply if it went out or names somebody else.
    """
    survivor = steps.add(
        "case_survivor",
        case.filter(case.merged_into.isnull()).mutate(by_customer_at=opened_by_customer(case)),
    )
    said = of_messages(steps, survivor, message, merges(steps, case))
    happened = of_events(steps, survivor, case_event)
    told = with_case(with_case(survivor, said, "said"), happened, "did")
    told = with_case(told, wrote_again(steps), "again")
    person = told.customer_id.coalesce(told.said_customer_id)
    nobody = ibis.literal("case:") + told.source + " " + told.case_id
    return steps.add(TOLD, told.mutate(person=person, owner=person.coalesce(nobody)))


def case_facts(
    told: Expr, after: Expr, case: Expr, message: Expr, case_event: Expr
) -> Mapping[str, Expr]:
    """Return the tables to make of what is told of each case; the last is `case_fact`.

    Args:
        told: what messages and events tell of each case.
        after: what the same customer did after each case.
        case, message, case_event: the records.

    """
    steps = Steps()
    known = steps.add("case_known", latest(case, message, case_event))
    steps.add(CaseFact.table_name, with_known(with_case(told, after, "after"), known))
    return steps.made


def opened_by_customer(case: Expr) -> Expr:
    """Return when the customer opened the case; null for one that somebody else opened."""
    return (case.opened_by_kind == "customer").fill_null(True).ifelse(case.opened_at, None)


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


def of_messages(steps: Steps, survivor: Expr, message: Expr, merged: Expr) -> ir.Table:
    """Return what the messages of each case tell; cases without any are not there."""
    told = steps.add(
        "case_message", attributed(survivor, message, merged).drop("received_at", "message_id")
    )
    low = told.customer_id.min(where=told.is_customer)
    high = told.customer_id.max(where=told.is_customer)
    counted = steps.add(
        "case_said",
        told.group_by(*CASE).aggregate(
            first_contact_at=told.sent_at.min(where=told.is_customer).coalesce(
                told.by_customer_at.min()
            ),
            customer_messages=told.is_customer.sum(),
            human_replies=told.is_reply.sum(),
            bot_messages=told.is_bot.sum(),
            agents=told.author.nunique(where=told.is_reply),
            customer_id=(low == high).ifelse(low, None),
        ),
    )
    answer = told.filter(told.is_reply | told.is_bot)
    answer = with_case(answer, counted.select(*CASE, "first_contact_at"), "since")
    answer = answer.filter(answer.sent_at >= answer.since_first_contact_at)
    first = steps.add(
        "case_answered",
        answer.group_by(*CASE).aggregate(
            first_reply_at=answer.sent_at.min(where=answer.is_reply),
            first_bot_reply_at=answer.sent_at.min(where=answer.is_bot),
        ),
    )
    both = with_case(counted, first, "answer")
    return both.mutate(
        first_reply_at=both.answer_first_reply_at, first_bot_reply_at=both.answer_first_bot_reply_at
    )


def wrote_again(steps: Steps) -> ir.Table:
    """Return the customer's first message after the last solving of each case."""
    told, solved = steps.table("case_message"), steps.table("case_solved")
    written = told.filter(told.is_customer).select(*CASE, "sent_at")
    both = with_case(written, solved.select(*CASE, "last_solved_at"), "turn", how="inner")
    later = both.filter(both.sent_at > both.turn_last_solved_at)
    return steps.add(
        "case_again", later.group_by(*CASE).aggregate(next_message_at=later.sent_at.min())
    )


def attributed(survivor: Expr, message: Expr, merged: Expr) -> Expr:
    """Return the messages of surviving cases, with who wrote them."""
    into = named("into", merged)
    whose = named("case", survivor.select(*CASE, "customer_id", "by_customer_at"))
    counts_for = into.into_merged_into.coalesce(message.case_id)
    both = message.left_join(
        into, [message.source == into.into_source, message.case_id == into.into_case_id]
    ).inner_join(whose, [message.source == whose.case_source, counts_for == whose.case_case_id])
    unsaid = both.author_kind.isnull()
    is_their_own = (both.customer_id == both.case_customer_id).fill_null(False)
    is_customer = (both.author_kind == "customer").fill_null(False) | (
        unsaid & ((both.direction == "inbound").fill_null(False) | is_their_own)
    )
    is_somebody = (both.direction == "outbound").fill_null(both.customer_id.notnull())
    is_human = (both.author_kind == "agent").fill_null(False) | (
        unsaid & ~is_customer & is_somebody
    )
    return both.select(
        "source",
        "received_at",
        "message_id",
        "sent_at",
        case_id=both.case_case_id,
        by_customer_at=both.case_by_customer_at,
        author=both.author_id.coalesce(both.customer_id),
        # Only where the case does not say whose it is.
        customer_id=both.case_customer_id.isnull().ifelse(both.customer_id, None),
        channel=both.channel,
        language=both.language,
        is_customer=is_customer,
        is_reply=is_human & both.is_public.fill_null(True),
        is_bot=(both.author_kind == "bot").fill_null(False),
    )


def of_events(steps: Steps, survivor: Expr, event: Expr) -> ir.Table:
    """Return what the events of each case tell; cases without any are not there."""
    turn = turns(event)
    solved = steps.add(
        "case_solved",
        turn.group_by(*CASE).aggregate(
            first_solved_at=turn["at"].min(where=turn.is_solving),
            last_solved_at=turn["at"].max(where=turn.is_solving),
            reopens=turn.is_reopening.sum(),
            is_resolved=turn.is_last_resolved.any(),
        ),
    )
    status = steps.add("case_status", of_statuses(steps, survivor, event, solved))
    told = with_case(
        event.select(*CASE, "at", "kind", "to_value"),
        solved.select(*CASE, "last_solved_at"),
        "turn",
    )
    before = (told["at"] <= told.turn_last_solved_at).fill_null(True)

    def last(kind: str) -> Expr:
        return told.to_value.argmax(told["at"], where=(told.kind == kind) & before)

    def instants(kind: str, where: Expr = EVERY_ROW) -> Expr:
        """Count the same thing told twice at an instant once."""
        return told["at"].nunique(where=(told.kind == kind) & where)

    counted = steps.add(
        "case_happened",
        told.group_by(*CASE).aggregate(
            last_agent=last("assigned"),
            last_team=last("moved"),
            first_solution_offered_at=told["at"].min(where=told.kind == "solution_offered"),
            solutions_offered=instants("solution_offered", before),
            moves=instants("moved"),
            escalations=instants("escalated"),
        ),
    )
    return with_case(with_case(counted, solved, "turn"), status, "status")


def turns(event: Expr) -> Expr:
    """Return the events at which a case becomes resolved, or open again, in their order.

    A vendor may tell one reopening by two events, a change of status and the reopening itself:
    it counts once, because the second changes nothing. A reopening that comes first of all is
    one of a case that was solved before the lake knew it.
    """
    is_status = event.kind == "status_changed"
    becomes = ibis.cases(
        (event.kind.isin(RESOLVED) | (is_status & event.to_value.isin(RESOLVED)), True),
        ((event.kind == "reopened") | (is_status & event.to_value.isin(WAITING)), False),
        else_=None,
    )
    told = event.select(*CASE, *IN_ORDER, "kind", becomes=becomes)
    told = told.filter(told.becomes.notnull())
    in_order = ibis.window(group_by=CASE, order_by=IN_ORDER)
    told = told.mutate(
        was=told.becomes.lag().over(in_order), is_last=told.becomes.lead().over(in_order).isnull()
    )
    return told.mutate(
        is_solving=told.becomes & ~told.was.fill_null(False),
        is_reopening=~told.becomes & told.was.fill_null(told.kind == "reopened"),
        is_last_resolved=told.is_last & told.becomes,
    )


def of_statuses(steps: Steps, survivor: Expr, event: Expr, solved: Expr) -> Expr:
    """Return how long each solved case was in each status, up to its last solving.

    Before the first change of its status a case has the one that it changes from; where that is
    not told, it is new.
    """
    change = event.filter(event.kind == "status_changed")
    in_order = ibis.window(group_by=CASE, order_by=IN_ORDER)
    change = steps.add(
        "case_change",
        change.select(
            *CASE,
            "at",
            status=change.to_value,
            until=change["at"].lead().over(in_order),
            place=ibis.row_number().over(in_order),
            came_from=change.from_value,
        ),
    )
    first = with_case(
        change.filter(change.place == 0), survivor.select(*CASE, "opened_at"), "case", how="inner"
    )
    opening = first.select(
        *CASE,
        at=first.case_opened_at,
        status=first.came_from.fill_null("new"),
        until=first["at"],
    )
    span = steps.add(
        "case_span", ibis.union(change.select(*CASE, "at", "status", "until"), opening)
    )
    ended = solved.filter(solved.is_resolved).select(*CASE, "last_solved_at")
    told = with_case(span, ended, "solved", how="inner")
    solved_at = told.solved_last_solved_at
    until = ibis.least(told.until.coalesce(solved_at), solved_at)
    told = told.mutate(
        seconds=ibis.greatest(until.delta(told["at"], unit="microsecond") / 1e6, 0.0)
    )

    def passed(*statuses: str) -> Expr:
        return told.seconds.sum(where=told.status.isin(statuses)).fill_null(0.0)

    return told.group_by(*CASE).aggregate(
        requester_wait_seconds=passed("new", "open", "on_hold"),
        agent_wait_seconds=passed("pending"),
        agent_work_seconds=passed("new", "open"),
        on_hold_seconds=passed("on_hold"),
    )


def latest(case: Expr, message: Expr, event: Expr) -> Expr:
    """Return for each source the last instant known, and whether it has messages and events."""

    def each(table: Expr, instant: Expr, kind: str) -> Expr:
        return (
            table.group_by("source").aggregate(until=instant.max()).mutate(kind=ibis.literal(kind))
        )

    every = ibis.union(
        each(case, case.opened_at, "case"),
        each(message, message.sent_at, "message"),
        each(event, event["at"], "event"),
    )
    return every.group_by("source").aggregate(
        until=every.until.max(),
        has_messages=(every.kind == "message").any(),
        has_events=(every.kind == "event").any(),
    )


def with_known(told: Expr, known: Expr) -> ir.Table:
    """Tell what did not happen from what the lake cannot know."""
    known = named("known", known)
    rows = told.left_join(known, told.source == known.known_source)
    has_messages, has_events = rows.known_has_messages, rows.known_has_events

    def counted(prefix: str, names: Iterable[str], has: Expr) -> dict[str, Expr]:
        """Nothing was counted where there could have been something; else it is not known."""
        return {
            name: has.ifelse(rows[f"{prefix}_{name}"].fill_null(0), None).cast("int64")
            for name in names
        }

    contact = rows.said_first_contact_at.coalesce(rows.by_customer_at)
    written = counted(
        "said", ("customer_messages", "human_replies", "bot_messages", "agents"), has_messages
    )
    is_solved = rows.did_turn_is_resolved
    happened_at = {
        "first_solution_offered_at": rows.did_first_solution_offered_at,
        "first_solved_at": rows.did_turn_first_solved_at,
        "solved_at": is_solved.ifelse(rows.did_turn_last_solved_at, None),
    }
    durations = {
        name: rows[f"did_status_{name}"] for name in CaseFact.columns() if name.endswith("_seconds")
    }
    found = {
        "customer_id": rows.person,
        "team": rows.did_last_team.coalesce(rows.team),
        "agent_id": rows.did_last_agent.coalesce(rows.agent_id),
        "known_until": rows.known_until,
        "first_contact_at": has_messages.ifelse(contact, None),
        "first_reply_at": rows.said_first_reply_at,
        "first_bot_reply_at": rows.said_first_bot_reply_at,
        **written,
        **counted("did", ("solutions_offered", "moves", "escalations"), has_events),
        "reopens": has_events.ifelse(rows.did_turn_reopens.fill_null(0), None).cast("int64"),
        **happened_at,
        **durations,
        "is_bot_only": is_solved & (written["human_replies"] == 0) & (written["bot_messages"] > 0),
        "next_message_at": is_solved.ifelse(rows.again_next_message_at, None),
        **{name: rows[f"after_{name}"] for name in AFTER},
    }
    return rows.select(
        **{name: found[name] if name in found else rows[name] for name in CaseFact.columns()}
    )


def with_case(left: Expr, right: Expr, prefix: str, how: str = "left") -> ir.Table:
    """Join what is known of the same case; the names of the right side get a prefix."""
    other = named(prefix, right)
    return left.join(
        other,
        [
            left.source == other[f"{prefix}_source"],
            left.case_id == other[f"{prefix}_case_id"],
        ],
        how=how,
    )


def named(prefix: str, table: Expr) -> ir.Table:
    """Put a word before all names of a table, so that none is in both sides of a join."""
    return table.rename(f"{prefix}_{{name}}")


def first_known(column: Expr, order: Expr, where: Expr = EVERY_ROW) -> Expr:
    """Return of a group the first value that is known."""
    return column.argmin(order, where=where & column.notnull())


def last_known(column: Expr, order: Expr, where: Expr = EVERY_ROW) -> Expr:
    """Return of a group the last value that is known."""
    return column.argmax(order, where=where & column.notnull())
