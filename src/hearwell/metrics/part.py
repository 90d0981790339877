"""What is added up: the parts of a metric, from which its value and interval follow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import ibis
import numpy as np
import numpy.typing as npt

Expr = Any  # an Ibis expression: its own types reject many valid operators
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

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
class Parts:
    """The parts of a metric for every group, one array element for each group.

    Attributes:
        sums: the summed parts by name, shape (groups,).
        group, value, kinds: the histogram, if the metric has one: the group of each row
            (ascending), the value (ascending within a group), and the rows of each kind.

    """

    groups: int
    sums: Mapping[str, FloatArray]
    group: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    value: FloatArray = field(default_factory=lambda: np.empty(0))
    kinds: Mapping[str, FloatArray] = field(default_factory=dict)

    def __getitem__(self, part: str) -> FloatArray:
        return self.sums[part]
