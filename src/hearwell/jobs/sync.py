"""Bring what a system wrote into the lake: all of its records in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.merge import Merged, merge
from hearwell.records import RECORDS
from hearwell.sources import asterisk
from hearwell.sources.asterisk.read import read as read_asterisk

SOURCES = {"asterisk": asterisk}
"""The systems that can be synced, each with its folder in `sources`."""


@dataclass(frozen=True)
class Synced:
    """What became of a sync."""

    rows_read: dict[str, int]  # by kind of input
    merged: dict[str, Merged]  # by record
    notes: tuple[str, ...]
    seconds: float


def sync_asterisk(
    lake: Lake, queue_log: Sequence[Path], cel: Sequence[Path], source: str, zone: str
) -> Synced:
    """Read queue_log and CEL files of one Asterisk into calls and shifts.

    Syncing the same or overlapping files again changes nothing.
    """
    began = monotonic()
    found = read_asterisk(
        lake.connection,
        queue_log=queue_log,
        cel=cel,
        source=source,
        received_at=datetime.now(UTC),
        identity_key=lake.identity_key,
        zone=zone,
    )
    merged = {}
    with lake.staging() as folder:
        for name, table in found.tables.items():
            file = folder / f"{name}.parquet"
            lake.connection.execute(f"copy {table} to {quoted(str(file))} (format parquet)")
        with lake.writing(f"sync {source}"):
            for name in found.tables:
                merged[name] = merge(lake, RECORDS[name], folder / f"{name}.parquet")
    rows = {"queue_log": found.rows_read} | ({"CEL": found.cel_rows_read} if cel else {})
    return Synced(rows, merged, found.notes, monotonic() - began)
