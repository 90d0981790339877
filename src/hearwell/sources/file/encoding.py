"""Text as UTF-8, whatever it came as, if that can be proven or the mapping says it."""

import codecs
import re
from pathlib import Path

from hearwell.sources.file.errors import UnknownEncoding, WrongEncoding
from hearwell.sources.file.unpack import CHUNK

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte-order marks, the longer first where one begins like another."""

LOOKED_AT = 4096
MOSTLY = 0.4
"""Latin text in UTF-16 has a NUL as every other byte; other scripts still have blanks and commas,
but those are found by their mark only."""


def proven(start: bytes) -> str | None:
    """Return the encoding that the first bytes of a file prove."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    even, odd = start[0::2], start[1::2]
    if odd and odd.count(0) > MOSTLY * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if even and even.count(0) > MOSTLY * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return None


def as_utf8(name: str, path: Path, said: str | None, folder: Path) -> tuple[Path, list[str]]:
    """Return a file that is UTF-8, or was meant to be, with notes on what was done.

    A byte that is wrong in a given encoding stays wrong in the result, so that its row is refused
    and not silently changed.

    Raises:
        WrongEncoding: text in UTF-16 or UTF-32 is broken; it has no lines to be refused one by one.

    """
    with path.open("rb") as file:
        found = proven(file.read(LOOKED_AT))
    encoding = found or said or "utf-8"
    notes = []
    if found and said and codecs.lookup(found) != codecs.lookup(said):
        notes.append(f"the file is {found}, as its first bytes prove, not {said}")
    if codecs.lookup(encoding).name == "utf-8":
        return path, notes
    target = folder / f"{path.name}.utf8"
    try:
        recode(path, target, encoding)
    except UnicodeError as error:
        raise WrongEncoding(name, encoding, str(error)) from error
    if found and not said:
        notes.append(f"read as {found}")
    return target, notes


def recode(path: Path, target: Path, encoding: str) -> None:
    try:
        decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    except (LookupError, TypeError):
        raise UnknownEncoding(encoding) from None
    with path.open("rb") as source, target.open("wb") as utf8:
        while chunk := source.read(CHUNK):
            utf8.write(decoder.decode(chunk).encode("utf-8", "surrogatepass"))
        utf8.write(decoder.decode(b"", final=True).encode("utf-8", "surrogatepass"))


def shown(raw: bytes) -> str:
    """Return a line of bytes as text, with each wrong byte as a backslash, x and its number."""
    escaped = re.sub(rb"\xed([\xb2\xb3])([\x80-\xbf])", original, raw)
    return escaped.decode("utf-8", "backslashreplace")


def original(stand_in: re.Match[bytes]) -> bytes:
    """Return the byte that `recode` could not read, from what it wrote in its place."""
    high, low = stand_in[1][0], stand_in[2][0]
    return bytes([((high & 0x3) << 6 | low & 0x3F) & 0xFF])
