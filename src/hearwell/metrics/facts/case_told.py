"""What the messages and events of each case tell of it: it depends on that case alone.

Cases are numbered first. Rows are then put together and in order by a whole number, which takes
half the time that the words of the key take.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from hearwell.clock.business import BusinessDays, with_business_seconds
from hearwell.metrics.facts.case_fact import CASE, CaseFact
from hearwell.metrics.facts.steps import Steps, named
from hearwell.metrics.part import EVERY_ROW, Expr
from hearwell.records.case import Case
from hearwell.records.case_event import STATUSES

RESOLVED = ("solved", "closed")
WAITING = tuple(status for status in STATUSES if status not in RESOLVED)
WORKED_ON = ("new", "open")
DURATIONS = {
    "requester_wait": ("new", "open", "on_hold"),
    "agent_wait": ("pending",),
    "agent_work": WORKED_ON,
    "on_hold": ("on_hold",),
}
"""In which statuses each duration of a case passes."""

MERGES = tuple(f"case_merged_{number}" for number in range(5))
"""The steps in which chains of merged cases are followed; each doubles how long they may be."""
MERGED = MERGES[-1]

TOLD, WAITS, HANDLED = "case_told", "case_wait_told", "case_handling_told"
"""The tables that are kept: one row for each case, wait for a reply, and agent who had a case."""

IN_ORDER = ("at", "event_id")
BY_CASE = ibis.window(group_by="number", order_by=IN_ORDER)

EARLIER, LATER = "0001-01-01", "9999-12-31"
"""Instants before and after all that happens."""

DIMENSIONS = tuple(name for name in CaseFact.columns() if name in Case.columns())


@dataclass(frozen=True)
class Hours:
    """The opening hours by which the time of cases is counted.

    Attributes:
        days: how long each schedule is open on each day.
        schedule_of: returns the name of the schedule that applies to each row of a table, which
            has the dimensions of `case_fact`.
        key: what decides both, besides the range of the days.

    """

    days: BusinessDays
    schedule_of: Callable[[Expr], Expr]
    key: str

    @property
    def written_as(self) -> tuple[str, int, int]:
        """What decides the words of the queries."""
        return self.key, self.days.open_stretches, self.days.unknown_stretches


def case_tellings(
    case: Expr, message: Expr, case_event: Expr, *, hours: Hours | None = None
) -> Mapping[str, Expr]:
    """Return the tables to make, in their order; those that are kept are among them.

    Messages of a case that was merged into another count for the survivor. A message of an
    unknown author is the customer's if it came in or names the customer of the case; it is a
    human's reply if it went out or names somebody else.
    """
    steps = Steps()
    survivor = steps.add(
        "case_survivor",
        case.filter(case.merged_into.isnull()).select(
            *DIMENSIONS, number=ibis.row_number(), by_customer_at=opened_by_customer(case)
        ),
    )
    said, wait = of_messages(steps, survivor, message, merges(steps, case))
    did, turned, happened = of_events(steps, survivor, case_event)
    change = steps.add("case_change", changes(did, "status_changed"))
    ended = steps.add("case_ended", solved_cases(survivor, change, turned, happened, hours))
    passed = of_statuses(steps, did, change, ended, hours)
    with_team(steps, survivor, wait, did)
    handled(steps, survivor, passed)
    status = steps.add("case_status", in_statuses(passed))
    owner = steps.add("case_owner", owners(survivor, steps.table("case_message")))
    again = steps.add("case_again", wrote_again(steps.table("case_message"), turned))
    steps.add(TOLD, told_of_each(survivor, *said, happened, turned, status, owner, again))
    return steps.made


def told_of_each(survivor: Expr, *tables: Expr) -> Expr:
    """Return one row for each case, with what each of the tables tells of it."""
    rows, columns = survivor, {name: name for name in survivor.columns}
    for place, table in enumerate(tables):
        prefix = f"told_{place}"
        rows = by_number(rows, table, prefix)
        columns |= {name: f"{prefix}_{name}" for name in table.columns if name != "number"}
    del columns["number"]
    return rows.select(**{name: rows[of] for name, of in columns.items()})


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


# --- messages ----------------------------------------------------------------------------------


def of_messages(
    steps: Steps, survivor: Expr, message: Expr, merged: Expr
) -> tuple[tuple[ir.Table, ...], ir.Table]:
    """Return tables of what the messages of each case tell, and the waits for a reply."""
    told = by_whom(message, whose(steps, survivor, merged)).drop("received_at", "message_id")
    told = steps.add("case_message", told)
    written = steps.add(
        "case_written",
        told.group_by("number").aggregate(
            first_written_at=told.sent_at.min(where=told.is_customer),
            customer_messages=told.is_customer.sum(),
            human_replies=told.is_reply.sum(),
            bot_messages=told.is_bot.sum(),
            agents=told.author.nunique(where=told.is_reply),
        ),
    )
    wait = steps.add("case_wait", waits(survivor, told, written))
    answered = steps.add(
        "case_answered",
        wait.group_by("number").aggregate(first_reply_at=wait.replied_at.min()),
    )
    bot = told.filter(told.is_bot)
    bot = by_number(bot, written.select("number", "first_written_at"), "since")
    bot = bot.filter(bot.sent_at >= bot.since_first_written_at.coalesce(bot.by_customer_at))
    answered_by_bot = steps.add(
        "case_answered_by_bot",
        bot.group_by("number").aggregate(first_bot_reply_at=bot.sent_at.min()),
    )
    return (written, answered, answered_by_bot), wait


def whose(steps: Steps, survivor: Expr, merged: Expr) -> ir.Table:
    """Return for each case the one for which its messages count."""
    own = survivor.select(*CASE, "number", "customer_id", "by_customer_at")
    into = named("into", own)
    both = merged.inner_join(
        into, [merged.source == into.into_source, merged.merged_into == into.into_case_id]
    )
    others = both.select(
        *CASE,
        number=both.into_number,
        customer_id=both.into_customer_id,
        by_customer_at=both.into_by_customer_at,
    )
    return steps.add("case_whose", ibis.union(own, others))


def by_whom(message: Expr, case: Expr) -> Expr:
    """Return the messages of customers, human replies, and what bots wrote."""
    case = named("case", case)
    both = message.inner_join(
        case, [message.source == case.case_source, message.case_id == case.case_case_id]
    )
    unsaid = both.author_kind.isnull()
    is_their_own = (both.customer_id == both.case_customer_id).fill_null(False)
    is_customer = (both.author_kind == "customer").fill_null(False) | (
        unsaid & ((both.direction == "inbound").fill_null(False) | is_their_own)
    )
    is_somebody = (both.direction == "outbound").fill_null(both.customer_id.notnull())
    is_human = (both.author_kind == "agent").fill_null(False) | (
        unsaid & ~is_customer & is_somebody
    )
    told = both.select(
        "sent_at",
        "channel",
        "language",
        "received_at",
        "message_id",
        # Only where the case does not say whose it is.
        customer_id=both.case_customer_id.isnull().ifelse(both.customer_id, None),
        number=both.case_number,
        by_customer_at=both.case_by_customer_at,
        author=both.author_id.coalesce(both.customer_id),
        is_customer=is_customer,
        is_reply=is_human & both.is_public.fill_null(True),
        is_bot=(both.author_kind == "bot").fill_null(False),
    )
    return told.filter(told.is_customer | told.is_reply | told.is_bot)


def waits(survivor: Expr, told: Expr, written: Expr) -> Expr:
    """Return one row for each message that a customer wrote when nobody owed them a reply.

    What customers write until the reply comes does not begin another wait. Of the same instant
    customers come first, so that a reply in the second of the question answers it. A case that
    the customer opened, and in which they never wrote, begins with its opening.
    """
    silent = by_number(survivor, written.select("number", "first_written_at"), "written")
    silent = silent.filter(
        silent.written_first_written_at.isnull(), silent.by_customer_at.notnull()
    )
    opening = silent.select(
        "number",
        sent_at=silent.by_customer_at,
        is_reply=ibis.literal(False),
        author=silent.customer_id,
        channel=silent.channel,
    )
    columns = ("number", "sent_at", "is_reply", "author", "channel")
    spoken = told.filter(told.is_customer | told.is_reply).select(*columns)
    spoken = ibis.union(spoken, opening.select(*columns))
    by_turns = ["sent_at", "is_reply"]
    in_order = ibis.window(group_by="number", order_by=[*by_turns, "author", "channel"])
    turn = spoken.mutate(was_reply=spoken.is_reply.lag().over(in_order))
    turn = turn.filter((turn.was_reply != turn.is_reply).fill_null(True))
    in_turn = ibis.window(group_by="number", order_by=by_turns)  # no two of an instant are alike
    turn = turn.mutate(
        replied_at=turn.sent_at.lead().over(in_turn), replied_by=turn.author.lead().over(in_turn)
    )
    return turn.filter(~turn.is_reply).select(
        "number", "channel", "replied_at", "replied_by", waiting_since=turn.sent_at
    )


def with_team(steps: Steps, survivor: Expr, wait: Expr, did: Expr) -> ir.Table:
    """Add the team that had the case when the reply came, or has it while none has come.

    Before its first move a case is with the team from which it was moved; one that was never
    moved is with the team that the case names.
    """
    moved = steps.add("case_moved", did.filter(did.kind == "moved"))
    of_case = named("move", moved)
    both = wait.inner_join(of_case, wait.number == of_case.move_number)
    before = (both.move_at <= both.replied_at).fill_null(True)
    team = steps.add(
        "case_wait_team",
        both.group_by("number", "waiting_since").aggregate(
            team=both.move_to_value.argmax(both.move_at, where=before),
            first_team=both.move_from_value.argmin(both.move_at),
        ),
    )
    had = named("had", team)
    rows = wait.left_join(
        had, [wait.number == had.had_number, wait.waiting_since == had.had_waiting_since]
    )
    rows = by_number(rows, survivor.select("number", *CASE, "team"), "case", how="inner")
    return steps.add(
        WAITS,
        rows.select(
            "waiting_since",
            "replied_at",
            "replied_by",
            "channel",
            source=rows.case_source,
            case_id=rows.case_case_id,
            team=rows.had_number.isnull().ifelse(
                rows.case_team, rows.had_team.coalesce(rows.had_first_team)
            ),
        ),
    )


def owners(survivor: Expr, message: Expr) -> Expr:
    """Return whose each case is, and who owns it: the case itself where nobody knows whose it is.

    Where the case does not say, it is the only customer whom the customer's messages name.
    """
    theirs = message.filter(message.is_customer, message.customer_id.notnull())
    named_in = theirs.group_by("number").aggregate(
        low=theirs.customer_id.min(), high=theirs.customer_id.max()
    )
    rows = by_number(survivor, named_in, "named")
    only = (rows.named_low == rows.named_high).ifelse(rows.named_low, None)
    person = rows.customer_id.coalesce(only)
    nobody = ibis.literal("case:") + rows.source + " " + rows.case_id
    return rows.select("number", person=person, owner=person.coalesce(nobody))


def wrote_again(message: Expr, turned: Expr) -> Expr:
    """Return the customer's first message after the last solving of each case."""
    theirs = message.filter(message.is_customer).select("number", "sent_at")
    both = by_number(theirs, turned.select("number", "last_solved_at"), "turned", how="inner")
    later = both.filter(both.sent_at > both.turned_last_solved_at)
    return later.group_by("number").aggregate(next_message_at=later.sent_at.min())


# --- events ------------------------------------------------------------------------------------


def of_events(steps: Steps, survivor: Expr, event: Expr) -> tuple[ir.Table, ir.Table, ir.Table]:
    """Return the events of each case, when it was solved, and what was done for it."""
    own = named("case", survivor.select(*CASE, "number"))
    both = event.inner_join(
        own, [event.source == own.case_source, event.case_id == own.case_case_id]
    )
    did = steps.add(
        "case_did",
        both.select("at", "event_id", "kind", "from_value", "to_value", number=both.case_number),
    )
    turn = turns(did)
    turned = steps.add(
        "case_turned",
        turn.group_by("number").aggregate(
            first_solved_at=turn["at"].min(where=turn.is_solving),
            last_solved_at=turn["at"].max(where=turn.is_solving),
            reopens=turn.is_reopening.sum(),
            is_resolved=turn.is_last_resolved.any(),
        ),
    )
    return did, turned, steps.add("case_happened", happened_of_each(did, turned))


def turns(did: Expr, case: Sequence[str] = ("number",)) -> Expr:
    """Return the events at which a case becomes resolved, or open again, in their order.

    A vendor may tell one reopening by two events, a change of status and the reopening itself:
    it counts once, because the second changes nothing. A reopening that comes first of all is
    one of a case that was solved before the lake knew it.
    """
    is_status = did.kind == "status_changed"
    becomes = ibis.cases(
        (did.kind.isin(RESOLVED) | (is_status & did.to_value.isin(RESOLVED)), True),
        ((did.kind == "reopened") | (is_status & did.to_value.isin(WAITING)), False),
        else_=None,
    )
    told = did.select(*case, *IN_ORDER, "kind", becomes=becomes)
    told = told.filter(told.becomes.notnull())
    in_order = ibis.window(group_by=case, order_by=IN_ORDER)
    told = told.mutate(
        was=told.becomes.lag().over(in_order), is_last=told.becomes.lead().over(in_order).isnull()
    )
    return told.mutate(
        is_solving=told.becomes & ~told.was.fill_null(False),
        is_reopening=~told.becomes & told.was.fill_null(told.kind == "reopened"),
        is_last_resolved=told.is_last & told.becomes,
    )


def happened_of_each(did: Expr, turned: Expr) -> Expr:
    """Return who had each case in the end, and what was done for it."""
    kinds = ("assigned", "moved", "escalated", "solution_offered")
    told = by_number(
        did.filter(did.kind.isin(kinds)), turned.select("number", "last_solved_at"), "turned"
    )
    before = (told["at"] <= told.turned_last_solved_at).fill_null(True)

    def last(kind: str) -> Expr:
        return told.to_value.argmax(told["at"], where=(told.kind == kind) & before)

    def instants(kind: str, where: Expr = EVERY_ROW) -> Expr:
        """Count the same thing told twice at an instant once."""
        return told["at"].nunique(where=(told.kind == kind) & where)

    return told.group_by("number").aggregate(
        last_agent=last("assigned"),
        last_team=last("moved"),
        first_solution_offered_at=told["at"].min(where=told.kind == "solution_offered"),
        solutions_offered=instants("solution_offered", before),
        moves=instants("moved"),
        escalations=instants("escalated"),
    )


# --- time in each status -----------------------------------------------------------------------


def of_statuses(
    steps: Steps, did: Expr, change: Expr, ended: Expr, hours: Hours | None
) -> ir.Table:
    """Return the stretches of each solved case in one status and with one agent, by both clocks.

    They go up to the last solving: what comes after does not count.
    """
    span = spans(change, ended)
    held = steps.add("case_held", holders(did))
    held = named("held", held)
    both = span.left_join(
        held,
        [
            span.number == held.held_number,
            span.ends > held.held_since,
            span.begins < held.held_until,
        ],
    )
    piece = both.select(
        "number",
        "status",
        "schedule",
        holder=both.held_holder,
        begins=ibis.greatest(both.begins, both.held_since.coalesce(both.begins)),
        ends=ibis.least(both.ends, both.held_until.coalesce(both.ends)),
    )
    if hours is None:
        piece = piece.mutate(business=ibis.null("float64"))
    else:
        piece = with_business_seconds(
            piece, hours.days, piece.schedule, {"business": (piece.begins, piece.ends)}
        )
    piece = piece.mutate(seconds=piece.ends.delta(piece.begins, unit="microsecond") / 1e6)
    # No time is no time by any clock, also where it is not known whether there were hours.
    is_none = (piece.seconds == 0) & piece.schedule.notnull()
    passed = piece.select(
        "number",
        "status",
        "holder",
        "seconds",
        business=is_none.ifelse(0.0, piece.business),
    )
    return steps.add("case_passed", passed)


def changes(did: Expr, kind: str) -> Expr:
    """Return the events of a kind, each with the instant of the next and its place."""
    change = did.filter(did.kind == kind)
    return change.select(
        "number",
        "at",
        "from_value",
        "to_value",
        until=change["at"].lead().over(BY_CASE),
        is_first=change["at"].lag().over(BY_CASE).isnull(),
    )


def solved_cases(
    survivor: Expr, change: Expr, turned: Expr, happened: Expr, hours: Hours | None
) -> Expr:
    """Return the cases that are solved and of which a status is told, with their schedules."""
    first = change.filter(change.is_first)
    rows = by_number(first, turned.filter(turned.is_resolved), "turned", how="inner")
    rows = by_number(rows, survivor, "case", how="inner")
    rows = by_number(rows, happened.select("number", "last_team", "last_agent"), "did")
    dimensions = {name: rows[f"case_{name}"] for name in DIMENSIONS} | {
        "team": rows.did_last_team.coalesce(rows.case_team),
        "agent_id": rows.did_last_agent.coalesce(rows.case_agent_id),
    }
    rows = rows.select(
        "number",
        first_change_at=rows["at"],
        first_status=rows.from_value.fill_null("new"),
        last_solved_at=rows.turned_last_solved_at,
        **dimensions,
    )
    schedule = ibis.null("string") if hours is None else hours.schedule_of(rows)
    return rows.select(
        "number",
        "opened_at",
        "first_change_at",
        "first_status",
        "last_solved_at",
        schedule=schedule.cast("string"),
    )


def spans(change: Expr, ended: Expr) -> Expr:
    """Return the stretches of each solved case in one status, up to its last solving.

    Before the first change of its status a case has the one that it changes from; where that is
    not told, it is new.
    """
    told = by_number(change.filter(change.to_value.isin(WAITING)), ended, "case", how="inner")
    told = told.filter(told["at"] < told.case_last_solved_at)
    span = told.select(
        "number",
        status=told.to_value,
        schedule=told.case_schedule,
        begins=told["at"],
        ends=ibis.least(told.until.coalesce(told.case_last_solved_at), told.case_last_solved_at),
    )
    until = ended.first_status.isin(WAITING).ifelse(ended.first_change_at, ended.opened_at)
    opening = ended.select(
        "number",
        status=ended.first_status,
        schedule=ended.schedule,
        begins=ended.opened_at,
        # It may be of no length, but it is there: it says that the status is known.
        ends=ibis.greatest(ended.opened_at, ibis.least(until, ended.last_solved_at)),
    )
    return ibis.union(span, opening)


def holders(did: Expr) -> Expr:
    """Return who had each case when; before it was first assigned, whoever it was taken from."""
    held = changes(did, "assigned")
    since = held.select(
        "number",
        holder=held.to_value,
        since=held["at"],
        until=held.until.coalesce(ibis.timestamp(LATER)),
    )
    first = held.filter(held.is_first)
    before = first.select(
        "number", holder=first.from_value, since=ibis.timestamp(EARLIER), until=first["at"]
    )
    return ibis.union(since, before)


def in_statuses(passed: Expr) -> Expr:
    """Return how long each case was in the statuses of each duration, by both clocks."""
    sums = {}
    for name, statuses in DURATIONS.items():
        among = passed.status.isin(statuses)
        sums[f"{name}_seconds"] = passed.seconds.sum(where=among)
        sums[f"{name}_business_seconds"] = passed.business.sum(where=among)
    rows = passed.group_by("number").aggregate(
        **sums, pieces=passed.count(), counted=passed.business.count()
    )
    # One part of unknown length leaves none of the durations to be relied upon.
    is_known = rows.pieces == rows.counted
    told = {name: rows[name].fill_null(0.0) for name in sums}
    return rows.select(
        "number",
        **{
            name: is_known.ifelse(seconds, None) if "business" in name else seconds
            for name, seconds in told.items()
        },
    )


def handled(steps: Steps, survivor: Expr, passed: Expr) -> ir.Table:
    """Keep how long each agent had each case while it was new or open."""
    worked = passed.filter(
        passed.status.isin(WORKED_ON), passed.holder.notnull(), passed.seconds > 0
    )
    each = worked.group_by("number", "holder").aggregate(
        seconds=worked.seconds.sum(),
        business=(worked.business.count() == worked.count()).ifelse(worked.business.sum(), None),
    )
    rows = by_number(each, survivor.select("number", *CASE), "case", how="inner")
    return steps.add(
        HANDLED,
        rows.select(
            source=rows.case_source,
            case_id=rows.case_case_id,
            agent_id=rows.holder,
            handle_seconds=rows.seconds,
            handle_business_seconds=rows.business,
        ),
    )


def by_number(left: Expr, right: Expr, prefix: str, how: str = "left") -> ir.Table:
    """Join what is known of the same case; the names of the right side get a prefix."""
    other = named(prefix, right)
    return left.join(other, left.number == other[f"{prefix}_number"], how=how)
