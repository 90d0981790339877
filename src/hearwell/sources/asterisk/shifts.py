"""Shifts: when agents were staffed, paused, or wrapping up, each second counted once.

An agent who serves several queues has a line for each. Their intervals are laid over one another,
so that an agent is staffed or paused as long as it holds for any queue, and counts once.
"""

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.sql import words


def make_shifts(connection: duckdb.DuckDBPyConnection, conventions: Conventions) -> None:
    """Make `asterisk_interval`: the intervals of `shift`, none overlapping another of its kind."""
    _find_stays(connection)
    _find_pauses(connection)
    connection.execute(f"""
        create or replace temp table asterisk_interval as
        with stays as ({_laid_over("asterisk_stay")}),
        pauses as ({_laid_over("asterisk_pause")})
        select agent, 'staffed' as state, started_at, ended_at, null::varchar as reason from stays
        union all
        select agent, case when {_is_wrap_up("reason", conventions)} then 'wrap_up'
            else 'paused' end, started_at, ended_at, reason
        from pauses
    """)


def _is_wrap_up(reason: str, conventions: Conventions) -> str:
    plain = (word.lower().translate({ord(c): None for c in " -_"}) for word in conventions.wrap_up)
    return f"translate(lower(coalesce({reason}, '')), ' -_', '') in ({words(plain)})"


def _find_stays(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_stay`: each time an agent belonged to a queue.

    A restart ends it, unless a later line shows that the membership was kept (`persistentmembers`):
    the agent is removed, or answers a call, without having been added anew. An agent who leaves
    and was never seen to come was there since the log, or the system, began.
    """
    arrives, leaves = words(events.ARRIVES), words(events.LEAVES)
    connection.execute(f"""
        create or replace temp table asterisk_stay as
        with answers as (
            select agent, queue, max(connect_seq) as seq from asterisk_leg
            where connect_seq is not null group by agent, queue
        ), moves as (
            select agent, queue, event, seq, moment, detail,
                lag(event) over stays as before,
                lead(event) over stays as after,
                lead(seq) over stays as after_seq, lead(moment) over stays as after_at
            from asterisk_member where event in ({arrives}, {leaves})
            window stays as (partition by agent, queue order by seq)
        ), arrivals as (
            select m.*, r.seq as restart_seq, r.last_seen_at,
                r.seq < coalesce(m.after_seq, r.seq + 1)
                    and (m.after in ({arrives}) or (m.after is null
                        and coalesce(a.seq, 0) < r.seq)) as is_lost
            from moves m
            asof left join asterisk_restart r on m.seq < r.seq
            left join answers a on a.agent = m.agent and a.queue = m.queue
            where m.event in ({arrives})
        )
        select agent, seq, moment as started_at, null::varchar as reason,
            case when is_lost then restart_seq else after_seq end as end_seq,
            case when is_lost then last_seen_at else after_at end as ended_at
        from arrivals
        union all
        select m.agent, coalesce(r.seq, -1), coalesce(
                m.moment - to_seconds(try_cast(string_split(m.detail, '|')[2] as integer)),
                r.moment, (select min(moment) from asterisk_line)),
            null, m.seq, m.moment
        from moves m
        asof left join asterisk_restart r on m.seq > r.seq
        where m.event in ({leaves}) and m.before is null
    """)


def _find_pauses(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_pause`: each time an agent was paused in a queue, until the next line of both.

    A restart ends a pause as it ends a stay.
    """
    arrives = words(events.ARRIVES)
    connection.execute(f"""
        create or replace temp table asterisk_pause as
        with moves as (
            select agent, event, seq, moment, detail,
                lead(event) over pauses as after,
                lead(seq) over pauses as after_seq, lead(moment) over pauses as after_at
            from asterisk_member
            window pauses as (partition by agent, queue order by seq)
        ), pauses as (
            select m.*, r.seq as restart_seq, r.last_seen_at,
                r.seq < coalesce(m.after_seq, r.seq + 1)
                    and (m.after is null or m.after in ({arrives})) as is_lost
            from moves m
            asof left join asterisk_restart r on m.seq < r.seq
            where m.event = 'PAUSE' or (m.event in ({arrives}) and m.detail = 'PAUSED')
        )
        select agent, seq, moment as started_at,
            case when event = 'PAUSE' then detail end as reason,
            case when is_lost then restart_seq else after_seq end as end_seq,
            case when is_lost then last_seen_at else after_at end as ended_at
        from pauses
    """)


def _laid_over(intervals: str) -> str:
    """Return SQL that joins intervals of one agent which overlap or touch.

    Where their reasons differ, that of the latest to begin holds until all have ended. What holds
    within one second only, while several lines are written, is passed over; so is an interval
    over which the clock was set back.
    """
    return f"""
        with whole as (
            select agent, started_at, ended_at, reason, min(seq) as seq, max(end_seq) as end_seq
            from {intervals} where ended_at is null or ended_at >= started_at
            group by all
        ), edges as (
            select agent, started_at as moment, seq, 1 as change, coalesce(reason, '') as reason
            from whole
            union all
            select agent, ended_at, end_seq, -1, null from whole where ended_at is not null
        ), states as (
            select agent, moment, seq, change,
                lead(moment) over edges is distinct from moment as lasts,
                case when sum(change) over so_far > 0
                    then last_value(reason ignore nulls) over so_far end as reason
            from edges
            window edges as (partition by agent order by moment, seq, change),
                so_far as (
                    partition by agent order by moment, seq, change rows unbounded preceding)
        ), changes as (
            select *, lag(reason) over (partition by agent order by moment) as reason_before
            from states where lasts
        ), parts as (
            select agent, moment as started_at, reason,
                lead(moment) over (partition by agent order by moment) as ended_at
            from changes where reason is distinct from reason_before
        )
        select agent, started_at, ended_at, nullif(reason, '') as reason
        from parts where reason is not null
    """
