"""Add up comings and goings: what is there at the end of each cell."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

import numpy as np

from hearwell.engine.errors import BadQuestion
from hearwell.engine.facts import Frame
from hearwell.engine.found import Arrays, Found
from hearwell.engine.groups import keys_of, midnight
from hearwell.engine.period import cell_after, first_cell, to_local
from hearwell.engine.question import Asked
from hearwell.language import gettext_noop
from hearwell.metrics.part import FloatArray, Parts

NOW, BEFORE = 0, 1


def accumulated(
    cells: Arrays, found: Mapping[Asked, Found], frame: Frame
) -> tuple[Arrays, dict[Asked, Found]]:
    """Return a cell for every group and time, with all that came and went until its end."""
    if frame.grain == "hour_of_week":
        problem = gettext_noop("What is open at an instant has no hour of the week. Ask by day.")
        raise BadQuestion(problem)
    names = frame.keys[:-1]
    keys = keys_of(cells, frame)
    times = times_of(keys, frame)
    groups = list(dict.fromkeys(key[:-1] for key in keys)) or ([] if names else [()])
    row = {group: i for i, group in enumerate(groups)}
    column = {as_date(time): i for i, time in enumerate(times)}
    place = np.array(
        [row[key[:-1]] * len(times) + column[as_date(key[-1])] for key in keys], dtype=np.int64
    )
    shape = (len(groups), len(times))

    def until(amounts: FloatArray) -> FloatArray:
        grid = np.zeros(shape)
        np.add.at(grid.reshape(-1), place, amounts)
        return np.cumsum(grid, axis=1).reshape(-1)

    filled: Arrays = {
        name: np.array([group[i] for group in groups for _ in times], dtype=object)
        for i, name in enumerate(names)
    }
    filled["cell"] = np.array([time for _ in groups for time in times], dtype=object)
    return filled, {each: of_all(one, until) for each, one in found.items()}


def of_all(found: Found, until: Callable[[FloatArray], FloatArray]) -> Found:
    """Return what was found, summed up to the end of each cell."""
    sums = {name: until(each) for name, each in found.parts.sums.items()}
    left_out = {reason: until(rows) for reason, rows in found.left_out.items()}
    return Found(Parts(len(sums["n"]), sums), left_out, found.statements)


def times_of(keys: list[tuple[Any, ...]], frame: Frame) -> list[Any]:
    """Return all cells of time in their order, also those in which nothing came or went."""
    if frame.grain == "none":
        return [BEFORE, NOW] if frame.before is not None else [NOW]
    zone, week = frame.settings.zone, frame.settings.week_starts_on
    times = []
    time = first_cell(to_local(frame.whole.begins, zone), frame.grain, week)
    last = max((midnight(key[-1]) for key in keys), default=time)
    last = max(last, first_cell(to_local(frame.now.begins, zone), frame.grain, week))
    while time <= last:
        times.append(time.date())
        time = cell_after(time, frame.grain)
    return times


def as_date(time: Any) -> int | date:
    return time.date() if isinstance(time, datetime) else time
