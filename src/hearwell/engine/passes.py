"""The queries over one table: one for all sums, and one for each number that has quantiles."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import ibis
import numpy as np

from hearwell.engine.facts import FACTS, Frame, facts
from hearwell.engine.question import Asked
from hearwell.engine.sums import ROWS, Plan, columns, place, shelf, sql
from hearwell.lake.lake import Lake
from hearwell.metrics.clock import ClockName
from hearwell.metrics.metric import Variant
from hearwell.metrics.part import EVERY_ROW, Expr, FloatArray, Part, Parts
from hearwell.records.record import Record

EXACT_ROWS = 2_000_000
"""Up to this many rows every value of a histogram is kept. Above, values share a shelf that is a
second or 2 % wide and is told by its mean: whole seconds stay exact up to a minute."""

EVERY = f"{ROWS}_where_0"  # the first part planned counts every row
T = TypeVar("T")
Arrays = dict[str, Any]  # column → masked array


class Written:
    """Queries that were written lately. Writing one takes as long as summing a million rows."""

    def __init__(self, most: int = 256) -> None:
        self.most = most
        self.kept: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, write: Callable[[], T]) -> T:
        """Return what goes by a key; have it written if it is not there."""
        found: T = self.kept.pop(key) if key in self.kept else write()
        self.kept[key] = found  # the last used is the last to go
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
            for number, (asked, of, kinds) in enumerate(self.spreads()):
                query, counts = WRITTEN.get(
                    (number, is_exact, self.key), partial(self.spread, of, kinds, is_exact=is_exact)
                )
                histogram = execute(query).fetchnumpy()
                for each, names in asked.items():
                    wanted = {name: counts[kind] for name, kind in names.items()}
                    found[each] = with_histogram(found[each], histogram, wanted, query)
        finally:
            execute("drop table cells")
        return cells, found

    def statements(self) -> list[str]:
        """Return the statements that would be run, without running them."""
        spreads = [self.spread(of, kinds, is_exact=True)[0] for _, of, kinds in self.spreads()]
        return [self.sums()[0], *spreads]

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
        rows = self.rows
        read = sorted(columns(one) & set(rows.columns) | set(self.frame.keys))
        answers = plan.answers(ibis.table(one.schema(), name="sums"))
        chosen = two(ibis.table(answers.schema(), name="answers"))
        return (
            f"with {FACTS} as ({sql(rows.select(read))}), sums as ({sql(one)}), "
            f"answers as ({sql(answers)}) {sql(chosen)}"
        )

    def never_empty(self, cells: Arrays) -> Arrays:
        """Give the question's period a cell of zeros when no row fell into it."""
        if self.frame.keys != ["cell"] or self.frame.grain != "none" or 0 in cells["cell"]:
            return cells
        # The histograms know the other cells by their number, so the new one comes last.
        return {name: np.append(column, 0) for name, column in cells.items()}

    def spreads(self) -> list[tuple[dict[Asked, dict[str, str]], Expr, dict[str, Expr]]]:
        """Put together the metrics that need a histogram of the same number.

        Returns:
            For each number: the metrics, each with its kinds of row and the column that counts
            them; the number; and the columns with their conditions.

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

    def spread(
        self, of: Expr, kinds: Mapping[str, Expr], *, is_exact: bool
    ) -> tuple[str, dict[str, str]]:
        """Return the query of a histogram, and its column for each kind of row.

        The histogram has every value, or shelves that are told by the mean of their values.
        """
        plan, value = self.plan(), of.cast("float64")
        counts = {name: plan.add(Part("count", None, where)) for name, where in kinds.items()}
        if not is_exact:
            place(value, plan.amounts)

        def shelves(answers: Any) -> Expr:
            answers = answers.filter(answers.shelf.notnull())
            told = {} if is_exact else {"value": answers.amount_0.sum() / answers[ROWS].sum()}
            return plan.step_two(answers, "shelf", **told)

        one = plan.step_one(shelf=value if is_exact else shelf(value))
        same = " and ".join(f"h.{key} is not distinct from c.{key}" for key in self.frame.keys)
        return (
            f"select c.cell_id, {'h.shelf' if is_exact else 'h.value'} as value, "
            f"{', '.join(f'h.{column}' for column in dict.fromkeys(counts.values()))} "
            f"from ({self.statement(plan, one, shelves)}) as h join cells as c on {same} "
            f"order by c.cell_id, value"
        ), counts


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


def floats(array: Any) -> FloatArray:
    return np.ma.filled(np.ma.asarray(array).astype(np.float64), np.nan)
