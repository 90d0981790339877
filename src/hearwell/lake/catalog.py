"""The lake's catalog: connect to it, attach it as it is or was, and check that we understand it.

Never open the catalog with Python's `sqlite3` while DuckDB has it: two copies of SQLite in one
process do not see each other's locks, and the one that closes takes the log away from the other.
"""

import os
import re
import shutil
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import duckdb

from hearwell.lake.as_of import When, resolve
from hearwell.lake.errors import LakeDamaged, LakeTooNew
from hearwell.lake.extensions import load, quoted
from hearwell.lake.folder import CATALOG, DATA, STAGING
from hearwell.lake.staging import held_folder
from hearwell.lake.tables import lacking

FORMAT = 1
"""Version of the lake's layout. It rises only when an older Hearwell could no longer read it."""

PARQUET = {"parquet_version": "2", "parquet_compression": "zstd", "parquet_compression_level": "1"}
"""Smaller files and a third less time to write than DuckDB's defaults (measured, 5 M calls)."""

CANNOT_MARK = ("readonly database", "unable to open database file", "disk i/o error")
"""What SQLite says where it cannot make the small file in which readers mark what they read."""

MEGABYTES = {"KiB": 2**10 / 1e6, "MiB": 2**20 / 1e6, "GiB": 2**30 / 1e6, "TiB": 2**40 / 1e6}
LEAST_MEGABYTES = 3000
SHARE = 1 / 8 / 0.8
"""An eighth of the memory: the application holds up to eight lakes open, and others import."""

BUSY_SECONDS = 30
"""How long SQLite waits for another process that has the catalog for a moment."""

COPY_TRIES = 5
VERSIONS = re.compile(r"catalog version is ([0-9.]+),.* requires version ([0-9]+(?:\.[0-9]+)*)")


@dataclass(frozen=True)
class Desk:
    """A connection, and a folder of its own for what does not fit into memory."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    until_left: ExitStack
    leave: Callable[[], object]  # removes the folder; happens by itself with the connection's end

    @contextmanager
    def left_on_failure(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.connection.close()
            self.leave()
            raise


def sit_down(lake: Path) -> Desk:
    """Return a connection that has the lake's extensions and keeps to its memory and folder."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    load(connection, "ducklake")
    load(connection, "sqlite_scanner")
    connection.execute("set TimeZone = 'UTC'")
    # Else each look into the catalog has a connection of its own, and a question that is answered
    # while a checkpoint rewrites the catalog sees half of the old state and half of the new.
    connection.execute("set global sqlite_disable_multithreaded_scans = true")
    # A table of its own transaction counts as empty to DuckDB, which then holds each row against
    # each: 210,000 answers and 130,000 readings took a hundred times as long.
    connection.execute("set asof_loop_join_threshold = 0")
    ((usual,),) = connection.execute("select current_setting('memory_limit')").fetchall()
    limit = os.environ.get("HEARWELL_MEMORY") or memory_limit(usual)
    connection.execute(f"set memory_limit = {quoted(limit)}")
    until_left = ExitStack()
    try:
        folder = until_left.enter_context(held_folder(lake / STAGING))
    except OSError:  # we may only read here, or the disk is full
        folder = until_left.enter_context(held_folder(Path(gettempdir())))
    connection.execute(f"set temp_directory = {quoted(str(folder / 'spill'))}")
    return Desk(connection, folder, until_left, weakref.finalize(connection, until_left.close))


def memory_limit(usual: str) -> str:
    """Return how much memory one lake may take: what does not fit goes to the lake's disk.

    Args:
        usual: what DuckDB would take, four fifths of the memory, such as `18.8 GiB`.

    """
    amount, unit = usual.split()
    megabytes = float(amount) * MEGABYTES[unit]
    return f"{int(min(megabytes, max(LEAST_MEGABYTES, megabytes * SHARE)))}MB"


def attach(desk: Desk, lake: Path, when: When | None = None, *, writable: bool = False) -> None:
    """Attach the lake's catalog as `lake`.

    Where the folder can only be read and nobody has the catalog open, SQLite cannot read it in
    place; then a copy of it is attached, which stays as it was when it was copied.

    Raises:
        LakeTooNew, LakeDamaged, NoSnapshot.

    """
    catalog = lake / CATALOG
    try:
        _attach(desk, lake, catalog, writable=writable)
    except duckdb.Error as error:
        said = str(error).lower()
        if writable or not any(words in said for words in CANNOT_MARK):
            raise
        # on another disk than the lake, which may be full
        folder = desk.until_left.enter_context(TemporaryDirectory(prefix="hearwell-"))
        catalog = private_copy(catalog, Path(folder))
        _attach(desk, lake, catalog, writable=False)
    check_format(desk.connection, lake)
    if when is not None:
        snapshot = resolve(desk.connection, when)
        desk.connection.execute("detach lake")
        _attach(desk, lake, catalog, writable=False, snapshot=snapshot)


def _attach(
    desk: Desk, lake: Path, catalog: Path, *, writable: bool, snapshot: int | None = None
) -> None:
    options = [
        f"data_path {quoted(str(lake / DATA))}",
        "override_data_path true",  # the lake may have been moved since it was made
        "create_if_not_exists false",  # an empty catalog is a loss, not a new lake
        f"meta_busy_timeout {BUSY_SECONDS * 1000}",
    ]
    if not writable:
        options.append("read_only")
    if snapshot is not None:
        options.append(f"snapshot_version {snapshot}")
    source = quoted(f"ducklake:sqlite:{catalog}")
    try:
        desk.connection.execute(f"attach {source} as lake ({', '.join(options)})")
    except duckdb.Error as error:
        if found := VERSIONS.search(str(error)):
            raise other_version(lake, found[1], found[2]) from error
        if "creating a new DuckLake is explicitly disabled" in str(error):
            raise LakeDamaged(lake, f"{CATALOG} is empty.") from error
        raise


def other_version(lake: Path, version: str, known: str) -> LakeTooNew | LakeDamaged:
    if [int(n) for n in version.split(".")] > [int(n) for n in known.split(".")]:
        return LakeTooNew(lake, f"DuckLake {version}", f"DuckLake {known}")
    return LakeDamaged(lake, f"its catalog is of DuckLake {version}, older than any of Hearwell.")


def check_format(connection: duckdb.DuckDBPyConnection, lake: Path) -> None:
    """Refuse a lake whose layout is newer than we know."""
    try:
        found = connection.execute("select max(version) from lake.hearwell_format").fetchone()
    except duckdb.CatalogException:
        raise LakeDamaged(lake, f"{CATALOG} is not that of a lake of Hearwell.") from None
    version = found[0] if found else None
    if version is None or version > FORMAT:
        raise LakeTooNew(lake, str(version), str(FORMAT))


def private_copy(catalog: Path, folder: Path) -> Path:
    """Copy a catalog that nobody has open; with what was written to its log and not yet moved."""
    copy = folder / CATALOG
    sources = (catalog, catalog.with_name(f"{CATALOG}-wal"))

    def states() -> list[tuple[int, int] | None]:
        found = [each.stat() if each.exists() else None for each in sources]
        return [(each.st_mtime_ns, each.st_size) if each else None for each in found]

    for _ in range(COPY_TRIES):
        before = states()
        for source in sources:
            target = copy.with_name(source.name)
            target.unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                shutil.copyfile(source, target)
        if states() == before:  # else somebody has begun to write: that copy may be torn
            break
    return copy


def make(desk: Desk, lake: Path) -> None:
    """Make a new catalog in a file of its own, and give it its place when it is whole."""
    run = desk.connection.execute
    catalog = desk.folder / CATALOG
    os.close(os.open(catalog, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    keep_log(catalog)
    run(
        f"attach {quoted(f'ducklake:sqlite:{catalog}')} as lake "
        f"(data_path {quoted(str(lake / DATA))})"
    )
    run("begin")
    run("create table lake.hearwell_format (version integer)")
    run(f"insert into lake.hearwell_format values ({FORMAT})")
    for statement in lacking({}):
        run(statement)
    for option, value in PARQUET.items():
        run(f"call lake.set_option('{option}', '{value}')")
    run("call lake.set_commit_message('hearwell', 'a new lake')")
    run("commit")
    run("detach lake")  # which moves the log into the catalog
    catalog.rename(lake / CATALOG)


def keep_log(catalog: Path) -> None:
    """Let SQLite write ahead to a log, with which readers never wait for the writer."""
    connection = sqlite3.connect(catalog)
    try:
        connection.execute("pragma journal_mode=wal")
    finally:
        connection.close()
