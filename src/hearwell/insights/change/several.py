"""What the mix of each of several dimensions explains of a change, beside that of the others."""

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from hearwell.evidence.counted import BEFORE, NOW, ROWS, Counted, plain
from hearwell.insights.change.part import Amount, amount
from hearwell.lake.tables import identifier
from hearwell.metrics.part import FloatArray
from hearwell.stats.decomposition import explained_by, least_squares
from hearwell.stats.resampling import GROUPS

MOST_COLUMNS = 12
"""So many values of a dimension are held against those of others; the rest is one."""


@np.errstate(divide="ignore", invalid="ignore")  # a draw in which a period has nobody is nan
def explained(rows: Counted, by: Sequence[str], weights: FloatArray) -> dict[str, Amount]:
    """Return what the mix of each dimension explains of the change, beside that of the others."""
    crossed, against, columns = products(rows, by)
    crossed = np.tensordot(weights, crossed, axes=1)
    against = np.tensordot(weights, against, axes=1)
    means = crossed[..., 0, :] / crossed[..., :1, 0]  # the first column is one for every row
    fits = least_squares(crossed, against)
    parts = explained_by(means[:, BEFORE], means[:, NOW], fits[:, BEFORE], fits[:, NOW])
    level = rows.question.level
    return {
        name: amount(parts[:, place].sum(axis=1), level)
        for name, place in columns.items()
        if place.stop - place.start > 1
    }


def products(rows: Counted, by: Sequence[str]) -> tuple[FloatArray, FloatArray, dict[str, slice]]:
    """Return the sums of products of columns, one for all and one for each value of a dimension.

    Of each bucket and period: shape (buckets, 2, columns, columns), and with what is explained
    (buckets, 2, columns); and which columns are a dimension's.
    """
    codes, columns, count = {}, {}, 1
    for name in by:
        values = common_values(rows, name)
        codes[name] = code(name, values)
        columns[name] = slice(count, count + len(values) + 1)
        count += len(values) + 1
    crossed, against = np.zeros((GROUPS, 2, count, count)), np.zeros((GROUPS, 2, count))
    every = rows.summed(("under", "over"), "cell", 2)
    crossed[..., 0, 0], against[..., 0] = every[..., 0], every[..., 1]
    for name, place in columns.items():
        size = place.stop - place.start
        cell = f"cell * {size} + {codes[name]}"
        sums = rows.summed(("under", "over"), cell, 2 * size).reshape(GROUPS, 2, size, 2)
        own = np.arange(place.start, place.stop)
        crossed[..., own, own] = crossed[..., 0, own] = crossed[..., own, 0] = sums[..., 0]
        against[..., own] = sums[..., 1]
    for one, other in combinations(by, 2):
        sizes = [columns[name].stop - columns[name].start for name in (one, other)]
        cell = f"(cell * {sizes[0]} + {codes[one]}) * {sizes[1]} + {codes[other]}"
        sums = rows.summed(("under",), cell, 2 * sizes[0] * sizes[1])
        sums = sums.reshape(GROUPS, 2, *sizes)
        crossed[..., columns[one], columns[other]] = sums
        crossed[..., columns[other], columns[one]] = np.swapaxes(sums, -1, -2)
    return crossed, against, columns


def common_values(rows: Counted, name: str) -> list[str]:
    column = identifier(plain(name))
    found = rows.sql(
        f"select {column}::varchar as v from {ROWS} where {column} is not null "
        f"group by 1 order by count(*) desc, 1 limit {MOST_COLUMNS}"
    )
    return [str(value) for value in found["v"]]


def code(name: str, values: Sequence[str]) -> str:
    """Return SQL of the place of a value, 0 for those that are rare or not known."""
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    column = identifier(plain(name))
    return f"coalesce(list_position([{listed}]::varchar[], {column}::varchar), 0)"
