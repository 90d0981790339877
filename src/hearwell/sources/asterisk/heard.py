"""What CEL tells of the visits: exact instants, ends and transfers that the log does not have.

The log counts whole seconds, so each of its instants is replaced by the event of the caller's own
channel that belongs to it: music begins (or Queue starts) when the queue is entered, the caller
enters a bridge when an agent's voice is heard, leaves it or hangs up at the end.
"""

import duckdb

from hearwell.sources.asterisk import cel, events
from hearwell.sources.asterisk.sql import scalar, words

SOONER = "interval 100 milliseconds"
LATER = "interval 1100 milliseconds"
"""How far an exact instant may lie from the whole second that the log gives for it."""

LATE = "interval 2 seconds"
"""The same where Asterisk may be late: a bridge after CONNECT, the line of the end of a talk."""

TALK_OVER = "TALK_OVER"
HUNG_UP = "HUNG_UP"
"""Ends of a talk and of a wait that only CEL tells."""


def hear_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the tables of this step without rows, where there is no CEL."""
    connection.execute("""
        create or replace temp table asterisk_heard_leg
            (entry bigint, entered_at timestamp, connected_at timestamp,
            ended_at timestamp, started_at timestamp, dialled_number varchar, rang_at timestamp)
    """)


def listen(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_heard`: the events of each caller's own channel."""
    connection.execute(f"""
        create or replace temp table asterisk_heard as
        select uniqueid as callid, event, moment, place, channel, extra,
            sum(case event when 'BRIDGE_ENTER' then 1 when 'BRIDGE_EXIT' then -1 else 0 end)
                over (partition by uniqueid order by moment, place) > 0 as is_bridged
        from asterisk_cel c
        semi join asterisk_entry e on e.callid = c.uniqueid
        where event in ('BRIDGE_ENTER', 'BRIDGE_EXIT', 'CHAN_START', 'CHAN_END', 'HANGUP',
            {words(cel.STREAMS)}) or (event = 'APP_START' and app = 'Queue')
    """)


def hear_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_answer`: when each visit began and was answered, exactly."""
    connection.execute(f"""
        create or replace temp table asterisk_answer as
        select l.entry,
            min(h.moment) filter (
                h.event in ('STREAM_BEGIN', 'APP_START') and not h.is_bridged
                and h.moment between l.entered_at - {SOONER} and l.entered_at + {LATER}
            ) as entered_at,
            min(h.moment) filter (
                h.event = 'BRIDGE_ENTER'
                and h.moment between l.connected_at - {SOONER} and l.connected_at + {LATE}
            ) as connected_at
        from asterisk_leg l
        join asterisk_heard h using (callid)
        group by l.entry
    """)


def close_where_hung_up(connection: duckdb.DuckDBPyConnection) -> int:
    """Close a visit that has no end in the log where the caller's channel left or was closed.

    Only where some instant of the visit was met, so that the clocks are known to agree.
    """
    connection.execute(f"""
        create or replace temp table asterisk_unlogged_end as
        with unended as (
            select l.entry, l.callid, l.connect_seq is not null as is_answered,
                coalesce(a.connected_at, l.connected_at, a.entered_at) as since,
                coalesce(l.next_entered_at + {LATER}, 'infinity'::timestamp) as until
            from asterisk_leg l join asterisk_answer a using (entry)
            where l.end_event is null and l.refused is null
                and coalesce(a.connected_at, a.entered_at) is not null
        )
        select u.entry, u.is_answered,
            min(h.moment) filter (h.event <> 'HANGUP') as ended_at,
            min_by(case
                when json_extract_string(h.extra, 'hangupsource') = h.channel then 'caller'
                when contains(json_extract_string(h.extra, 'hangupsource'), '/') then 'agent'
            end, h.moment) filter (h.event = 'HANGUP') as ended_by
        from unended u
        join asterisk_heard h on h.callid = u.callid and h.moment > u.since and h.moment < u.until
        where h.event in ('CHAN_END', 'HANGUP') or (h.event = 'BRIDGE_EXIT' and u.is_answered)
        group by u.entry, u.is_answered
        having ended_at is not null;
        update asterisk_leg l
        set end_event = case when e.is_answered then '{TALK_OVER}' else '{HUNG_UP}' end,
            ended_at = e.ended_at, heard_ended_by = e.ended_by, repaired_end = true
        from asterisk_unlogged_end e where e.entry = l.entry
    """)
    return scalar(connection, "select count(*) from asterisk_unlogged_end")


def find_transfers(connection: duckdb.DuckDBPyConnection) -> int:
    """Find where callers were transferred to; return how many transfers the log does not have.

    A talk with an agent whose telephone is a Local channel goes on in the log until the caller
    hangs up, whoever they were transferred to: CEL ends it at the transfer. The number dialled is
    taken from CEL too, since the log of an attended transfer does not have it.
    """
    connection.execute(f"""
        create or replace temp table asterisk_transfer as
        with links as (
            select distinct c.uniqueid as callid, c.linkedid
            from asterisk_cel c semi join asterisk_entry e on e.callid = c.uniqueid
        ), starts as (
            select uniqueid, min_by(exten, moment) as exten, min_by(channel, moment) as channel
            from asterisk_cel where event = 'CHAN_START' group by uniqueid
        ), made as (
            select t.linkedid, t.uniqueid, t.event, t.moment,
                coalesce(json_extract_string(t.extra, 'extension'), s.exten) as target
            from asterisk_cel t
            left join starts s on s.uniqueid = json_extract_string(t.extra, 'channel2_uniqueid')
            where t.event in ({words(cel.TRANSFERS)})
        ), talks as (
            select l.entry, l.callid, l.end_event, l.ended_at, a.connected_at,
                s.channel like 'Local/%' as is_local
            from asterisk_leg l
            join asterisk_answer a using (entry)
            left join starts s on s.uniqueid = l.channel
            where a.connected_at is not null and l.ended_at is not null
        )
        select t.entry, min(m.moment) as moment, min_by(m.event, m.moment) as event,
            min_by(m.target, m.moment) as target,
            any_value(t.end_event not in ({words(events.TRANSFERS)})
                and (coalesce(t.is_local, false) or t.end_event = '{TALK_OVER}')) as is_unlogged
        from talks t
        join links k using (callid)
        join made m on m.linkedid = k.linkedid and m.uniqueid <> t.callid
            and m.moment >= t.connected_at and m.moment < t.ended_at + {LATER}
        group by t.entry;
        update asterisk_leg l
        set transfer_to = coalesce(t.target, l.transfer_to)
        from asterisk_transfer t
        where t.entry = l.entry;
        update asterisk_leg l
        set end_event = t.event, ended_at = t.moment, talked = null, repaired_transfer = true
        from asterisk_transfer t
        where t.entry = l.entry and t.is_unlogged
    """)
    return scalar(connection, "select count(*) from asterisk_transfer where is_unlogged")


def hear_ends(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_heard_leg`: the exact instants of each visit that CEL tells, with its end."""
    connection.execute(f"""
        create or replace temp table asterisk_heard_leg as
        with ends as (
            select l.entry, min(h.moment) as ended_at
            from asterisk_leg l
            join asterisk_answer a using (entry)
            join asterisk_heard h
                on h.callid = l.callid and h.moment >= coalesce(a.connected_at, a.entered_at)
            where case
                when l.connect_seq is not null or l.end_event in ({words(events.TALK_ENDS)}) then
                    h.event in ('BRIDGE_EXIT', 'CHAN_END')
                    and h.moment between l.ended_at - {LATE} and l.ended_at + {LATER}
                when l.end_event in ('ABANDON', '{HUNG_UP}') then
                    h.event in ('HANGUP', 'CHAN_END')
                    and h.moment between l.ended_at - {LATER} and l.ended_at + {LATER}
                else h.event = 'STREAM_END' and not h.is_bridged
                    and h.moment between l.ended_at - {SOONER} and l.ended_at + {LATER}
            end
            group by l.entry
        ), starts as (
            select uniqueid, min(moment) as started_at,
                nullif(nullif(min_by(exten, moment), 's'), 'h') as exten
            from asterisk_cel where event = 'CHAN_START' group by uniqueid
        ), callers as (
            select c.uniqueid as callid, min_by(c.linkedid, c.moment) as linkedid
            from asterisk_cel c semi join asterisk_entry e on e.callid = c.uniqueid
            group by c.uniqueid
        )
        select a.entry, a.entered_at, a.connected_at,
            case when l.repaired_transfer then l.ended_at else e.ended_at end as ended_at,
            case when coalesce(a.entered_at, a.connected_at, e.ended_at) is not null
                then coalesce(first_channel.started_at, own_channel.started_at) end as started_at,
            coalesce(own_channel.exten, first_channel.exten) as dialled_number,
            ringing.started_at as rang_at
        from asterisk_answer a
        join asterisk_leg l using (entry)
        left join ends e using (entry)
        left join callers c on c.callid = l.callid
        left join starts first_channel on first_channel.uniqueid = c.linkedid
        left join starts own_channel on own_channel.uniqueid = l.callid
        left join starts ringing on ringing.uniqueid = l.channel
    """)
