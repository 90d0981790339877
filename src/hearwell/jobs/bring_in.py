"""Bring a file into the lake: all of its rows that can be kept, and the others with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from time import monotonic

from hearwell.lake.extensions import quoted
from hearwell.lake.faults import telling
from hearwell.lake.lake import Lake
from hearwell.lake.merge import Merged, merge
from hearwell.records.record import Record
from hearwell.sources.file.errors import WrongRecord
from hearwell.sources.file.mapping import Mapping
from hearwell.sources.file.opened import open_file
from hearwell.sources.file.propose import Proposal, propose
from hearwell.sources.file.room import Room
from hearwell.sources.file.sandbox import Progress
from hearwell.sources.file.session import NeededBy, Session
from hearwell.sources.file.stage import Staged, stage
from hearwell.sources.file.unpack import unpack

__all__ = ["Mapping", "Proposal", "Summary", "bring_in", "suggestion"]

UNPACKED, STAGED = 0.1, 0.9
"""How much of the work is done once a file is unpacked, and once it is staged."""

Reason = tuple[str, int, str]  # kind, rows, the first one's reason


@dataclass(frozen=True)
class Summary:
    """What became of a file."""

    file: str
    record: str
    rows_read: int
    new: int
    changed: int
    unchanged: int
    doubled: int  # rows that lost to another row of the same key in this file
    doubled_differently: int  # keys whose rows in this file disagreed
    stale: int  # older than what the lake has
    rejected: int
    left_out: int  # by the mapping's `where`
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]
    seconds: float

    @property
    def rows_per_second(self) -> float:
        return self.rows_read / self.seconds if self.seconds else 0.0


def bring_in(  # noqa: PLR0913 (what, from where, into what, and how to tell of it)
    lake: Lake,
    path: Path,
    record: type[Record],
    mapping: Mapping,
    *,
    progress: Progress | None = None,
    needed_by: NeededBy | None = None,
) -> Summary:
    """Import a file; its rows, its rejected rows and the message are one transaction.

    Importing it again changes nothing, except that the rejected rows are those of the last time.

    Raises:
        HearwellError: the file or the mapping as a whole cannot be used; nothing was imported.

    """
    if mapping.target is not record:
        raise WrongRecord(mapping.place("record"), mapping.record, record.table_name)
    began = monotonic()
    told = progress or (lambda _: None)
    with lake.staging() as folder, telling(lake.path):
        batches = staged_files(lake, path, mapping, folder, told, needed_by)
        told(STAGED)
        message = f"import {path.name} as {record.table_name}"
        lake.connection.execute("set enable_progress_bar_print = false")  # it has ours
        with lake.writing(message):
            merged = [merge(lake, record, staged.rows) for _, staged in batches]
            for name, staged in batches:
                keep_rejected(lake, mapping, name, staged)
        told(1.0)
    return summed(path, record, batches, merged, monotonic() - began)


def staged_files(  # noqa: PLR0913, PLR0917  as `bring_in`, into a folder
    lake: Lake,
    path: Path,
    mapping: Mapping,
    folder: Path,
    told: Progress,
    needed_by: NeededBy | None,
) -> list[tuple[str, Staged]]:
    """Map and check each file of what was given; return their names and what became of them."""
    session = Session.of(lake, datetime.now(UTC).replace(tzinfo=None), needed_by)
    plain = unpack(path, folder)
    told(UNPACKED)
    batches = []
    for number, file in enumerate(plain):
        table = open_file(file, mapping, folder)
        room = Room(folder / f"batch-{number}", part(told, number, len(plain)))
        batches.append((table.name, stage(table, mapping, session, room)))
    return batches


def suggestion(lake: Lake, path: Path, record: type[Record]) -> Proposal:
    """Propose a mapping for a file from its header and a sample; nothing is written."""
    now = datetime.now(UTC).replace(tzinfo=None)
    with lake.staging() as folder, telling(lake.path):
        return propose(unpack(path, folder)[0], record, Session.of(lake, now), folder)


def part(told: Progress, number: int, of: int) -> Progress:
    width = (STAGED - UNPACKED) / of
    return lambda done: told(UNPACKED + width * (number + done))


def keep_rejected(lake: Lake, mapping: Mapping, name: str, staged: Staged) -> None:
    """Put a file's rejected rows in the place of those of its last import."""
    run = lake.connection.execute
    same = (
        f"source = {quoted(mapping.source)} and record = {quoted(mapping.record)} "
        f"and file = {quoted(name)}"
    )
    before = f"select row, reason, raw from lake.rejected where {same}"
    fresh = f"read_parquet({quoted(str(staged.refused.path))})"
    now = f"select row, reason, raw from {fresh}"
    (differs,) = run(
        f"select exists ({before} except all {now}) or exists ({now} except all {before})"
    ).fetchall()[0]
    if differs:
        run(f"delete from lake.rejected where {same}")
        run(f"insert into lake.rejected by name select * exclude (kind) from {fresh}")


def summed(
    path: Path,
    record: type[Record],
    batches: Sequence[tuple[str, Staged]],
    merged: Sequence[Merged],
    seconds: float,
) -> Summary:
    staged = [each for _, each in batches]
    return Summary(
        file=path.name,
        record=record.table_name,
        rows_read=sum(each.rows_read for each in staged),
        new=sum(each.new for each in merged),
        changed=sum(each.changed for each in merged),
        unchanged=sum(each.unchanged for each in merged),
        doubled=sum(each.doubled for each in merged),
        doubled_differently=sum(each.doubled_differently for each in merged),
        stale=sum(each.stale for each in merged),
        rejected=sum(each.refused.count for each in staged),
        left_out=sum(each.left_out for each in staged),
        reasons=reduce(joined, (each.refused.reasons for each in staged)),
        notes=tuple(dict.fromkeys(note for each in staged for note in each.notes)),
        seconds=seconds,
    )


def joined(some: tuple[Reason, ...], more: tuple[Reason, ...]) -> tuple[Reason, ...]:
    """Add up the reasons of two files, the most frequent first."""
    counts: dict[str, tuple[int, str]] = {}
    for kind, count, example in (*some, *more):
        before, first = counts.get(kind, (0, example))
        counts[kind] = (before + count, first)
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1][0], entry[0]))
    return tuple((kind, count, example) for kind, (count, example) in ordered)
