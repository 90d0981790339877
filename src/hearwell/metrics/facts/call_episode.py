"""One row for each time that somebody tried to reach us by telephone, in however many calls."""

from collections.abc import Mapping
from dataclasses import dataclass

import ibis

from hearwell.metrics.facts.call_line import CALL, call_lines, call_links
from hearwell.metrics.facts.case_did import turns
from hearwell.metrics.facts.case_fact import CASE, with_case
from hearwell.metrics.facts.case_merge import merges, whose
from hearwell.metrics.facts.case_said import by_whom
from hearwell.metrics.facts.steps import (
    Steps,
    by_number,
    first_known,
    last_known,
    named,
    selected,
)
from hearwell.metrics.part import EVERY_ROW, Expr
from hearwell.records.record import (
    Count,
    Dimension,
    Flag,
    Instant,
    Key,
    Person,
    Record,
    RequiredInstant,
)

RETRY_GAP_HOURS = 24
"""Calls of one caller belong together if no more than this lies between one and the next."""

THEN = ("reached_later", "called_back", "solved_otherwise", "still_open")
"""What became of callers who hung up: the first of these that is true."""

OUT = ("outbound", "callback")
CALLED_BY, EPISODE_TOLD, CALL_CONTACT = "called_by", "call_episode_told", "call_contact"
EPISODE_WHOLE = "episode_whole"


class CallEpisode(Record):
    """One row for each caller's attempts to reach us, none of them a day after the one before.

    A call of an unknown caller, or whose end is not known, belongs to no episode: it is a row
    without attempts.
    """

    table_name = "call_episode"

    constants = {"channel": "phone"}  # noqa: RUF012  declared as such in Record

    call_id: Key  # the first call
    caller: Person
    customer_id: Person  # the only one whom the calls name
    queue: Dimension  # the first that is known, as are topic, product and language
    topic: Dimension
    product: Dimension
    language: Dimension
    team: Dimension  # of the agent who answered first
    agent_id: Dimension
    began_at: RequiredInstant  # when the first call entered its queue
    last_entered_at: Instant
    window_ends_at: Instant  # until then another call would belong to it
    known_until: Instant  # the last thing that the lake knows of the source
    attempts: Count
    attempts_to_reach: Count  # up to the first that was answered; null if there was none
    is_reached: Flag
    is_abandoned: Flag  # the caller hung up, and had not been answered before
    abandoned_at: Instant  # for the first time
    outcome: Dimension  # what came of it, for those who hung up
    wrote_at: Instant  # the customer's next written contact


def call_tellings(steps: Steps, call: Expr, case: Expr, merged: Expr, told: Expr) -> None:
    """Plan the tables that lead to `call_episode_told` and `call_contact`.

    Both depend on the calls of one caller, and on the cases to which these are linked.

    Args:
        steps: to which they are added.
        call, case: the records.
        merged: for each merged case the one into which it went in the end.
        told: what is told of each case.

    """
    linked = steps.add("call_link", call_links(steps, call, case, merged, told))
    line = steps.add("call_line", call_lines(steps, call, linked))
    placed = in_place(steps, line.filter(~line.is_end_unknown))
    episode = steps.add("call_episode_counted", episodes(placed))
    outside = line.filter(line.is_end_unknown)
    entered = outside.entered_at
    outside = outside.drop("is_abandoned").mutate(began_at=entered, last_entered_at=entered)
    steps.add(EPISODE_TOLD, ibis.union(as_told(episode), as_told(outside)))
    contact = steps.add("call_contact_counted", contacts(placed))
    steps.add(CALL_CONTACT, with_owner(contact, episode))


def in_place(steps: Steps, line: Expr) -> Expr:
    """Number the calls of each caller, their episodes, and their contacts.

    Who was answered has reached us: a call after that is another contact of the same episode.
    """
    order = ("entered_at", *CALL)
    in_order = ibis.window(group_by=CALLED_BY, order_by=order)
    placed = steps.add(
        "call_place",
        line.mutate(
            place=ibis.row_number().over(in_order),
            last_at=line.entered_at.lag().over(in_order),
            was_answered=line.is_answered.lag().over(in_order).fill_null(False),
        ),
    )
    gap = ibis.interval(hours=RETRY_GAP_HOURS)
    begins = (placed.entered_at > placed.last_at + gap).fill_null(True)
    placed = steps.add(
        "call_begins",
        placed.mutate(begins_episode=begins, begins_contact=begins | placed.was_answered),
    )
    so_far = ibis.window(group_by=CALLED_BY, order_by="place", rows=(None, 0))
    return steps.add(
        "call_placed",
        placed.mutate(
            episode=placed.begins_episode.sum().over(so_far),
            contact=placed.begins_contact.sum().over(so_far),
            named=placed.link_person.coalesce(placed.customer_id),
        ),
    )


def episodes(placed: Expr) -> Expr:
    """Put the calls of each episode together."""

    def first(name: str, where: Expr = EVERY_ROW) -> Expr:
        return first_known(placed[name], placed.place, where)

    counted = placed.group_by(CALLED_BY, "episode").aggregate(
        **{name: first(name) for name in (*CALL, "caller", "queue", "topic", "product")},
        language=first("language"),
        received_at=placed.received_at.max(),
        is_known=placed.is_known.any(),
        lowest=placed.named.min(),
        highest=placed.named.max(),
        team=first("team", placed.is_answered),
        agent_id=first("agent_id", placed.is_answered),
        began_at=placed.entered_at.min(),
        last_entered_at=placed.entered_at.max(),
        calls=placed.count(),
        first_place=placed.place.min(),
        reached_place=placed.place.min(where=placed.is_answered),
        lost_place=placed.place.min(where=placed.is_abandoned),
        lost_at=first("ended_at", placed.is_abandoned),
    )
    is_known, reached = counted.is_known, counted.reached_place
    is_lost = counted.lost_place.notnull()
    hung_up = is_lost & (counted.lost_place < reached).fill_null(True)
    return counted.mutate(
        customer_id=(counted.lowest == counted.highest).ifelse(counted.lowest, None),
        attempts=is_known.ifelse(counted.calls, None),
        attempts_to_reach=is_known.ifelse(reached - counted.first_place + 1, None),
        is_reached=is_known.ifelse(reached.notnull(), None),
        is_abandoned=is_known.ifelse(hung_up, None),
        abandoned_at=(is_known & hung_up).ifelse(counted.lost_at, None),
    )


TOLD_OF_EPISODE = {
    CALLED_BY: "string",
    **dict.fromkeys((*CALL, "caller", "customer_id", "queue", "topic", "product"), "string"),
    **dict.fromkeys(("language", "team", "agent_id"), "string"),
    **dict.fromkeys(("received_at", "began_at", "last_entered_at", "abandoned_at"), "timestamp"),
    **dict.fromkeys(("attempts", "attempts_to_reach"), "int64"),
    **dict.fromkeys(("is_reached", "is_abandoned"), "boolean"),
}


def as_told(rows: Expr) -> Expr:
    """Return what is told of episodes, with nulls for what is not."""
    return rows.select(
        **{
            name: rows[name].cast(dtype) if name in rows.columns else ibis.null(dtype)
            for name, dtype in TOLD_OF_EPISODE.items()
        }
    )


def contacts(placed: Expr) -> Expr:
    """Put together the attempts up to each answered call; what the last one tells holds."""

    def last(name: str) -> Expr:
        return last_known(placed[name], placed.place)

    return placed.group_by(CALLED_BY, "contact").aggregate(
        source=first_known(placed.source, placed.place),
        call_id=first_known(placed.call_id, placed.place),
        episode=placed.episode.max(),
        received_at=placed.received_at.max(),
        caller=last("caller"),
        named=last("named"),
        case_source=last("link_source"),
        case_id=last("link_case_id"),
        case_owner=last("link_owner"),
        **{name: last(name) for name in ("queue", "topic", "product", "language")},
        team=last("team"),
        agent_id=last("agent_id"),
        began_at=placed.entered_at.min(),
        ended_at=placed.ended_at.max(),
        is_reached=placed.is_answered.any(),
        is_dialled=placed.is_dialled.any(),
    )


def with_owner(contact: Expr, episode: Expr) -> Expr:
    """Say whose each contact is: the case's owner, else the customer, else the caller."""
    whole = named("whole", episode.select(CALLED_BY, "episode", "customer_id"))
    both = contact.left_join(
        whole,
        [contact.called_by == whole.whole_called_by, contact.episode == whole.whole_episode],
    )
    person = both.named.coalesce(both.whole_customer_id, both.caller)
    is_linked = both.case_id.notnull()
    return both.select(
        *(name for name in contact.columns if name not in ("contact", "episode", "named")),
        # Of a linked call the case says whose it is.
        person=is_linked.ifelse(None, person),
        owner=both.case_owner.coalesce(person, both.called_by),
    )


@dataclass(frozen=True)
class Around:
    """What else there is, of which an episode tells what came of it."""

    contact: Expr  # contact_told
    case_told: Expr
    known: Expr  # until when the lake knows of each source
    call: Expr
    case: Expr
    message: Expr
    case_event: Expr


def call_episodes(told: Expr, around: Around) -> Mapping[str, Expr]:
    """Return the tables to make of what is told of episodes; the last is `call_episode`.

    Args:
        told: as `call_tellings` made it.
        around: what else there is.

    """
    steps = Steps()
    gap = ibis.interval(hours=RETRY_GAP_HOURS)
    told = steps.add(
        EPISODE_WHOLE,
        told.mutate(
            person=told.customer_id.coalesce(told.called_by),
            window_ends_at=told.last_entered_at + gap,
        ),
    )
    lost = steps.add("episode_lost", told.filter(told.is_abandoned, ~told.is_reached))
    back = steps.add("episode_called_back", called_back(steps, lost, around.call))
    theirs = around.case_told
    theirs = theirs.semi_join(lost, theirs.owner == lost.person)
    theirs = steps.add("episode_case", theirs.mutate(number=ibis.row_number()))
    of_case = whose(steps, theirs, merges(steps, around.case))
    said = steps.add("episode_message", by_whom(around.message, of_case))
    moment = steps.add("episode_helped", helped(theirs, said, around.case_event))
    solved = within(lost, moment, moment.owner == lost.person, moment["at"])
    solved = steps.add("episode_solved", solved)
    rows = told
    for name, table in (("back", back), ("solved", solved)):
        other = named(name, table.mutate(is_so=ibis.literal(True)))
        rows = rows.left_join(
            other,
            [rows.source == other[f"{name}_source"], rows.call_id == other[f"{name}_call_id"]],
        )
    wrote = named("wrote", around.contact.filter(around.contact.is_phone))
    known = named("known", around.known)
    rows = rows.left_join(
        wrote,
        [
            rows.source == wrote.wrote_source,
            ibis.literal("call ") + rows.call_id == wrote.wrote_contact_id,
        ],
    )
    rows = rows.left_join(known, rows.source == known.known_source)
    then = ibis.cases(
        (~rows.is_abandoned.fill_null(False), ibis.null("string")),
        (rows.is_reached, "reached_later"),
        (rows.back_is_so.fill_null(False), "called_back"),
        (rows.solved_is_so.fill_null(False), "solved_otherwise"),
        else_="still_open",
    )
    found = {
        "known_until": rows.known_until,
        "outcome": then,
        "wrote_at": rows.wrote_next_written_at,
    }
    steps.add(CallEpisode.table_name, selected(CallEpisode, rows, found))
    return steps.made


def within(lost: Expr, moment: Expr, is_theirs: Expr, at: Expr) -> Expr:
    """Return the episodes with such a moment after the caller hung up and within the window."""
    soon = [is_theirs, at > lost.abandoned_at, at <= lost.window_ends_at]
    return lost.semi_join(moment, soon).select(*CALL)


def called_back(steps: Steps, lost: Expr, call: Expr) -> Expr:
    """Return the episodes after which we called the same number, or the same customer."""
    is_back = call.direction.isin(OUT) & (call.outcome == "answered")
    back = call.filter(is_back).select("caller", "customer_id", "entered_at")
    back = steps.add("episode_call_out", back)
    by_number = within(lost, back, back.caller == lost.caller, back.entered_at)
    by_customer = within(lost, back, back.customer_id == lost.person, back.entered_at)
    return ibis.union(by_number, by_customer, distinct=True)


def helped(case: Expr, said: Expr, event: Expr) -> Expr:
    """Return when a human replied to the owner of a case in public, or solved the case."""
    of_case = case.select("number", *CASE, "owner")
    replied = by_number(said.filter(said.is_reply), of_case, "of", how="inner")
    turn = turns(event.semi_join(case, CASE), CASE)
    solved = with_case(turn.filter(turn.is_solving), of_case, "of", how="inner")
    return ibis.union(
        replied.select(at=replied.sent_at, owner=replied.of_owner),
        solved.select(at=solved["at"], owner=solved.of_owner),
    )
