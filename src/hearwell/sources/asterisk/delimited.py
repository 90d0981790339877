"""Files of delimited columns, read as text by the names of their columns."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.sources.asterisk.files import File


@dataclass(frozen=True)
class Layout:
    """Where the columns of a delimited file are."""

    delimiter: str
    columns: tuple[str, ...]
    has_header: bool


def cells(line: str) -> tuple[str, list[str]]:
    """Split a first line; return the delimiter that gives the most cells, and the cells."""
    split = {delimiter: next(csv.reader([line], delimiter=delimiter), []) for delimiter in ",;\t"}
    delimiter = max(split, key=lambda d: len(split[d]))
    return delimiter, split[delimiter]


def layout(file: File, needed: Sequence[str], known_as: Mapping[str, str]) -> Layout | None:
    """Return the layout that the header of a file tells, or None where it has no such header."""
    delimiter, found = cells(file.first_line)
    plain = [name.strip().strip('"').lower() for name in found]
    names = [known_as.get(name, name) for name in plain]
    if not set(needed) <= set(names):
        return None
    unique = [n if n and n not in names[:i] else f"column_{i}" for i, n in enumerate(names)]
    return Layout(delimiter, tuple(unique), has_header=True)


def scan(file: File, shape: Layout) -> str:
    """Return SQL that reads the file as text columns; rows that do not fit are set aside."""
    types = ", ".join(f"{quoted(name)}: 'varchar'" for name in shape.columns)
    return f"""read_csv({quoted(str(file.readable))}, auto_detect=false,
        delim={quoted(shape.delimiter)}, quote='"', escape='"', header={shape.has_header},
        columns={{{types}}}, nullstr=['', '\\N', 'NULL'], strict_mode=false,
        ignore_errors=true, store_rejects=true,
        rejects_table='asterisk_misfit', rejects_scan='asterisk_misfit_scan')"""


def column(shape: Layout, name: str) -> str:
    """Return SQL for a column of the file, null where the file has none of that name."""
    return identifier(name) if name in shape.columns else "null::varchar"


def keep_misfits(connection: duckdb.DuckDBPyConnection, file: File, shape: Layout) -> None:
    """Move the rows that did not fit the columns to the rejected ones."""
    connection.execute(
        f"insert into asterisk_refused select 'call', {quoted(str(file.path))}, "
        f"min(line) - {int(shape.has_header)}, "
        "lower(min_by(error_type::varchar, column_idx)), min(csv_line) "
        "from asterisk_misfit group by line"
    )
    connection.execute("drop table asterisk_misfit; drop table asterisk_misfit_scan")
