"""Keep a lake small and readable back in time: snapshots, checkpoint, what it holds."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hearwell.lake.faults import telling
from hearwell.lake.folder import CATALOG, DATA
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier
from hearwell.records import RECORDS

READERS_MAY_TAKE = timedelta(hours=1)
"""A file that was replaced stays for as long: a question may be reading it."""

COMPARED_AS_TEXT = timedelta(days=1)
"""DuckLake 1.0 compares instants in a SQLite catalog as text and errs by up to a day."""

REWRITE_FROM = 0.25
"""Part of a file's rows that must have been replaced for it to be worth writing anew."""


@dataclass(frozen=True)
class Snapshot:
    """A state of the lake that can be read with --as-of."""

    number: int
    taken_at: datetime  # in UTC
    message: str


@dataclass(frozen=True)
class Info:
    """What a lake holds."""

    rows: dict[str, int]  # by record, those without rows left out
    newest: dict[str, datetime]  # when the last row of a record was received
    files: int  # on the disk, those of older states too
    size_bytes: int
    snapshots: int


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint did. Files and bytes are those of the newest state."""

    snapshots_expired: int
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int
    files_deleted: int  # from the disk
    files_waiting: int  # replaced, and deleted by a later checkpoint when no reader can need them


def snapshots(lake: Lake) -> list[Snapshot]:
    """Return the states that can be read, the newest last."""
    with telling(lake.path):
        found = lake.connection.execute(
            "select snapshot_id, epoch_us(snapshot_time), coalesce(commit_message, '') "
            "from ducklake_snapshots('lake') order by 1"
        ).fetchall()
    return [Snapshot(n, from_epoch(at), message) for n, at, message in found]


def from_epoch(microseconds: int) -> datetime:
    return datetime(1970, 1, 1) + timedelta(microseconds=microseconds)  # noqa: DTZ001  UTC, as all


def info(lake: Lake) -> Info:
    """Count what the lake holds, all of the same snapshot."""
    rows, newest = {}, {}
    with lake.reading():
        for name, record in RECORDS.items():
            lake.use(record)
            count, last = lake.connection.execute(
                f"select count(*), max(received_at) from {identifier(name)}"
            ).fetchall()[0]
            if count:
                rows[name], newest[name] = count, last
        states = len(snapshots(lake))
    files, size = stored(lake.path)
    return Info(rows, newest, files, size, states)


def stored(path: Path) -> tuple[int, int]:
    """Return how many data files there are, and the bytes of them and of the catalog."""
    sizes = []
    for each in [*(path / DATA).rglob("*"), path / CATALOG]:
        with suppress(FileNotFoundError):  # a checkpoint has just deleted it
            if each.is_file():
                sizes.append(each.stat().st_size)
    return len(sizes) - 1, sum(sizes)


def checkpoint(lake: Lake, *, at_once: bool = False) -> Checkpoint:
    """Write small changes into files, merge small files, forget old snapshots and their files.

    Every moment younger than the settings' `keep_snapshots_days` stays readable. Rewriting data
    does not change it: the same question has the same answer before and after.

    Args:
        at_once: delete replaced files now, though a question that is being answered may need
            them: it would end with an error, and can be asked again.

    """
    run = lake.connection.execute
    with lake.writing("checkpoint", transaction=False):
        files, size = current(lake)
        # What frees space comes first, so that a full disk does not prevent it.
        deleted = len(
            run("call ducklake_delete_orphaned_files('lake', cleanup_all => true)").fetchall()
        )
        expired = expire(lake)
        deleted += clean_up(lake, at_once=at_once)
        run("call ducklake_flush_inlined_data('lake')")
        run(f"call ducklake_rewrite_data_files('lake', delete_threshold => {REWRITE_FROM})")
        run("call ducklake_merge_adjacent_files('lake')")
        if at_once:
            deleted += clean_up(lake, at_once=True)
        files_after, size_after = current(lake)
        (waiting,) = run(
            "select count(*) from __ducklake_metadata_lake.ducklake_files_scheduled_for_deletion"
        ).fetchall()[0]
    return Checkpoint(expired, files, files_after, size, size_after, deleted, waiting)


def current(lake: Lake) -> tuple[int, int]:
    """Return the number and the bytes of the files that make the newest state."""
    meta = "__ducklake_metadata_lake"
    files, size = lake.connection.execute(
        f"select count(*), coalesce(sum(file_size_bytes), 0) from ("
        f"select file_size_bytes from {meta}.ducklake_data_file where end_snapshot is null "
        f"union all "
        f"select file_size_bytes from {meta}.ducklake_delete_file where end_snapshot is null)"
    ).fetchall()[0]
    return int(files), int(size)


def expire(lake: Lake) -> int:
    """Forget the snapshots that were superseded before the settings' time; return how many.

    The one that was the newest at that time stays, so that every moment since has its state.
    """
    oldest = (datetime.now(UTC) - timedelta(days=lake.settings.keep_snapshots_days)).isoformat()
    superseded = [
        number
        for (number,) in lake.connection.execute(
            "select snapshot_id from ducklake_snapshots('lake') "
            "qualify lead(snapshot_time) over (order by snapshot_id) <= ?::timestamptz",
            [oldest],
        ).fetchall()
    ]
    if superseded:  # by their numbers, see COMPARED_AS_TEXT; the numbers, as instants want pytz
        lake.connection.execute(
            f"select snapshot_id from ducklake_expire_snapshots('lake', versions => {superseded})"
        ).fetchall()
    return len(superseded)


def clean_up(lake: Lake, *, at_once: bool) -> int:
    """Delete files that no snapshot has any more; return how many."""
    grace = READERS_MAY_TAKE + COMPARED_AS_TEXT
    which = (
        "cleanup_all => true"
        if at_once
        else f"older_than => now() - interval {int(grace.total_seconds())} second"
    )
    return len(
        lake.connection.execute(f"call ducklake_cleanup_old_files('lake', {which})").fetchall()
    )
