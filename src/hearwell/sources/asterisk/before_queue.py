"""Calls that dialled a queue's number and never came to the queue. Only CEL has them."""

import duckdb

from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.sql import scalar, words

OUTCOMES = ("ivr_abandoned", "refused_full", "refused_empty", "served", "sent_away")
"""What may become of a call that never came to a queue; the last two are not lost."""


def lose_nothing(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table of this step without rows, where there is no CEL."""
    connection.execute("""
        create or replace temp table asterisk_lost
            (callid varchar, started_at timestamp, caller varchar, dialled_number varchar,
            queue varchar, ended_at timestamp, outcome varchar)
    """)


def find_lost_before_queue(
    connection: duckdb.DuckDBPyConnection, conventions: Conventions
) -> dict[str, int]:
    """Make `asterisk_lost`: calls that ended before any queue; return how many of each outcome.

    A queue's number is one that led other calls of these files to a queue, in the same context of
    the dialplan, so calls that agents make are not taken for lost ones. A call that talked to
    somebody was served elsewhere, and one that the dialplan hung up (a closing-time message) was
    not given up by the caller: neither is lost.
    """
    full, empty = words(conventions.refused_full), words(conventions.refused_empty)
    connection.execute(f"""
        create or replace temp table asterisk_lost_or_not as
        with starts as (
            select uniqueid as callid, min(moment) as started_at,
                min_by(number, moment) as caller, min_by(exten, moment) as dialled_number,
                min_by(context, moment) as context
            from asterisk_cel where event = 'CHAN_START' and uniqueid = linkedid
            group by uniqueid
        ), numbers as (
            select s.context, s.dialled_number, mode(e.queue order by e.entry) as queue
            from starts s join asterisk_entry e using (callid)
            where e.leg = 1 and e.refused is null
            group by s.context, s.dialled_number
        ), apart as (
            select s.*, n.queue from starts s
            join numbers n using (context, dialled_number)
            anti join asterisk_entry e using (callid)
        ), lives as (
            select a.callid, max(c.moment) filter (c.event = 'CHAN_END') as ended_at,
                bool_or(c.event = 'BRIDGE_ENTER') as is_served,
                bool_or(c.extra like '%dialplan/%' and c.event = 'HANGUP') as is_sent_away,
                bool_or({_status("c")} in ({full})) as is_full,
                bool_or({_status("c")} in ({empty})) as is_empty
            from apart a join asterisk_cel c on c.uniqueid = a.callid
            group by a.callid
        )
        select a.*, l.ended_at,
            case when l.is_full then 'refused_full' when l.is_empty then 'refused_empty'
                when l.is_served then 'served' when l.is_sent_away then 'sent_away'
                else 'ivr_abandoned' end as outcome
        from apart a join lives l using (callid)
        where l.ended_at is not null
    """)
    connection.execute("""
        create or replace temp table asterisk_lost as
        from asterisk_lost_or_not where outcome not in ('served', 'sent_away')
    """)
    return {
        outcome: scalar(
            connection, f"select count(*) from asterisk_lost_or_not where outcome = '{outcome}'"
        )
        for outcome in OUTCOMES
    }


def _status(row: str) -> str:
    """Return SQL for the QUEUESTATUS that a dialplan told with CELGenUserEvent."""
    return f"""upper(case when {row}.event not in ('CHAN_START', 'CHAN_END', 'HANGUP')
        then case when json_valid({row}.extra) then json_extract_string({row}.extra, 'extra')
            else {row}.extra end end)"""
