"""Put rows where the engine reads them: a lake with other settings and with tables of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from hearwell.engine import rollup_build
from hearwell.engine.ask import ask
from hearwell.engine.question import Asked, Question
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier, typed
from hearwell.metrics.catalog import METRICS
from hearwell.records import TABLES
from hearwell.settings import Settings

Row = Mapping[str, object]
RECEIVED = datetime(2026, 6, 1)  # naive UTC, as in the lake
DEFAULTS = {"source": "test", "received_at": RECEIVED}


def holding(lake: Lake, settings: Settings | None = None, **tables: Iterable[Row]) -> Lake:
    """Return the lake with these settings, whose records have only these rows.

    A row says what it knows; its source and when it was received need not be said.
    """
    asked = replace(lake, settings=settings or lake.settings, views=set())
    for name, record in TABLES.items():
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


def literal(value: object) -> str:  # noqa: PLR0911  one for each type
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


def cells(lake: Lake, metric: str, variant: str | None = None, **asked: object) -> list[dict]:
    """Ask for one metric of a lake with its own tables; return the cells of the answer."""
    return ask(lake, Question((named(metric, variant),), **asked)).cells()


def named(metric: str, variant: str | None = None) -> Asked:
    """Return a metric in one variant; without a name in its first."""
    known = METRICS[metric]
    return Asked(known, variant or next(iter(known.variants())))


def cell(lake: Lake, metric: str, variant: str | None = None, **asked: object) -> dict:
    """Ask for one number."""
    (only,) = cells(lake, metric, variant, **asked)
    return only


def utc(text: str) -> datetime:
    """Read an instant such as 2026-03-29 01:30, in UTC."""
    return datetime.fromisoformat(text)


def calls(*rows: Row, at: str = "2026-01-05 10:00") -> list[Row]:
    """Return answered inbound calls, each with what its row says otherwise."""
    usual = {"leg": 1, "entered_at": utc(at), "outcome": "answered", "direction": "inbound"}
    return [usual | {"call_id": str(i)} | dict(row) for i, row in enumerate(rows)]


def surveys(*rows: Row, at: str = "2026-01-05 10:00") -> list[Row]:
    """Return answered CSAT surveys on a scale of 1 to 5, each with what its row says otherwise."""
    usual = {
        "instrument": "csat",
        "status": "answered",
        "scale_low": 1,
        "scale_high": 5,
        "sent_at": utc(at),
        "answered_at": utc(at),
    }
    return [usual | {"survey_id": str(i)} | dict(row) for i, row in enumerate(rows)]


def rolled_up_alone(monkeypatch, tables):
    """Keep roll-ups and facts of these tables alone: those of all take most of the time."""
    every, dates = rollup_build.families, rollup_build.dates_of_facts
    monkeypatch.setattr(
        rollup_build,
        "families",
        lambda settings: [each for each in every(settings) if each.record.table_name in tables],
    )
    monkeypatch.setattr(
        rollup_build,
        "dates_of_facts",
        lambda: {fact: at for fact, at in dates().items() if fact.table_name in tables},
    )
