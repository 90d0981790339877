"""Bring what the collector keeps on disk into the lake: each event counts once."""

from dataclasses import dataclass
from pathlib import Path

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.merge import merge
from hearwell.sources.own.fold import FOLDS, load, rows_of
from hearwell.sources.own.journal import Segment, readable

DAMAGED = ".damaged"


@dataclass(frozen=True)
class Collected:
    """What became of the events."""

    events: int
    unreadable: int  # lines that are no events; their segment is kept beside, for whoever looks
    changed: dict[str, int]  # rows that are new or other than before, by record


def bring_in_collected(lake: Lake, folder: Path) -> Collected:
    """Take in the segments that are finished, and remove them once their rows are committed.

    Whatever is taken in again after a crash between the two changes nothing.

    Raises:
        LakeLocked: somebody else writes; the segments stay.

    """
    with readable(folder) as segments:
        if not segments:
            return Collected(0, 0, {})
        with lake.staging() as staging, lake.writing(f"collect {len(segments)} segments"):
            events = load(lake, segments)
            changed = {}
            for record in FOLDS:
                file = staging / f"{record.table_name}.parquet"
                lake.connection.execute(
                    f"copy ({rows_of(record, lake)}) to {quoted(str(file))} (format parquet)"
                )
                merged = merge(lake, record, file)
                changed[record.table_name] = merged.new + merged.changed
        lines = sum(each.lines for each in segments)
        for segment in segments:
            put_away(segment, keep=lines > events)
    return Collected(events, max(0, lines - events), {k: n for k, n in changed.items() if n})


def has_any(folder: Path) -> bool:
    """Are there segments to bring in? A look that costs next to nothing."""
    with readable(folder, most=1) as segments:
        return bool(segments)


def put_away(segment: Segment, *, keep: bool) -> None:
    """Remove a segment, or keep it where no reader looks."""
    if keep:
        segment.path.rename(segment.path.with_suffix(DAMAGED))
    else:
        segment.path.unlink()
