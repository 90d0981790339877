"""What came to each queue in each half hour, and how many were at work."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta

import ibis
import numpy as np
from numpy.typing import NDArray

from hearwell.engine.derived import readable
from hearwell.engine.period import Period, to_local
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog.waiting import came_in, offered
from hearwell.metrics.facts.agent_day import worked
from hearwell.metrics.facts.call_line import called_by
from hearwell.metrics.facts.steps import named
from hearwell.metrics.part import Expr
from hearwell.records.call import Call
from hearwell.records.shift import Shift
from hearwell.stats.interval import FloatArray

HALF_HOUR = timedelta(minutes=30)
SECONDS = 1800
OF_A_WEEK = 7 * 48
CALLS_AGAIN_WITHIN_HOURS = 24

NO_NAME = ""
"""The queue of calls of which it is not known, as in filters."""

STAFFED = "staffing_staffed"
UNTIL = ibis.table({"until": "timestamp"}, name="staffing_until")
SLOT = ibis.table({"began_at": "timestamp", "end": "timestamp"}, name="staffing_half_hour")


@dataclass(frozen=True)
class Loads:
    """What happened in each half hour of a period. Arrays have shape (queues, half hours).

    Attributes:
        begins: the first half hour, in UTC.
        queues: their names; empty for calls whose queue is not known.
        calls: offered to the queue.
        again: those of them from callers who had tried within a day and not been answered.
        waited_seconds: of all calls together, answered or not.
        handled, handle_seconds, handle_squares: calls whose handle time is known, and the sums of
            it and of its square: talk, hold, wrap-up and ringing.
        at_work: agents staffed and not paused, on average; those who serve several queues count
            in each with the part of their work that they do there. nan where no shifts are known.

    """

    queues: list[str]
    begins: datetime
    half_hour_of_week: NDArray[np.int64]  # 0 is Monday, 00:00 to 00:30, local
    day: NDArray[np.int64]  # of the period, local, from 0
    calls: FloatArray
    again: FloatArray
    waited_seconds: FloatArray
    abandoned: FloatArray
    in_time: FloatArray
    handled: FloatArray
    handle_seconds: FloatArray
    handle_squares: FloatArray
    at_work: FloatArray

    def during(self, chosen: NDArray[np.bool_]) -> "Loads":
        """Return some of the half hours."""
        along = {
            each.name: getattr(self, each.name)[..., chosen]
            for each in fields(self)
            if each.name not in {"queues", "begins"}
        }
        return Loads(self.queues, self.begins, **along)


SUMS = (
    "calls",
    "again",
    "waited_seconds",
    "abandoned",
    "in_time",
    "handled",
    "handle_seconds",
    "handle_squares",
)


def loads(
    lake: Lake,
    period: Period,
    within_seconds: float,
    queues: Sequence[str] = (),
    teams: Teams = None,
) -> Loads:
    """Read the loads of a period, which begins at a midnight of the organisation.

    Args:
        within_seconds: a call answered this soon was answered in time.
        queues: which; all if none are named, and an empty name is that of calls without one.
        teams: only queues whose calls nobody but these teams answers; None: all.

    """
    count = -((period.begins - period.ends) // HALF_HOUR)
    with lake.reading(), readable(lake, Call), readable(lake, Shift):
        every = offered_calls(period)
        call = every.filter(every.queue.isin(list(queues))) if queues else every
        if teams is not None:
            call = call.filter(call.queue.isin(seen_by(every, teams).queue))
        summed = in_half_hours(call, period, within_seconds)
        found = lake.connection.execute(sql(summed)).fetchnumpy()
        names = sorted(set(found["queue"].tolist()))
        place = {name: i for i, name in enumerate(names)}
        row = np.array([place[name] for name in found["queue"].tolist()], dtype=np.int64)
        tables = {}
        for name in SUMS:
            tables[name] = np.zeros((len(names), count))
            tables[name][row, found["slot"].astype(np.int64)] = np.ma.filled(found[name], 0)
        at_work = agents_at_work(lake, every, period, place, count)
    local = [to_local(period.begins + i * HALF_HOUR, lake.settings.zone) for i in range(count)]
    of_week = [each.weekday() * 48 + (each.hour * 60 + each.minute) // 30 for each in local]
    days = [(each.date() - local[0].date()).days for each in local]
    return Loads(
        queues=names,
        begins=period.begins,
        half_hour_of_week=np.array(of_week, dtype=np.int64),
        day=np.array(days, dtype=np.int64),
        at_work=at_work,
        **tables,
    )


def offered_calls(period: Period) -> Expr:
    """Return the visits to queues in a period, and whether the caller had tried before."""
    every = Call.unbound()
    called = called_by(every)
    before = ibis.window(group_by=called, order_by=[every.entered_at, every.call_id])
    first = every.filter(
        every.leg == 1,
        came_in(every),
        every.entered_at >= ibis.timestamp(period.begins - timedelta(days=1)),
        every.entered_at < ibis.timestamp(period.ends),
    )
    first = first.select(
        "source",
        "call_id",
        "leg",
        last_at=first.entered_at.lag().over(before),
        last_outcome=first.outcome.lag().over(before),
    )
    again = named("again", first)
    call = every.filter(
        offered(every),
        every.entered_at >= ibis.timestamp(period.begins),
        every.entered_at < ibis.timestamp(period.ends),
    )
    both = call.left_join(
        again,
        [
            call.source == again.again_source,
            call.call_id == again.again_call_id,
            call.leg == again.again_leg,
        ],
    )
    soon = both.again_last_at >= both.entered_at - ibis.interval(hours=CALLS_AGAIN_WITHIN_HOURS)
    is_again = soon & (both.again_last_outcome != "answered")
    return both.select(
        *call.drop("queue").columns,
        queue=both.queue.fill_null(NO_NAME),
        is_again=is_again.fill_null(False),
    )


def seen_by(call: Expr, teams: Sequence[str]) -> Expr:
    """Return the queues whose answered calls are all of these teams."""
    answered = call.filter(call.outcome == "answered")
    of_queue = answered.group_by("queue").aggregate(
        is_seen=answered.team.isin(list(teams)).fill_null(False).all()
        if teams
        else ibis.literal(False)
    )
    return of_queue.filter(of_queue.is_seen)


def in_half_hours(call: Expr, period: Period, within_seconds: float) -> Expr:
    """Add up the calls of each queue and half hour."""
    answered = call.outcome == "answered"
    rows = call.mutate(slot=slot_of(call.entered_at, period), handling=handling(call))
    handled = answered & rows.handling.notnull()
    return rows.group_by("queue", "slot").aggregate(
        calls=rows.count(),
        again=rows.is_again.sum(),
        waited_seconds=rows.wait_seconds.sum(),
        abandoned=(rows.outcome == "abandoned").sum(),
        in_time=(answered & (rows.wait_seconds <= within_seconds)).sum(),
        handled=handled.sum(),
        handle_seconds=rows.handling.sum(where=handled),
        handle_squares=(rows.handling * rows.handling).sum(where=handled),
    )


def handling(call: Expr) -> Expr:
    """Return how long a call keeps its agent, ringing and work after it included."""
    talked = call.connected_seconds.coalesce(call.talk_seconds + call.hold_seconds.fill_null(0.0))
    return talked + call.ring_seconds.fill_null(0.0) + call.wrap_up_seconds.fill_null(0.0)


def slot_of(instant: Expr, period: Period) -> Expr:
    return instant.delta(ibis.timestamp(period.begins), unit="second") // SECONDS


def agents_at_work(
    lake: Lake, call: Expr, period: Period, place: dict[str, int], count: int
) -> FloatArray:
    """Return how many agents were at work for each queue in each half hour."""
    connection = lake.connection
    ends = [period.begins + (i + 1) * HALF_HOUR for i in range(count)]
    frame = {
        "began_at": np.array(ends, dtype="datetime64[us]") - np.timedelta64(SECONDS, "s"),
        "end": np.array(ends, dtype="datetime64[us]"),
    }
    connection.register(SLOT.get_name(), frame)
    shift = Shift.unbound()
    shift = shift.filter(
        shift.started_at < ibis.timestamp(period.ends),
        shift.ended_at.isnull() | (shift.ended_at > ibis.timestamp(period.begins)),
    )
    every, known = Call.unbound(), Shift.unbound()
    until = ibis.union(
        every.aggregate(until=ibis.greatest(every.ended_at.max(), every.connected_at.max())),
        known.aggregate(until=ibis.greatest(known.ended_at.max(), known.started_at.max())),
    )
    until = until.aggregate(until=until.until.max())
    connection.execute(f"create or replace temp table {UNTIL.get_name()} as {sql(until)}")
    connection.execute(
        f"create or replace temp table {STAFFED} as {sql(worked(shift, SLOT, UNTIL))}"
    )
    try:
        spent = named("done", work_done(call))
        there = ibis.table(worked(shift, SLOT, UNTIL).schema(), name=STAFFED)
        both = there.join(spent, there.agent_id == spent.done_agent_id)
        seconds = (both.staffed_seconds - both.paused_seconds) * both.done_part
        summed = both.group_by(
            queue=both.done_queue, slot=slot_of(both.day_began_at, period)
        ).aggregate(agents=seconds.sum() / SECONDS)
        found = connection.execute(sql(summed)).fetchnumpy()
    finally:
        connection.execute(f"drop table {STAFFED}")
        connection.execute(f"drop table {UNTIL.get_name()}")
        connection.unregister(SLOT.get_name())
    agents = np.full((len(place), count), np.nan)
    row = np.array([place.get(name, -1) for name in found["queue"].tolist()], dtype=np.int64)
    asked = row >= 0
    agents[row[asked]] = 0.0  # shifts of this queue are known: where there are none, nobody was
    agents[row[asked], found["slot"].astype(np.int64)[asked]] = found["agents"][asked]
    return agents


def work_done(call: Expr) -> Expr:
    """Return which part of their work each agent does in each queue."""
    busy = call.mutate(handling=handling(call))
    busy = busy.filter(busy.outcome == "answered", busy.agent_id.notnull())
    by_queue = busy.group_by("agent_id", "queue").aggregate(seconds=busy.handling.sum())
    whole = by_queue.seconds.sum().over(ibis.window(group_by=by_queue.agent_id))
    return by_queue.select("agent_id", "queue", part=by_queue.seconds / whole)
