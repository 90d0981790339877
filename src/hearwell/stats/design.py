"""The columns of a regression: as they are, or as codes that stand for several of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray


class Design(Protocol):
    """What a regression needs of its columns X, one row for each kind of row."""

    @property
    def width(self) -> int:
        """How many columns there are."""

    def times(self, coefficients: FloatArray) -> FloatArray:
        """Return X b, of each row."""

    def summed(self, amount: FloatArray) -> FloatArray:
        """Return X'a: an amount of each row, added up over each column."""

    def products(self, weight: FloatArray) -> FloatArray:
        """Return X'WX: the products of each two columns, added up by the weight of each row."""


@dataclass(frozen=True)
class Dense:
    """All columns of all rows: (rows, columns)."""

    columns: FloatArray

    @property
    def width(self) -> int:
        return int(self.columns.shape[1])

    def times(self, coefficients: FloatArray) -> FloatArray:
        found: FloatArray = self.columns @ coefficients
        return found

    def summed(self, amount: FloatArray) -> FloatArray:
        found: FloatArray = self.columns.T @ amount
        return found

    def products(self, weight: FloatArray) -> FloatArray:
        weighted = self.columns * np.sqrt(weight)[:, None]
        found: FloatArray = weighted.T @ weighted  # of a product with itself BLAS makes one half
        return found


@dataclass(frozen=True)
class Coded:
    """Columns that go by a few codes: what rows of one code have in common is added up first.

    That takes a fiftieth of the time of all columns of all rows where there are 75, and none of
    their memory.

    Attributes:
        codes: of each row, each from 0 up.
        cells: of each code the columns that it stands for: (its values, columns).

    """

    codes: Sequence[NDArray[np.int64]]
    cells: Sequence[FloatArray]

    @property
    def width(self) -> int:
        return sum(each.shape[1] for each in self.cells)

    @cached_property
    def places(self) -> list[slice]:
        """Where the columns of each code stand among all."""
        edges = np.cumsum([0, *(each.shape[1] for each in self.cells)]).tolist()
        return [slice(first, end) for first, end in pairwise(edges)]

    def times(self, coefficients: FloatArray) -> FloatArray:
        found = np.zeros(len(self.codes[0]))
        for code, cells, place in zip(self.codes, self.cells, self.places, strict=True):
            found += (cells @ coefficients[place])[code]
        return found

    def summed(self, amount: FloatArray) -> FloatArray:
        parts = zip(self.codes, self.cells, strict=True)
        return np.concatenate([np.bincount(c, amount, len(cells)) @ cells for c, cells in parts])

    def products(self, weight: FloatArray) -> FloatArray:
        found = np.zeros((self.width, self.width))
        parts = list(zip(self.codes, self.cells, self.places, strict=True))
        for code, cells, place in parts:
            alone = np.bincount(code, weight, len(cells))
            found[place, place] = cells.T @ (cells * alone[:, None])
        for (one, of_one, here), (other, of_other, there) in combinations(parts, 2):
            size = len(of_one), len(of_other)
            both = np.bincount(one * size[1] + other, weight, size[0] * size[1]).reshape(size)
            found[here, there] = of_one.T @ both @ of_other
            found[there, here] = found[here, there].T
        return found
