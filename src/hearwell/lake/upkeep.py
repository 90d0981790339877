"""Keep a lake small and readable back in time: snapshots, checkpoint, what it holds."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hearwell.lake.lake import CATALOG, Lake
from hearwell.lake.tables import identifier
from hearwell.records import RECORDS


@dataclass(frozen=True)
class Snapshot:
    """A state of the lake that can be read with --as-of."""

    number: int
    taken_at: datetime
    message: str


@dataclass(frozen=True)
class Info:
    """What a lake holds."""

    rows: dict[str, int]  # by record, those without rows left out
    newest: dict[str, datetime]  # when the last row of a record was received
    files: int
    size_bytes: int
    snapshots: int


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint did."""

    snapshots_expired: int
    files_before: int
    files_after: int
    bytes_before: int
    bytes_after: int


def snapshots(lake: Lake) -> list[Snapshot]:
    """Return the states that can be read, the newest last; instants in UTC."""
    found = lake.connection.execute(
        "select snapshot_id, epoch_us(snapshot_time)::bigint, coalesce(commit_message, '') "
        "from ducklake_snapshots('lake') order by 1"
    ).fetchall()
    return [Snapshot(n, from_epoch(at), message) for n, at, message in found]


def from_epoch(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6)  # noqa: DTZ006  shown in local time


def info(lake: Lake) -> Info:
    rows, newest = {}, {}
    for name, record in RECORDS.items():
        lake.use(record)
        count, last = lake.connection.execute(
            f"select count(*), max(received_at) from {identifier(name)}"
        ).fetchall()[0]
        if count:
            rows[name], newest[name] = count, last
    files, size = stored(lake.path)
    return Info(rows, newest, files, size, len(snapshots(lake)))


def stored(path: Path) -> tuple[int, int]:
    """Return how many data files there are, and the bytes of them and of the catalog."""
    files = [each for each in (path / "data").rglob("*") if each.is_file()]
    return len(files), sum(f.stat().st_size for f in [*files, path / CATALOG])


def checkpoint(lake: Lake) -> Checkpoint:
    """Write small changes into files, merge small files, forget old snapshots and their files.

    States younger than the settings' `keep_snapshots_days` stay readable. Rewriting data does not
    change it: the same question has the same answer before and after.
    """
    run = lake.connection.execute
    files, size = stored(lake.path)
    kept_days = lake.settings.keep_snapshots_days
    with lake.writing("checkpoint", transaction=False):
        run("call ducklake_flush_inlined_data('lake')")
        expired = run(
            f"call ducklake_expire_snapshots('lake', "
            f"older_than => now() - interval {kept_days} day)"
        ).fetchall()
        run("call ducklake_rewrite_data_files('lake')")
        run("call ducklake_merge_adjacent_files('lake')")
        run("call ducklake_cleanup_old_files('lake', cleanup_all => true)")
        run("call ducklake_delete_orphaned_files('lake', cleanup_all => true)")
    files_after, size_after = stored(lake.path)
    return Checkpoint(len(expired), files, files_after, size, size_after)
