"""The queries over one table: one for all sums, and one for each number that has quantiles."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from threading import Lock
from typing import Any, TypeVar

import duckdb
import ibis
import numpy as np

from hearwell.engine.facts import FACTS, Frame, facts
from hearwell.engine.question import Asked
from hearwell.engine.sums import ROWS, Plan, columns, place, shelf, sql
from hearwell.lake.lake import Lake
from hearwell.metrics.clock import ClockName
from hearwell.metrics.metric import Variant
from hearwell.metrics.part import (
    EVERY_ROW,
    SKETCH_SIZE,
    Expr,
    FloatArray,
    Part,
    Parts,
    Sketch,
)
from hearwell.records.record import Record
from hearwell.stats.cluster import design_effect

EXACT_ROWS = 2_000_000
"""Up to this many rows every value of a histogram is kept. Above, values share a shelf that is a
second or 2 % wide and is told by its mean: whole seconds stay exact up to a minute."""

ON_SHELF, AMOUNT = "on_shelf", "on_shelf_amount"  # how many rows a shelf has, and their sum
MEAN = f"h.{AMOUNT} / h.{ON_SHELF}"
PERSON = "person"
EVERY = f"{ROWS}_where_0"  # the first part planned counts every row
T = TypeVar("T")
Arrays = dict[str, Any]  # column → masked array


class Written:
    """Queries that were written lately. Writing one takes as long as summing a million rows."""

    def __init__(self, most: int = 256) -> None:
        self.most = most
        self.kept: OrderedDict[Hashable, Any] = OrderedDict()
        self.lock = Lock()

    def get(self, key: Hashable, write: Callable[[], T]) -> T:
        """Return what goes by a key; have it written if it is not there.

        Several threads may ask at once; what two of them miss, both write.
        """
        with self.lock:
            if key in self.kept:
                self.kept.move_to_end(key)  # the last used is the last to go
                known: T = self.kept[key]
                return known
        found = write()
        with self.lock:
            self.kept[key] = found
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)
        return found


WRITTEN = Written()


@dataclass(frozen=True)
class Found:
    """What the passes found for one metric."""

    parts: Parts
    left_out: Mapping[str, FloatArray]
    statements: tuple[str, ...]
    effect: FloatArray | None = None  # how many rows of a cell tell as much as one


@dataclass(frozen=True)
class Passes:
    """One table, its rows of a question, and the metrics counted over them."""

    lake: Lake | None  # None: the statements are wanted, not their results
    record: type[Record]
    frame: Frame
    table: Any  # the facts, as formulas were written over them
    spans: Mapping[str, tuple[Expr, Expr]]
    variants: Mapping[Asked, Variant]
    clock: ClockName = "calendar"

    def run(self) -> tuple[Arrays, dict[Asked, Found]]:
        """Return the keys of every cell as arrays, and what was found for each metric."""
        if self.lake is None:
            raise TypeError
        execute = self.lake.connection.execute
        statement, columns_of = WRITTEN.get(("sums", self.key), self.sums)
        keys = ", ".join(self.frame.keys)
        execute(
            f"create or replace temp table cells as "
            f"select row_number() over (order by {keys}) - 1 as cell_id, * from ({statement})"
        )
        try:
            cells: Arrays = execute("select * from cells order by cell_id").fetchnumpy()
            is_exact = float(np.sum(cells[EVERY])) <= EXACT_ROWS
            cells = self.never_empty(cells)
            found = {each: columns_of[each].found(cells, statement) for each in self.variants}
            self.before_histograms(is_exact=is_exact)
            for number, (asked, _, _) in enumerate(self.spreads):
                query, counts = WRITTEN.get(
                    (number, is_exact, self.key), partial(self.spread, number, is_exact=is_exact)
                )
                histogram = execute(query).fetchnumpy()
                for each, names in asked.items():
                    wanted = {name: counts[kind] for name, kind in names.items()}
                    found[each] = with_histogram(found[each], histogram, wanted, query)
            for each, of in self.sketches():
                query = WRITTEN.get(("sketch", each, self.key), partial(self.sketch, of))
                hashes = execute(query).fetchnumpy()
                found[each] = with_histogram(found[each], hashes, {}, query)
            for column, asked_by in self.clustered().items():
                query = WRITTEN.get(
                    ("clusters", column, self.key), partial(self.clusters, column, asked_by)
                )
                sums = execute(query).fetchnumpy()
                for i, each in enumerate(asked_by):
                    found[each] = with_effect(found[each], sums, i, query)
        finally:
            with suppress(duckdb.Error):  # of a transaction that has failed, and says why
                execute("drop table cells")
        return cells, found

    def before_histograms(self, *, is_exact: bool) -> None:
        """Make readable what histograms are made of; the rows are already."""

    def statements(self) -> list[str]:
        """Return the statements that would be run, without running them."""
        spreads = [self.spread(i, is_exact=True)[0] for i in range(len(self.spreads))]
        sketches = [self.sketch(of) for _, of in self.sketches()]
        clusters = [self.clusters(column, asked) for column, asked in self.clustered().items()]
        return [self.sums()[0], *spreads, *sketches, *clusters]

    @cached_property
    def key(self) -> Hashable:
        """What decides the queries: the same question gets those that were written before."""
        asked = tuple(self.variants)
        return self.record, repr(self.frame), asked, self.clock, tuple(self.spans)

    def sums(self) -> tuple[str, dict[Asked, "Columns"]]:
        """Return the query of all sums, and where those of each metric will be found."""
        plan = self.plan()
        columns_of = {each: self.planned(plan, each) for each in self.variants}
        return self.statement(plan, plan.step_one(), plan.step_two), columns_of

    def plan(self) -> Plan:
        columns = self.record.columns()
        words = frozenset(name for name, column in columns.items() if column.words)
        return Plan(self.table, self.frame.keys, words)

    def planned(self, plan: Plan, asked: Asked) -> "Columns":
        """Have everything summed that a metric needs; return where it will be found."""
        estimator = self.variants[asked].estimator
        plan.add(Part("count", None, EVERY_ROW))
        parts = estimator.parts()
        rest = estimator.among
        for told in (parts["n"].counted, *estimator.left_out.values()):
            rest &= ~told.fill_null(False)
        left_out = {**estimator.left_out, "not known": rest}
        return Columns(
            {name: plan.add(part) for name, part in parts.items()},
            {reason: plan.add(Part("count", None, rows)) for reason, rows in left_out.items()},
        )

    @cached_property
    def rows(self) -> Expr:
        """The rows of the question, as the lake has them."""
        return facts(self.record, self.frame, self.spans)

    def statement(self, plan: Plan, one: Expr, two: Callable[[Any], Expr]) -> str:
        """Return the SQL of the rows, the sums of the first step, and what the second makes.

        The answers stand apart, or Ibis would write each into every condition that reads it.
        """
        answers = plan.answers(ibis.table(one.schema(), name="sums"))
        chosen = two(ibis.table(answers.schema(), name="answers"))
        return (
            f"with {FACTS} as ({self.facts_of(one)}), sums as ({sql(one)}), "
            f"answers as ({sql(answers)}) {sql(chosen)}"
        )

    def never_empty(self, cells: Arrays) -> Arrays:
        """Give the question's period a cell of zeros when no row fell into it."""
        if self.frame.keys != ["cell"] or self.frame.grain != "none" or 0 in cells["cell"]:
            return cells
        # The histograms know the other cells by their number, so the new one comes last.
        return {name: np.append(column, 0) for name, column in cells.items()}

    @cached_property
    def spreads(self) -> list[tuple[dict[Asked, dict[str, str]], Expr, dict[str, Expr]]]:
        """The metrics that need a histogram, those of the same number together.

        For each number: the metrics, each with its kinds of row and the column that counts them;
        the number; and the columns with their conditions.
        """
        together: list[tuple[dict[Asked, dict[str, str]], Expr, dict[str, Expr]]] = []
        for each, variant in self.variants.items():
            spread = variant.estimator.spread()
            if spread is None:
                continue
            known = next((t for t in together if t[1].equals(spread.of)), None)
            if known is None:
                known = ({}, spread.of, {})
                together.append(known)
            asked, _, kinds = known
            asked[each] = {name: column_for(where, kinds) for name, where in spread.kinds.items()}
        return together

    def spread(self, number: int, *, is_exact: bool) -> tuple[str, dict[str, str]]:
        """Return the query of a histogram, and its column for each kind of row.

        The histogram has every value, or shelves that are told by the mean of their values.
        """
        statement, counts = self.shelves(number, is_exact=is_exact)
        return self.histogram(statement, counts, "shelf" if is_exact else MEAN), counts

    def shelves(self, number: int, *, is_exact: bool) -> tuple[str, dict[str, str]]:
        """Return the query of the rows on each shelf of each cell, and its columns."""
        _, of, kinds = self.spreads[number]
        plan, value = self.plan(), of.cast("float64")
        counts = {name: plan.add(Part("count", None, where)) for name, where in kinds.items()}
        if not is_exact:
            place(value, plan.amounts)

        def chosen(answers: Any) -> Expr:
            answers = answers.filter(answers.shelf.notnull())
            if is_exact:
                return plan.step_two(answers, "shelf")
            told = {ON_SHELF: answers[ROWS].sum(), AMOUNT: answers.amount_0.sum()}
            return plan.step_two(answers, "shelf", **told)

        one = plan.step_one(shelf=value if is_exact else shelf(value))
        return self.statement(plan, one, chosen), counts

    def histogram(self, shelves: str, counts: Mapping[str, str], value: str) -> str:
        return (
            f"select c.cell_id, {value} as value, "
            f"{', '.join(f'h.{column}' for column in dict.fromkeys(counts.values()))} "
            f"from ({shelves}) as h {self.beside_cells} order by c.cell_id, value"
        )

    @property
    def beside_cells(self) -> str:
        """The join that tells the number of the cell of each row of `h`."""
        same = " and ".join(f"h.{key} is not distinct from c.{key}" for key in self.frame.keys)
        return f"join cells as c on {same}"

    def sketches(self) -> list[tuple[Asked, Sketch]]:
        """Return the metrics that tell values apart, and which."""
        wanted = [(each, variant.estimator.sketch()) for each, variant in self.variants.items()]
        return [(each, sketch) for each, sketch in wanted if sketch is not None]

    def sketch(self, sketch: Sketch) -> str:
        """Return the query of the smallest hashes of each cell, as parts of the greatest."""
        hashed = sketch.of.hash()  # a whole number of 64 bits, with a sign
        told = self.table.filter(sketch.where).select(*self.frame.keys, hashed=hashed).distinct()
        keys = ", ".join(self.frame.keys)
        return (
            f"select c.cell_id, (unnest(h.hashes) + {2.0**63}) / {2.0**64} as value from ("
            f"with {FACTS} as ({self.facts_of(told)}), told as ({sql(told)}) "
            f"select {keys}, min(hashed, {SKETCH_SIZE}) as hashes from told group by {keys}"
            f") as h {self.beside_cells} order by c.cell_id, value"
        )

    def clustered(self) -> dict[str, list[Asked]]:
        """Put together the metrics whose rows belong to the same kind of person."""
        together: dict[str, list[Asked]] = {}
        for each, variant in self.variants.items():
            column = each.metric.clustered_by
            if column is not None and variant.estimator.linear() is not None:
                together.setdefault(column, []).append(each)
        return together

    def clusters(self, column: str, asked: Sequence[Asked]) -> str:
        """Return the query of the sums, row by row and cluster by cluster, of each metric.

        A row of nobody who is known is a cluster of its own.
        """
        persons, names = self.persons(column, asked)
        found = [*dict.fromkeys(name for each in asked for name in names[each].values())]
        schema = dict.fromkeys(self.frame.keys, "int64") | {PERSON: "string"}
        person = ibis.table(schema | dict.fromkeys(found, "float64"), name="persons")
        is_known = person[PERSON].notnull()
        totals: dict[str, Expr] = {}
        for i, each in enumerate(asked):

            def summed(name: str, otherwise: str, named: Mapping[str, str] = names[each]) -> Expr:
                """Return a sum that was made, or that which it is equal to for shares and means."""
                return person[named.get(name, named[otherwise])]

            over, under = summed("over", "over"), summed("under", "under")
            rows = summed("rows", "under")
            squares = {
                "oo": (over * over, summed("oo", "over")),
                "ou": (over * under, summed("ou", "over")),
                "uu": (under * under, summed("uu", "under")),
            }
            totals |= {f"over_{i}": over.sum(), f"under_{i}": under.sum(), f"rows_{i}": rows.sum()}
            totals[f"clusters_{i}"] = is_known.ifelse((rows > 0).cast("float64"), rows).sum()
            for name, (of_cluster, of_rows) in squares.items():
                totals[f"{name}_{i}"] = of_rows.sum()
                totals[f"cluster_{name}_{i}"] = is_known.ifelse(of_cluster, of_rows).sum()
        cells = person.group_by(self.frame.keys).aggregate(**totals)
        return (
            f"select c.cell_id, h.* from (with persons as ({persons}) {sql(cells)}) as h "
            f"{self.beside_cells}"
        )

    def persons(
        self, column: str, asked: Sequence[Asked]
    ) -> tuple[str, dict[Asked, dict[str, str]]]:
        """Return the query of the sums of each person in each cell, and the columns of each metric.

        Metrics that sum the same have the same columns.
        """
        sums: list[Expr] = []
        names: dict[Asked, dict[str, str]] = {}
        for each in asked:
            linear = self.variants[each].estimator.linear()
            if linear is None:
                raise TypeError
            over, under = linear.over, linear.under
            wanted = {"over": over.sum(), "under": under.sum()}
            if linear.kind != "share":
                wanted["oo"] = (over * over).sum()
            if linear.kind == "ratio":
                wanted |= {"ou": (over * under).sum(), "uu": (under * under).sum()}
                wanted["rows"] = under.count()
            names[each] = {name: f"sum_{place(one, sums)}" for name, one in wanted.items()}
        named = {f"sum_{i}": one.cast("float64") for i, one in enumerate(sums)}
        by = {PERSON: self.table[column]}
        persons = self.table.group_by(*self.frame.keys, **by).aggregate(**named)
        return f"with {FACTS} as ({self.facts_of(persons)}) {sql(persons)}", names

    def facts_of(self, query: Expr) -> str:
        """Return the SQL of the rows, with the columns that a query reads."""
        read = sorted(columns(query) & set(self.rows.columns) | set(self.frame.keys))
        return sql(self.rows.select(read))


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


def column_for(where: Expr, kinds: dict[str, Expr]) -> str:
    """Return the column that counts the rows of a condition; a new one if there is none yet."""
    for name, known in kinds.items():
        if known.equals(where):
            return name
    name = f"kind_{len(kinds)}"
    kinds[name] = where
    return name


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


def floats(array: Any) -> FloatArray:
    return np.ma.filled(np.ma.asarray(array).astype(np.float64), np.nan)
