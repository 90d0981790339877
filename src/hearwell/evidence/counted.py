"""The rows that a metric counts, each with what it adds, in a table that insights add up.

A row adds its part to the total above and to the total below, of which the value is the ratio.
The table is there while an insight is made, and the sums over it are made by the engine.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import ibis
import numpy as np

from hearwell.engine import cohort
from hearwell.engine.ask import answers_together
from hearwell.engine.derived import readable
from hearwell.engine.facts import FACTS, Frame, facts, unbound_facts
from hearwell.engine.formulas import business_spans, formula
from hearwell.engine.framing import bounds_of, framed
from hearwell.engine.period import shown
from hearwell.engine.privacy import protects
from hearwell.engine.question import COHORT, CUSTOM, Asked, Question
from hearwell.engine.sums import sql
from hearwell.evidence.errors import NotAMean, NothingCounted, TooFewToShow
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Better, Unit, Variant
from hearwell.metrics.part import Expr, FloatArray
from hearwell.records.record import Record
from hearwell.stats.resampling import GROUPS

ROWS = "counted_rows"
CUSTOMERS = ("customer_id", "caller", "visitor_id")
"""The columns that tell whom a row is about; the first that is known of them."""

PEOPLE = "count(distinct customer) + count(*) filter (customer is null)"
NOW, BEFORE = 0, 1
"""The period of the question, and that compared with."""


@dataclass(frozen=True)
class Counted:
    """The table `counted_rows` of one metric.

    Its columns: cell (0 now, 1 before); bucket, the group into which it was put at random, all
    rows together that belong to one person by the metric's own word; customer, the hash of whom
    it is about (null where nobody knows); over, under; and those that were asked for.
    """

    lake: Lake
    question: Question
    frame: Frame
    variant: Variant

    @property
    def asked(self) -> Asked:
        return self.question.asked[0]

    @property
    def unit(self) -> Unit:
        return self.variant.unit or self.asked.metric.unit

    @property
    def better(self) -> Better:
        return self.variant.better or self.asked.metric.better

    def sql(self, query: str) -> dict[str, Any]:
        """Run a query; return its columns as arrays, nan and None where nothing is known."""
        found = self.lake.connection.execute(query).fetchnumpy()
        return {name: filled(column) for name, column in found.items()}

    def summed(
        self, amounts: Sequence[str], cell: str = "0", cells: int = 1, source: str = ROWS
    ) -> FloatArray:
        """Add amounts up by bucket and cell; return them in shape (buckets, cells, amounts).

        Args:
            amounts: SQL of what to add up; null adds nothing.
            cell: SQL of a whole number from 0 up to, without, `cells`.
            source: SQL of the rows, if they are joined with something.

        """
        sums = ", ".join(f"sum({each})::double as s{i}" for i, each in enumerate(amounts))
        found = self.sql(f"select bucket, {cell} as c, {sums} from {source} group by 1, 2")
        made = np.zeros((GROUPS, cells, len(amounts)))
        place = found["bucket"].astype(np.int64), found["c"].astype(np.int64)
        for i in range(len(amounts)):
            made[(*place, i)] = np.nan_to_num(found[f"s{i}"])
        return made

    def people(self, where: str = "true") -> int:
        """Return how many customers the rows are about; a row of nobody known is one of its own."""
        found = self.sql(f"select {PEOPLE} as n from {ROWS} where {where}")
        return int(found["n"][0])


def filled(column: Any) -> Any:
    if not isinstance(column, np.ma.MaskedArray):
        return column
    if column.dtype.kind in "iufb":
        return np.ma.filled(column.astype(np.float64), np.nan)
    found = np.array(column.data, dtype=object)
    found[np.ma.getmaskarray(column)] = None  # np.ma.filled would put a ? in the place of a text
    return found


@contextmanager
def counted(
    lake: Lake, question: Question, keep: Sequence[str] = (), dated_by: str | None = None
) -> Iterator[Counted]:
    """Make the table of the rows that the question's one metric counts.

    Args:
        keep: columns and dimensions of the record that the table shall have.
        dated_by: the instant by which rows belong to a period, if another than the metric's. Then
            all rows of the period are there, and over and under are null for those not counted.

    Raises:
        NotAMean, NothingCounted, TooFewToShow, BadQuestion.

    """
    (asked,) = question.asked
    if asked.metric.is_anonymous:
        raise TooFewToShow(asked)
    record = asked.metric.record
    with lake.reading():
        if any(name.startswith(COHORT) for name, _ in question.where):
            for source in cohort.SOURCES:
                lake.use(source)
        with readable(lake, record):
            frame, variant, query = rows_of(lake, question, keep, dated_by)
            lake.connection.execute(f"create or replace temp table {ROWS} as {query}")
        try:
            counts = lake.connection.execute(
                f"select count(*) filter (cell = 0), count(*) filter (cell = 1) from {ROWS}"
            ).fetchall()[0]
            if not counts[NOW]:
                raise NothingCounted(asked)
            if frame.before is not None and not counts[BEFORE]:
                raise NothingCounted(asked, before=True)
            if hidden_groups(lake, replace(question, by=()), frame):
                raise TooFewToShow(asked)
            yield Counted(lake, question, frame, variant)
        finally:
            lake.connection.execute(f"drop table if exists temp.{ROWS}")


def rows_of(
    lake: Lake, question: Question, keep: Sequence[str], instead: str | None
) -> tuple[Frame, Variant, str]:
    """Return how rows become cells, the metric over them, and the SQL of what each row adds."""
    (asked,) = question.asked
    record = asked.metric.record
    dated_by = instead or asked.dated_by
    bounds = bounds_of(lake, record, dated_by, question.where, question.teams)
    frame = framed(lake, replace(question, by=(), grain="none"), dated_by, bounds)
    frame = replace(frame, by=tuple(keep))
    spans = business_spans(lake, question, record, [asked], frame)
    table = unbound_facts(record, frame, list(spans))
    variant = formula(lake, question, asked, table).variant
    made = selected(asked, variant, table, keep)
    if instead is None:
        made = made.filter(made.over.notnull(), made.under.notnull())
    found = facts(record, frame, spans)
    if instead is not None and "follows" in record.columns():  # who was asked again is counted, too
        found = found.mutate(follows=ibis.null("string"))
    return frame, variant, f"with {FACTS} as ({sql(found)}) {sql(made)}"


def selected(asked: Asked, variant: Variant, table: Expr, keep: Sequence[str]) -> Expr:
    linear = variant.estimator.linear()
    if linear is None:
        raise NotAMean(asked)
    record = asked.metric.record
    customers = [table[name] for name in CUSTOMERS if name in record.columns()]
    customer = ibis.coalesce(*customers) if customers else ibis.null("string")
    whose = table[asked.metric.clustered_by] if asked.metric.clustered_by else customer
    row = ibis.literal("\t").join([table[name].cast("string") for name in row_key(record)])
    bucket = whose.coalesce(row).hash() % GROUPS  # of a hash with a sign
    over, under = linear.over.cast("float64"), linear.under.cast("float64")
    return table.select(
        cell=table.cell,
        customer=customer,
        bucket=((bucket + GROUPS) % GROUPS).cast("int64"),
        over=over,
        under=under,
        **{plain(name): table[f"by_{i}"] for i, name in enumerate(keep)},
    )


def row_key(record: type[Record]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(("source", *record.key())))


def plain(name: str) -> str:
    """Return the name of a dimension as that of a column: custom.site is custom_site."""
    return name.replace(CUSTOM, "custom_")


def hidden_groups(lake: Lake, question: Question, frame: Frame) -> set[tuple[str | None, ...]]:
    """Return the groups of a question that must not be shown, in its period or the one before.

    The group of a question by nothing is ().
    """
    if not protects(question.asked[0].metric.record):
        return set()
    zone = lake.settings.zone
    of_periods = [
        replace(
            question,
            begins=shown(period.begins, zone),
            ends=shown(period.ends, zone),
            compare=None,
            standardise=(),
            grain="none",
        )
        for period in (frame.now, frame.before)
        if period is not None
    ]
    found = set()
    for (answer,) in answers_together(lake, of_periods):
        groups = [tuple(group.values()) for group in answer.groups]
        found |= {group for group, hidden in zip(groups, answer.hidden, strict=True) if hidden}
    return found
