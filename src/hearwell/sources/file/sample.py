"""The first rows of a text file, read in Python, and what they tell of its form."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hearwell.sources.file.errors import EmptyFile, NoHeader, NoSuchLine, WrongEncoding
from hearwell.sources.file.mapping import Mapping

BYTES = 1 << 20
ROWS = 1000
DELIMITERS = (",", ";", "\t", "|")
LONGEST_FIELD = 16 << 20

NUMBER = re.compile(r"[-+]?[\d., ]*\d[\d.,]*%?")
MOMENT = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?.*")


@dataclass(frozen=True)
class Dialect:
    """How fields are told apart."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'

    def rows(self, text: str) -> list[tuple[int, list[str]]]:
        """Return the first rows, each with the number of its last line."""
        csv.field_size_limit(LONGEST_FIELD)
        reader = csv.reader(
            io.StringIO(text, newline=""),
            delimiter=self.delimiter,
            quotechar=self.quote or None,
            quoting=csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            doublequote=self.escape == self.quote,
            escapechar=None if self.escape == self.quote or not self.quote else self.escape,
        )
        found: list[tuple[int, list[str]]] = []
        try:
            for row in reader:
                found.append((reader.line_num, row))
                if len(found) >= ROWS:
                    break
        except csv.Error:
            pass  # what is behind a broken line is judged when all is read
        return found


@dataclass(frozen=True)
class Sample:
    """The form of a text file: its dialect, its columns and where its data begin."""

    dialect: Dialect
    columns: tuple[str, ...]
    rows_before_data: int  # what DuckDB counts; a row in quotes may have several lines
    lines_before_data: int
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


def take(name: str, path: Path, mapping: Mapping | None = None) -> Sample:
    """Read the header and the first rows.

    Raises:
        EmptyFile, WrongEncoding: there is no header that can be read.
        NoHeader: the first line looks like data, and the mapping does not say what it is.

    """
    with path.open("rb") as file:
        start, rest = file.read(BYTES), file.read(1)
    text, is_cut = start.decode("utf-8", "surrogateescape").removeprefix("\ufeff"), bool(rest)
    if not text.strip("\r\n\x00 \t"):
        raise EmptyFile(name)
    dialect = said(mapping, text) or guessed(text)
    if mapping and mapping.delimiter:
        dialect = Dialect(mapping.delimiter, dialect.quote, dialect.escape)
    rows = dialect.rows(text)
    whole = rows[:-1] if is_cut and len(rows) > 1 and len(rows) < ROWS else rows
    if mapping and mapping.header is False:
        width = usual_width([row for _, row in whole])
        columns = tuple(f"c{number}" for number in range(1, width + 1))
        return Sample(dialect, columns, 0, 0, tuple(tuple(row) for _, row in whole))
    return under_header(name, dialect, whole, mapping)


def under_header(
    name: str, dialect: Dialect, rows: list[tuple[int, list[str]]], mapping: Mapping | None
) -> Sample:
    notes: list[str] = []
    said_line = mapping.header if mapping else None
    if isinstance(said_line, int) and not isinstance(said_line, bool):
        behind = [n for n, (line, _) in enumerate(rows) if line >= said_line]
        if not behind:
            raise NoSuchLine(name, said_line)
        at = behind[0]
    else:
        at = first_full(rows)
        above = [dialect.delimiter.join(row) for _, row in rows[:at] if any(row)]
        if above:
            notes.append(
                f"what stands above the header in line {rows[at][0]} was passed over: "
                f"{above[0][:60]!r}"
            )
        if said_line is None and looks_like_data(rows[at][1]):
            raise NoHeader(name, dialect.delimiter.join(rows[at][1]))
    line, cells = rows[at]
    try:
        dialect.delimiter.join(cells).encode("utf-8")
    except UnicodeEncodeError as error:
        place = f"byte 0x{ord(error.object[error.start]) & 0xFF:02x} in the header, line {line}"
        raise WrongEncoding(name, "UTF-8", place) from None
    columns, renamed = named(cells)
    behind_it = tuple(tuple(row) for _, row in rows[at + 1 :] if row)
    return Sample(dialect, columns, at + 1, line, behind_it, (*notes, *renamed))


def said(mapping: Mapping | None, text: str) -> Dialect | None:
    """Return the dialect of which the mapping says more than the delimiter."""
    if mapping is None or (mapping.quote == '"' and mapping.escape is None):
        return None
    delimiter = mapping.delimiter or guessed(text).delimiter
    return Dialect(delimiter, mapping.quote, mapping.escape or mapping.quote)


def guessed(text: str) -> Dialect:
    """Choose the dialect in which the most rows have the same number of fields, and many."""
    escapes = ['"', "\\"] if '\\"' in text else ['"']
    candidates = [Dialect(d, '"', e) for e in escapes for d in DELIMITERS if d in text]
    if not candidates:
        return Dialect(",")
    return max(candidates, key=lambda dialect: agreement(dialect, text))


def agreement(dialect: Dialect, text: str) -> tuple[float, int]:
    rows = [row for _, row in dialect.rows(text) if any(row)]
    if not rows:
        return (0.0, 0)
    width = usual_width(rows)
    same = sum(len(row) == width for row in rows) / len(rows)
    has_header = len(rows[first_full(list(enumerate(rows)))]) == width
    return (round(same, 1) * has_header if width > 1 else 0.0, width)


def usual_width(rows: list[list[str]]) -> int:
    return Counter(len(row) for row in rows).most_common(1)[0][0] if rows else 1


def first_full(rows: list[tuple[int, list[str]]]) -> int:
    """Return which row is the header: the first that is no title, a title being almost empty."""
    width = usual_width([row for _, row in rows])
    for number, (_, row) in enumerate(rows):
        filled = sum(bool(cell.strip()) for cell in row)
        if filled >= min(2, width) and len(row) > width / 2:
            return number
    return 0


def named(cells: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return names of columns that can be told apart, with notes on those that were changed."""
    names: list[str] = []
    notes: list[str] = []
    taken: set[str] = set()
    for number, cell in enumerate(cells, 1):
        plain = " ".join(cell.split("\n")).strip() or f"column_{number}"
        name, again = plain, 2
        while name.casefold() in taken:
            name, again = f"{plain}_{again}", again + 1
        if name != plain:
            notes.append(f"column {number} is called {plain!r} like another; it is {name!r} here")
        taken.add(name.casefold())
        names.append(name)
    return tuple(names), notes


def looks_like_data(cells: list[str]) -> bool:
    """Tell values from names: names are not dates, and few of them are numbers or empty."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if not filled:
        return True
    if any(MOMENT.fullmatch(cell) for cell in filled):
        return True
    numbers = sum(bool(NUMBER.fullmatch(cell)) for cell in filled)
    return numbers + (len(cells) - len(filled)) / 2 > len(cells) / 3
