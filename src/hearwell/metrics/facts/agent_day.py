"""One row for each agent and day: how long they were staffed, paused and busy with calls."""

import ibis
import ibis.expr.types as ir

from hearwell.metrics.part import Expr
from hearwell.records.record import Dimension, Instant, KeyDimension, KeyInstant, Record, Seconds


class AgentDay(Record):
    """One row for each agent and day of the organisation: staffed, paused and busy seconds."""

    table_name = "agent_day"

    agent_id: KeyDimension
    day_began_at: KeyInstant  # in UTC
    day_ended_at: Instant
    team: Dimension
    staffed_seconds: Seconds  # null where no shift is known
    paused_seconds: Seconds
    busy_seconds: Seconds  # ringing, talk, hold and wrap-up of answered calls


def agent_days(call: Expr, shift: Expr, day: Expr, until: Expr) -> ir.Table:
    """Return the facts.

    A shift that runs over midnight is shared between its days; one that has not ended is counted
    up to `until`. Calls belong to the day on which they were answered. Calls and shifts may come
    from different sources: the agent is what joins them.

    Args:
        call, shift: the records.
        day: the organisation's days, with `began_at` and `day_end` in UTC.
        until: the last instant that the lake knows of.

    """
    return joined(worked(shift, day, until), handled(call, day))


def worked(shift: Expr, day: Expr, until: Expr) -> Expr:
    """Seconds in each state, by agent and day. Without a staffed state the others make it up.

    Where intervals overlap, because two sources or two queues tell of the same time, that time
    counts once.
    """
    spans = shift.mutate(until=shift.ended_at.coalesce(until))
    spans = spans.join(
        day, [spans.started_at < day.day_end, spans.until > day.began_at, spans.until.notnull()]
    )
    spans = spans.mutate(
        begins=ibis.greatest(spans.started_at, spans.began_at),
        ends=ibis.least(spans.until, spans.day_end),
        is_staffed=spans.state == "staffed",
    )
    spans = spans.mutate(
        seconds=not_yet_counted(spans, "is_staffed"), of_state=not_yet_counted(spans, "state")
    )
    return spans.group_by(
        shift_agent=spans.agent_id, shift_day=spans.began_at, shift_end=spans.day_end
    ).aggregate(
        shift_team=spans.team.max(),
        shift_source=spans.source.max(),
        shift_received_at=spans.received_at.max(),
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
    """Seconds that answered calls kept their agent busy, by agent and day.

    Calls are summed by quarter of an hour first, because every zone's midnight falls on one: the
    days are then joined to few rows.
    """
    talked = call.connected_seconds.coalesce(call.talk_seconds + call.hold_seconds.fill_null(0.0))
    busy = talked + call.ring_seconds.fill_null(0.0) + call.wrap_up_seconds.fill_null(0.0)
    answered = call.filter(call.agent_id.notnull(), call.connected_at.notnull()).mutate(busy=busy)
    quarters = answered.group_by(
        call_agent=answered.agent_id, quarter=answered.connected_at.bucket(minutes=15)
    ).aggregate(
        call_team=answered.team.max(),
        call_source=answered.source.max(),
        call_received_at=answered.received_at.max(),
        busy_seconds=answered.busy.sum(),
    )
    dated = quarters.join(day, [quarters.quarter >= day.began_at, quarters.quarter < day.day_end])
    return dated.group_by(
        call_agent=dated.call_agent, call_day=dated.began_at, call_end=dated.day_end
    ).aggregate(
        call_team=dated.call_team.max(),
        call_source=dated.call_source.max(),
        call_received_at=dated.call_received_at.max(),
        busy_seconds=dated.busy_seconds.sum(),
    )


def joined(shifts: Expr, calls: Expr) -> ir.Table:
    both = shifts.outer_join(
        calls, [shifts.shift_agent == calls.call_agent, shifts.shift_day == calls.call_day]
    )
    staffed = both.staffed_seconds.notnull()
    return both.select(
        source=both.shift_source.coalesce(both.call_source),
        received_at=both.shift_received_at.coalesce(both.call_received_at),
        agent_id=both.shift_agent.coalesce(both.call_agent),
        day_began_at=both.shift_day.coalesce(both.call_day),
        day_ended_at=both.shift_end.coalesce(both.call_end),
        team=both.shift_team.coalesce(both.call_team),
        staffed_seconds=both.staffed_seconds,
        paused_seconds=both.paused_seconds,
        busy_seconds=both.busy_seconds.coalesce(staffed.ifelse(0.0, None)),
    )
