"""One row for each agent and day: how long they were there, and what they did."""

from collections.abc import Mapping, Sequence

import ibis

from hearwell.metrics.facts.case_fact import CASE
from hearwell.metrics.facts.case_merge import merges
from hearwell.metrics.facts.steps import Steps, named, selected
from hearwell.metrics.part import Expr
from hearwell.records.record import (
    SIMULATED,
    Count,
    Dimension,
    Instant,
    KeyDimension,
    KeyInstant,
    Record,
    Seconds,
)

ASKED = ("inbound", "callback")
"""The directions of calls in which a customer asked for something."""


class AgentDay(Record):
    """One row for each agent and day of the organisation: time, calls and cases.

    Calls are null for an agent who takes none, and on days of which none are told at all; cases
    likewise. 0 is none.
    """

    table_name = "agent_day"

    agent_id: KeyDimension
    day_began_at: KeyInstant  # in UTC
    day_ended_at: Instant
    team: Dimension
    staffed_seconds: Seconds  # null where no shift is known
    paused_seconds: Seconds
    busy_seconds: Seconds  # ringing, talk, hold and wrap-up of answered calls; null likewise
    calls: Count  # of customers, which the agent answered; each visit to a queue is one
    cases: Count  # different ones in which the agent wrote to the customer
    requests: Count  # both together; null while one that the agent does is not told


def agent_days(  # noqa: PLR0913, PLR0917  the records, and the days they are cut into
    call: Expr, shift: Expr, message: Expr, case: Expr, day: Expr, work: Expr
) -> Mapping[str, Expr]:
    """Return the tables to make; the last is `agent_day`.

    A shift that runs over midnight is shared between its days; one that has not ended is counted
    up to the last of work that is known. Calls belong to the day on which they were answered,
    replies to that on which they were sent. All may come from different sources: the agent is
    what joins them, so what is told of an agent and day is put below each other and added up.

    Args:
        call, shift, message, case: the records.
        day: the organisation's days, with `began_at` and `end` in UTC.
        work: one row, with `until`, the last instant that calls and shifts tell of.

    """
    steps = Steps()
    shifts = steps.add("agent_worked", worked(shift, day, work))
    calls = steps.add("agent_handled", handled(call, day))
    replies = steps.add("agent_reply", replied(message, merges(steps, case)))
    quarter = steps.add("agent_reply_day", days_of(replies, day))
    written = steps.add("agent_wrote", wrote(replies, quarter))
    told = steps.add("agent_told", told_from_to(call, message))
    steps.add(AgentDay.table_name, together([shifts, calls, written], told))
    return steps.made


def worked(shift: Expr, day: Expr, work: Expr) -> Expr:
    """Seconds in each state, by agent and day. Without a staffed state the others make it up.

    Where intervals overlap, because two sources or two queues tell of the same time, that time
    counts once.
    """
    spans = shift.cross_join(work)
    spans = spans.mutate(until=spans.ended_at.coalesce(spans.until))
    spans = spans.join(
        day, [spans.started_at < day.end, spans.until > day.began_at, spans.until.notnull()]
    )
    spans = spans.mutate(
        begins=ibis.greatest(spans.started_at, spans.began_at),
        ends=ibis.least(spans.until, spans.end),
        is_staffed=spans.state == "staffed",
    )
    spans = spans.mutate(
        seconds=not_yet_counted(spans, "is_staffed"), of_state=not_yet_counted(spans, "state")
    )
    return spans.group_by(
        "agent_id", day_began_at=spans.began_at, day_ended_at=spans.end
    ).aggregate(
        team=spans.team.max(),
        source=spans.source.max(),
        received_at=spans.received_at.max(),
        staffed_seconds=spans.seconds.sum(where=spans.is_staffed).coalesce(spans.seconds.sum()),
        paused_seconds=spans.of_state.sum(where=spans.state == "paused").fill_null(0.0),
    )


def not_yet_counted(spans: Expr, kind: str) -> Expr:
    """Seconds of an interval that no earlier one of its agent, day and kind has covered."""
    earlier = ibis.window(
        group_by=[spans.agent_id, spans.began_at, spans[kind]],
        order_by=[spans.begins, spans.ends],
        rows=(None, -1),
    )
    covered = spans.ends.max().over(earlier).coalesce(spans.begins)
    seconds = spans.ends.delta(ibis.greatest(spans.begins, covered), unit="microsecond") / 1e6
    return ibis.greatest(seconds, 0.0)


def handled(call: Expr, day: Expr) -> Expr:
    """Answered calls, and the seconds that they kept their agent busy, by agent and day.

    Calls are summed by quarter of an hour first, because every zone's midnight falls on one: the
    days are then joined to few rows.
    """
    talked = call.connected_seconds.coalesce(call.talk_seconds + call.hold_seconds.fill_null(0.0))
    busy = talked + call.ring_seconds.fill_null(0.0) + call.wrap_up_seconds.fill_null(0.0)
    answered = call.filter(call.agent_id.notnull(), call.connected_at.notnull()).mutate(
        busy=busy, is_asked=call.direction.fill_null("inbound").isin(ASKED)
    )
    quarters = answered.group_by(
        "agent_id", quarter=answered.connected_at.bucket(minutes=15)
    ).aggregate(
        team=answered.team.max(),
        source=answered.source.max(),
        received_at=answered.received_at.max(),
        busy_seconds=sum_known(answered, "busy"),
        calls=answered.is_asked.sum(),
    )
    dated = quarters.join(day, [quarters.quarter >= day.began_at, quarters.quarter < day.end])
    return dated.group_by(
        "agent_id", day_began_at=dated.began_at, day_ended_at=dated.end
    ).aggregate(
        team=dated.team.max(),
        source=dated.source.max(),
        received_at=dated.received_at.max(),
        busy_seconds=sum_known(dated, "busy_seconds"),
        calls=dated.calls.sum(),
    )


def sum_known(rows: Expr, column: str) -> Expr:
    """Sum a column; where one part is not known, the sum is not."""
    return (rows[column].count() == rows.count()).ifelse(rows[column].sum(), None)


def is_reply(message: Expr) -> Expr:
    """Is it what an agent who is named wrote to a customer? Notes and bots are not."""
    unsaid = message.author_kind.isnull() & (message.direction == "outbound").fill_null(False)
    by_agent = (message.author_kind == "agent").fill_null(False) | unsaid
    return by_agent & message.author_id.notnull() & message.is_public.fill_null(True)


def replied(message: Expr, merged: Expr) -> Expr:
    """Return in which case who wrote, by quarter of an hour.

    What was written in a case that was merged into another was written in the survivor.
    """
    into = named("into", merged)
    written = message.filter(is_reply(message), message.case_id.notnull())
    both = written.left_join(
        into, [written.source == into.into_source, written.case_id == into.into_case_id]
    )
    told = both.select(
        "source",
        "received_at",
        agent_id=both.author_id,
        case_id=both.into_merged_into.coalesce(both.case_id),
        quarter=both.sent_at.bucket(minutes=15),
    )
    return told.group_by("agent_id", *CASE, "quarter").aggregate(received_at=told.received_at.max())


def days_of(replies: Expr, day: Expr) -> Expr:
    """Return the day of each quarter of an hour in which somebody wrote."""
    quarter = replies.select("quarter").distinct()
    both = quarter.join(day, [quarter.quarter >= day.began_at, quarter.quarter < day.end])
    return both.select(day_quarter=both.quarter, day_began_at=both.began_at, day_ended_at=both.end)


def wrote(replies: Expr, quarter: Expr) -> Expr:
    """Return how many different cases an agent wrote in, by day."""
    both = replies.join(quarter, replies.quarter == quarter.day_quarter)
    day = ("agent_id", "day_began_at", "day_ended_at")
    cases = both.group_by(*day, *CASE).aggregate(received_at=both.received_at.max())
    return cases.group_by(*day).aggregate(
        source=cases.source.max(), received_at=cases.received_at.max(), cases=cases.count()
    )


def told_from_to(call: Expr, message: Expr) -> Expr:
    """Return from when to when calls, and replies, of agents who are named are told."""
    answered = call.filter(call.agent_id.notnull())
    calls = answered.aggregate(
        calls_from=answered.entered_at.min(), calls_to=answered.entered_at.max()
    )
    written = message.filter(is_reply(message))
    replies = written.aggregate(cases_from=written.sent_at.min(), cases_to=written.sent_at.max())
    return calls.cross_join(replies)


OF_KIND = {
    "team": "string",
    "staffed_seconds": "float64",
    "paused_seconds": "float64",
    "busy_seconds": "float64",
    "calls": "int64",
    "cases": "int64",
}


def together(told: Sequence[Expr], span: Expr) -> Expr:
    """Put what shifts, calls and replies tell of each agent and day into one row.

    Where several know a team or a source, that of the shift comes first, then that of the call;
    but a day of which anything was simulated is said to be.
    """
    rows = ibis.union(
        *(
            each.select(
                "agent_id",
                "day_began_at",
                "day_ended_at",
                "source",
                "received_at",
                place=ibis.literal(place, "int8"),
                **{
                    name: each[name].cast(dtype) if name in each.columns else ibis.null(dtype)
                    for name, dtype in OF_KIND.items()
                },
            )
            for place, each in enumerate(told)
        )
    )
    made_up = rows.source.min(where=rows.source.startswith(SIMULATED))
    days = rows.group_by("agent_id", "day_began_at", "day_ended_at").aggregate(
        source=made_up.coalesce(rows.source.argmin(rows.place)),
        received_at=rows.received_at.argmin(rows.place),
        team=rows.team.argmin(rows.place, where=rows.team.notnull()),
        **{name: rows[name].max() for name in OF_KIND if name != "team"},
    )
    whole = ibis.window(group_by=days.agent_id)
    does = {
        kind: (days[kind].max().over(whole) > 0).fill_null(False) for kind in ("calls", "cases")
    }
    phones = days.calls.notnull().any().over(whole)  # also to call customers
    days = days.cross_join(span).mutate(
        phones=phones, **{f"does_{kind}": value for kind, value in does.items()}
    )

    def is_told(kind: str) -> Expr:
        """Is the kind told of a day by anybody?"""
        begins, ends = days[f"{kind}_from"], days[f"{kind}_to"]
        return ((begins < days.day_ended_at) & (ends >= days.day_began_at)).fill_null(False)

    def done(kind: str) -> Expr:
        """Return how many; 0 on days of which the kind is told, to an agent who does it."""
        none = is_told(kind).ifelse(0, None)
        return days[f"does_{kind}"].ifelse(days[kind].coalesce(none), None)

    calls, cases = done("calls"), done("cases")
    is_idle = days.calls.isnull() & days.phones & is_told("calls")
    found = {
        "busy_seconds": is_idle.ifelse(0.0, days.busy_seconds),
        "calls": calls,
        "cases": cases,
        "requests": ibis.cases(
            (days.does_calls & days.does_cases, calls + cases),
            (days.does_cases, cases),
            else_=calls,
        ),
    }
    return selected(AgentDay, days, found)
