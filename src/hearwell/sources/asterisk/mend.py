"""Visits whose end the log does not tell, closed by what else it tells.

Each repair is one statement over the visits that are still open, and marks what it did.
"""

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.sql import scalar, words

MOVED = "MOVED"
"""End of a visit that is followed by a visit to another queue, and has no end of its own."""

TALK_DIFFERS_SECONDS = 2


def give_misfiled_ends(connection: duckdb.DuckDBPyConnection) -> int:
    """Give an end that no visit used to the one open talk of its queue and agent that it fits.

    Asterisk writes some attended transfers under the callid of the consultation call. Such an end
    fits a talk if its own talk time leads back to the moment of the answer.
    """
    connection.execute(f"""
        create or replace temp table asterisk_misfiled as
        with spare as (
            select t.* from asterisk_end t
            anti join asterisk_leg l on l.end_seq = t.seq
            where t.event in ({words(events.TALK_ENDS)})
        ), fitting as (
            select l.entry, s.seq, s.event, s.ended_at, s.waited, s.talked, s.target,
                count(*) over (partition by s.seq) as legs
            from spare s
            join asterisk_leg l
                on l.queue = s.queue and l.agent = s.agent and l.connect_seq < s.seq
                and coalesce(abs(epoch(s.ended_at - l.connected_at) - s.talked), 0)
                    <= {TALK_DIFFERS_SECONDS}
            where l.end_seq is null and not exists (
                from asterisk_restart r where r.seq > l.connect_seq and r.seq < s.seq)
        )
        select * from fitting where legs = 1
        qualify row_number() over (partition by entry order by seq) = 1;
        update asterisk_leg l
        set end_seq = m.seq, end_event = m.event, ended_at = m.ended_at, end_waited = m.waited,
            talked = m.talked, transfer_to = m.target, repaired_end = true
        from asterisk_misfiled m where m.entry = l.entry
    """)
    return scalar(connection, "select count(*) from asterisk_misfiled")


def close_where_moved_on(connection: duckdb.DuckDBPyConnection) -> int:
    """Close a visit without an end where the same call comes to its next queue."""
    connection.execute(f"""
        update asterisk_leg
        set end_event = '{MOVED}', end_seq = next_entry, ended_at = next_entered_at,
            repaired_end = true
        where end_event is null and refused is null and next_entered_at is not null
    """)
    return scalar(connection, f"select count(*) from asterisk_leg where end_event = '{MOVED}'")


def close_at_restart(connection: duckdb.DuckDBPyConnection) -> None:
    """Close what was open when the telephone system started anew: how it ended is not known."""
    connection.execute(f"""
        with cut as (
            select l.entry, r.seq
            from asterisk_leg l
            asof join asterisk_restart r on coalesce(l.connect_seq, l.entry) < r.seq
            where l.end_event is null and l.refused is null
        )
        update asterisk_leg l set end_event = '{events.RESTART}', end_seq = c.seq
        from cut c where c.entry = l.entry
    """)


def mark_stuck(connection: duckdb.DuckDBPyConnection, conventions: Conventions) -> None:
    """Mark a talk without an end whose agent has since answered or left, and what is very old."""
    connection.execute(f"""
        with unended as (
            select l.entry, l.agent, l.connect_seq, l.end_seq,
                epoch(coalesce(r.moment, (select max(moment) from asterisk_line)) - l.entered_at)
                    > {conventions.stuck_after_seconds} as is_old
            from asterisk_leg l left join asterisk_restart r on r.seq = l.end_seq
            where l.refused is null
                and (l.end_event is null or l.end_event = '{events.RESTART}')
        ), signs as (
            select agent, seq from asterisk_connect
            union all
            select agent, seq from asterisk_member where event in ({words(events.LEAVES)})
        ), next_signs as (
            select u.entry, s.seq < coalesce(u.end_seq, s.seq + 1) as is_free
            from unended u asof join signs s on u.agent = s.agent and u.connect_seq < s.seq
        )
        update asterisk_leg l set stuck = true
        from unended u left join next_signs n using (entry)
        where u.entry = l.entry and (u.is_old or n.is_free)
    """)
