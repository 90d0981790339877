"""Lines about agents: who came, left, paused; and where the system started anew."""

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.sql import words

TOLD = """
    rowid as seq, moment, nullif(field[3], 'NONE') as queue, field[4] as agent,
    nullif(trim(case when len(field) > 6 then array_to_string(field[6:], '|')
        else field[6] end), '') as detail
"""
"""Columns of a line about an agent. A reason may contain the separator: it is the whole rest."""


def make_members(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_member`. A pause of all queues is taken only where its queues are not logged.

    Asterisk writes such a pause once for all and once for each queue.
    """
    singles = words([*events.ARRIVES, *events.LEAVES, *events.PAUSES])
    connection.execute(f"""
        create or replace temp table asterisk_member as
        with written as (
            select rowid, event, moment, string_split(line, '|') as field
            from asterisk_line where event in ({singles})
        )
        select event, {TOLD} from written where field[4] not in ('', 'NONE');
        insert into asterisk_member
        with written as (
            select rowid, moment, string_split(line, '|') as field,
                case event when 'PAUSEALL' then 'PAUSE' else 'UNPAUSE' end as event
            from asterisk_line where event in ({words(events.PAUSES_ALL)})
        )
        select event, {TOLD} from written
        where field[4] not in (select agent from asterisk_member where event = 'PAUSE')
            and field[4] not in ('', 'NONE')
    """)


def make_restarts(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_restart`: where the system started anew, and its last sign of life before."""
    connection.execute(f"""
        create or replace temp table asterisk_restart as
        select seq, moment, last_seen_at from (
            select rowid as seq, event, moment, lag(moment) over () as last_seen_at
            from asterisk_line where moment is not null
        )
        where event = '{events.RESTART}'
    """)
