"""Open a lake: its catalog, its records as tables, and its writer."""

import errno
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
from filelock import FileLock, Timeout

from hearwell import settings as organisation
from hearwell.lake.errors import (
    DiskFull,
    LakeDamaged,
    LakeExists,
    LakeReadOnly,
    LakeTooNew,
    NoLake,
    NoSnapshot,
)
from hearwell.lake.extensions import load, quoted
from hearwell.lake.lock import WAIT_SECONDS, writer_lock
from hearwell.lake.tables import existing, migrate, view
from hearwell.records.record import Record

FORMAT = 1
"""Version of the lake's layout. It rises only when an older Hearwell could no longer read it."""

CATALOG = "catalog.sqlite"
KEY = "identity.key"


@dataclass(frozen=True)
class Lake:
    """An attached lake. Its tables are the views named after the records."""

    path: Path
    connection: duckdb.DuckDBPyConnection
    settings: organisation.Settings
    as_of: str | None = None
    tables: dict[str, dict[str, str]] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)

    def use(self, record: type[Record]) -> str:
        """Make the record readable under its name in SQL, and return that name."""
        name = record.table_name
        if name not in self.views:
            self.connection.execute(view(record, self.tables))
            self.views.add(name)
        return name

    @property
    def snapshot(self) -> int:
        """The snapshot that is read: answers from the same one are the same."""
        (found,) = self.connection.execute(
            "select coalesce(max(snapshot_id), 0) from ducklake_snapshots('lake')"
            if self.as_of is None
            else "select id from ducklake_current_snapshot('lake')"
        ).fetchall()[0]
        return int(found)

    @contextmanager
    def writing(
        self, message: str, *, wait_seconds: float = WAIT_SECONDS, transaction: bool = True
    ) -> Iterator[None]:
        """Hold the writer lock and one transaction: all of it is kept, or nothing.

        Raises:
            LakeLocked, DiskFull, LakeReadOnly.

        """
        with writer_lock(self.path, wait_seconds), telling(self.path):
            if not transaction:  # upkeep has transactions of its own
                yield
                return
            self.connection.execute("begin")
            try:
                yield
                self.connection.execute(
                    f"call lake.set_commit_message('hearwell', {quoted(message)})"
                )
                self.connection.execute("commit")
            except BaseException:
                self.connection.execute("rollback")
                raise

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a folder for files on their way in; it goes when the work ends, however it ends.

        A folder whose process was killed is removed by the next one that stages.
        """
        base = self.path / "staging"
        with telling(self.path):
            base.mkdir(exist_ok=True)
            for left in base.iterdir():
                remove_if_abandoned(left)
            folder = Path(tempfile.mkdtemp(dir=base))
            lock = FileLock(folder / "in-use.lock")
            with lock:
                try:
                    yield folder
                finally:
                    shutil.rmtree(folder, ignore_errors=True)

    @property
    def identity_key(self) -> str:
        """The secret with which customers' identifiers are hashed. It never leaves this folder."""
        return (self.path / KEY).read_text().strip()

    def close(self) -> None:
        self.connection.close()


def remove_if_abandoned(folder: Path) -> None:
    try:
        with FileLock(folder / "in-use.lock", timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
    except (Timeout, OSError):
        return  # somebody works there, or has just removed it


def create(path: Path, zone: str = "UTC") -> Lake:
    """Make a lake in a folder that is new or empty, and open it for writing.

    Raises:
        LakeExists: the folder holds a lake.
        LakeReadOnly: the folder cannot be written to.

    """
    if (path / CATALOG).exists():
        raise LakeExists(path)
    with telling(path):
        path.mkdir(parents=True, exist_ok=True)
        (path / organisation.FILE).write_text(organisation.template(zone), "utf-8")
        key = path / KEY
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32))
        with sqlite3.connect(path / CATALOG) as catalog:  # readers never wait with a WAL
            catalog.execute("pragma journal_mode=wal")
        catalog.close()
    return open_lake(path, writable=True)


def open_lake(path: Path, *, as_of: str | None = None, writable: bool = False) -> Lake:
    """Attach a lake, as it is now or as it was.

    A lake of an older Hearwell is widened when it is opened for writing; read before that, its
    missing columns are null.

    Args:
        as_of: a snapshot's number, a day (its end in the organisation's zone) or an instant.

    Raises:
        NoLake, LakeTooNew, LakeDamaged, NoSnapshot, LakeReadOnly.

    """
    if not (path / CATALOG).exists():
        raise NoLake(path)
    settings = organisation.read(path)
    connection = connect(path)
    with telling(path):
        attach(connection, path, as_of, settings.zone)
        tables = existing(connection)
        check_format(connection, path, tables)
        lake = Lake(path, connection, settings, as_of, tables)
        if writable:
            widen(lake)
    return lake


def connect(path: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection that has the lake's extensions and keeps to its memory and folder."""
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    load(connection, "ducklake")
    load(connection, "sqlite_scanner")
    connection.execute("set TimeZone = 'UTC'")
    connection.execute(f"set temp_directory = {quoted(str(path / 'staging' / 'spill'))}")
    if limit := os.environ.get("HEARWELL_MEMORY"):
        connection.execute(f"set memory_limit = {quoted(limit)}")
    return connection


def attach(connection: duckdb.DuckDBPyConnection, path: Path, as_of: str | None, zone: str) -> None:
    options = [f"data_path {quoted(str(path / 'data'))}", "meta_busy_timeout 30000"]
    if as_of is not None:
        options.append(snapshot_option(as_of, zone))
    statement = f"attach {quoted(f'ducklake:sqlite:{path / CATALOG}')} as lake"
    try:
        connection.execute(f"{statement} ({', '.join(options)})")
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        if "snapshot" in reason.lower() and as_of is not None:
            raise no_snapshot(path, as_of) from error
        if "version" in reason.lower():
            raise LakeTooNew(path, reason, f"DuckDB {duckdb.__version__}") from error
        raise


def snapshot_option(as_of: str, zone: str) -> str:
    if as_of.isdigit():
        return f"snapshot_version {as_of}"
    try:
        if len(as_of) == len("2026-01-31"):
            day = date.fromisoformat(as_of) + timedelta(days=1)
            moment = datetime.combine(day, time(), ZoneInfo(zone))
        else:
            moment = datetime.fromisoformat(as_of)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise NoSnapshot(as_of, "a number", "a date such as 2026-01-31") from None
    return f"snapshot_time '{moment.astimezone(ZoneInfo('UTC')):%Y-%m-%d %H:%M:%S.%f}+00'"


def no_snapshot(path: Path, as_of: str) -> NoSnapshot:
    now = open_lake(path)
    first, last = now.connection.execute(
        "select min(snapshot_id) || ' (' || min(snapshot_time)::varchar || ')', "
        "max(snapshot_id) || ' (' || max(snapshot_time)::varchar || ')' "
        "from ducklake_snapshots('lake')"
    ).fetchall()[0]
    now.close()
    return NoSnapshot(as_of, first, last)


def check_format(
    connection: duckdb.DuckDBPyConnection, path: Path, tables: dict[str, dict[str, str]]
) -> None:
    if "hearwell_format" not in tables:
        return  # a lake that is being made
    (version,) = connection.execute("select max(version) from lake.hearwell_format").fetchall()[0]
    if version > FORMAT:
        raise LakeTooNew(path, str(version), str(FORMAT))


def widen(lake: Lake) -> None:
    """Make what this version's records have and the lake has not."""
    connection = lake.connection
    with lake.writing("tables of this version"):
        if "hearwell_format" not in lake.tables:
            connection.execute("create table lake.hearwell_format (version integer)")
            connection.execute(f"insert into lake.hearwell_format values ({FORMAT})")
            for option, value in PARQUET.items():
                connection.execute(f"call lake.set_option('{option}', '{value}')")
        done = migrate(connection)
        if done:
            lake.tables.clear()
            lake.tables.update(existing(connection))
            lake.views.clear()


PARQUET = {"parquet_version": "2", "parquet_compression": "zstd", "parquet_compression_level": "1"}
"""Smaller files and a third less time to write than DuckDB's defaults (measured, 5 M calls)."""


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn the errors of disk and catalog into errors that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            raise DiskFull(path) from error
        if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
            raise LakeReadOnly(path) from error
        raise
    except duckdb.Error as error:
        text = str(error).lower()
        if "no space left" in text or "disk is full" in text or "file too large" in text:
            raise DiskFull(path) from error
        if "read-only" in text or "readonly" in text or "permission denied" in text:
            raise LakeReadOnly(path) from error
        if isinstance(error, duckdb.IOException):
            raise LakeDamaged(path, str(error).splitlines()[0]) from error
        raise
