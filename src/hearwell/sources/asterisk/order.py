"""The order of lines that come from several files, each line once."""

from collections.abc import Iterable

import duckdb

from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.sql import scalar, words

STATES = (*events.ARRIVES, *events.LEAVES, *events.PAUSES, *events.PAUSES_ALL)
"""Events that set a state: to read them twice changes nothing, to drop one may."""


def is_in_order(connection: duckdb.DuckDBPyConnection) -> bool:
    """Say if no line has an earlier time than the one before, in this file or the file before."""
    return not scalar(
        connection,
        "select count(*) from (select moment < lag(moment) over () as is_back "
        "from asterisk_line where moment is not null) where is_back",
    )


def find_doubled(
    connection: duckdb.DuckDBPyConnection, counted: Iterable[str], *, in_order: bool
) -> int:
    """Make `asterisk_doubled`: the places of lines that were read before; return how many.

    Where all lines are in order, no files overlap, and only events that are counted could do harm
    if written twice. An agent may pause, unpause and pause again in one second: those lines are
    alike and all true.
    """
    chosen = f"event in ({words(counted)})" if in_order else "moment is not null"
    connection.execute(f"""
        create or replace temp table asterisk_suspect as
        select hash(line) as fingerprint from asterisk_line where {chosen}
        group by fingerprint having count(*) > 1;
        create or replace temp table asterisk_doubled (place bigint)
    """)
    if not scalar(connection, "select count(*) from asterisk_suspect"):
        return 0
    connection.execute(f"""
        insert into asterisk_doubled
        with changes as (
            select rowid as place, line, event,
                moment is distinct from lag(moment) over () as is_new
            from asterisk_line where moment is not null
        ), seconds as (
            select *, sum(is_new::integer) over (rows unbounded preceding) as second from changes
        ), alike as (
            select place, event, second, lag(second) over copies as second_before
            from seconds where hash(line) in (select fingerprint from asterisk_suspect)
            window copies as (partition by line order by place)
        )
        select place from alike
        where second_before is not null
            and not (event in ({words(STATES)}) and second = second_before)
    """)
    return scalar(connection, "select count(*) from asterisk_doubled")


def put_in_order(connection: duckdb.DuckDBPyConnection) -> None:
    """Order `asterisk_line` by time, if files overlap or an export is in no order; drop doubles.

    Within one file the order of the lines is that of the events, even where the clock was set
    back: such a line counts as written when the clock had last been furthest.
    """
    mixed = scalar(
        connection,
        """
        select count(*) from (
            select is_mixed or first_at < max(last_at) over (
                order by first_row rows between unbounded preceding and 1 preceding) as is_mixed
            from asterisk_file where first_at is not null
        ) where is_mixed
        """,
    )
    if not mixed:
        connection.execute("""
            update asterisk_line set event = null, moment = null
            where rowid in (select place from asterisk_doubled)
        """)
        return
    connection.execute("""
        create or replace temp table asterisk_ordered as
        with placed as (
            select l.rowid as place, l.*, f.is_export, f.first_row
            from asterisk_line l
            join asterisk_file f on l.rowid between f.first_row and f.last_row
            where l.moment is not null
        ), clocked as (
            select *, case when is_export then moment else max(moment) over (
                partition by first_row order by place rows unbounded preceding) end as clock
            from placed
        )
        select line, event, moment from clocked anti join asterisk_doubled using (place)
        order by clock, place;
        drop table asterisk_line;
        alter table asterisk_ordered rename to asterisk_line
    """)


def find_steps(connection: duckdb.DuckDBPyConnection) -> None:
    """Make `asterisk_step`: the places at which the clock was set back.

    One second back is no step: two threads of Asterisk may write in the other order.
    """
    connection.execute("""
        create or replace temp table asterisk_step as
        select seq, back_seconds from (
            select rowid as seq, epoch(lag(moment) over () - moment) as back_seconds
            from asterisk_line where moment is not null
        )
        where back_seconds > 1
    """)
