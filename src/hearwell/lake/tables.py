"""The tables of the lake: made from the records, and widened when a record gains a column."""

from collections.abc import Mapping

import duckdb

from hearwell.records import RECORDS
from hearwell.records.record import Record

TYPES = {
    "string": "varchar",
    "int64": "bigint",
    "float64": "double",
    "boolean": "boolean",
    "timestamp": "timestamp",
    "date": "date",
    "array<string>": "varchar[]",
    "array<float64>": "double[]",
    "map<string, string>": "map(varchar, varchar)",
    "decimal(18, 4)": "decimal(18,4)",
}

Columns = Mapping[str, Mapping[str, str]]  # table → column → DuckDB type


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def typed(record: type[Record]) -> dict[str, str]:
    """Return the DuckDB type of each column."""
    return {name: TYPES[column.dtype] for name, column in record.columns().items()}


def existing(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, str]]:
    """Return the tables that the attached lake has, as of the snapshot it is attached at."""
    found: dict[str, dict[str, str]] = {}
    for table, column, dtype in connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where database_name = 'lake' and schema_name = 'main' order by table_name, column_index"
    ).fetchall():
        found.setdefault(table, {})[column] = dtype
    return found


def migrate(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Make missing tables and add missing columns; return what was done. Never takes away."""
    there, done = existing(connection), []
    for table, record in RECORDS.items():
        wanted = typed(record)
        if table not in there:
            body = ", ".join(f"{identifier(name)} {dtype}" for name, dtype in wanted.items())
            connection.execute(f"create table lake.{identifier(table)} ({body})")
            done.append(f"table {table}")
            continue
        for name in wanted.keys() - there[table].keys():
            connection.execute(
                f"alter table lake.{identifier(table)} add column {identifier(name)} {wanted[name]}"
            )
            done.append(f"column {table}.{name}")
    return done


def view(record: type[Record], there: Columns) -> str:
    """Return the SQL of a view with all columns of the record: null where the lake has none yet."""
    table = record.table_name
    columns = there.get(table, {})
    parts = [
        identifier(name) if name in columns else f"null::{dtype} as {identifier(name)}"
        for name, dtype in typed(record).items()
    ]
    origin = f"from lake.{identifier(table)}" if table in there else "where false"
    return f"create or replace temp view {identifier(table)} as select {', '.join(parts)} {origin}"
