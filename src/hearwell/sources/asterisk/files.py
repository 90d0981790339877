"""Files as DuckDB can read them: unpacked, in UTF-8, without the bytes that break its reader."""

import bz2
import codecs
import gzip
import lzma
import os
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hearwell.sources.asterisk.errors import CannotRead

CHUNK = 1 << 22
EDGE = 1 << 16

HARMFUL = b"\x00\x01\r"
"""NUL (a crash leaves runs of them), the byte that we name as separator, carriage returns."""

Unpacked = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile

PACKED: dict[bytes, Callable[[Path], Unpacked]] = {
    b"\x1f\x8b": gzip.GzipFile,
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ": lzma.LZMAFile,
}
"""How a compressed file begins, and what opens it."""


@dataclass(frozen=True)
class File:
    """A file of a log, and the file to read in its place."""

    path: Path
    readable: Path
    lines: int  # that have an end: a telephone system at work goes on writing while we read
    first_line: str
    cut: str | None  # a last line without its end: it may have lost digits
    broken: str | None  # why the rest of a compressed file could not be unpacked


def opened(paths: Sequence[Path], folder: Path) -> list[File]:
    """Look through each file once; write to the folder a clean copy of each that needs one.

    Raises:
        CannotRead: a file is absent, a folder, or not ours to read.

    """
    found: list[File] = []
    for path in dict.fromkeys(paths):
        try:
            found.append(_opened(path, folder / f"{len(found)}.txt"))
        except OSError as error:
            raise CannotRead(path, error.strerror or str(error)) from error
    return found


def _opened(path: Path, copy: Path) -> File:
    with path.open("rb") as file:
        start = file.read(8)
    unpack = next((opener for magic, opener in PACKED.items() if start.startswith(magic)), None)
    lines = None if unpack else _lines_if_clean(path)
    if lines is not None:
        return File(path, path, lines, *_edges(path), broken=None)
    with unpack(path) if unpack else path.open("rb") as source, copy.open("wb") as target:
        lines, broken = _clean(source, target)
    return File(path, copy, lines, *_edges(copy), broken=broken)


def _lines_if_clean(path: Path) -> int | None:
    """Count the whole lines of a file that can be read as it is; None if it cannot."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 0
    with path.open("rb") as file:
        try:
            for chunk in iter(lambda: file.read(CHUNK), b""):
                if any(chunk.find(byte) >= 0 for byte in HARMFUL):
                    return None
                decoder.decode(chunk)
                lines += chunk.count(b"\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return lines


def _clean(source: Unpacked | IO[bytes], target: IO[bytes]) -> tuple[int, str | None]:
    """Copy without harmful bytes; what is not UTF-8 is read as Latin-1, so that no name is lost.

    Returns:
        The number of whole lines, and why the copy ends before the source does, if it does.

    """
    codecs.register_error("as-latin-1", _as_latin_1)
    decoder = codecs.getincrementaldecoder("utf-8")("as-latin-1")
    lines, broken = 0, None
    try:
        while chunk := source.read(EDGE):  # small, so that little is lost before a break
            text = decoder.decode(chunk.translate(None, HARMFUL))
            target.write(text.encode())
            lines += chunk.count(b"\n")
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        broken = str(error)
    target.write(decoder.decode(b"", final=True).encode())
    return lines, broken


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _edges(path: Path) -> tuple[str, str | None]:
    """Return the first line, and what follows the last end of a line, if anything."""
    with path.open("rb") as file:
        first = file.read(EDGE).split(b"\n", 1)[0]
        file.seek(max(0, file.seek(0, os.SEEK_END) - EDGE))
        last = file.read().rsplit(b"\n", 1)[-1]
    return first.decode("utf-8-sig", "replace"), last.decode("utf-8", "replace") or None
