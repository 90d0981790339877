"""What is added up: the parts of a metric, from which its value and interval follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import ibis
import numpy as np
import numpy.typing as npt

Expr = Any  # an Ibis expression: its own types reject many valid operators
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

EVERY_ROW: Expr = ibis.literal(True)


@dataclass(frozen=True)
class Part:
    """A sum over the rows of a group for which a condition is true."""

    how: Literal["count", "sum"]
    of: Expr  # what is summed, or what must be known for a row to count; None counts every row
    where: Expr = EVERY_ROW

    @property
    def counted(self) -> Expr:
        """The condition under which a row counts."""
        return self.where if self.of is None else self.where & self.of.notnull()


def count(where: Expr = EVERY_ROW, of: Expr = None) -> Part:
    """Rows for which the condition is true and `of`, when given, is known."""
    return Part("count", of, where)


def total(of: Expr, where: Expr = EVERY_ROW) -> Part:
    """The sum of a number over the rows for which the condition is true."""
    return Part("sum", of, where)


@dataclass(frozen=True)
class Spread:
    """A histogram of a number: how many rows of each kind have each value."""

    of: Expr
    kinds: Mapping[str, Expr]  # name of a kind of row → its condition


@dataclass(frozen=True)
class Linear:
    """What a share, mean or ratio is made of, row by row: the total of one over that of another.

    Both are null for a row that does not count.

    Attributes:
        kind: of a share every row is 0 or 1 of 1, of a mean any amount of 1; of a ratio any of any.

    """

    over: Expr
    under: Expr
    kind: Literal["share", "mean", "ratio"]


@dataclass(frozen=True)
class Sketch:
    """The different values of a column, told by the smallest of their hashes.

    Sketches of two sets of rows make that of both: the smallest hashes of the two together.
    """

    of: Expr
    where: Expr = EVERY_ROW


SKETCH_SIZE = 4096
"""So many hashes are kept: below, a number of different values is exact; above, its standard error
is 1.6 % (k-minimum values: Bar-Yossef et al. 2002, Beyer et al. 2007)."""


@dataclass(frozen=True)
class Parts:
    """The parts of a metric for every group, one array element for each group.

    Attributes:
        sums: the summed parts by name, shape (groups,).
        group, value, kinds: the histogram, if the metric has one: the group of each row
            (ascending), the value (ascending within a group), and the rows of each kind; or
            the hashes of a sketch, 0 to 1, without kinds.

    """

    groups: int
    sums: Mapping[str, FloatArray]
    group: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    value: FloatArray = field(default_factory=lambda: np.empty(0))
    kinds: Mapping[str, FloatArray] = field(default_factory=dict)

    def __getitem__(self, part: str) -> FloatArray:
        return self.sums[part]

    def at(self, place: IntArray) -> "Parts":
        """Return the sums of some of the groups, in this order."""
        return Parts(len(place), {name: each[place] for name, each in self.sums.items()})

    def shared_by(self, rows: FloatArray) -> "Parts":
        """Return the parts of as many rows as would tell the same, if `rows` of them tell as one.

        All sums shrink alike: a value stays what it is, and its interval widens.
        """
        return replace(self, sums={name: each / rows for name, each in self.sums.items()})
