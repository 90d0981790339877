"""Tell which numbers rest on rows that were made up."""

from collections.abc import Sequence

from hearwell.engine.derived import MADE_FROM, Need
from hearwell.engine.facts import Frame, asked_about, counted
from hearwell.engine.question import Asked
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.part import Expr
from hearwell.records.record import SIMULATED, Record

AFTER = SIMULATED[:-1] + chr(ord(SIMULATED[-1]) + 1)
"""What comes after all names of simulated sources: a file tells its first and last source, so
that those without any are not read."""


def simulated(
    lake: Lake, need: Need, record: type[Record], frame: Frame, asked: Sequence[Asked]
) -> set[str]:
    """Return the names of the metrics that count a simulated row, in either period."""
    if not any(has_simulated(lake, source) for source in MADE_FROM.get(record, (record,))):
        return set()
    need(record)
    table = asked_about(record, frame)
    made_up = table.filter(is_simulated(table))
    counts = {}
    for i, each in enumerate(asked):
        variants = each.metric.variants(record.unbound(), lake.settings)
        counts[f"metric_{i}"] = counted(variants[each.variant].estimator)
    told = made_up.select(**counts)
    any_row = told.aggregate(**{name: told[name].any() for name in counts})
    found = lake.connection.execute(sql(any_row)).fetchall()[0]
    return {each.metric.name for each, is_one in zip(asked, found, strict=True) if is_one}


def has_simulated(lake: Lake, record: type[Record]) -> bool:
    lake.use(record)
    table = record.unbound()
    found = table.filter(is_simulated(table)).select("source").limit(1)
    return bool(lake.connection.execute(sql(found)).fetchall())


def is_simulated(table: Expr) -> Expr:
    return (table.source >= SIMULATED) & (table.source < AFTER)
