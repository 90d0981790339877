"""The plain files in what we were given: a file as it is, or what a .gz or .zip holds."""

import gzip
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile

from hearwell.sources.file.errors import (
    CutArchive,
    LockedArchive,
    NoDataInside,
    NoSuchFile,
    NotAllowed,
)

CHUNK = 4 << 20
GZIP = b"\x1f\x8b"
ZIP = b"PK"
JSON = {".json", ".jsonl", ".ndjson"}
TEXT = {".csv", ".tsv", ".tab", ".txt", ".dat"}
DATA = JSON | TEXT | {".parquet", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"}
"""Endings of the files in a .zip that are data."""

WORKBOOK_PARTS = {"[Content_Types].xml", "mimetype"}
"""An .xlsx or .ods is a .zip too; these are inside each."""


@dataclass(frozen=True)
class Plain:
    """A file without its packing: what the user calls it, and where its bytes are."""

    name: str
    path: Path


def unpack(path: Path, folder: Path) -> list[Plain]:
    """Return the data files, unpacked into the folder where they were packed.

    Raises:
        CutArchive: the end is missing or the check sum is wrong. A shorter file is never taken.

    """
    if not path.is_file():
        raise NoSuchFile(path)
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except PermissionError as error:
        raise NotAllowed(path) from error
    if start == GZIP:
        return [ungzip(path, folder)]
    if start == ZIP or path.suffix.lower() == ".zip":
        return unzip(path, folder)
    return [Plain(path.name, path.resolve())]


def ungzip(path: Path, folder: Path) -> Plain:
    inner = path.stem if path.suffix.lower() in {".gz", ".gzip"} else path.name
    target = folder / f"0-{inner}"
    with gzip.open(path) as packed, telling_of_damage(path.name):
        copy(packed, target)
    return Plain(path.name, target)


def unzip(path: Path, folder: Path) -> list[Plain]:
    with telling_of_damage(path.name), ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if WORKBOOK_PARTS & set(names):
            return [Plain(path.name, path.resolve())]
        wanted = [name for name in names if is_data(PurePosixPath(name))]
        if not wanted:
            raise NoDataInside(path.name, names)
        found = []
        for number, name in enumerate(wanted):
            target = folder / f"{number}-{PurePosixPath(name).name}"
            with archive.open(name) as packed:
                copy(packed, target)
            called = path.name if len(wanted) == 1 else f"{path.name}/{name}"
            found.append(Plain(called, target))
        return found


def is_data(name: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return name.suffix.lower() in DATA and not hidden


def copy(packed: IO[bytes] | gzip.GzipFile, target: Path) -> None:
    with target.open("wb") as plain:
        shutil.copyfileobj(packed, plain, CHUNK)


@contextmanager
def telling_of_damage(name: str) -> Iterator[None]:
    try:
        yield
    except (EOFError, gzip.BadGzipFile, BadZipFile, zlib.error) as error:
        raise CutArchive(name, str(error).rstrip(".")) from error
    except RuntimeError as error:  # what zipfile raises for a password
        raise LockedArchive(name) from error
