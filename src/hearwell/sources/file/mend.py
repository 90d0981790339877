"""A CSV file made whole: lines that would take others with them are set aside, each alone.

DuckDB's reader is fast and refuses single rows, with two exceptions. A quote that is opened and
never closed swallows the rows behind it, and line ends of two kinds stop it. For such a file
this slower pass writes a copy that it reads exactly, and a list of what was set aside.
"""

import csv
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hearwell.sources.file.encoding import shown
from hearwell.sources.file.room import Room
from hearwell.sources.file.sample import Dialect, Sample
from hearwell.sources.file.unpack import CHUNK

LONGEST = (16 << 20) - 1
"""Bytes of the longest row; DuckDB is told the same."""

KEPT_OF_TOO_LONG = 1 << 20

OPEN_QUOTE = "a quote is opened and not closed as it should be"
STRAY_RETURN = "a carriage return stands in the middle of the line"
TOO_LONG = f"the line is longer than {(LONGEST + 1) >> 20} MB: this is its beginning"


@dataclass(frozen=True)
class Rows:
    """Rows that follow each other."""

    count: int
    text: bytes


@dataclass(frozen=True)
class Fault:
    """A line that is not part of a row."""

    reason: str
    raw: bytes


def mend(path: Path, sample: Sample, room: Room) -> int:
    """Copy the rows of a file behind its header, and set aside what is none; count that."""
    row = faults = 0
    with (
        path.open("rb") as file,
        room.mended.open("wb") as whole,
        room.aside.open("w", encoding="utf-8", newline="") as out,
    ):
        listing = csv.writer(out, lineterminator="\n")
        for found in pieces(file, sample):
            if isinstance(found, Fault):
                row, faults = row + 1, faults + 1
                listing.writerow([row, found.reason, shown(found.raw)])
            else:
                row += found.count
                whole.write(found.text)
    return faults


def pieces(file: IO[bytes], sample: Sample) -> Iterator[Rows | Fault]:
    """Cut a file into runs of rows and the faults between them."""
    grammar = Grammar(sample.dialect, len(sample.columns))
    buffer, at, ended, is_old_macintosh = b"", 0, False, False
    skip = sample.lines_before_data
    while True:
        while not ended and len(buffer) - at <= LONGEST:
            more = file.read(CHUNK)
            ended = not more
            buffer, at = buffer[at:] + more, 0
        if skip:
            buffer = buffer.removeprefix(BOM_UTF8)
            is_old_macintosh = b"\n" not in buffer[:LONGEST]
        if is_old_macintosh:
            buffer = buffer.replace(b"\r", b"\n")
        while skip:
            at, skip = buffer.find(b"\n", at) + 1 or len(buffer), skip - 1
        if at >= len(buffer):
            return
        if buffer.find(b"\n", at, at + LONGEST + 1) < 0 and len(buffer) - at > LONGEST:
            yield Fault(TOO_LONG, buffer[at : at + KEPT_OF_TOO_LONG])
            while (end := buffer.find(b"\n", at)) < 0 and not ended:
                buffer, at = file.read(CHUNK), 0
                ended = not buffer
            at = end + 1 if end >= 0 else len(buffer)
            continue
        found, at = grammar.read(buffer, at, len(buffer) if ended else len(buffer) - LONGEST)
        yield from found


class Grammar:
    """What a row is, in the words of regular expressions.

    Only single signs are taken for good (`*+`), never groups: Python 3.11.2, which Debian 12 has,
    gives some of what such a group took back.
    """

    def __init__(self, dialect: Dialect, width: int) -> None:
        self.width = width
        self.quote = dialect.quote.encode()
        words = {
            b"delimiter": re.escape(dialect.delimiter.encode()),
            b"quote": re.escape(self.quote),
            b"escape": re.escape(dialect.escape.encode()),
        }
        words[b"plain"] = rb"[^%(delimiter)s\r\n]*+" % words
        words[b"field"] = words[b"plain"]
        if self.quote:
            words[b"inside"] = (
                rb"[^%(quote)s]*+(?:%(quote)s%(quote)s[^%(quote)s]*+)*"
                if dialect.escape == dialect.quote
                else rb"[^%(quote)s%(escape)s]*+(?:%(escape)s.[^%(quote)s%(escape)s]*+)*"
            ) % words
            words[b"field"] = rb"(?:%(quote)s%(inside)s%(quote)s|(?!%(quote)s)%(plain)s)" % words
        row = rb"%(field)s(?:%(delimiter)s%(field)s)*(?=\r?\n|\r?\Z)" % words
        self.row = re.compile(row, re.DOTALL)
        self.field = re.compile(words[b"field"], re.DOTALL)
        self.next_field = re.compile(rb"%(delimiter)s%(field)s" % words, re.DOTALL)

    def read(self, buffer: bytes, at: int, until: int) -> tuple[list[Rows | Fault], int]:
        """Read the rows that begin before `until`; return them and where the last ends."""
        found: list[Rows | Fault] = []
        run: list[bytes] = []
        quote_ahead = -1
        while at < until:
            end = buffer.find(b"\n", at)
            end = end if end >= 0 else len(buffer)
            if end - at > LONGEST:
                break
            row = self.row.match(buffer, at, end)
            if row is None:
                if self.quote and quote_ahead < end:
                    quote_ahead = buffer.find(self.quote, end)
                    quote_ahead = quote_ahead if quote_ahead >= 0 else len(buffer)
                row = self.spread(buffer, at) if quote_ahead < len(buffer) else None
            if row is None:
                if run:
                    found.append(Rows(len(run), b"".join(run)))
                    run = []
                raw = buffer[at:end].removesuffix(b"\r")
                reason = OPEN_QUOTE if self.quote and self.quote in raw else STRAY_RETURN
                found.append(Fault(reason, raw))
            elif row.end() > at:
                run.append(row[0] + b"\n")
                end = row.end()
            at = end + (2 if buffer.startswith(b"\r\n", end) else 1)
        if run:
            found.append(Rows(len(run), b"".join(run)))
        return found, at

    def spread(self, buffer: bytes, at: int) -> re.Match[bytes] | None:
        """Return a row that goes on over several lines, if it has as many fields as the others."""
        row = self.row.match(buffer, at, at + LONGEST)
        if row is None or (row.end() == at + LONGEST < len(buffer)):
            return None
        return row if self.fields(row[0]) == self.width else None

    def fields(self, row: bytes) -> int:
        first = self.field.match(row)
        return 1 + len(self.next_field.findall(row, first.end() if first else 0))
