"""Tell which numbers rest on rows that were made up."""

from collections.abc import Iterable, Mapping, Sequence

import ibis

from hearwell.engine.derived import Need, sources_of
from hearwell.engine.facts import Frame, asked_about, counted
from hearwell.engine.general import general
from hearwell.engine.question import Asked
from hearwell.engine.sums import sql
from hearwell.engine.written import WRITTEN
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
    need(record)
    shared = general(frame)
    key = ("simulated", record, repr(shared.frame), (*asked,))
    query = WRITTEN.get(key, lambda: which(record, shared.frame, asked))
    found = lake.connection.execute(shared.query(query)).fetchall()[0]
    return {each.metric.name for each, is_one in zip(asked, found, strict=True) if is_one}


def which(record: type[Record], frame: Frame, asked: Sequence[Asked]) -> str:
    """Return the query whether each metric counts a simulated row."""
    table = asked_about(record, frame)
    made_up = table.filter(is_simulated(table))
    counts = {}
    for i, each in enumerate(asked):
        variants = each.metric.variants(record.unbound(), frame.settings)
        counts[f"metric_{i}"] = counted(variants[each.variant].estimator)
    told = made_up.select(**counts)
    return sql(told.aggregate(**{name: told[name].any() for name in counts}))


def simulated_sources(need: Need, records: Iterable[type[Record]]) -> set[type[Record]]:
    """Return which of the records that some facts are made of have simulated rows at all."""
    sources = {source.table_name: source for record in records for source in sources_of(record)}
    for source in sources.values():
        need.use(source)
    run = need.lake.connection.execute
    found = run(WRITTEN.get(("simulated", *sources), lambda: each(sources)))
    return {sources[name] for (name,) in found.fetchall()}


def each(sources: Mapping[str, type[Record]]) -> str:
    """Return the query of the names of those that have simulated rows."""
    tables = [(ibis.literal(name), source.unbound()) for name, source in sources.items()]
    rows = [table.filter(is_simulated(table)).limit(1).select(name=name) for name, table in tables]
    return sql(ibis.union(*rows) if len(rows) > 1 else rows[0])


def is_simulated(table: Expr) -> Expr:
    return (table.source >= SIMULATED) & (table.source < AFTER)
