"""Put rows where the engine reads them: a lake with other settings and with tables of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier, typed
from hearwell.records import RECORDS
from hearwell.settings import Settings

Row = Mapping[str, object]
RECEIVED = datetime(2026, 6, 1)  # noqa: DTZ001  naive UTC, as in the lake
DEFAULTS = {"source": "test", "received_at": RECEIVED}


def holding(lake: Lake, settings: Settings | None = None, **tables: Iterable[Row]) -> Lake:
    """Return the lake with these settings, whose records have only these rows.

    A row says what it knows; its source and when it was received need not be said.
    """
    asked = replace(lake, settings=settings or lake.settings, views=set())
    for name in ("call", "survey", "case", "shift"):
        record = RECORDS[name]
        columns = typed(record)
        body = ", ".join(f"{identifier(column)} {dtype}" for column, dtype in columns.items())
        asked.connection.execute(f"create or replace temp table {identifier(name)} ({body})")
        rows = [DEFAULTS | dict(row) for row in tables.get(name, ())]
        if rows:
            values = ", ".join(
                f"({', '.join(literal(row.get(column)) for column in columns)})" for row in rows
            )
            asked.connection.execute(f"insert into temp.{identifier(name)} values {values}")
        asked.views.add(name)
    return asked


def literal(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value)
        case int() | float():
            return repr(float(value)) if isinstance(value, float) else str(value)
        case datetime():
            return f"timestamp '{value.isoformat(sep=' ')}'"
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            pairs = ", ".join(f"{literal(k)}: {literal(v)}" for k, v in value.items())
            return f"map {{{pairs}}}"
    text = str(value).replace("'", "''")
    return f"'{text}'"
