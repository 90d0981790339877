"""A mapping made ready for one file: each column of the record with the SQL that makes it."""

from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from datetime import datetime

import duckdb

from hearwell.clock.zone import UnknownZone, check_zone
from hearwell.lake.extensions import quoted
from hearwell.lake.tables import identifier
from hearwell.records.record import Record
from hearwell.sources.file import checks
from hearwell.sources.file.errors import (
    BadExpression,
    BadMapping,
    MissingColumn,
    UnknownRecordColumn,
)
from hearwell.sources.file.expression import Expression, expression
from hearwell.sources.file.mapping import Mapping
from hearwell.sources.file.session import NeededBy, Session
from hearwell.sources.file.table import Table
from hearwell.sources.file.target import Fault, Target, target

DEFAULTS = {("call", "leg"): "1", ("article_view", "views"): "1"}
"""What a column is where a mapping does not have it: a call that was never moved has one leg."""

LEFT_OUT = 0
"""The kind of a row that the mapping's `where` says is no record."""


@dataclass(frozen=True)
class Plan:
    """How each row of a relation becomes a row of a record, or is refused."""

    record: type[Record]
    source: str
    received_at: datetime
    relation: str
    columns: ReadOnly[str, str]  # of the relation
    has_faults: bool
    where: Expression | None
    expressions: dict[str, Expression]
    targets: dict[str, Target]
    checks: tuple[Fault, ...]
    zone_not_said: tuple[str, ...]  # instants of which nobody said the zone: the organisation's

    @property
    def can_be_ambiguous(self) -> list[str]:
        return [t.ambiguous for t in self.targets.values() if t.ambiguous]


def plan(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    relation: str,
    mapping: Mapping,
    session: Session,
) -> Plan:
    """Check a mapping against a file and a record, and make it ready.

    Raises:
        BadMapping: with the entry that is wrong and what to do.

    """
    record = mapping.target
    check_columns(mapping, session.needed_by)
    columns = table.columns if mapping.rows is None else described(connection, mapping, relation)
    expressions = {
        column: expression(column, text, ())
        for (of, column), text in DEFAULTS.items()
        if of == record.table_name
    }
    for name, entry in mapping.columns.items():
        place = mapping.place("columns", name)
        if isinstance(entry, str):
            expressions[name] = expression(place, entry, columns)
        else:
            parts = {
                part: expression(mapping.place("columns", name, part), text, columns)
                for part, text in entry.items()
            }
            expressions[name] = as_map(place, parts)
    where = None
    if mapping.where is not None:
        where = expression(mapping.place("where"), mapping.where, columns)
        if (dtype := gives(connection, columns, where)) != "BOOLEAN":
            raise BadExpression(where.place, where.sql, f"it gives {dtype}, not true or false")
    marks = record.columns()
    targets = {}
    for name, each in expressions.items():
        if each.zone is not None:
            known_zone(each.place, each.zone)
        made = target(
            name,
            marks[name],
            each,
            gives(connection, columns, each),
            replace(session, zone=mapping.zone or session.zone),
        )
        is_plain = bool(each.reads) and each.cannot_fail and mapping.rows is None
        targets[name] = made if table.may_have_nul or not is_plain else made.without_nul()
    of_the_organisation = tuple(
        t.name
        for t in targets.values()
        if t.local and mapping.zone is None and expressions[t.name].zone is None
    )
    return Plan(
        record,
        mapping.source,
        session.now,
        relation,
        columns,
        table.has_faults and mapping.rows is None,
        where,
        expressions,
        targets,
        tuple(checks.faults(record, targets, session.now)),
        of_the_organisation,
    )


def check_columns(mapping: Mapping, needed_by: NeededBy | None) -> None:
    """Refuse columns that the record does not have, and the lack of those that it needs."""
    record = mapping.target
    marks = record.columns()
    name = record.table_name
    for column, entry in mapping.columns.items():
        place = mapping.place("columns", column)
        if column == "source":
            raise BadMapping(place, 'the source is said once, as `source = "…"` above [columns]')
        if column not in marks:
            raise UnknownRecordColumn(place, name, column, [c for c in marks if c != "source"])
        if not isinstance(entry, str) and not marks[column].dtype.startswith("map"):
            raise BadMapping(place, "only a column that is a map has entries of its own")
    given = {"source", "received_at", *mapping.columns}
    given |= {column for of, column in DEFAULTS if of == name}
    for column, mark in marks.items():
        if mark.required and column not in given:
            metrics = needed_by(name, column) if needed_by else []
            raise MissingColumn(mapping.place("columns"), name, column, metrics)


def described(
    connection: duckdb.DuckDBPyConnection, mapping: Mapping, relation: str
) -> dict[str, str]:
    """Return the columns that the mapping's `rows` gives, with their types."""
    try:
        found = connection.execute(f"describe select * from {relation}").fetchall()
    except duckdb.Error as error:
        raise BadExpression(mapping.place("rows"), mapping.rows or "", told(error)) from error
    return {column: dtype for column, dtype, *_ in found}


def gives(
    connection: duckdb.DuckDBPyConnection, columns: ReadOnly[str, str], each: Expression
) -> str:
    """Return the type of what an expression gives, in DuckDB's words."""
    row = ", ".join(f"null::{dtype} as {identifier(name)}" for name, dtype in columns.items())
    try:
        found = connection.execute(
            f"describe select (\n{each.sql}\n) as v from (select {row})"
        ).fetchall()
    except duckdb.Error as error:
        raise BadExpression(each.place, each.sql, told(error)) from error
    return str(found[0][1])


def said(each: Expression) -> str:
    """Return the SQL of an expression; where it can fail for a row, as a struct that is then null.

    Only the struct tells a failure from a value that is null.
    """
    return f"({each.sql})" if each.cannot_fail else f"try(struct_pack(v := (\n{each.sql}\n)))"


def as_map(place: str, parts: ReadOnly[str, Expression]) -> Expression:
    """Return one expression for a map, without the entries that are not known."""
    entries = ", ".join(
        f"{{'k': {quoted(name)}, 'v': (\n{part.sql}\n)::varchar}}" for name, part in parts.items()
    )
    reads = tuple(dict.fromkeys(column for part in parts.values() for column in part.reads))
    known = f"map_from_entries(list_filter([{entries}], entry -> entry.v is not null))"
    return Expression(place, known, reads)


def known_zone(place: str, zone: str) -> None:
    try:
        check_zone(zone)
    except UnknownZone as error:
        raise BadMapping(place, str(error)) from error


def told(error: duckdb.Error) -> str:
    """Return what DuckDB says, without the query that it repeats."""
    said = str(error).split("\n\nLINE")[0].split("\nLINE")[0].strip()
    if isinstance(error, duckdb.ParserException):
        said += " (a column whose name is not a plain word goes in double quotes)"
    return said
