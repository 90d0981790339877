"""How much rows of one person are alike: the sums by person, of which intervals are made.

Agents are few and are added up one by one, and so is everybody where rows are few. Where they are
many, customers are added up by random groups of whole persons, which hold everyone: one who has a
hundredth of all rows may widen an interval tenfold, and would mostly be missed by a sample.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import numpy as np

from hearwell.engine.found import Arrays, Found, floats
from hearwell.metrics.part import BoolArray, Expr, FloatArray
from hearwell.stats.cluster import between_groups, design_effect

PERSON = "person"  # or the random group to which one belongs
IS_KNOWN = "is_known"

FEW_PERSONS = ("agent_id",)
"""Columns of persons who are so few that each is added up."""

FEW_ROWS = 20_000
"""Up to this many rows every person is added up: it takes no longer than to plan the query."""

GROUP_BITS = 7
GROUPS = 2**GROUP_BITS
"""So many random groups: a standard error is known to 1 / sqrt(2 (128 - 1)) = 6 % of itself."""


def is_grouped(column: str, rows: float) -> bool:
    """Are persons added up by random groups where so many rows are asked for?"""
    return column not in FEW_PERSONS and rows > FEW_ROWS


def hash_of(word: str) -> int:
    """Return a number for a word, by which persons are told apart."""
    raise NotImplementedError(word)  # DuckDB has it


hashed: Callable[[Expr], Expr] = ibis.udf.scalar.builtin(
    hash_of, name="hash", signature=((dt.string,), dt.uint64)
)


def person_of(column: Expr, *, is_grouped: bool) -> Expr:
    """Return the number of a row's person, or random group; null where nobody is known."""
    person = hashed(column)
    if is_grouped:
        person = person >> (64 - GROUP_BITS)
    return column.notnull().ifelse(person, None)


def is_counted(persons: Expr, names: Iterable[Mapping[str, str]]) -> Expr:
    """Return whether a metric counts any row of a person."""
    under = dict.fromkeys(each["under"] for each in names)
    return ibis.or_(*(persons[name].notnull() for name in under))


def sums_of_cells(persons: str, keys: Sequence[str], names: Sequence[Mapping[str, str]]) -> str:
    """Return the query of the sums, row by row and person by person, of each metric.

    Rows of nobody who is known stand apart: each is a cluster of its own.

    Args:
        persons: the query of the sums of each person, or random group, in each cell.
        keys: the columns that tell cells apart.
        names: for each metric the columns of its sums.

    """
    totals = []
    for i, each in enumerate(names):
        over, under = each["over"], each["under"]
        rows = each.get("rows", under)  # a sum that was made, or that which it is equal to
        of_metric = {
            "over": over,
            "under": under,
            "rows": rows,
            "oo": each.get("oo", over),
            "ou": each.get("ou", over),
            "uu": each.get("uu", under),
            "persons": f"({rows} > 0)::double",
            "persons_oo": f"{over} * {over}",
            "persons_ou": f"{over} * {under}",
            "persons_uu": f"{under} * {under}",
            "persons_rows": f"{rows} * {rows}",
        }
        totals += [f"sum({one}) as {name}_{i}" for name, one in of_metric.items()]
    by = ", ".join((*keys, IS_KNOWN))
    told = f"select *, {PERSON} is not null as {IS_KNOWN} from ({persons}) as persons"
    return f"select {by}, {', '.join(totals)} from ({told}) as told group by {by}"


def with_effect(
    found: Found, sums: Arrays, i: int, statement: str, *, is_grouped: bool = False
) -> Found:
    """Add how much the rows of a cell that belong to one person are alike."""
    is_known = sums[IS_KNOWN].astype(bool)

    def column(name: str, where: BoolArray) -> FloatArray:
        placed = np.zeros(found.parts.groups)
        placed[sums["cell_id"][where].astype(np.int64)] = floats(sums[f"{name}_{i}"])[where]
        return np.nan_to_num(placed)

    def known(name: str) -> FloatArray:
        return column(name, is_known)

    def alone(name: str) -> FloatArray:
        return column(name, ~is_known)

    def every(name: str) -> FloatArray:
        return known(name) + alone(name)

    def of_persons(products: str, left: str, right: str) -> FloatArray:
        """Return the sum of products of the totals of each person."""
        found = known(f"persons_{products}")
        return between_groups(found, known(left), known(right), GROUPS) if is_grouped else found

    rows, clusters = every("rows"), known("persons") + alone("rows")
    if is_grouped:  # as many of one size as would be alike
        alike = of_persons("rows", "rows", "rows") + alone("rows")
        clusters = rows**2 / np.maximum(alike, np.maximum(rows, 1.0))
    effect = design_effect(
        every("over"),
        every("under"),
        (every("oo"), every("ou"), every("uu")),
        (
            of_persons("oo", "over", "over") + alone("oo"),
            of_persons("ou", "over", "under") + alone("ou"),
            of_persons("uu", "under", "under") + alone("uu"),
        ),
        rows,
        clusters,
    )
    groups = GROUPS if is_grouped else None
    return replace(found, statements=(*found.statements, statement), effect=effect, groups=groups)
