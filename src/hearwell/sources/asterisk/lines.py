"""The lines of all queue_log files as one table, in the order in which they happened.

`asterisk_line` has the text, the event and the moment of each line; its rowid is the order.
What else a line says is read by the step that needs it, with the arity of that event.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.sources.asterisk import events
from hearwell.sources.asterisk.conventions import Conventions
from hearwell.sources.asterisk.delimited import Layout, column, keep_misfits, layout, scan
from hearwell.sources.asterisk.errors import NotAQueueLog
from hearwell.sources.asterisk.files import File
from hearwell.sources.asterisk.order import (
    find_doubled,
    find_steps,
    is_in_order,
    put_in_order,
)
from hearwell.sources.asterisk.sql import instant, scalar, words

EXPORT = ("time", "callid", "event")
"""Columns by which an export of the SQL table `queue_log` is known."""

EXPORT_NAMES = {"queue": "queuename", "created": "time", "call_id": "callid"}
SHORTEST_LOG = 10
"""Lines from which a file without a single good one is taken for something else."""


@dataclass(frozen=True)
class Lines:
    """What was read."""

    rows: int
    rejected: int
    doubled: int


def load(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[File],
    conventions: Conventions,
    zone: str,
) -> Lines:
    """Make `asterisk_line`, and add refused lines to `asterisk_refused`.

    Raises:
        NotAQueueLog: a file of some length has not one line of a queue_log.

    """
    refusals = (*conventions.refused_full, *conventions.refused_empty)
    known = dict.fromkeys((*events.NATIVE, *conventions.dialled, *refusals))
    told_once = (events.ENTER, events.CONNECT, "RINGNOANSWER", *events.TALK_ENDS)
    counted = (*told_once, *refusals, events.RESTART)
    event = f"enum({words(known)})"
    connection.execute(f"""
        create or replace temp table asterisk_line (line varchar, event {event}, moment timestamp);
        create or replace temp table asterisk_file
            (path varchar, is_export boolean, first_row bigint, cut_row bigint, last_row bigint,
            first_at timestamp, last_at timestamp, is_mixed boolean)
    """)
    before = scalar(connection, "select count(*) from asterisk_refused")
    for file in sorted(files, key=_begins):
        _append(connection, file, event, zone)
    _reject(connection)
    rejected = scalar(connection, "select count(*) from asterisk_refused") - before
    rows = rejected + scalar(connection, "select count(moment) from asterisk_line")
    in_order = is_in_order(connection)
    doubled = find_doubled(connection, counted, in_order=in_order)
    put_in_order(connection)
    find_steps(connection)
    return Lines(rows, rejected, doubled)


def _begins(file: File) -> int:
    """Return the second at which a file begins, so that rotated files come oldest first."""
    epoch = re.match(r"\d{9,10}(?=[|.])", file.first_line)
    return int(epoch[0]) if epoch else 1 << 62


def _append(connection: duckdb.DuckDBPyConnection, file: File, event: str, zone: str) -> None:
    shape = layout(file, EXPORT, EXPORT_NAMES)
    start = scalar(connection, "select count(*) from asterisk_line")
    connection.execute(f"""
        insert into asterisk_line
        with split as (
            select line, string_split(line, '|') as field
            from ({_exported(file, shape, zone) if shape else _written(file)})
        )
        select line, try_cast(field[5] as {event}), case when len(field) >= 5 then {_MOMENT} end
        from split
    """)
    end = scalar(connection, "select count(*) from asterisk_line")
    if (lost := file.lines - (end - start)) > 0 and not shape:
        connection.execute(
            f"insert into asterisk_refused values ('call', {quoted(str(file.path))}, 0, "
            f"'{lost} lines of more than 2 MB', null)"
        )
    whole = end if shape else min(end, start + file.lines)
    if whole < end:
        connection.execute(f"""
            update asterisk_line set event = null, moment = null where rowid = {whole};
            update asterisk_line set event = null, moment = null, line = null where rowid > {whole}
        """)
    if shape:
        keep_misfits(connection, file, shape)
    elif end - start > SHORTEST_LOG and not scalar(
        connection, f"select count(moment) from asterisk_line where rowid >= {start}"
    ):
        raise NotAQueueLog(file.path, end - start, file.first_line)
    connection.execute(f"""
        insert into asterisk_file
        select {quoted(str(file.path))}, {shape is not None}, {start}, {whole}, {end - 1},
            min(moment), max(moment), {shape is not None} and bool_or(is_back)
        from (
            select moment, moment < lag(moment) over () as is_back
            from asterisk_line where rowid >= {start} and moment is not null
        )
    """)


_MOMENT = """case
    when contains(field[1], '.')
        then make_timestamp(
            (try_cast(field[1] as decimal(16, 6))::decimal(22, 6) * 1000000)::bigint)
    else make_timestamp(try_cast(field[1] as uinteger)::bigint * 1000000)
end"""


def _written(file: File) -> str:
    """Return SQL for the lines of a file as Asterisk writes it: no quoting, one text for each."""
    return f"""
        select line from read_csv({quoted(str(file.readable))}, auto_detect=false, header=false,
            delim='\x01', quote='', escape='', strict_mode=false, ignore_errors=true,
            columns={{'line': 'varchar'}})
    """


def _exported(file: File, shape: Layout, zone: str) -> str:
    """Return SQL that writes an export of the SQL table `queue_log` as lines of a file.

    What the event says is in `data1` to `data5`, the last of them with the rest, or all in `data`.
    """
    named = [column(shape, name) for name in ("callid", "queuename", "agent", "event")]
    data = [column(shape, f"data{number}") for number in range(1, 6)]
    told = " || '|' || ".join(f"coalesce({part}, '')" for part in data)
    fields = " || '|' || ".join(f"coalesce({part}, '')" for part in named)
    return f"""
        with export as (
            select time, {instant("time", zone)} as moment, {fields} as fields,
                case when coalesce({", ".join(data)}) is null
                    then coalesce({column(shape, "data")}, '') else {told} end as told
            from {scan(file, shape)}
        )
        select rtrim(coalesce(
            (epoch_us(moment) // 1000000)::varchar || '.'
                || lpad((epoch_us(moment) % 1000000)::varchar, 6, '0'),
            time, '') || '|' || fields || '|' || told, '|') as line
        from export
    """


def _reject(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("""
        insert into asterisk_refused
        select 'call', f.path, l.rowid - f.first_row + 1,
            case
                when l.rowid = f.cut_row then 'the line has no end'
                when len(string_split(l.line, '|')) < 5 then 'fewer than five fields'
                else 'no time'
            end,
            l.line
        from asterisk_line l join asterisk_file f on l.rowid between f.first_row and f.last_row
        where l.moment is null and trim(l.line) <> ''
    """)
