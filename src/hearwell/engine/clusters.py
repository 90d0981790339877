"""How much rows of one person are alike: the sums by person, of which intervals are made.

Everyone is added up, and no sample of persons: one who has a hundredth of all rows may widen an
interval tenfold, and would mostly be missed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import numpy as np

from hearwell.engine.found import Arrays, Found, floats
from hearwell.engine.sums import sql
from hearwell.metrics.part import Expr, FloatArray
from hearwell.stats.cluster import design_effect

PERSON = "person"


def hash_of(word: str) -> int:
    """Return a number for a word, by which persons are told apart."""
    raise NotImplementedError(word)  # DuckDB has it


hashed: Callable[[Expr], Expr] = ibis.udf.scalar.builtin(
    hash_of, name="hash", signature=((dt.string,), dt.uint64)
)


def person_of(column: Expr) -> Expr:
    """Return the number of the person to whom a row belongs; null where nobody is known."""
    return column.notnull().ifelse(hashed(column), None)


def is_counted(persons: Expr, names: Iterable[Mapping[str, str]]) -> Expr:
    """Return whether a metric counts any row of a person."""
    under = dict.fromkeys(each["under"] for each in names)
    return ibis.or_(*(persons[name].notnull() for name in under))


def sums_of_cells(persons: str, keys: Sequence[str], names: Sequence[Mapping[str, str]]) -> str:
    """Return the query of the sums, row by row and cluster by cluster, of each metric.

    A row of nobody who is known is a cluster of its own.

    Args:
        persons: the query of the sums of each person in each cell.
        keys: the columns that tell cells apart.
        names: for each metric the columns of its sums.

    """
    found = [*dict.fromkeys(name for each in names for name in each.values())]
    schema = dict.fromkeys(keys, "int64") | {PERSON: "uint64"}
    person = ibis.table(schema | dict.fromkeys(found, "float64"), name="persons")
    is_known = person[PERSON].notnull()
    totals: dict[str, Expr] = {}
    for i, each in enumerate(names):

        def summed(name: str, otherwise: str, named: Mapping[str, str] = each) -> Expr:
            """Return a sum that was made, or that which it is equal to for shares and means."""
            return person[named.get(name, named[otherwise])]

        over, under = summed("over", "over"), summed("under", "under")
        rows = summed("rows", "under")
        squares = {
            "oo": (over * over, summed("oo", "over")),
            "ou": (over * under, summed("ou", "over")),
            "uu": (under * under, summed("uu", "under")),
        }
        clusters = is_known.ifelse((rows > 0).cast("float64"), rows)
        of_metric = {"over": over, "under": under, "rows": rows, "clusters": clusters}
        for name, (of_cluster, of_rows) in squares.items():
            of_metric[name] = of_rows
            of_metric[f"cluster_{name}"] = is_known.ifelse(of_cluster, of_rows)
        totals |= {f"{name}_{i}": one.sum() for name, one in of_metric.items()}
    return f"with persons as ({persons}) {sql(person.group_by(keys).aggregate(**totals))}"


def with_effect(found: Found, sums: Arrays, i: int, statement: str) -> Found:
    """Add how much the rows of a cell that belong to one person are alike."""

    def column(name: str) -> FloatArray:
        placed = np.zeros(found.parts.groups)
        placed[sums["cell_id"].astype(np.int64)] = np.nan_to_num(floats(sums[f"{name}_{i}"]))
        return placed

    effect = design_effect(
        column("over"),
        column("under"),
        (column("oo"), column("ou"), column("uu")),
        (column("cluster_oo"), column("cluster_ou"), column("cluster_uu")),
        column("rows"),
        column("clusters"),
    )
    return replace(found, statements=(*found.statements, statement), effect=effect)
