"""Open a lake: its records as tables, and its writer."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from hearwell import settings as organisation
from hearwell.clock.zone import check_zone
from hearwell.lake import catalog
from hearwell.lake.as_of import when
from hearwell.lake.catalog import Desk
from hearwell.lake.credited import credited
from hearwell.lake.errors import LakeExists, LakeReadOnly, NoLake
from hearwell.lake.extensions import quoted
from hearwell.lake.faults import telling
from hearwell.lake.folder import (
    CATALOG,
    DATA,
    HOLDER,
    KEY,
    LOCK,
    PART,
    STAGING,
    located,
    make_private,
    new_key,
    read_key,
    write_private,
)
from hearwell.lake.lock import WAIT_SECONDS, writer_lock
from hearwell.lake.staging import held_folder, remove_abandoned
from hearwell.lake.tables import existing, identifier, lacking, rows
from hearwell.records.record import Record

__all__ = ["CATALOG", "Lake", "create", "open_lake"]


@dataclass(eq=False)
class Lake:
    """An attached lake. Its tables are the views named after the records.

    Close it when done, or use it in a `with` statement.
    """

    path: Path
    connection: duckdb.DuckDBPyConnection
    settings: organisation.Settings
    as_of: str | None
    writable: bool
    leave: Callable[[], object]  # gives back the folder for what did not fit into memory
    tables: dict[str, frozenset[str]] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)
    none: set[str] = field(default_factory=set)  # views of no rows, for records without any
    moved_in: list[Path] = field(default_factory=list)  # files the open transaction has adopted
    in_transaction: bool = False
    held: int | None = None  # the snapshot that is read until the end of `reading`

    def use(self, record: type[Record]) -> str:
        """Make the record readable under its name in SQL, and return that name."""
        name = record.table_name
        if name not in self.views:
            told = credited(rows(record, self.tables), record, self.settings)
            self.connection.execute(f"create or replace temp view {identifier(name)} as {told}")
            self.views.add(name)
            self.none.discard(name)
        return name

    def use_none(self, record: type[Record]) -> bool:
        """Make the record readable as no rows until `leave_none`; False where it is readable."""
        name = record.table_name
        if name in self.views or name in self.none:
            return False
        none = rows(record, {})
        self.connection.execute(f"create or replace temp view {identifier(name)} as {none}")
        self.none.add(name)
        return True

    def leave_none(self, record: type[Record]) -> None:
        """Take away what `use_none` made, where nobody has made the rows readable since."""
        name = record.table_name
        if name in self.none:
            self.none.discard(name)
            self.connection.execute(f"drop view if exists temp.{identifier(name)}")

    @property
    def snapshot(self) -> int:
        """The snapshot that is read: answers from the same one are the same."""
        if self.held is not None:
            return self.held
        found = self.connection.execute("select id from ducklake_current_snapshot('lake')")
        return int(found.fetchall()[0][0])

    @contextmanager
    def reading(self) -> Iterator[int]:
        """Hold one state of the lake and give its snapshot, so that several answers agree.

        What others commit meanwhile is not seen. Errors of disk and catalog say what to do.
        """
        with telling(self.path):
            if self.in_transaction:
                yield self.snapshot
                return
            with self.transaction():
                self.held = self.snapshot
                try:
                    yield self.held
                finally:
                    self.held = None

    @contextmanager
    def writing(
        self, message: str, *, wait_seconds: float = WAIT_SECONDS, transaction: bool = True
    ) -> Iterator[None]:
        """Hold the writer lock and one transaction: all of it is kept, or nothing.

        Args:
            message: what is done, for `hearwell lake snapshots` and for those who wait.
            transaction: upkeep has transactions of its own and wants the lock alone.

        Raises:
            LakeLocked, DiskFull, LakeReadOnly.

        """
        if not self.writable:
            fault = "this lake was opened for reading: open_lake(path, writable=True)"
            raise RuntimeError(fault)
        if self.in_transaction:
            fault = "this lake is in a transaction already: one at a time"
            raise RuntimeError(fault)
        with telling(self.path), writer_lock(self.path, message, wait_seconds):
            if not transaction:
                yield
                return
            with self.transaction():
                yield
                self.connection.execute(
                    f"call lake.set_commit_message('hearwell', {quoted(message)})"
                )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all that is done inside, or nothing; call `reading` or `writing`, which use it."""
        self.connection.execute("begin")
        self.in_transaction = True
        self.moved_in.clear()
        try:
            yield
            self.connection.execute("commit")
        except BaseException:
            self.roll_back()
            raise
        finally:
            self.in_transaction = False

    def roll_back(self) -> None:
        """Undo what the transaction did, as far as the connection still can: it may be broken.

        After Ctrl-C the statement goes on in the background, and a rollback would wait for it.
        """
        with suppress(duckdb.Error):  # a commit that failed has ended the transaction itself
            self.connection.interrupt()
            self.connection.execute("rollback")
        self.views.clear()  # those made inside have gone
        self.none.clear()
        with suppress(duckdb.Error, OSError):  # else the next checkpoint removes them
            for file in self.moved_in:
                if not self.keeps(file):
                    file.unlink(missing_ok=True)

    def keeps(self, file: Path) -> bool:
        """Does the catalog know a data file of this name?"""
        found = self.connection.execute(
            "select count(*) from __ducklake_metadata_lake.ducklake_data_file "
            f"where ends_with(path, {quoted(file.name)})"
        ).fetchall()
        return bool(found[0][0])

    @contextmanager
    def staging(self) -> Iterator[Path]:
        """Give a folder for files on their way in; it goes when the work ends, however it ends.

        A folder whose process was killed is removed by the next one that stages.
        """
        base = self.path / STAGING
        with telling(self.path):
            base.mkdir(mode=0o700, exist_ok=True)
            remove_abandoned(base)
            with held_folder(base) as folder:
                yield folder

    @property
    def identity_key(self) -> str:
        """The secret with which customers' identifiers are hashed. It never leaves this folder."""
        return read_key(self.path)

    def close(self) -> None:
        self.connection.close()
        self.leave()  # after the connection, which may still have files there

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


UNFINISHED = frozenset(
    {organisation.FILE, organisation.FILE + PART, KEY, KEY + PART, DATA, STAGING, LOCK, HOLDER}
)
"""What a making that was broken off may have left: it can be done again."""


def create(path: Path, zone: str = "UTC") -> Lake:
    """Make a lake in a folder that is new or empty, and open it for writing.

    The catalog gets its place last, when all else is there: until then there is no lake, and
    after a making that was broken off it can be made again. Settings that are there are kept.

    Raises:
        LakeExists: the folder holds a lake.
        NotEmpty: it holds something else.
        BadFolderName, LakeReadOnly, DiskFull, UnknownZone.

    """
    place = located(path)
    check_zone(zone)
    with telling(place):
        if (place / CATALOG).exists():
            raise LakeExists(path)
        make_private(place, UNFINISHED)
        with writer_lock(place, "making the lake"):
            if (place / CATALOG).exists():
                raise LakeExists(path)
            fill(place, zone)
            desk = catalog.sit_down(place)
            with desk.left_on_failure():
                catalog.make(desk, place)
    return opened(place, desk, writable=True)


def fill(place: Path, zone: str) -> None:
    """Lay out all that a lake has besides its catalog."""
    settings = place / organisation.FILE
    if not settings.exists() or is_untouched(settings):
        write_private(settings, organisation.template(zone))
    organisation.read(place)
    if not (place / KEY).exists():
        write_private(place / KEY, new_key())
    for name in (DATA, STAGING):
        (place / name).mkdir(mode=0o700, exist_ok=True)


def is_untouched(settings: Path) -> bool:
    """Are these the settings that a making which was broken off wrote, and nobody edited?"""
    text = settings.read_text("utf-8")
    return text == organisation.template(organisation.read(settings.parent).zone)


def open_lake(path: Path, *, as_of: str | None = None, writable: bool = False) -> Lake:
    """Attach a lake, as it is now or as it was.

    A lake of an older Hearwell is widened when it is opened for writing; read before that, its
    missing columns are null.

    Args:
        as_of: a snapshot's number, a day (its end in the organisation's zone) or an instant.

    Raises:
        NoLake, LakeTooNew, LakeDamaged, LakeUnreadable, LakeReadOnly, NoSnapshot, BadMoment.

    """
    if as_of is not None and writable:
        fault = "a state of the past cannot be written to"
        raise ValueError(fault)
    place = located(path)
    with telling(place):
        if not (place / CATALOG).exists():
            raise NoLake(path)
        if writable and not (os.access(place, os.W_OK) and os.access(place / CATALOG, os.W_OK)):
            raise LakeReadOnly(place)
        desk = catalog.sit_down(place)
    return opened(place, desk, as_of, writable=writable)


def opened(place: Path, desk: Desk, as_of: str | None = None, *, writable: bool) -> Lake:
    with telling(place), desk.left_on_failure():
        settings = organisation.read(place)
        moment = None if as_of is None else when(as_of, settings.zone)
        catalog.attach(desk, place, moment, writable=writable)
        tables = existing(desk.connection)
        lake = Lake(place, desk.connection, settings, as_of, writable, desk.leave, tables)
        if writable and lacking(lake.tables):
            widen(lake)
    return lake


def widen(lake: Lake) -> None:
    """Make what this version's records have and the lake has not."""
    with lake.writing("tables of this version"):
        for statement in lacking(existing(lake.connection)):  # another may have done it meanwhile
            lake.connection.execute(statement)
    lake.tables.update(existing(lake.connection))
    lake.views.clear()
