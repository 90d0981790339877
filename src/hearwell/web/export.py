"""Tables to take away, in a format of their own: CSV, a workbook (XLSX), Parquet.

No text of a table may run as a formula where it is opened: whoever writes to customer care writes
some of it. In CSV such text gets an apostrophe before it, as OWASP advises ("CSV injection"); in a
workbook it is stored as text, and marked so that it stays text when it is edited. Parquet has
types, so that nothing is changed in it.
"""

import csv
import json
import math
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import IO, Any

import duckdb
import numpy as np
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from hearwell.errors import WrongUse
from hearwell.language.number import whole

FULL_WIDTH = ("\uff1d", "\uff0b", "\uff0d", "\uff20")
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *FULL_WIDTH)
"""Programs calculate a cell that begins so; at full width, where Chinese or Japanese is written."""

BATCH = 1000
PIECE_BYTES = 64 * 1024
MOST_ROWS = {"xlsx": 1_048_575, "parquet": 1_048_575}
"""A sheet has no room for more beside its heading; a table becomes Parquet in memory."""

LONGEST_CELL = 32_767
EXACT = 2**53
"""Whole numbers beyond this lose digits in a workbook, where all numbers are floating."""

Rows = Iterable[Sequence[Any]]


class NoSuchFormat(WrongUse):
    def __init__(self, kind: str) -> None:
        told = _("There is no format {kind}; formats are {known}.")
        super().__init__(told.format(kind=kind, known=", ".join(FORMATS)))


class TooManyRows(WrongUse):
    def __init__(self, most: int) -> None:
        told = _(
            "More than {most} rows do not fit into this format. Take CSV, or a shorter period."
        )
        super().__init__(told.format(most=whole(most)))


def exported(
    request: HttpRequest, kind: str, name: str, columns: Sequence[str], rows: Rows
) -> StreamingHttpResponse:
    """Return a table as a file, piece by piece.

    Args:
        kind: csv, xlsx or parquet.
        name: of the file, without its ending.
        rows: may be read while the file goes out; what it reads from must stay open until then.

    Raises:
        NoSuchFormat, TooManyRows.

    """
    if kind not in FORMATS:
        raise NoSuchFormat(kind)
    content_type, written = FORMATS[kind]
    return streamed(request, written(columns, rows), content_type, f"{name}.{kind}")


def streamed(
    request: HttpRequest, pieces: Iterator[bytes], content_type: str, file_name: str
) -> StreamingHttpResponse:
    """Return a file of which no more than a piece is held in memory."""
    content = one_by_one(pieces) if isinstance(request, ASGIRequest) else pieces
    disposition = content_disposition_header(as_attachment=True, filename=file_name)
    return StreamingHttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": disposition or ""}
    )


async def one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Give pieces to a server that waits for many at once."""
    following = sync_to_async(partial(next, pieces, b""))
    while piece := await following():
        yield piece


def as_csv(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    """Write text in quotes and numbers without; UTF-8 with the mark that spreadsheets look for."""
    lines = iter([list(columns)]), iter(rows)
    mark = "\N{ZERO WIDTH NO-BREAK SPACE}"
    for source in lines:
        while batch := list(islice(source, BATCH)):
            text = StringIO()
            text.write(mark)
            mark = ""
            writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
            writer.writerows([harmless(value) for value in row] for row in batch)
            yield text.getvalue().encode()


def harmless(value: Any) -> str | float | Decimal:
    """Return a value for a cell of CSV, which no program takes for a formula."""
    told = simple(value)
    if told is None:
        return ""
    if isinstance(told, bool):
        return "true" if told else "false"
    if isinstance(told, (int, float, Decimal)):
        return told
    text = told if isinstance(told, str) else told.isoformat()
    return f"'{text}" if text.startswith(STARTS_FORMULA) else text


def simple(value: Any) -> str | float | Decimal | date | None:
    """Return a value as a cell can hold it: no value for what is no number, JSON for what nests."""
    if value is None or isinstance(value, (str, bool, int, Decimal, date)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)


def as_workbook(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    def write(file: IO[bytes]) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd hh:mm:ss",
        }
        with Workbook(file, options) as book:
            sheet, stays_text = book.add_worksheet(), book.add_format({"quote_prefix": True})
            head = book.add_format({"bold": True})
            sheet.freeze_panes(1, 0)
            for column, name in enumerate(columns):
                sheet.write_string(0, column, name, head)
            for place, row in enumerate(limited(rows, MOST_ROWS["xlsx"]), start=1):
                for column, value in enumerate(row):
                    write_cell(sheet, place, column, simple(value), stays_text)

    return from_file(write)


def write_cell(sheet: Any, row: int, column: int, value: Any, stays_text: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(row, column, value.replace(tzinfo=None))
    elif isinstance(value, (int, float, Decimal)) and -EXACT < value < EXACT:
        sheet.write_number(row, column, value)
    else:
        text = str(value)
        if len(text) > LONGEST_CELL:
            text = text[: LONGEST_CELL - 1] + "…"
        quoted = stays_text if text.startswith(STARTS_FORMULA) else None
        sheet.write_string(row, column, text, quoted)


def as_parquet(columns: Sequence[str], rows: Rows) -> Iterator[bytes]:
    def write(file: IO[bytes]) -> None:
        held = [[simple(value) for value in row] for row in limited(rows, MOST_ROWS["parquet"])]
        table = {name: np.empty(len(held), dtype=object) for name in columns}
        for place, name in enumerate(columns):
            table[name][:] = [row[place] for row in held]
        with duckdb.connect() as connection, tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "table.parquet"
            connection.execute(f"set global pandas_analyze_sample = {len(held) + 1}")
            connection.register("exported", table)
            connection.execute("copy (from exported) to $1 (format parquet)", [str(target)])
            file.write(target.read_bytes())

    return from_file(write)


def limited(rows: Rows, most: int) -> Iterator[Sequence[Any]]:
    for count, row in enumerate(rows):
        if count == most:
            raise TooManyRows(most)
        yield row


def from_file(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """Write a file whole, so that what goes wrong is told in its place, and give it in pieces."""
    file = tempfile.TemporaryFile()  # noqa: SIM115  it is read after this has returned
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return pieces_of(file)


def pieces_of(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE_BYTES):
            yield piece


FORMATS: dict[str, tuple[str, Callable[[Sequence[str], Rows], Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_workbook),
    "parquet": ("application/vnd.apache.parquet", as_parquet),
}
"""The type of content that a format has, and what writes it."""
