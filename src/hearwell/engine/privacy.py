"""What must not be shown: the answers of so few people that it could be told who said what.

A cell with fewer than five answers is hidden. Where it could be had by subtraction, because all
others beside it and their total are shown, the smallest of those is hidden too. What is hidden
is decided by the cells of all dimensions that a question names, also those that it filters by: so
it makes no difference whether a team is asked for alone or among others.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from hearwell.engine.groups import Key
from hearwell.metrics.part import FloatArray
from hearwell.records.record import Record
from hearwell.records.survey import Survey

FEWEST_ANSWERS = 5

WIDEST = {"share": 0.15, "points": 15.0}
"""How far the interval of answers may reach to either side for a verdict or a rank."""


def protects(record: type[Record]) -> bool:
    """Are the rows of this record answers of people?"""
    return record is Survey


def hidden_cells(keys: Sequence[Key], n: FloatArray, *, is_cut: bool) -> set[Key]:
    """Return the cells to hide: those of too few, and those by which they could be told.

    Args:
        keys: the cells, by their place along each dimension, time the last.
        n: how many answers each has.
        is_cut: are the times parts of one period, whose total may be known?

    """
    answers = {key: float(number) for key, number in zip(keys, n, strict=True) if number > 0}
    hidden = {key for key, number in answers.items() if number < FEWEST_ANSWERS}
    while True:
        more = {
            key for line in lines(answers, is_cut=is_cut) for key in to_hide(line, answers, hidden)
        } - hidden
        if not more:
            return hidden
        hidden |= more


def lines(answers: Mapping[Key, float], *, is_cut: bool) -> list[list[Key]]:
    """Return the rows of cells that differ in one dimension only, whose total may be known."""
    found: dict[tuple[int, Key], list[Key]] = {}
    for key in answers:
        for axis in range(len(key) if is_cut else len(key) - 1):
            found.setdefault((axis, (*key[:axis], *key[axis + 1 :])), []).append(key)
    return [line for line in found.values() if len(line) > 1]


def to_hide(line: list[Key], answers: Mapping[Key, float], hidden: set[Key]) -> list[Key]:
    """Return the smallest cells to hide as well, until the hidden ones together are enough."""
    inside = [key for key in line if key in hidden]
    if not inside:
        return []
    missing = sum(answers[key] for key in inside)
    more: list[Key] = []
    for key in sorted(
        (key for key in line if key not in hidden), key=lambda k: (answers[k], str(k))
    ):
        if missing >= FEWEST_ANSWERS and len(inside) + len(more) > 1:
            break
        more.append(key)
        missing += answers[key]
    return more


def hidden(
    keys: Sequence[Key], n: FloatArray, parts: Mapping[Key, Sequence[Key]], secret: set[Key]
) -> npt.NDArray[np.bool_]:
    """Say of each cell of a question whether it is hidden.

    Args:
        keys, n: the cells of the question, and how many answers each has.
        parts: of which cells of all dimensions each is made.
        secret: which of those are hidden.

    """
    few = (n > 0) & (n < FEWEST_ANSWERS)
    touched = [any(part in secret for part in parts.get(key, ())) for key in keys]
    either: npt.NDArray[np.bool_] = few | np.array(touched, dtype=bool)
    return either
