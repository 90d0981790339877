"""The channel event log (CEL): what happened to each channel, to the microsecond."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.sources.asterisk.delimited import Layout, cells, column, keep_misfits, layout, scan
from hearwell.sources.asterisk.errors import NotACel
from hearwell.sources.asterisk.files import File
from hearwell.sources.asterisk.sql import instant, scalar, words

COLUMNS = (
    "eventtype",
    "eventtime",
    "cid_name",
    "cid_num",
    "cid_ani",
    "cid_rdnis",
    "cid_dnid",
    "exten",
    "context",
    "channame",
    "appname",
    "appdata",
    "amaflags",
    "accountcode",
    "uniqueid",
    "linkedid",
    "peer",
    "userfield",
    "userdeftype",
    "extra",
)
"""The columns of cel_custom in their usual order, by the names of cel_odbc."""

KNOWN_AS = {
    "event": "eventtype",
    "time": "eventtime",
    "cidname": "cid_name",
    "cidnum": "cid_num",
    "channel": "channame",
    "app": "appname",
    "application": "appname",
    "eventextra": "extra",
    "bridgepeer": "peer",
    "userdefevent": "userdeftype",
}
NEEDED = ("eventtype", "eventtime", "uniqueid", "linkedid")

STREAMS = ("STREAM_BEGIN", "STREAM_END")
"""Music on hold begins and ends; written by Asterisk 20 and later."""

TRANSFERS = ("BLINDTRANSFER", "ATTENDEDTRANSFER")
IGNORED = (
    "ANSWER",
    "APP_END",
    "DTMF",
    "FORWARD",
    "LINKEDID_END",
    "LOCAL_OPTIMIZE",
    "LOCAL_OPTIMIZE_BEGIN",
    "PARK_END",
    "PARK_START",
    "PICKUP",
)


@dataclass(frozen=True)
class Heard:
    """What was read."""

    rows: int
    is_exact: bool  # times have parts of seconds


def load(connection: duckdb.DuckDBPyConnection, files: Sequence[File], zone: str) -> Heard:
    """Make `asterisk_cel`, each event once.

    Rows of one file that are alike are one event, unless times are whole seconds: then they may
    well be two, such as two short holds.

    Raises:
        NotACel: a file has neither the usual columns nor a header that names them.

    """
    connection.execute("""
        create or replace temp table asterisk_cel_row
            (event varchar, moment timestamp, number varchar, exten varchar, context varchar,
            channel varchar, app varchar, uniqueid varchar, linkedid varchar, stream varchar,
            extra varchar)
    """)
    rows = sum(_append(connection, file, zone) for file in files)
    parts = "select count(*) from asterisk_cel_row where epoch_us(moment) % 1000000 <> 0"
    is_exact = scalar(connection, parts) > 0
    once = "min(rowid)" if is_exact or len(files) > 1 else "rowid"
    connection.execute(f"""
        create or replace temp table asterisk_cel as
        select {once} as place, event, moment, number, exten, context, channel, app, uniqueid,
            linkedid, extra
        from asterisk_cel_row
        where moment is not null and uniqueid is not null
            and event not in ({words(IGNORED)})
            and (event not in ({words(STREAMS)}) or coalesce(stream, 'MOH') like 'MOH%')
        {"" if once == "rowid" else "group by all"};
        drop table asterisk_cel_row
    """)
    return Heard(rows, is_exact)


def _append(connection: duckdb.DuckDBPyConnection, file: File, zone: str) -> int:
    shape = layout(file, NEEDED, KNOWN_AS) or _usual(file)
    if shape is None:
        return 0
    fields = ("exten", "context", "channame", "appname", "uniqueid", "linkedid")
    picked = ", ".join(column(shape, name) for name in (*fields, "userdeftype", "extra"))
    number = f"coalesce({column(shape, 'cid_num')}, {column(shape, 'cid_ani')})"
    start = scalar(connection, "select count(*) from asterisk_cel_row")
    connection.execute(f"""
        insert into asterisk_cel_row
        select upper(eventtype), {instant("eventtime", zone)}, {number}, {picked}
        from {scan(file, shape)}
    """)
    keep_misfits(connection, file, shape)
    connection.execute(
        f"insert into asterisk_refused select 'call', {quoted(str(file.path))}, "
        f"rowid - {start} + 1, 'no time', concat_ws(',', event, uniqueid, linkedid, channel) "
        f"from asterisk_cel_row where rowid >= {start} and moment is null"
    )
    return scalar(connection, "select count(*) from asterisk_cel_row") - start


def _usual(file: File) -> Layout | None:
    """Return the layout of a file without a header, None for an empty file."""
    if not file.first_line:
        return None
    delimiter, found = cells(file.first_line)
    if len(found) < len(COLUMNS):
        raise NotACel(file.path, f"its first line has {len(found)} columns")
    more = tuple(f"column_{number}" for number in range(len(COLUMNS), len(found)))
    return Layout(delimiter, (*COLUMNS, *more), has_header=False)
