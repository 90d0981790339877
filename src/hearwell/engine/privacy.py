"""What must not be shown: the answers of so few people that it could be told who said what.

A cell with fewer than five answers is hidden. Where it could be had by subtraction, because all
others beside it and their total are shown, the smallest of those is hidden too. What is hidden
is decided by the cells of all dimensions that a question names, also those that it filters by: so
it makes no difference whether a team is asked for alone or among others. Answers of agents are
told in batches, each hidden or not by itself; so neither do the periods that one asks for.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from hearwell.engine.groups import Key
from hearwell.metrics.facts.agent_answer import FEWEST_ANSWERS, AgentAnswer
from hearwell.metrics.facts.opinion import Opinion
from hearwell.metrics.part import BoolArray, FloatArray
from hearwell.records.record import Record
from hearwell.records.survey import Survey

ALL = ("all",)  # in the place of a dimension over which a total goes

WIDEST = {"share": 0.15, "points": 15.0}
"""How far the interval of answers may reach to either side for a verdict or a rank."""


def protects(record: type[Record]) -> bool:
    """Are the rows of this record answers of people, or made of them?"""
    return record in {Survey, AgentAnswer, Opinion}


def hidden_cells(keys: Sequence[Key], n: FloatArray, *, is_cut: bool) -> set[Key]:
    """Return the cells to hide: those of too few, and those by which they could be told.

    Totals over fewer dimensions are decided first, and by themselves, because they can be asked for
    alone. Then cells are hidden until no sum that may be known lacks a single part.

    Args:
        keys: the cells, by their place along each dimension, time the last.
        n: how many answers each has.
        is_cut: are the times parts of one period, whose total may be asked for?

    """
    cells = {key: float(number) for key, number in zip(keys, n, strict=True) if number > 0}
    axes = len(keys[0]) - (not is_cut) if keys else 0
    secret: set[Key] = set()
    for count in range(axes + 1):
        for kept in combinations(range(axes), count):
            totals: dict[Key, float] = {}
            for key, number in cells.items():
                total = tuple(
                    value if i in kept or i >= axes else ALL for i, value in enumerate(key)
                )
                totals[total] = totals.get(total, 0.0) + number
            secret |= hidden_among(totals, kept, secret)
    return secret & cells.keys()


def hidden_among(answers: Mapping[Key, float], axes: Sequence[int], totals: set[Key]) -> set[Key]:
    """Return the cells of one table to hide.

    Args:
        answers: how many answers each cell has.
        axes: the dimensions along which the cells of the table lie.
        totals: which sums of them are hidden.

    """
    lines: dict[Key, list[Key]] = {}
    for key in answers:
        for axis in axes:
            lines.setdefault((*key[:axis], ALL, *key[axis + 1 :]), []).append(key)
    secret = {key for key, number in answers.items() if number < FEWEST_ANSWERS}
    while True:
        more = set()
        for total, line in lines.items():
            more |= to_hide(line, answers, secret, is_total_hidden=total in totals)
        if not more:
            return secret
        secret |= more


def to_hide(
    line: list[Key], answers: Mapping[Key, float], secret: set[Key], *, is_total_hidden: bool
) -> set[Key]:
    """Return the smallest cells of a line to hide as well.

    Two unknowns are needed that are enough together; a hidden total is one.
    """
    inside = [key for key in line if key in secret]
    if not inside and not is_total_hidden:
        return set()
    missing = sum(answers[key] for key in inside)
    unknowns = len(inside) + is_total_hidden
    more: set[Key] = set()
    rest = (key for key in line if key not in secret)
    for key in sorted(rest, key=lambda key: (answers[key], str(key))):
        if unknowns > 1 and (is_total_hidden or missing >= FEWEST_ANSWERS):
            break
        more.add(key)
        missing, unknowns = missing + answers[key], unknowns + 1
    return more


def hidden(
    keys: Sequence[Key], n: FloatArray, parts: Mapping[Key, Sequence[Key]], secret: set[Key]
) -> BoolArray:
    """Say of each cell of a question whether it is hidden.

    Args:
        keys, n: the cells of the question, and how many answers each has.
        parts: of which cells of all dimensions each is made.
        secret: which of those are hidden.

    """
    few = (n > 0) & (n < FEWEST_ANSWERS)
    touched = [any(part in secret for part in parts.get(key, ())) for key in keys]
    either: BoolArray = few | np.array(touched, dtype=bool)
    return either
