"""What the queries over a table found for each metric, as arrays with one element for each cell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hearwell.metrics.part import FloatArray, Parts
from hearwell.stats.cluster import wider

Arrays = dict[str, Any]  # column → masked array


@dataclass(frozen=True)
class Found:
    """What the passes found for one metric."""

    parts: Parts
    left_out: Mapping[str, FloatArray]
    statements: tuple[str, ...]
    effect: FloatArray | None = None  # how many rows of a cell tell as much as one
    groups: int | None = None  # of so many random groups the effect was learnt

    def effect_at(self, level: float) -> FloatArray | None:
        """Return by how many rows of a cell to count as one in an interval of this level."""
        if self.effect is None or self.groups is None:
            return self.effect
        return self.effect * wider(self.groups, level)


@dataclass(frozen=True)
class Columns:
    """In which columns of the cells the parts of a metric are."""

    parts: Mapping[str, str]
    left_out: Mapping[str, str]

    def found(self, cells: Arrays, statement: str) -> Found:
        """Return the sums of the metric, and its rows that were left out, by reason."""
        sums = {name: floats(cells[column]) for name, column in self.parts.items()}
        left_out = {reason: floats(cells[column]) for reason, column in self.left_out.items()}
        return Found(Parts(len(sums["n"]), sums), left_out, (statement,))


def with_histogram(
    found: Found, histogram: Arrays, columns_of: Mapping[str, str], statement: str
) -> Found:
    parts = Parts(
        found.parts.groups,
        found.parts.sums,
        histogram["cell_id"].astype(np.int64),
        floats(histogram["value"]),
        {name: floats(histogram[column]) for name, column in columns_of.items()},
    )
    return Found(parts, found.left_out, (*found.statements, statement))


def floats(array: Any) -> FloatArray:
    return np.ma.filled(np.ma.asarray(array).astype(np.float64), np.nan)
