"""How much rows of one person are alike: sums by person, of everyone or of a sample of persons.

To add up by person takes longer than all else, and it only tells how wide an interval is. So of
many rows those of a sample of persons are added up, drawn by the hash of who they are: with and
without a roll-up it is the same ones.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

import ibis
import ibis.expr.datatypes as dt
import numpy as np

from hearwell.engine.found import Arrays, Found, floats
from hearwell.engine.question import Asked
from hearwell.engine.sums import sql
from hearwell.metrics.part import Expr, FloatArray
from hearwell.stats.cluster import design_effect

PERSON, DRAW = "person", "draw"
STAFF = ("agent_id",)
"""They are few and have many rows each: a sample of them would tell too little."""
SAMPLE_ROWS = 65_536
"""A sample has about as many rows, and no fewer than `SAMPLE_OF_CELL` for each cell."""
SAMPLE_OF_CELL = 256
FEW_PERSONS = 50
"""A cell with fewer sampled persons goes by what is found in the others."""


def hash_of(word: str) -> int:
    """Return a number for a word, by which persons are told apart and drawn."""
    raise NotImplementedError(word)  # DuckDB has it


hashed: Callable[[Expr], Expr] = ibis.udf.scalar.builtin(
    hash_of, name="hash", signature=((dt.string,), dt.uint64)
)


def person_of(column: Expr) -> Expr:
    """Return the number of the person to whom a row belongs; null where nobody is known."""
    return column.notnull().ifelse(hashed(column), None)


def drawn(person: Expr, one_in: int) -> Expr:
    """Return whether a row is of the sample; rows of nobody who is known always are."""
    return person.isnull() | ((person % one_in) == 0)


def in_order_of_draw(persons: str, day: str) -> str:
    """Return a query with its rows in an order in which those of a sample are the first.

    They are told by `DRAW`: for one in 2 to the power of k it is k or more.
    """
    bits = f"bit_count(xor({PERSON}, {PERSON} - 1)) - 1"  # those after the last that is set
    draw = f"case when {PERSON} > 0 then {bits} else 64 end"
    return f"select *, ({draw})::tinyint as {DRAW} from ({persons}) order by {DRAW} desc, {day}"


def is_counted(persons: Expr, names: Iterable[Mapping[str, str]]) -> Expr:
    """Return whether a metric counts any row of a person."""
    under = dict.fromkeys(each["under"] for each in names)
    return ibis.or_(*(persons[name].notnull() for name in under))


def sampled(
    column: str, asked: Sequence[Asked], found: Mapping[Asked, Found]
) -> dict[int, list[Asked]]:
    """Put together the metrics for which one in so many persons is enough."""
    if column in STAFF:
        return {1: [*asked]}
    together: dict[int, list[Asked]] = {}
    for each in asked:
        rows = found[each].parts["n"]
        enough = max(SAMPLE_ROWS, SAMPLE_OF_CELL * np.count_nonzero(rows))
        one_in = 1 << max(int(rows.sum() // enough).bit_length() - 1, 0)
        together.setdefault(one_in, []).append(each)
    return together


def is_thin(sums: Arrays, metrics: int) -> bool:
    """Are there so few persons with so many rows each that a sample of them tells too little?"""
    persons = [floats(sums[f"drawn_{i}"]) for i in range(metrics)]
    return any(each.sum() < 2 * FEW_PERSONS * np.count_nonzero(each) for each in persons)


def sums_of_cells(
    persons: str, keys: Sequence[str], names: Sequence[Mapping[str, str]], one_in: int
) -> str:
    """Return the query of the sums, row by row and cluster by cluster, of each metric.

    A row of nobody who is known is a cluster of its own.

    Args:
        persons: the query of the sums of each person in each cell.
        keys: the columns that tell cells apart.
        names: for each metric the columns of its sums.
        one_in: of how many persons there is one.

    """
    found = [*dict.fromkeys(name for each in names for name in each.values())]
    schema = dict.fromkeys(keys, "int64") | {PERSON: "uint64"}
    person = ibis.table(schema | dict.fromkeys(found, "float64"), name="persons")
    is_known = person[PERSON].notnull()
    stands_for = is_known.ifelse(float(one_in), 1.0)
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
        totals |= {f"{name}_{i}": (one * stands_for).sum() for name, one in of_metric.items()}
        totals[f"drawn_{i}"] = clusters.sum()
    return f"with persons as ({persons}) {sql(person.group_by(keys).aggregate(**totals))}"


def with_effect(found: Found, sums: Arrays, i: int, one_in: int, statement: str) -> Found:
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
    if one_in > 1:
        is_enough = column("drawn") >= FEW_PERSONS
        others = np.average(effect[is_enough], weights=column("rows")[is_enough])
        effect = np.where(is_enough, effect, others)
    return replace(found, statements=(*found.statements, statement), effect=effect)
