"""The queries over one table: one for all sums, and one for each number that has quantiles."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import duckdb
import numpy as np

from hearwell.engine.clusters import (
    PERSON,
    is_counted,
    is_grouped,
    person_of,
    sums_of_cells,
    with_effect,
)
from hearwell.engine.facts import FACTS, Frame, facts
from hearwell.engine.formulas import Formulas
from hearwell.engine.found import Arrays, Columns, Found, with_histogram
from hearwell.engine.question import Asked
from hearwell.engine.reads import columns_of
from hearwell.engine.sums import ROWS, Plan, columns, place, shelf, sql
from hearwell.engine.written import WRITTEN
from hearwell.lake.lake import Lake
from hearwell.metrics.part import (
    EVERY_ROW,
    SKETCH_SIZE,
    Expr,
    Part,
    Parts,
    Sketch,
)
from hearwell.records.record import Record

EXACT_ROWS = 500_000
"""Up to this many rows every value of a histogram is kept. Above, values share a shelf that is a
second or 2 % wide and is told by its mean: whole seconds stay exact up to a minute."""

ON_SHELF, AMOUNT = "on_shelf", "on_shelf_amount"  # how many rows a shelf has, and their sum
MEAN = f"h.{AMOUNT} / h.{ON_SHELF}"
NOT_KNOWN = "not known"
EVERY = f"{ROWS}_where_0"  # the first part planned counts every row


@dataclass(frozen=True)
class Passes:
    """One table, its rows of a question, and the metrics counted over them."""

    lake: Lake | None  # None: the statements are wanted, not their results
    record: type[Record]
    frame: Frame
    formulas: Formulas
    at_times: Callable[[str], str] = str  # puts its periods into a query

    def run(self) -> tuple[Arrays, dict[Asked, Found]]:
        """Return the keys of every cell as arrays, and what was found for each metric."""
        execute = self.execute
        statement, columns_of = WRITTEN.get(("sums", self.key), self.sums)
        statement = self.at_times(statement)
        keys = ", ".join(self.frame.keys)
        execute(
            f"create or replace temp table cells as "
            f"select row_number() over (order by {keys}) - 1 as cell_id, * from ({statement})"
        )
        try:
            cells: Arrays = execute("select * from cells order by cell_id").fetchnumpy()
            rows = float(np.sum(cells[EVERY]))
            cells = self.never_empty(cells)
            found = {
                each: columns_of[each].found(cells, statement) for each in self.formulas.variants
            }
            if not rows:
                return cells, self.without_values(found)
            is_exact = rows <= EXACT_ROWS
            self.before_rows(rows, is_exact=is_exact)
            self.add_values(found, is_exact=is_exact)
            self.add_effects(found, rows)
        finally:
            with suppress(duckdb.Error):  # of a transaction that has failed, and says why
                execute("drop table cells")
        return cells, found

    def none(self) -> tuple[Arrays, dict[Asked, Found]]:
        """Return the same of a table that never had a row, without asking it."""
        cells = self.never_empty({key: np.zeros(0, np.int64) for key in self.frame.keys})
        zeros = np.zeros(len(cells["cell"]))
        found = {
            each: Found(
                Parts(len(zeros), dict.fromkeys(variant.estimator.parts(), zeros)),
                dict.fromkeys((*variant.estimator.left_out, NOT_KNOWN), zeros),
                (),
            )
            for each, variant in self.formulas.variants.items()
        }
        return cells, self.without_values(found)

    def without_values(self, found: dict[Asked, Found]) -> dict[Asked, Found]:
        """Return what was found where no row counts: histograms are empty."""
        for asked, _, _ in self.formulas.spreads:
            for each, names in asked.items():
                kinds = {name: np.zeros(0) for name in names}
                found[each] = replace(found[each], parts=replace(found[each].parts, kinds=kinds))
        return found

    def add_values(self, found: dict[Asked, Found], *, is_exact: bool) -> None:
        """Add histograms and sketches to what was found for each metric."""
        for number, (asked, _, _) in enumerate(self.formulas.spreads):
            query, counts = WRITTEN.get(
                (number, is_exact, self.key), partial(self.spread, number, is_exact=is_exact)
            )
            query = self.at_times(query)
            histogram = self.execute(query).fetchnumpy()
            for each, names in asked.items():
                wanted = {name: counts[kind] for name, kind in names.items()}
                found[each] = with_histogram(found[each], histogram, wanted, query)
        for each, of in self.formulas.sketches:
            query = WRITTEN.get(("sketch", each, self.key), partial(self.sketch, of))
            query = self.at_times(query)
            hashes = self.execute(query).fetchnumpy()
            found[each] = with_histogram(found[each], hashes, {}, query)

    def add_effects(self, found: dict[Asked, Found], rows: float) -> None:
        """Add how much rows of one person are alike to what was found for each metric."""
        for column, asked in self.formulas.clustered.items():
            how = is_grouped(column, rows)
            key = ("clusters", column, tuple(asked), how, self.key)
            write = partial(self.clusters, column, asked, is_grouped=how)
            query = self.at_times(WRITTEN.get(key, write))
            sums = self.execute(query).fetchnumpy()
            for i, each in enumerate(asked):
                found[each] = with_effect(found[each], sums, i, query, is_grouped=how)

    @property
    def execute(self) -> Callable[[str], Any]:
        if self.lake is None:
            raise TypeError
        return self.lake.connection.execute

    def before_rows(self, rows: float, *, is_exact: bool) -> None:
        """Make readable the rows that are wanted besides their sums; they are already.

        Args:
            rows: so many there are.
            is_exact: every value of histograms is wanted.

        """

    def statements(self) -> list[str]:
        """Return the statements that would be run, without running them."""
        spreads = [self.spread(i, is_exact=True)[0] for i in range(len(self.formulas.spreads))]
        sketches = [self.sketch(of) for _, of in self.formulas.sketches]
        clusters = [
            self.clusters(column, asked, is_grouped=False)
            for column, asked in self.formulas.clustered.items()
        ]
        return [self.sums()[0], *spreads, *sketches, *clusters]

    @cached_property
    def key(self) -> Hashable:
        """What decides the queries: the same question gets those that were written before."""
        return self.record, repr(self.frame), self.formulas.key

    def sums(self) -> tuple[str, dict[Asked, "Columns"]]:
        """Return the query of all sums, and where those of each metric will be found."""
        plan = self.plan()
        columns_of = {each: self.planned(plan, each) for each in self.formulas.variants}
        return self.with_facts(plan.steps()), columns_of

    def plan(self) -> Plan:
        columns = self.record.columns()
        words = frozenset(name for name, column in columns.items() if column.words)
        return Plan(self.formulas.table, self.frame.keys, words)

    def planned(self, plan: Plan, asked: Asked) -> "Columns":
        """Have everything summed that a metric needs; return where it will be found."""
        estimator = self.formulas.variants[asked].estimator
        plan.add(Part("count", None, EVERY_ROW))
        parts = estimator.parts()
        rest = estimator.among
        for told in (parts["n"].counted, *estimator.left_out.values()):
            rest &= ~told.fill_null(False)
        left_out = {**estimator.left_out, NOT_KNOWN: rest}
        return Columns(
            {name: plan.add(part) for name, part in parts.items()},
            {reason: plan.add(Part("count", None, rows)) for reason, rows in left_out.items()},
        )

    @cached_property
    def rows(self) -> Expr:
        """The rows of the question, as the lake has them."""
        return facts(self.record, self.frame, self.formulas.spans)

    def never_empty(self, cells: Arrays) -> Arrays:
        """Give the question's period a cell of zeros when no row fell into it."""
        if self.frame.keys != ["cell"] or self.frame.grain != "none" or 0 in cells["cell"]:
            return cells
        # The histograms know the other cells by their number, so the new one comes last.
        return {name: np.append(column, 0) for name, column in cells.items()}

    def spread(self, number: int, *, is_exact: bool) -> tuple[str, dict[str, str]]:
        """Return the query of a histogram, and its column for each kind of row.

        The histogram has every value, or shelves that are told by the mean of their values.
        """
        statement, counts = self.shelves(number, is_exact=is_exact)
        return self.histogram(statement, counts, "shelf" if is_exact else MEAN), counts

    def shelves(self, number: int, *, is_exact: bool) -> tuple[str, dict[str, str]]:
        """Return the query of the rows on each shelf of each cell, and its columns."""
        _, of, kinds = self.formulas.spreads[number]
        plan, value = self.plan(), of.cast("float64")
        counts = {name: plan.add(Part("count", None, where)) for name, where in kinds.items()}
        if not is_exact:
            place(value, plan.amounts)

        shelf_of = value if is_exact else shelf(value)
        told = "" if is_exact else f", sum({ROWS}) as {ON_SHELF}, sum(amount_0) as {AMOUNT}"
        steps = plan.steps("shelf", where="shelf is not null", also=told, shelf=shelf_of)
        return self.with_facts(steps), counts

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

    def sketch(self, sketch: Sketch) -> str:
        """Return the query of the smallest hashes of each cell, as parts of the greatest."""
        hashed = sketch.of.hash()  # a whole number of 64 bits, with a sign
        told = (
            self.formulas.table.filter(sketch.where)
            .select(*self.frame.keys, hashed=hashed)
            .distinct()
        )
        keys = ", ".join(self.frame.keys)
        return (
            f"select c.cell_id, (unnest(h.hashes) + {2.0**63}) / {2.0**64} as value from ("
            + self.with_facts(
                f"told as ({sql(told)})\n"
                f"select {keys}, min(hashed, {SKETCH_SIZE}) as hashes from told group by {keys}"
            )
            + f") as h {self.beside_cells} order by c.cell_id, value"
        )

    def clusters(self, column: str, asked: Sequence[Asked], *, is_grouped: bool) -> str:
        """Return the query of the sums of each metric."""
        persons, names = self.persons(column, asked, is_grouped=is_grouped)
        cells = sums_of_cells(persons, self.frame.keys, [names[each] for each in asked])
        return f"select c.cell_id, h.* from ({cells}) as h {self.beside_cells}"

    def persons(
        self, column: str, asked: Sequence[Asked], *, is_grouped: bool
    ) -> tuple[str, dict[Asked, dict[str, str]]]:
        """Return the query of the sums of each person in each cell, and the columns of each metric.

        Metrics that sum the same have the same columns. Persons of whom no row counts are left out.

        Args:
            is_grouped: sums of random groups of persons are wanted, not of each.

        """
        sums: list[Expr] = []
        names: dict[Asked, dict[str, str]] = {}
        for each in asked:
            linear = self.formulas.variants[each].estimator.linear()
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
        by = {PERSON: person_of(self.formulas.table[column], is_grouped=is_grouped)}
        persons = self.formulas.table.group_by(*self.frame.keys, **by).aggregate(**named)
        persons = persons.filter(is_counted(persons, names.values()))
        return self.with_facts(f"persons as ({sql(persons)})\nfrom persons"), names

    def with_facts(self, query: str) -> str:
        """Put the rows before a query that reads them."""
        return f"with {FACTS} as ({self.facts}),\n{query}"

    @cached_property
    def facts(self) -> str:
        """The SQL of the rows, with the columns that any of the metrics reads."""
        read = {*self.frame.keys, *self.formulas.clustered}
        for variant in self.formulas.variants.values():
            estimator = variant.estimator
            read |= columns_of(estimator) | columns(*estimator.left_out.values())
        return sql(self.rows.select(sorted(read.intersection(self.rows.columns))))
