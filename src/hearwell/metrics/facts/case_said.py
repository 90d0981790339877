"""What the messages of each case tell: who wrote, who waited for a reply, and whose the case is."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.facts.case_fact import CASE
from hearwell.metrics.facts.steps import Steps, by_number, named
from hearwell.metrics.part import Expr

WAITS = "case_wait_told"
"""The table that is kept of the waits for a reply."""


def of_messages(
    steps: Steps, survivor: Expr, message: Expr, case: Expr, moved: Expr
) -> tuple[ir.Table, ...]:
    """Return tables of what the messages of each case tell; the waits are kept.

    Args:
        steps: to which these are added.
        survivor: the cases that were not merged into others.
        message: the record.
        case: for which case the messages of each count.
        moved: the moves of cases to other teams.

    """
    told = steps.add("case_message", by_whom(message, case).drop("received_at", "message_id"))
    written = steps.add("case_written", written_of_each(told))
    wait = steps.add("case_wait", waits(survivor, told, written))
    had = steps.add("case_wait_team", teams_of(wait, moved))
    waited = with_team(wait, had)
    answered = steps.add(
        "case_answered",
        waited.filter(waited.is_first).select(
            "number",
            first_reply_at=waited.replied_at,
            first_reply_by=waited.replied_by,
            reply_team=waited.had_team,
            has_reply_team=waited.had_number.notnull(),
        ),
    )
    bot = told.filter(told.is_bot)
    bot = by_number(bot, written.select("number", "first_written_at"), "since")
    bot = by_number(bot, survivor.select("number", "by_customer_at"), "case")
    bot = bot.filter(bot.sent_at >= bot.since_first_written_at.coalesce(bot.case_by_customer_at))
    answered_by_bot = steps.add(
        "case_answered_by_bot",
        bot.group_by("number").aggregate(first_bot_reply_at=bot.sent_at.min()),
    )
    of_case = by_number(waited, survivor.select("number", *CASE, "team"), "case", how="inner")
    steps.add(
        WAITS,
        of_case.select(
            "waiting_since",
            "replied_at",
            "replied_by",
            "is_first",
            "channel",
            source=of_case.case_source,
            case_id=of_case.case_case_id,
            team=of_case.had_number.notnull().ifelse(of_case.had_team, of_case.case_team),
        ),
    )
    return written, answered, answered_by_bot


def by_whom(message: Expr, case: Expr) -> Expr:
    """Return the messages of customers, human replies, and what bots wrote.

    A message of an unknown author is the customer's if it came in or names the customer of the
    case; it is a human's reply if it went out or names somebody else.
    """
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
        # Whose a message is says something only where the case does not.
        customer_id=both.case_customer_id.isnull().ifelse(both.customer_id, None),
        number=both.case_number,
        author=both.author_id.coalesce(both.customer_id),
        is_customer=is_customer,
        is_reply=is_human & both.is_public.fill_null(True),
        is_bot=(both.author_kind == "bot").fill_null(False),
    )
    return told.filter(told.is_customer | told.is_reply | told.is_bot)


def written_of_each(told: Expr) -> Expr:
    """Return who wrote how much in each case."""
    return told.group_by("number").aggregate(
        first_written_at=told.sent_at.min(where=told.is_customer),
        customer_messages=told.count(where=told.is_customer),
        human_replies=told.count(where=told.is_reply),
        bot_messages=told.count(where=told.is_bot),
        agents=told.author.nunique(where=told.is_reply),
    )


def named_in(told: Expr) -> Expr:
    """Return the only customer whom the customer's messages name, of cases that name none."""
    told = told.filter(told.is_customer, told.customer_id.notnull())
    found = told.group_by("number").aggregate(
        only_customer=told.customer_id.min(), another=told.customer_id.max()
    )
    return found.filter(found.only_customer == found.another).drop("another")


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
        place=ibis.row_number().over(in_turn),
        replied_at=turn.sent_at.lead().over(in_turn),
        replied_by=turn.author.lead().over(in_turn),
    )
    return turn.filter(~turn.is_reply).select(
        "number",
        "channel",
        "replied_at",
        "replied_by",
        waiting_since=turn.sent_at,
        is_first=turn.place <= 1,  # turns alternate, and a reply to nothing may come first
    )


def teams_of(wait: Expr, moved: Expr) -> Expr:
    """Return the team that had the case when the reply came, or has it while none has come.

    Before its first move a case is with the team from which it was moved; one that was never
    moved is not told of.
    """
    of_case = named("move", moved)
    both = wait.inner_join(of_case, wait.number == of_case.move_number)
    is_before = (both.move_at <= both.replied_at).fill_null(True)
    is_last = both.move_until.isnull() | (both.move_until > both.replied_at).fill_null(False)
    is_then = is_before & is_last
    had = both.group_by("number", "waiting_since").aggregate(
        team=both.move_to_value.max(where=is_then),  # of one move
        is_after_a_move=is_then.any(),
        first_team=both.move_from_value.max(where=both.move_is_first),
    )
    return had.select(
        "number", "waiting_since", team=had.is_after_a_move.ifelse(had.team, had.first_team)
    )


def with_team(wait: Expr, team: Expr) -> ir.Table:
    had = named("had", team)
    return wait.left_join(
        had, [wait.number == had.had_number, wait.waiting_since == had.had_waiting_since]
    )


def owners(survivor: Expr, only: Expr) -> Expr:
    """Return who owns each case."""
    rows = by_number(survivor, only, "only")
    return rows.select("number", *CASE, **owned_by(rows, rows.only_only_customer))


def owned_by(case: Expr, only_customer: Expr) -> dict[str, Expr]:
    """Return whose each case is, and who owns it: the case itself where nobody knows whose it is.

    Where the case does not say, it is the only customer whom the customer's messages name.
    """
    person = case.customer_id.coalesce(only_customer)
    nobody = ibis.literal("case:") + case.source + " " + case.case_id
    return {"person": person, "owner": person.coalesce(nobody)}


def wrote_again(message: Expr, turned: Expr) -> Expr:
    """Return the customer's first message after the last solving of each case."""
    theirs = message.filter(message.is_customer).select("number", "sent_at")
    both = by_number(theirs, turned.select("number", "last_solved_at"), "turned", how="inner")
    later = both.filter(both.sent_at > both.turned_last_solved_at)
    return later.group_by("number").aggregate(next_message_at=later.sent_at.min())
