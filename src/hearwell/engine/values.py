"""The values that a dimension has, for those who choose what to filter by."""

from typing import NamedTuple

import ibis

from hearwell.engine.changes import History
from hearwell.engine.errors import UnknownDimension
from hearwell.engine.facts import dimension, of_teams
from hearwell.engine.privacy import protects
from hearwell.engine.question import CUSTOM, TEAM, Teams
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.records import RECORDS
from hearwell.records.record import Record
from hearwell.records.survey import ANONYMOUS

MOST_VALUES = 100


class Value(NamedTuple):
    """A value of a dimension, None where it is unknown, and the rows that have it."""

    value: str | None
    rows: int


def values_of(lake: Lake, name: str, teams: Teams = None, most: int = MOST_VALUES) -> list[Value]:
    """Return the values of a dimension in all records that have it, the most frequent first.

    Args:
        name: such as "queue" or "custom.site".
        teams: count rows of these teams only, and no records that have no team.
        most: leave out the values beyond so many.

    Raises:
        UnknownDimension: no record has it, or none that may be seen.

    """
    seen = [each for each in RECORDS.values() if teams is None or TEAM in each.dimensions()]
    having = [each for each in seen if has(each, name)]
    if not having:
        known = {dimension for each in seen for dimension in each.dimensions()}
        raise UnknownDimension(lake.path.name, name, known)
    counts = []
    with lake.reading():
        history = History.of(lake)
        for record in having:
            if not history.may_have_rows(record.table_name):
                continue
            lake.use(record)
            table = of_teams(record.rows(), teams)
            if protects(record):  # who of the agents answered at all is nobody's business
                table = table.filter(table.instrument.notin(ANONYMOUS).fill_null(True))
            value = dimension(table, name).cast("string")
            counts.append(table.group_by(value=value).aggregate(rows=table.count()))
        if not counts:
            return []
        told = ibis.union(*counts) if len(counts) > 1 else counts[0]
        told = told.group_by("value").aggregate(rows=told.rows.sum())
        told = told.order_by([told.rows.desc(), told.value.asc(nulls_first=False)]).limit(most)
        found = lake.connection.execute(sql(told)).fetchall()
    return [Value(value, int(rows)) for value, rows in found]


def own_dimensions(lake: Lake, record: type[Record]) -> list[str]:
    """Return the dimensions of the organisation's own that rows of a record have."""
    if not History.of(lake).may_have_rows(record.table_name):
        return []
    lake.use(record)
    table = record.rows()
    names = table.select(name=table.custom.keys().unnest()).distinct().order_by("name")
    return [CUSTOM + name for (name,) in lake.connection.execute(sql(names)).fetchall()]


def has(record: type[Record], name: str) -> bool:
    is_custom = name.startswith(CUSTOM) and "custom" in record.columns()
    return is_custom or name in record.dimensions()
