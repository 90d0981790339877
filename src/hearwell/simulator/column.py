"""The columns of a simulated table: plain arrays, and what they stand for.

Text is never made row by row: a column of words is a list of words and a number for each row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

NOBODY = -1
"""The number that stands for none: no word, no row referred to."""


@dataclass(frozen=True)
class Same:
    """The same text in every row."""

    text: str


@dataclass(frozen=True)
class Words:
    """One of a few texts; a negative code is null."""

    codes: Array
    words: Sequence[str]


@dataclass(frozen=True)
class Identifiers:
    """The identifier of a row, such as case-17; a negative number is null."""

    prefix: str
    numbers: Array


@dataclass(frozen=True)
class People:
    """A person, to be stored as a keyed hash; a negative number is null."""

    prefix: str
    numbers: Array


@dataclass(frozen=True)
class Instants:
    """Seconds since the beginning of the simulated period; not a number is null."""

    seconds: Array


@dataclass(frozen=True)
class Figures:
    """Numbers with a fraction; not a number is null."""

    values: Array


@dataclass(frozen=True)
class Counts:
    """Whole numbers; a negative one is null."""

    values: Array


@dataclass(frozen=True)
class Flags:
    """True, false, or null where not known."""

    values: Array
    known: Array | None = None


@dataclass(frozen=True)
class Cents:
    """Money in hundredths of its currency; a negative number is null."""

    values: Array


@dataclass(frozen=True)
class Either:
    """The first column, and where that is null the second."""

    first: "Column"
    second: "Column"


Column = Either | Same | Words | Identifiers | People | Instants | Figures | Counts | Flags | Cents
Table = Mapping[str, Column]


def array_of(column: Column) -> Array | None:
    """Return the values by row; none for a column that is the same in every row."""
    match column:
        case Same():
            return None
        case Either(first=one):
            return array_of(one)
        case Words(codes=found) | Identifiers(numbers=found) | People(numbers=found):
            return found
        case Instants(seconds=found):
            return found
        case Figures(values=found) | Counts(values=found) | Flags(values=found):
            return found
        case Cents(values=found):
            return found


def rows_of(table: Table) -> int:
    """Return how many rows a table has."""
    return max(len(found) for each in table.values() if (found := array_of(each)) is not None)


def pick(cumulative: Array, drawn: Array) -> Array:
    """Return which of several kinds each draw means.

    Args:
        cumulative: shares added up, of all rows together or a line of them for each row.
        drawn: numbers between 0 and 1.

    """
    if cumulative.ndim == 1:
        place = np.searchsorted(cumulative / cumulative[-1], drawn, side="right")
        return np.minimum(place, len(cumulative) - 1).astype(np.int32)
    above: Array = drawn[:, None] * cumulative[:, -1:] >= cumulative
    found: Array = np.minimum(above.sum(axis=1), cumulative.shape[1] - 1).astype(np.int32)
    return found
