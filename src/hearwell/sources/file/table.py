"""A file as a table that DuckDB reads, whatever its format is."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from hearwell.lake.extensions import quoted
from hearwell.sources.file.mend import LONGEST, mend
from hearwell.sources.file.room import Room
from hearwell.sources.file.sample import Sample
from hearwell.sources.file.unpack import CHUNK

BUFFER = LONGEST + 1
"""Bytes that DuckDB reads at a time: no more than it must, which is fastest and takes least."""

LINE = "_line"  # a row as it was, where the columns do not hold all of it
FAULT = "_fault"  # why the row cannot be read


@dataclass(frozen=True)
class Table:
    """A file's columns, and SQL that gives its rows."""

    name: str
    columns: ReadOnly[str, str]  # DuckDB's type of each
    relation: str
    files: tuple[Path, ...]  # what the relation opens
    text: Sample | None = None  # of a text file: single rows of it can be refused by DuckDB
    set_aside: int | None = None  # lines, where the file was mended
    has_faults: bool = False  # the relation has LINE and FAULT
    notes: tuple[str, ...] = ()

    @property
    def skipped(self) -> int:
        """Rows before the data in what DuckDB reads."""
        return self.text.rows_before_data if self.text and self.set_aside is None else 0

    @cached_property
    def may_have_nul(self) -> bool:
        """Is there a NUL byte in the file? A look at all of it takes less than one at each value.

        Other formats than text have other ways to write one.
        """
        return self.text is None or any(map(has_nul, self.files))


def has_nul(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b"\0" in chunk for chunk in iter(lambda: file.read(CHUNK), b""))


def read_text(path: Path, sample: Sample, *, skip: int) -> str:
    """Return SQL that reads a text file with all values as text; what does not fit is set aside."""
    columns = ", ".join(f"{quoted(name)}: 'varchar'" for name in sample.columns)
    dialect = sample.dialect
    options = {
        "columns": "{" + columns + "}",
        "auto_detect": "false",
        "header": "false",
        "skip": str(skip),
        "delim": quoted(dialect.delimiter),
        "quote": quoted(dialect.quote),
        "escape": quoted(dialect.escape if dialect.quote else ""),
        "store_rejects": "true",
        "max_line_size": str(LONGEST + 1),
        "buffer_size": str(BUFFER),
        "strict_mode": "true",
        "null_padding": "false",
    }
    given = ", ".join(f"{name} = {value}" for name, value in options.items())
    return f"read_csv({quoted(str(path))}, {given})"


def mended(table: Table, room: Room) -> Table:
    """Return the table as it is once the lines that would take others with them are set aside."""
    path, sample = table.files[0], table.text
    assert sample is not None  # noqa: S101 (only text is ever mended)
    set_aside = mend(path, sample, room)
    relation = table.relation.replace(
        read_text(path, sample, skip=sample.rows_before_data),
        read_text(room.mended, sample, skip=0),
    )
    note = "its quotes or line ends are not all as they should be, so it was read line by line"
    return replace(
        table,
        relation=relation,
        files=(room.mended,),
        set_aside=set_aside,
        notes=(*table.notes, note),
    )
