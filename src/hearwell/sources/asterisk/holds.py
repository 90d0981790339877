"""Time on hold: music played to a caller who is in a bridge.

Neither the queue_log nor the CDR knows of hold. In a bridge nothing but a hold plays music to the
caller's channel, and CEL logs its begin and end from Asterisk 20 on.
"""

import duckdb

from hearwell.sources.asterisk import cel, events
from hearwell.sources.asterisk.sql import scalar, seconds, words


def measure_holds(connection: duckdb.DuckDBPyConnection) -> bool:
    """Make `asterisk_hold`, a row for each visit whose holds were measured; say if any could be.

    A caller who was heard to leave without an answer was never on hold.
    A hold that is still on when the visit ends is closed there. Where nobody knows when that was,
    the time on hold is not known either.
    """
    are_logged = scalar(
        connection,
        f"select count(*) from (from asterisk_cel where event in ({words(cel.STREAMS)}) limit 1)",
    )
    connection.execute(f"""
        create or replace temp table asterisk_hold as
        with talks as (
            select h.entry, l.callid, h.connected_at, h.ended_at,
                coalesce(h.ended_at, 'infinity'::timestamp) as until
            from asterisk_heard_leg h join asterisk_leg l using (entry)
            where h.connected_at is not null and {are_logged} > 0
                and (h.ended_at is not null or l.end_event = '{events.RESTART}')
        ), unanswered as (
            select h.entry
            from asterisk_heard_leg h join asterisk_leg l using (entry)
            where l.connect_seq is null and h.connected_at is null
                and h.entered_at is not null and h.ended_at is not null and {are_logged} > 0
        ), streams as (
            select callid, event, is_bridged, moment as began_at,
                lead(moment) over streams as over_at
            from asterisk_heard where event in ({words(cel.STREAMS)})
            window streams as (partition by callid order by moment, place)
        ), holds as (
            select t.entry, s.began_at,
                case when s.over_at <= t.until then s.over_at else t.ended_at end as over_at,
                coalesce(s.over_at > t.until, true) as is_open
            from talks t
            join streams s on s.callid = t.callid and s.event = 'STREAM_BEGIN' and s.is_bridged
                and s.began_at >= t.connected_at and s.began_at < t.until
        )
        select t.entry, count(h.began_at) as holds,
            case when bool_and(h.began_at is null or h.over_at is not null)
                then coalesce(sum({seconds("h.began_at", "h.over_at")}), 0.0) end as hold_seconds,
            coalesce(bool_or(h.is_open), false) as is_open
        from talks t left join holds h using (entry)
        group by t.entry
        union all
        select entry, 0, 0.0, false from unanswered
    """)
    return are_logged > 0


def measure_no_holds(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_hold` without rows, where there is no CEL."""
    connection.execute("""
        create or replace temp table asterisk_hold
            (entry bigint, holds bigint, hold_seconds double, is_open boolean)
    """)
