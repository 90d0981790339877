"""The rows that could not be kept: which they are in the file, why, and as they were."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.sources.file.encoding import shown
from hearwell.sources.file.mend import LONGEST
from hearwell.sources.file.plan import LEFT_OUT, Plan
from hearwell.sources.file.room import Room
from hearwell.sources.file.staging import numbered
from hearwell.sources.file.table import FAULT, LINE, Table

SWALLOWING = {"UNQUOTED VALUE", "LINE SIZE OVER MAXIMUM"}
"""Errors with which DuckDB can lose rows that follow; such a file is mended and read again."""

NOT_UTF8 = "INVALID ENCODING"

ASIDE = {"row": "bigint", "reason": "varchar", "raw": "varchar"}
DAMAGED = {"begins": "bigint", "raw": "varchar"}

LINES = """
select line - {skipped} as line, begins, csv_line,
       case error when 'MISSING COLUMNS' then 'too few fields'
                  when 'TOO MANY COLUMNS' then 'too many fields'
                  when 'INVALID ENCODING' then 'not UTF-8'
                  else lower(error) end as kind,
       case error
       when 'MISSING COLUMNS' then 'too few fields: ' || fewest || ' instead of ' || width
       when 'TOO MANY COLUMNS' then 'too many fields: ' || most || ' instead of ' || width
       when 'INVALID ENCODING' then 'a byte is not UTF-8 in column ' || column_name
       else lower(error) || ': ' || message end as reason
from (select line, min(line_byte_position) as begins, any_value(csv_line) as csv_line,
             arg_min(error_type, byte_position) as error,
             arg_min(column_name, byte_position) as column_name,
             arg_min(error_message, byte_position) as message,
             min(try_cast(regexp_extract(error_message, 'Found: (\\d+)', 1) as integer)) as fewest,
             max(try_cast(regexp_extract(error_message, 'Found: (\\d+)', 1) as integer)) as most,
             max(regexp_extract(error_message, 'Columns: (\\d+)', 1)) as width
      from reject_errors group by line)
"""
"""The lines that DuckDB refused, with the first thing that was wrong with each."""


@dataclass(frozen=True)
class Refused:
    """The refused rows as a Parquet file in the shape of the record `rejected`, with `kind`."""

    path: Path
    count: int
    unread: int  # of these, the rows that could not even be read
    reasons: tuple[tuple[str, int, str], ...]  # kind, rows, the first one's reason; most rows first


def errors_met(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the kinds of errors that DuckDB's reader of text met."""
    try:
        found = connection.execute("select distinct error_type from reject_errors").fetchall()
    except duckdb.CatalogException:
        return set()  # nothing was read as text
    return {kind for (kind,) in found}


def write_refused(
    connection: duckdb.DuckDBPyConnection, plan: Plan, table: Table, room: Room
) -> Refused:
    """Put together what was set aside, what DuckDB refused and what the checks refused.

    Each numbers only the rows that came to it. A row's number in the file is that number and how
    many rows had been taken out before.
    """
    connection.execute(
        "create temp table unread (row bigint, kind varchar, reason varchar, raw varchar)"
    )
    if table.set_aside:
        take_out(connection, f"select row, reason, reason, raw from {listed(room.aside, ASIDE)}")
    met = errors_met(connection)
    if met:
        take_out(connection, refused_lines(connection, table, room, met))
    if table.has_faults and not plan.has_faults:  # they did not come as far as the checks
        take_out(
            connection,
            f"select file_row_number + 1, 'unreadable line', {FAULT}, {LINE} "
            f"from read_parquet({quoted(str(room.file))}, file_row_number = true) "
            f"where {FAULT} is not null",
        )
    (unread,) = connection.execute("select count(*) from unread").fetchall()[0]
    faults = numbered(plan)
    kinds = ", ".join(quoted(faults[n].kind) for n in sorted(faults) if n > LEFT_OUT)
    by_checks = (
        f"select file_row_number + 1, [{kinds}][_kind], _reason, _raw from "
        f"read_parquet({quoted(str(room.rows))}, file_row_number = true) where _kind > {LEFT_OUT}"
    )
    take_out(connection, by_checks)
    connection.execute(
        f"copy (select {quoted(plan.source)} as source, "
        f"timestamp '{plan.received_at:%Y-%m-%d %H:%M:%S.%f}' as received_at, "
        f"{quoted(plan.record.table_name)} as record, {quoted(table.name)} as file, "
        f"row, reason, raw, kind from unread order by row) "
        f"to {quoted(str(room.refused))} (format parquet)"
    )
    found = connection.execute(
        "select kind, count(*), arg_min(reason, row) from unread group by kind order by 2 desc, 1"
    ).fetchall()
    return Refused(room.refused, sum(count for _, count, _ in found), unread, tuple(found))


def take_out(connection: duckdb.DuckDBPyConnection, found: str) -> None:
    """Add rows to `unread`, whose numbers do not count those that are there already."""
    passed = (
        "select row - nth as passed, max(nth) as taken from "
        "(select row, row_number() over (order by row) as nth from unread) group by 1"
    )
    connection.execute(
        f"insert into unread select n + coalesce(taken, 0), kind, reason, raw "
        f"from ({found}) as found (n, kind, reason, raw) asof left join ({passed}) on n > passed"
    )


def refused_lines(
    connection: duckdb.DuckDBPyConnection, table: Table, room: Room, met: set[str]
) -> str:
    """Return SQL for the lines that DuckDB refused, as they stand in the file."""
    lines = LINES.format(skipped=table.skipped)
    raw, join = "csv_line", ""
    if NOT_UTF8 in met:
        write_bytes(connection, table.files[0], room)
        raw = "coalesce(raw, csv_line)"
        join = f"left join {listed(room.damaged, DAMAGED)} using (begins)"
    return f"select line, kind, reason, ltrim({raw}, chr(10) || chr(13)) from ({lines}) {join}"


def write_bytes(connection: duckdb.DuckDBPyConnection, text: Path, room: Room) -> None:
    """Write the lines with wrong bytes as they stand in the file; DuckDB's own copy lost them."""
    found = connection.execute(
        "select line_byte_position, any_value(strlen(csv_line)) from reject_errors "
        f"where error_type = {quoted(NOT_UTF8)} group by 1 order by 1"
    )
    with (
        text.open("rb") as file,
        room.damaged.open("w", encoding="utf-8", newline="") as out,
    ):
        lines = csv.writer(out, lineterminator="\n")
        for at, length in in_turn(found):
            file.seek(at - 1)
            lines.writerow([at, shown(file.read(length)).lstrip("\r\n")])


def listed(path: Path, columns: dict[str, str]) -> str:
    """Return SQL that reads a list of our own, whose texts may be very long."""
    types = ", ".join(f"{quoted(name)}: {quoted(dtype)}" for name, dtype in columns.items())
    return (
        f"read_csv({quoted(str(path))}, header = false, auto_detect = false, "
        f"columns = {{{types}}}, max_line_size = {3 * LONGEST}, buffer_size = {6 * LONGEST})"
    )


def in_turn(found: duckdb.DuckDBPyConnection) -> Iterator[tuple[int, int]]:
    while some := found.fetchmany(10_000):
        yield from some
