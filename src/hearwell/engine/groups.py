"""Which cells an answer shows: their groups, their periods, and what each is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from hearwell.engine.facts import Frame
from hearwell.engine.period import (
    WEEKDAYS,
    Compare,
    Period,
    cell_after,
    cell_before,
    first_cell,
    to_local,
    to_utc,
)

Key = tuple[Any, ...]


@dataclass(frozen=True)
class Groups:
    """The cells shown, by their place among all that were computed."""

    shown: list[int]
    names: list[dict[str, str | None]]
    periods: list[Period]
    against: list[int]  # place of the cell compared with, or -1
    keys: list[tuple[Key, Key | None]]  # the cell shown, and the one compared with
    covered: list[bool]  # does what it is compared with begin no earlier than the rows do?


def groups(cells: Mapping[str, Any], frame: Frame, compare: Compare | None) -> Groups:
    """Name the cells of a frame. Cells computed only to compare with are not shown."""
    keys = keys_of(cells, frame)
    places = {key: i for i, key in enumerate(keys)}
    found = Groups([], [], [], [], [], [])
    for i, key in enumerate(keys):
        span, other = placed(key[-1], frame, compare)
        if span is None:
            continue
        found.shown.append(i)
        found.names.append(named(key, frame))
        found.periods.append(span)
        compared_with = None if other is None else (*key[:-1], other)
        found.keys.append((key, compared_with))
        found.against.append(-1 if compared_with is None else places.get(compared_with, -1))
        found.covered.append(other is not None and frame.since <= began(other, frame))
    return found


def keys_of(cells: Mapping[str, Any], frame: Frame) -> list[Key]:
    return list(zip(*(cells[key].tolist() for key in frame.keys), strict=True))


def named(key: Key, frame: Frame) -> dict[str, str | None]:
    name = {
        dimension: None if value is None else str(value)
        for dimension, value in zip(frame.by, key, strict=False)
    }
    if frame.grain == "hour_of_week":
        hour = key[len(frame.by)]
        name["hour_of_week"] = f"{WEEKDAYS[hour // 24]} {hour % 24:02d}"
    return name


def began(compared_cell: Any, frame: Frame) -> datetime:
    """Return the instant at which the cell that another is compared with begins."""
    if frame.before is not None and isinstance(compared_cell, int):
        return frame.before.begins
    return to_utc(midnight(compared_cell), frame.settings.zone)


def midnight(cell: Any) -> datetime:
    return datetime.combine(cell.date() if isinstance(cell, datetime) else cell, time())


def placed(cell: Any, frame: Frame, compare: Compare | None) -> tuple[Period | None, Any]:
    """Return the period of a cell, None if it is not shown, and the cell it is compared with."""
    if frame.grain in {"none", "hour_of_week"}:
        return (frame.now if cell == 0 else None), (1 if frame.before else None)
    zone, grain = frame.settings.zone, frame.grain
    begins = midnight(cell)
    first = first_cell(to_local(frame.now.begins, zone), grain, frame.settings.week_starts_on)
    if begins < first:
        return None, None
    whole = Period(to_utc(begins, zone), to_utc(cell_after(begins, grain), zone))
    span = Period(max(whole.begins, frame.now.begins), min(whole.ends, frame.now.ends))
    if compare is None or span != whole:  # a part is not held against a whole
        return span, None
    earlier = cell_before(begins, grain, compare)
    if to_utc(earlier, zone) < frame.now.begins < to_utc(cell_after(earlier, grain), zone):
        return span, None  # nor a whole against a part
    return span, earlier if isinstance(cell, datetime) else date(*earlier.timetuple()[:3])
