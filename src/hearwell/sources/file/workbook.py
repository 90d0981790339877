"""Workbooks: a sheet of an Excel or OpenDocument file, written out as CSV.

A sheet has at most 1,048,576 rows, so that a loop in Python is quick enough.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

from hearwell.sources.file.errors import (
    EmptyFile,
    LockedArchive,
    NoHeader,
    NoSuchLine,
    Unreadable,
)
from hearwell.sources.file.mapping import Mapping
from hearwell.sources.file.sample import Dialect, Sample, looks_like_data, named

HEADER_WITHIN = 50
"""The header stands in one of the first so many rows."""

Range = tuple[tuple[int, int], tuple[int, int]]  # first and last row and column of merged cells


@dataclass(frozen=True)
class Sheet:
    """The cells of a sheet: the first rows, then the rest as it comes."""

    name: str
    head: list[list[str]]
    rest: Iterator[Sequence[Any]]
    merged: list[Range]

    @cached_property
    def filled(self) -> list[list[str]]:
        """The first rows with the text of merged cells in each of them."""
        rows = [[cell.strip() for cell in row] for row in self.head]
        for (top, left), (bottom, right) in self.merged:
            for row in rows[top : bottom + 1]:
                row[left : right + 1] = [rows[top][left]] * len(row[left : right + 1])
        return rows


def write_out(name: str, path: Path, mapping: Mapping | None, target: Path) -> Sample:
    """Write a sheet as CSV with one line of column names, and return its form.

    Raises:
        Unreadable, LockedArchive: it is no workbook, or closed with a password.
        EmptyFile, NoHeader: as for text.

    """
    from python_calamine import (  # noqa: PLC0415 (50 ms that other formats need not wait for)
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        WorksheetNotFound,
    )

    try:
        with CalamineWorkbook.from_path(path) as book:
            wanted = mapping.sheet if mapping and mapping.sheet else book.sheet_names[0]
            sheet = book.get_sheet_by_name(wanted)
            rows = iter(sheet.iter_rows())
            first = (sheet.start or (0, 0))[1]
            merged = [
                ((top, left - first), (bottom, right - first))
                for (top, left), (bottom, right) in sheet.merged_cell_ranges or []
            ]
            head = [[text(cell) for cell in row] for row in islice(rows, HEADER_WITHIN)]
            return write_rows(Sheet(name, head, rows, merged), mapping, target)
    except PasswordError as error:
        raise LockedArchive(name) from error
    except WorksheetNotFound as error:
        reason = f"it has no sheet {wanted!r}, but {', '.join(book.sheet_names)}"
        raise Unreadable(name, "a workbook", reason) from error
    except CalamineError as error:
        raise Unreadable(name, "a workbook", str(error)) from error


def write_rows(sheet: Sheet, mapping: Mapping | None, target: Path) -> Sample:
    head = sheet.head
    if not any(any(row) for row in head):
        raise EmptyFile(sheet.name)
    top, bottom = header_rows(sheet, mapping)
    notes: list[str] = []
    if top is None:
        columns: tuple[str, ...] = tuple(f"c{n}" for n in range(1, len(head[0]) + 1))
    else:
        cells = joined(sheet.filled[top : bottom + 1])
        if (mapping is None or mapping.header is None) and looks_like_data(cells):
            raise NoHeader(sheet.name, ", ".join(cells))
        columns, notes = named(cells)
    if any(last[0] > bottom for _, last in sheet.merged):
        notes.append("cells that are merged among the data count for their first row only")
    with target.open("w", encoding="utf-8", newline="") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(columns)
        for row in chain(head[bottom + 1 :], ([text(cell) for cell in row] for row in sheet.rest)):
            if any(row):
                lines.writerow(row)
    shown = tuple(tuple(row) for row in head[bottom + 1 :] if any(row))
    return Sample(Dialect(","), columns, 1, 1, shown, tuple(notes))


def header_rows(sheet: Sheet, mapping: Mapping | None) -> tuple[int | None, int]:
    """Return the first and the last row of the header; none, if the mapping says so."""
    said, head = mapping.header if mapping else None, sheet.head
    if said is False:
        return None, -1
    if isinstance(said, int) and not isinstance(said, bool):
        if said > len(head):
            raise NoSuchLine(sheet.name, said)
        top = said - 1
    else:
        enough = min(2, max(len(row) for row in head))  # a title is one text, perhaps merged
        top = next(
            (n for n, row in enumerate(sheet.filled) if len({*row} - {""}) >= enough),
            next(n for n, row in enumerate(sheet.filled) if any(row)),
        )
    bottom = top
    for (first_row, left), (last_row, right) in sheet.merged:
        if first_row <= top <= last_row:
            over_columns = right > left and last_row == top
            bottom = max(bottom, last_row, top + 1 if over_columns else top)
    return top, min(bottom, len(head) - 1)


def joined(rows: list[list[str]]) -> list[str]:
    """Return one name for each column from the rows of a header: "Group Name"."""
    return [
        " ".join(part for n, part in enumerate(parts) if part and part not in parts[:n])
        for parts in zip(*rows, strict=True)
    ]


def text(cell: Any) -> str:
    """Return a cell as ISO text."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(cell / timedelta(seconds=1), 60)
        hours, minutes = divmod(int(minutes), 60)
        return f"{hours:02}:{minutes:02}:{seconds:02g}"
    return str(cell)
