"""Bring a file into the shape of a record, in the staging folder: rows to keep, rows refused."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from hearwell.lake.errors import MemoryFull
from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.sources.file.errors import Unreadable
from hearwell.sources.file.expression import FILE, select
from hearwell.sources.file.mapping import Mapping
from hearwell.sources.file.plan import LEFT_OUT, Plan, plan
from hearwell.sources.file.refused import SWALLOWING, Refused, errors_met, write_refused
from hearwell.sources.file.room import Room
from hearwell.sources.file.sandbox import Progress, run, sandbox
from hearwell.sources.file.session import Session
from hearwell.sources.file.staging import copy, staging
from hearwell.sources.file.table import FAULT, Table, mended
from hearwell.sources.file.unpack import CHUNK

MIXED_LINE_ENDS = "state machine reached an invalid state"
"""How DuckDB says that lines end in two ways."""


@dataclass(frozen=True)
class Staged:
    """A file on its way in."""

    rows: Path
    refused: Refused
    rows_read: int
    left_out: int
    notes: tuple[str, ...]


class NeedsMending(Exception):
    """The file has lines that would take others with them."""


def stage(
    table: Table,
    mapping: Mapping,
    session: Session,
    room: Room,
) -> Staged:
    """Map, check and write a file's rows; a file that has to be mended is read a second time.

    Raises:
        BadMapping: the mapping does not fit the file or the record.
        Unreadable: the file is damaged.

    """
    room.folder.mkdir(exist_ok=True)
    try:
        return attempt(table, mapping, session, room)
    except NeedsMending:
        return attempt(mended(table, room), mapping, session, room)


def attempt(table: Table, mapping: Mapping, session: Session, room: Room) -> Staged:
    for left in (room.rows, room.file):
        left.unlink(missing_ok=True)  # else DuckDB writes beside it, which the sandbox forbids
    with sandbox(room.folder, [*table.files, *room.all()]) as connection:
        relation, several = table.relation, mapping.rows is not None
        if mapping.rows is not None:
            relation = f"(select * from (\n{select(mapping.place('rows'), mapping.rows)}\n))"
            offer(connection, table, f"(select *, 0::bigint as row from {table.relation})")
        ready = plan(connection, table, relation, mapping, session)
        if several:
            whole = copy(f"(select * from {table.relation})", room.file)
            read(connection, table, whole, room.progress)
            offer(
                connection,
                table,
                f"(select *, file_row_number + 1 as row from "
                f"read_parquet({quoted(str(room.file))}, file_row_number = true))",
            )
        read(connection, table, staging(ready, room.rows), None if several else room.progress)
        check_whole(connection, table)
        refused = write_refused(connection, ready, table, room)
        return counted(connection, ready, table, room, refused)


def offer(connection: duckdb.DuckDBPyConnection, table: Table, relation: str) -> None:
    """Make the rows readable as `file`, the name that a mapping knows, with their numbers."""
    whole = f"where {FAULT} is null" if table.has_faults else ""
    columns = ", ".join(identifier(name) for name in table.columns)
    connection.execute(
        f"create or replace temp view {FILE} as select {columns}, row from {relation} {whole}"
    )


def read(
    connection: duckdb.DuckDBPyConnection, table: Table, query: str, progress: Progress | None
) -> None:
    try:
        run(connection, query, progress)
    except duckdb.OutOfMemoryException as error:
        raise MemoryFull(str(error).splitlines()[0]) from error
    except duckdb.Error as error:
        told = str(error)
        if MIXED_LINE_ENDS in told and table.text and table.set_aside is None:
            raise NeedsMending from error
        if "no space left" in told.lower():
            raise  # the lake's disk is full; the lake says so
        raise Unreadable(table.name, "a table", told.splitlines()[0]) from error


def check_whole(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Find out if DuckDB lost rows, or their numbers, with those that it refused."""
    met = errors_met(connection)
    if table.set_aside is not None or not met:
        return
    if met & SWALLOWING or has_blank_lines(table.files[0]):
        raise NeedsMending


def has_blank_lines(path: Path) -> bool:
    with path.open("rb") as file:
        end = b""
        while chunk := file.read(CHUNK):
            seen = end + chunk
            if b"\n\n" in seen or b"\n\r\n" in seen:
                return True
            end = chunk[-2:]
    return False


def counted(
    connection: duckdb.DuckDBPyConnection, plan: Plan, table: Table, room: Room, refused: Refused
) -> Staged:
    ambiguous = "_ambiguous" if plan.can_be_ambiguous else "false"
    zone_not_said = "_zone_not_said" if plan.zone_not_said else "false"
    staged, left_out, twice, in_our_zone = connection.execute(
        f"select count(*), count(*) filter (_kind = {LEFT_OUT}), count(*) filter ({ambiguous}), "
        f"count(*) filter ({zone_not_said}) from read_parquet({quoted(str(room.rows))})"
    ).fetchall()[0]
    if room.file.exists():
        (staged,) = connection.execute(
            f"select count(*) filter ({FAULT if table.has_faults else 'null'} is null) "
            f"from read_parquet({quoted(str(room.file))})"
        ).fetchall()[0]
    notes = list(table.notes)
    if in_our_zone:
        notes.append(
            f"times without an offset ({', '.join(plan.zone_not_said)}) were read on the clock of "
            "the organisation's zone; say `zone = …` in the mapping if that is not so"
        )
    if twice:
        notes.append(
            f"{twice:,} rows have a local time that came twice when clocks went back: the earlier "
            "instant was taken, or the later where the row would else run backwards"
        )
    rows_read = staged + refused.unread
    if not rows_read:
        notes.append("the file has a header and no rows")
    return Staged(room.rows, refused, rows_read, left_out, tuple(notes))
