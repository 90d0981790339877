"""A week as a table of its hours, shaded by a value; what each rests on is told in the cell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearwell.engine.answer import Answer
from hearwell.engine.period import WEEKDAYS
from hearwell.language.date import weekday as name_of
from hearwell.metrics.metric import Unit
from hearwell.report.number import count, number

SHADES = 6


@dataclass(frozen=True)
class Cell:
    """One hour of the week."""

    value: str
    told: str  # the whole of it, for those who hear the page and those who point at it
    shade: int | None  # 0 to 5, the darkest where the value is highest
    few: bool


@dataclass(frozen=True)
class Day:
    name: str
    cells: list[Cell | None]


@dataclass(frozen=True)
class Heat:
    """Seven days of the hours in which there is anything at all."""

    hours: list[str]
    days: list[Day]
    lowest: str | None  # of the hours with enough rows; none where all have few
    highest: str | None

    @property
    def shades(self) -> range:
        return range(SHADES)


def heat(answer: Answer, zone: str, level: float, minimum_n: int) -> Heat | None:
    """Return the hours of an answer that was cut by hour of the week; None if it counts nothing."""
    cells = {
        str(cell["group"]["hour_of_week"]): cell
        for cell in answer.cells(zone, level)
        if cell["n"] and cell["value"] is not None
    }
    known = [cell["value"] for cell in cells.values() if cell["n"] >= minimum_n]
    if not cells:
        return None
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    hours = sorted({name.split()[1] for name in cells})
    hours = [f"{hour:02}" for hour in range(int(hours[0]), int(hours[-1]) + 1)]

    def cell_of(weekday: int, hour: str) -> Cell | None:
        cell = cells.get(f"{WEEKDAYS[weekday]} {hour}")
        if cell is None:
            return None
        few = cell["n"] < minimum_n
        value = number(cell["value"], answer.unit)
        rows = ngettext("{n} row", "{n} rows", cell["n"]).format(n=count(cell["n"]))
        told = _("{day} {hour}:00: {value}, {rows}").format(
            day=name_of(weekday), hour=hour, value=value, rows=rows
        )
        return Cell(
            short(cell["value"], answer.unit),
            told,
            None if few else shade(cell["value"], low, high),
            few,
        )

    return Heat(
        hours,
        [Day(name_of(weekday), [cell_of(weekday, hour) for hour in hours]) for weekday in range(7)],
        number(low, answer.unit) if known else None,
        number(high, answer.unit) if known else None,
    )


def shade(value: float, low: float, high: float) -> int:
    if high <= low:
        return 0
    return min(SHADES - 1, int(SHADES * (value - low) / (high - low)))


def short(value: float, unit: Unit) -> str:
    """Return a value so that it fits into a cell: whole per cent, whole seconds or minutes."""
    if unit is Unit.SHARE:
        return f"{100 * value:.0f}"
    if unit is Unit.SECONDS:
        return f"{value:.0f}" if value < 600 else f"{value / 60:.0f}m"
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def hours_of(rows: Sequence[Mapping[str, object]]) -> range:
    """Return the hours of the day in which a plan has anything."""
    hours = [int(str(row["half_hour"]).split()[1][:2]) for row in rows]
    return range(min(hours), max(hours) + 1)


def plan_heat(rows: Sequence[Mapping[str, object]], hours: range) -> list[Day]:
    """Return for each day the half hours of a plan: needed against at work."""
    halves = range(2 * hours.start, 2 * hours.stop)
    by_time = {str(row["half_hour"]): row for row in rows}
    days = []
    for weekday in range(7):
        cells: list[Cell | None] = []
        for half in halves:
            time = f"{half // 2:02}:{half % 2 * 30:02}"
            row = by_time.get(f"{WEEKDAYS[weekday]} {time}")
            cells.append(planned(row, name_of(weekday), time) if row else None)
        days.append(Day(name_of(weekday), cells))
    return days


def planned(row: Mapping[str, object], day: str, time: str) -> Cell:
    needed, at_work, verdict = row["needed"], row["at_work"], str(row["verdict"])
    there = "–" if at_work is None else f"{at_work:.1f}"
    told = _("{day} {time}: needed {needed} ({low} to {high}), at work {there}").format(
        day=day,
        time=time,
        needed=whole(needed),
        low=whole(row["needed_low"]),
        high=whole(row["needed_high"]),
        there=there,
    )
    kinds = {"enough": 0, "short": 1}
    return Cell(whole(needed), told, kinds.get(verdict), verdict not in kinds)


def whole(value: object) -> str:
    return f"{value:.0f}" if isinstance(value, float | int) else "–"
