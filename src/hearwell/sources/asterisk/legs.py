"""Visits of calls to queues, as the queue_log alone tells them.

`asterisk_entry` has a row for each time a call came to a queue, `asterisk_leg` the same rows with
what became of it. Both are known by `entry`, the place of the line with which the visit begins:
a callid alone is not enough, since a call that is moved to another queue keeps it.
"""

from collections.abc import Sequence

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.sql import words

NO_LATER = 1 << 62
"""Place of a line that is not there."""


def find_entries(connection: duckdb.DuckDBPyConnection, conventions: Conventions) -> None:
    """Number the visits of each call. A refusal that the dialplan logs is a visit too."""
    openers = words([events.ENTER, *conventions.refused_full, *conventions.refused_empty])
    connection.execute(f"""
        create or replace temp table asterisk_entry as
        with opening as (
            select rowid as entry, event, moment, string_split(line, '|') as field
            from asterisk_line where event in ({openers})
        ), named as (
            select entry, event, moment, field[2] as callid, field[3] as queue,
                case when event = '{events.ENTER}' then field[7] end as caller
            from opening where field[2] not in ('', 'NONE')
        )
        select entry, callid, row_number() over visits as leg,
            lead(entry, 1, {NO_LATER}) over visits as next_entry,
            lead(moment) over visits as next_entered_at, lead(queue) over visits as next_queue,
            case when event in ({words(conventions.refused_full)}) then 'refused_full'
                when event in ({words(conventions.refused_empty)}) then 'refused_empty'
            end as refused,
            moment as entered_at, queue, caller
        from named
        window visits as (partition by callid order by entry)
    """)


def find_answers(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_connect`: each line of an answer. Version 1.4 does not tell the ring time."""
    connection.execute(f"""
        create or replace temp table asterisk_connect as
        select t.seq, n.entry, t.moment as connected_at, t.agent,
            try_cast(t.waited as integer) as waited, try_cast(t.rang as integer) as rang, t.channel
        from (
            select seq, moment, field[2] as callid, field[4] as agent, field[6] as waited,
                nullif(field[7], '') as channel, field[8] as rang
            from ({_split([events.CONNECT])})
        ) t
        {_IN_ITS_VISIT}
    """)


def find_ends(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_end`: each line that ends a visit, with the arity of its event and version.

    The fields of an attended transfer are counted from the right, since one of its methods has
    one more; those that version 1.4 lacks are null.
    """
    transfers = words(("TRANSFER", "BLINDTRANSFER"))
    connection.execute(f"""
        create or replace temp table asterisk_end as
        select t.seq, n.entry, t.event, t.moment as ended_at, t.queue, t.agent,
            try_cast(t.waited as integer) as waited, try_cast(t.talked as integer) as talked,
            nullif(t.target, '') as target
        from (
            select seq, event, moment, field[2] as callid, field[3] as queue, field[4] as agent,
                case
                    when event in ({words(events.COMPLETES)}) then field[6]
                    when event = 'EXITWITHKEY' then field[9]
                    when event <> 'ATTENDEDTRANSFER' then field[8]
                    when len(field) >= 10 then field[-3]
                end as waited,
                case
                    when event in ({words(events.COMPLETES)}) then field[7]
                    when event in ({transfers}) then field[9]
                    when event = 'ATTENDEDTRANSFER' and len(field) >= 10 then field[-2]
                end as talked,
                case when event in ({transfers}) then field[6] end as target
            from ({_split(events.ENDS)})
        ) t
        {_IN_ITS_VISIT}
    """)


def find_rings(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_ring`: for each visit, the agents who did not answer, and the last ringing."""
    connection.execute(f"""
        create or replace temp table asterisk_ring as
        select n.entry, count(*) filter (t.event = 'RINGNOANSWER') as unanswered,
            max(try_cast(t.rang as integer)) filter (t.event = 'RINGCANCELED') as cancelled_ms
        from (
            select seq, event, field[2] as callid, field[6] as rang from ({_split(events.RINGS)})
        ) t
        {_IN_ITS_VISIT}
        where n.entry is not null
        group by n.entry
    """)


_IN_ITS_VISIT = """
        left join asterisk_entry n
            on n.callid = t.callid and t.seq > n.entry and t.seq < n.next_entry
            and n.refused is null
"""


def _split(chosen: Sequence[str]) -> str:
    """Return SQL for the lines of these events, split into their fields."""
    return f"""
        select rowid as seq, event, moment, string_split(line, '|') as field
        from asterisk_line where event in ({words(chosen)})
    """


def make_legs(connection: duckdb.DuckDBPyConnection) -> None:
    """Put the first answer and the first end of each visit beside it."""
    connection.execute(f"""
        create or replace temp table asterisk_leg as
        with first_end as (
            select entry, min(seq) as seq from asterisk_end where entry is not null group by entry
        ), ends as (
            select e.* from asterisk_end e semi join first_end using (seq)
        ), first_connect as (
            select entry, min(seq) as seq from asterisk_connect
            where entry is not null group by entry
        ), connects as (
            select c.* from asterisk_connect c semi join first_connect using (seq)
            left join first_end e on e.entry = c.entry
            where c.seq < coalesce(e.seq, {NO_LATER})
        )
        select n.*, coalesce(r.unanswered, 0) as unanswered, r.cancelled_ms,
            c.seq as connect_seq, c.connected_at, c.waited as connect_waited,
            c.rang as ring_seconds, c.channel,
            e.seq as end_seq, e.event::varchar as end_event, e.ended_at, e.waited as end_waited,
            e.talked, e.target as transfer_to,
            coalesce(c.agent, case when e.event in ({words(events.TALK_ENDS)}) then e.agent end)
                as agent,
            null::varchar as heard_ended_by,
            false as repaired_end, false as repaired_transfer, false as stuck
        from asterisk_entry n
        left join asterisk_ring r using (entry)
        left join connects c using (entry)
        left join ends e using (entry)
    """)
