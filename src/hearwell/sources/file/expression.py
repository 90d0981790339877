"""SQL from a mapping: what it may be, and what it reads.

DuckDB runs it with files and network off (`sandbox.py`), which is what keeps a mapping from
reading anything. Looking at it first gives errors that say where and what to do, and keeps out
what would work but be wrong: a subquery, a function that differs at each call.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hearwell.lake.tables import identifier
from hearwell.sources.file.errors import BadExpression, UnknownSourceColumn, UnsafeExpression

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Tree

FILE = "file"
"""The only table there is."""

UNSTABLE = {
    "current_connection_id",
    "current_date",
    "current_localtime",
    "current_localtimestamp",
    "current_query_id",
    "current_time",
    "current_timestamp",
    "current_transaction_id",
    "currval",
    "gen_random_uuid",
    "get_current_time",
    "get_current_timestamp",
    "localtime",
    "localtimestamp",
    "nextval",
    "now",
    "random",
    "setseed",
    "sleep_ms",
    "stats",
    "today",
    "transaction_timestamp",
    "txid_current",
    "uuid",
    "uuidv4",
    "uuidv7",
}
"""Functions that give something else at each import, so that importing twice would change rows."""

SECRET = {
    "current_catalog",
    "current_database",
    "current_query",
    "current_role",
    "current_schema",
    "current_schemas",
    "current_setting",
    "current_user",
    "getenv",
    "getvariable",
    "glob",
    "in_search_path",
    "query",
    "query_table",
    "session_user",
    "user",
    "version",
    "write_log",
}
"""Functions that tell of the session, such as the query with the key for customers' identifiers."""

SECRET_PREFIXES = ("read_", "duckdb_", "pragma_", "pg_", "sniff_", "parquet_")

CALLED = re.compile(r"(\w+)\s*\(")
WITH_ZONE = re.compile(r"(?is)^(?P<local>.*\S)\s+at\s+time\s+zone\s+'(?P<zone>[^']+)'\s*$")


@dataclass(frozen=True)
class Expression:
    """One scalar expression over the columns of the file."""

    place: str
    sql: str
    reads: tuple[str, ...]  # columns of the file, as the file calls them
    zone: str | None = None  # what stood behind AT TIME ZONE around all of it

    @property
    def cannot_fail(self) -> bool:
        """A column itself, or a constant."""
        return not self.reads or self.sql == identifier(self.reads[0])


def expression(place: str, text: str, columns: Collection[str]) -> Expression:
    """Check an expression.

    Raises:
        BadExpression: it is not one scalar expression.
        UnsafeExpression: it reads what is not in the row.
        UnknownSourceColumn: it reads a column that the file does not have.

    """
    from sqlglot import exp  # noqa: PLC0415  start-up time

    named = {name.casefold(): name for name in columns}.get(text.strip().casefold())
    if named is not None:  # whatever SQL would make of it: `end`, `Call started`
        return Expression(place, identifier(named), (named,))
    tree = parsed(place, text, f"select (\n{text}\n)")
    if not isinstance(tree, exp.Select) or set(given(tree)) != {"expressions"}:
        raise BadExpression(place, text, "it must be one SQL expression")
    inner = tree.expressions[0]
    if len(tree.expressions) != 1 or not isinstance(inner, exp.Paren):
        if isinstance(inner, exp.Subquery):
            raise UnsafeExpression(place, "a subquery")
        raise BadExpression(place, text, "it must be one SQL expression")
    refuse(place, inner)
    for kind, what in {
        exp.Window: "a window function (use `rows` for what goes over several rows)",
        exp.AggFunc: "an aggregate (use `rows` for what goes over several rows)",
    }.items():
        if inner.find(kind):
            raise UnsafeExpression(place, what)
    reads = columns_read(place, inner, columns)
    found = WITH_ZONE.match(text) if isinstance(inner.this, exp.AtTimeZone) else None
    if found:
        return Expression(place, found["local"], reads, found["zone"])
    return Expression(place, text.strip(), reads)


def select(place: str, text: str) -> str:
    """Check the SELECT that puts records together from several rows of the file, and return it.

    Raises:
        BadExpression: it is not one SELECT.
        UnsafeExpression: it reads something else than `file`.

    """
    from sqlglot import exp  # noqa: PLC0415

    body = text.strip().rstrip(";")
    tree = parsed(place, body, body)
    if not isinstance(tree, exp.Query):
        raise BadExpression(place, text, "it must be one SELECT from `file`")
    refuse(place, tree, but=(exp.Query, exp.Table, exp.Star))
    own = {FILE} | {cte.alias_or_name.casefold() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        name = table.name.casefold()
        if not isinstance(table.this, exp.Identifier) or table.db or table.catalog:
            raise UnsafeExpression(place, f"`{table.sql('duckdb')[:60]}`")
        if name not in own:
            raise UnsafeExpression(
                place, f"the table {table.name!r} (a mapping's only table is `{FILE}`)"
            )
    return body


def parsed(place: str, text: str, whole: str) -> "Tree":
    import sqlglot  # noqa: PLC0415
    from sqlglot import exp  # noqa: PLC0415
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    try:
        trees = sqlglot.parse(whole, read="duckdb")
    except SqlglotError as error:
        told = re.sub(r"\x1b\[\d*m", "", str(error)).splitlines()[0]
        raise BadExpression(place, text, f"it is not SQL ({told})") from error
    if len(trees) != 1 or trees[0] is None or isinstance(trees[0], exp.Command):
        raise BadExpression(place, text, "it must be one statement")
    return trees[0]


def refuse(place: str, tree: "Tree", but: tuple[type, ...] = ()) -> None:
    """Refuse what reads anything besides the rows of the file, or differs from call to call."""
    from sqlglot import exp  # noqa: PLC0415

    forbidden: dict[type[Tree], str] = {
        exp.Query: "a subquery",
        exp.Table: "a table",
        exp.Star: "`*`",
        exp.Columns: "COLUMNS()",
        exp.Placeholder: "a parameter",
        exp.Parameter: "a parameter",
        exp.SessionParameter: "a setting",
        exp.DDL: "a statement",
        exp.DML: "a statement",
        exp.Command: "a statement",
    }
    for kind, what in forbidden.items():
        for node in tree.find_all(kind):
            if not isinstance(node, but):
                raise UnsafeExpression(place, what)
    for name in functions(tree):
        if name in UNSTABLE:
            raise UnsafeExpression(place, f"{name}(), which is something else at each import,")
        if name in SECRET or name.startswith(SECRET_PREFIXES):
            raise UnsafeExpression(place, f"{name}()")


def functions(tree: "Tree") -> Iterator[str]:
    """Return the names of all functions, both as written and as sqlglot knows them."""
    from sqlglot import exp  # noqa: PLC0415

    for node in tree.find_all(exp.Func):
        if isinstance(node, exp.Anonymous):
            yield node.name.casefold()
        else:
            yield from (name.casefold() for name in node.sql_names())
        written = CALLED.match(node.sql("duckdb"))
        if written:
            yield written[1].casefold()
    for column in tree.find_all(exp.Column):
        if not column.table and not column.this.args.get("quoted"):
            name = column.name.casefold()
            if name in {"current_user", "session_user", "current_role", "current_catalog"}:
                yield name


def columns_read(place: str, tree: "Tree", columns: Collection[str]) -> tuple[str, ...]:
    from sqlglot import exp  # noqa: PLC0415

    known = {name.casefold(): name for name in columns}
    own = {
        name.name.casefold()
        for lambda_ in tree.find_all(exp.Lambda)
        for name in lambda_.expressions
    }
    own |= {
        part.name.casefold()
        for loop in tree.find_all(exp.Comprehension)
        for part in (loop.args.get("expression"),)
        if part is not None
    }
    reads: list[str] = []
    for column in tree.find_all(exp.Column):
        first = column.parts[0].name
        if first.casefold() in known:
            reads.append(known[first.casefold()])
        elif first.casefold() not in own:
            quoted = bool(column.parts[0].args.get("quoted"))
            raise UnknownSourceColumn(place, first, columns, quoted=quoted)
    return tuple(dict.fromkeys(reads))


def given(tree: "Tree") -> list[str]:
    return [name for name, value in tree.args.items() if value not in (None, [], False)]
