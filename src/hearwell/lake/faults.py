"""Turn the errors of disk, catalog and engine into errors that say what to do."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from hearwell.errors import HearwellError
from hearwell.lake.errors import (
    DiskFull,
    LakeDamaged,
    LakeDisturbed,
    LakeReadOnly,
    LakeUnreadable,
    MemoryFull,
)
from hearwell.lake.folder import DATA

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
DENIED = {errno.EACCES, errno.EROFS, errno.EPERM}
NEARLY_NOTHING = 1 << 20
"""Bytes. With less than this free, an unexplained failure of the disk is a full disk."""

DAMAGED_CATALOG = ("malformed", "not a database", "unable to open database", "disk i/o error")
DAMAGED_FILE = ("io error", "invalid input error", "thrift", "corrupt")
OF_THE_STATEMENT = (
    duckdb.DataError,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.ConstraintException,
)
"""Errors about what was asked or about values, which may themselves look like one of the disk."""

FILE_NAMED = re.compile(r"""["'](/[^"'\n]+|[A-Za-z]:[\\/][^"'\n]+)["']""")


@contextmanager
def telling(lake: Path) -> Iterator[None]:
    """Turn what the disk, the catalog or the engine says about a lake into our own errors.

    An error about a file that is not the lake's, such as one that is being imported, stays as
    it is: whoever opened that file knows what to say.
    """
    try:
        yield
    except OSError as error:
        told = of_the_system(lake, error)
        if told:
            raise told from error
        raise
    except duckdb.Error as error:
        told = of_the_engine(lake, error)
        if told:
            raise told from error
        raise
    except RuntimeError as error:
        if str(error) == "Query interrupted":  # what DuckDB makes of Ctrl-C
            raise KeyboardInterrupt from error
        raise


def of_the_system(lake: Path, error: OSError) -> HearwellError | None:
    named = error.filename if isinstance(error.filename, str | bytes) else None
    file = Path(os.fsdecode(named)) if named else lake
    if error.errno in FULL:
        return DiskFull(lake if within(lake, file) else file)
    if error.errno in DENIED and within(lake, file):
        return denied(lake, file)
    return None


def of_the_engine(lake: Path, error: duckdb.Error) -> HearwellError | None:
    """Return the error for what DuckDB, DuckLake or SQLite said; None where the lake is all right.

    They have no codes for these, so their words are looked at; the tests make each of them happen.
    """
    if isinstance(error, OF_THE_STATEMENT):
        return None
    text = str(error)
    said, reason = text.lower(), text.splitlines()[0].rstrip(".") + "."
    found = FILE_NAMED.search(text)
    file = Path(found[1]) if found else lake

    def says(*words: str) -> bool:
        return any(word in said for word in words)

    told: HearwellError | None = None
    if says("no space left", "disk is full", "file too large", "disk quota"):
        told = DiskFull(lake if within(lake, file) else file)
    elif says("out of memory error"):
        told = DiskFull(lake) if nearly_full(lake) else MemoryFull(reason)
    elif not within(lake, file):
        told = None
    elif says("disk i/o error", "could not write") and nearly_full(lake):
        told = DiskFull(lake)
    elif says("readonly database", "read-only file system", "permission denied"):
        told = denied(lake, file)
    elif says("database is locked", "conflict"):
        told = LakeDisturbed(lake)
    elif says(*DAMAGED_CATALOG) or (file.is_relative_to(lake / DATA) and says(*DAMAGED_FILE)):
        told = LakeDamaged(lake, reason)
    return told


def denied(lake: Path, file: Path) -> HearwellError:
    """Tell a file that may not be read from one that may not be written."""
    try:
        unreadable = file.exists() and not os.access(file, os.R_OK)
    except OSError:  # not even its folder
        unreadable = True
    return LakeUnreadable(file) if unreadable else LakeReadOnly(lake)


def within(lake: Path, file: Path) -> bool:
    return file.is_relative_to(lake) or file.absolute().is_relative_to(lake.absolute())


def nearly_full(lake: Path) -> bool:
    try:
        return shutil.disk_usage(lake).free < NEARLY_NOTHING
    except OSError:
        return False
