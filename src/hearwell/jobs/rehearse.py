"""Try how a file would come into the lake, step by step; nothing is written."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any

from hearwell.jobs.bring_in import Mapping, Reason, joined, staged_files
from hearwell.lake.extensions import quoted
from hearwell.lake.faults import telling
from hearwell.lake.lake import Lake
from hearwell.records.record import Record
from hearwell.sources.file.errors import BadMapping
from hearwell.sources.file.guess import written
from hearwell.sources.file.plan import DEFAULTS
from hearwell.sources.file.propose import Draft, draft, source_of, trial
from hearwell.sources.file.sandbox import Progress
from hearwell.sources.file.session import NeededBy, Session
from hearwell.sources.file.unpack import unpack

__all__ = [
    "DEFAULTS",
    "BadMapping",
    "Draft",
    "Rehearsal",
    "Tried",
    "beginning",
    "rehearse",
    "source_of",
    "tried",
    "written",
]

SHOWN_REFUSED = 20


@dataclass(frozen=True)
class Tried:
    """What a mapping makes of the first rows of a file."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    notes: list[str]


@dataclass(frozen=True)
class Rehearsal:
    """What an import would keep and refuse; rows of one key in the file are counted singly."""

    rows_read: int
    kept: int
    rejected: int
    left_out: int  # by the mapping's `where`
    reasons: tuple[Reason, ...]
    refused: list[tuple[int, str, str]]  # the first of them: row, reason, raw
    notes: tuple[str, ...]


def beginning(
    lake: Lake,
    path: Path,
    record: type[Record],
    *,
    reading: Mapping | None = None,
    chosen: ReadOnly[str, str] | None = None,
) -> Draft:
    """Tell how a file could become a record; see `sources.file.propose.draft`."""
    with lake.staging() as folder, telling(lake.path):
        first = unpack(path, folder)[0]
        return draft(first, record, session(lake), folder, reading=reading, chosen=chosen)


def tried(lake: Lake, path: Path, mapping: Mapping, needed_by: NeededBy | None = None) -> Tried:
    """Return what a mapping makes of the first rows of a file.

    Raises:
        BadMapping: with the entry that is wrong.

    """
    with lake.staging() as folder, telling(lake.path):
        first = unpack(path, folder)[0]
        return Tried(*trial(first, mapping, session(lake, needed_by), folder))


def rehearse(
    lake: Lake,
    path: Path,
    mapping: Mapping,
    *,
    progress: Progress | None = None,
    needed_by: NeededBy | None = None,
) -> Rehearsal:
    """Map and check all rows of a file, as an import does, and keep none.

    Raises:
        HearwellError: the file or the mapping as a whole cannot be used.

    """
    with lake.staging() as folder, telling(lake.path):
        told = progress or (lambda _: None)
        staged = [s for _, s in staged_files(lake, path, mapping, folder, told, needed_by)]
        refused: list[tuple[int, str, str]] = []
        for each in staged:
            refused += lake.connection.execute(
                f"select row, reason, raw from "
                f"read_parquet({quoted(str(each.refused.path))}) order by row "
                f"limit {SHOWN_REFUSED - len(refused)}"
            ).fetchall()
        told(1.0)
    rows_read = sum(each.rows_read for each in staged)
    rejected = sum(each.refused.count for each in staged)
    left_out = sum(each.left_out for each in staged)
    return Rehearsal(
        rows_read,
        rows_read - rejected - left_out,
        rejected,
        left_out,
        reduce(joined, (each.refused.reasons for each in staged)),
        refused,
        tuple(dict.fromkeys(note for each in staged for note in each.notes)),
    )


def session(lake: Lake, needed_by: NeededBy | None = None) -> Session:
    return Session.of(lake, datetime.now(UTC).replace(tzinfo=None), needed_by)
