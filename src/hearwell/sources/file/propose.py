"""Propose a mapping for a file: from the names of its columns and a sample of their values."""

import json
import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from hearwell.lake.tables import identifier
from hearwell.records.record import Record
from hearwell.sources.file.errors import NoProposal
from hearwell.sources.file.guess import SAMPLE, Guess, Sampled, guess, written
from hearwell.sources.file.mapping import Mapping
from hearwell.sources.file.opened import open_file
from hearwell.sources.file.plan import DEFAULTS, plan
from hearwell.sources.file.refused import NOT_UTF8, errors_met
from hearwell.sources.file.sandbox import sandbox
from hearwell.sources.file.scale import scale
from hearwell.sources.file.session import Session
from hearwell.sources.file.staging import rows
from hearwell.sources.file.synonyms import names_of, parts
from hearwell.sources.file.table import Table
from hearwell.sources.file.unpack import Plain

ROWS = 1000
SHOWN_ROWS = 5
WORDS_ROWS = 100_000
"""Rows in which the different words of a category are looked for."""

KEY_LIKE = ("id", "pk", "key", "number", "no", "num", "uuid", "guid", "ref", "reference")

INTERNAL = ("_kind", "_reason", "_raw", "_ambiguous")


@dataclass(frozen=True)
class Proposal:
    """A mapping to agree to, and what it makes of the first rows."""

    text: str
    mapping: Mapping
    columns: list[str]
    rows: list[tuple[Any, ...]]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Draft:
    """What can be told of how a file becomes a record: all that must be there, or not yet."""

    text: str  # as TOML
    columns: tuple[str, ...]  # of the file
    rows: list[tuple[str | None, ...]]  # the first of the file
    chosen: ReadOnly[str, str]  # the record's column → the file's
    guesses: ReadOnly[str, Guess]
    where: str | None
    lacking: tuple[str, ...]  # what the record must have and nothing was found for
    notes: tuple[str, ...]


def propose(plain: Plain, record: type[Record], session: Session, folder: Path) -> Proposal:
    """Propose a mapping; nothing is written.

    Raises:
        NoProposal: no column of the file can be what the record must have.

    """
    table = open_file(plain, None, folder)
    with sandbox(folder, table.files) as connection:
        found = drafted(connection, plain, table, record, session)
        if found.lacking:
            raise NoProposal(
                plain.name, record.table_name, found.lacking, found.columns, found.text
            )
        mapping = Mapping.parse(found.text, "the proposed mapping")
        names, first, warnings = tried(connection, table, mapping, session)
    doubts = [each.doubt for each in found.guesses.values() if each.doubt]
    return Proposal(found.text, mapping, names, first, (*doubts, *warnings, *table.notes))


def draft(  # noqa: PLR0913  what, as what, and what was chosen already
    plain: Plain,
    record: type[Record],
    session: Session,
    folder: Path,
    *,
    reading: Mapping | None = None,
    chosen: ReadOnly[str, str] | None = None,
) -> Draft:
    """Tell what can be told of a file, also where that is not all that the record must have.

    Args:
        reading: how the file is to be read; its columns do not matter.
        chosen: the file's column for columns of the record; else they are found by their names.

    """
    table = open_file(plain, reading, folder)
    with sandbox(folder, table.files) as connection:
        return drafted(connection, plain, table, record, session, chosen)


def trial(
    plain: Plain, mapping: Mapping, session: Session, folder: Path
) -> tuple[list[str], list[tuple[Any, ...]], list[str]]:
    """Return what a mapping makes of the first rows, and what is to be said of the sample.

    Raises:
        BadMapping: with the entry that is wrong.

    """
    table = open_file(plain, mapping, folder)
    with sandbox(folder, table.files) as connection:
        sample(connection, table, session)
        return tried(connection, table, mapping, session)


def tried(
    connection: duckdb.DuckDBPyConnection, table: Table, mapping: Mapping, session: Session
) -> tuple[list[str], list[tuple[Any, ...]], list[str]]:
    met = errors_met(connection)
    ready = plan(connection, table, f"(from {SAMPLE})", mapping, session)
    names, first, told = preview(connection, mapping.target, rows(replace(ready, has_faults=False)))
    if NOT_UTF8 in met:
        told.append(
            "lines with bytes that are not UTF-8 are refused: say in the mapping what they are, "
            'such as `encoding = "windows-1252"`'
        )
    return names, first, told


def drafted(  # noqa: PLR0913, PLR0917  as `draft`, of a file that is open
    connection: duckdb.DuckDBPyConnection,
    plain: Plain,
    table: Table,
    record: type[Record],
    session: Session,
    chosen: ReadOnly[str, str] | None = None,
) -> Draft:
    sampled = sample(connection, table, session)
    if chosen is None:
        chosen = matched(record, list(table.columns))
    guesses = {
        name: guess(sampled, record.table_name, name, record.columns()[name], column)
        for name, column in chosen.items()
    }
    guesses |= completed(sampled, record, table, chosen, guesses)
    lacking = tuple(
        name
        for name, mark in record.columns().items()
        if mark.required
        and name not in {*guesses, "source", "received_at"}
        and (record.table_name, name) not in DEFAULTS
    )
    where = head_rows(sampled, table)
    text = written_out(plain.name, record, table, chosen, guesses, session, where)
    first = connection.execute(f"from {SAMPLE} limit {SHOWN_ROWS}").fetchall()
    columns = tuple(table.columns)
    return Draft(text, columns, first, chosen, guesses, where, lacking, table.notes)


def sample(connection: duckdb.DuckDBPyConnection, table: Table, session: Session) -> Sampled:
    """Take the first rows into a table, all as text; of the words of a column it has more rows."""
    columns = ", ".join(
        f"{identifier(name)}::varchar as {identifier(name)}" for name in table.columns
    )
    connection.execute(
        f"create temp table {SAMPLE} as select {columns} from {table.relation} limit {ROWS}"
    )
    return Sampled(connection, session.zone.startswith("America/"))


def matched(record: type[Record], columns: list[str]) -> dict[str, str]:
    """Return the file's column for each column of the record that one is found for.

    A column of the file is used once, where its name fits best; only what the record must have
    may use one again.
    """
    names = {column: parts(column)[0] for column in columns}
    marks = {name: mark for name, mark in record.columns().items() if name != "source"}
    ranked = sorted(
        (rank, not mark.required, place, name, column)
        for place, (name, mark) in enumerate(marks.items())
        for rank, synonym in enumerate(names_of(record.table_name, name))
        for column, known in names.items()
        if known == synonym
    )
    chosen: dict[str, str] = {}
    for _, _, _, name, column in ranked:
        if name not in chosen and column not in chosen.values():
            chosen[name] = column
    for _, is_optional, _, name, column in ranked:
        if name not in chosen and not is_optional:
            chosen[name] = column
    return {name: chosen[name] for name in marks if name in chosen}


def completed(
    sampled: Sampled,
    record: type[Record],
    table: Table,
    chosen: ReadOnly[str, str],
    guesses: ReadOnly[str, Guess],
) -> dict[str, Guess]:
    """Return what can be said of columns that no column of the file is for."""
    more: dict[str, Guess] = {}
    key = record.key()[1]
    if key not in guesses and key == f"{record.table_name}_id":
        numbered = key_like(sampled, table, chosen)
        if numbered:
            more[key] = Guess(written(numbered), "different in each row of the sample")
    if key not in {*guesses, *more} and key == f"{record.table_name}_id":
        listed = ", ".join(written(column) for column in table.columns)
        more[key] = Guess(
            f"md5(concat_ws('|', {listed}))",
            "no column looks like a key: equal rows are one row",
            "no column looks like a key, so that a row that changes will be a new one",
        )
    if record.table_name == "survey" and "answer" in guesses:
        more |= scale(sampled, chosen, guesses)
    return more


def key_like(sampled: Sampled, table: Table, chosen: ReadOnly[str, str]) -> str | None:
    """Return a column that nothing else uses, is named like a key and is one in the sample."""
    for column in table.columns:
        x = identifier(column)
        if column not in chosen.values() and parts(column)[0].endswith(KEY_LIKE):
            rows, different = sampled.connection.execute(
                f"select count(*), count(distinct {x}) from {SAMPLE}"
            ).fetchall()[0]
            if rows == different:
                return column
    return None


def head_rows(sampled: Sampled, table: Table) -> str | None:
    """Return a condition that leaves out the rows with questions that Qualtrics puts on top."""
    for column in table.columns:
        x = identifier(column)
        (found,) = sampled.connection.execute(
            f"select count(*) from {SAMPLE} where contains({x}, '{{\"ImportId\"') and rowid < 3"
        ).fetchall()[0]
        if found:
            first = sampled.connection.execute(
                f"select {x} from {SAMPLE} where rowid = 0"
            ).fetchall()[0][0]
            told = str(first).replace("'", "''")
            return f"not contains({written(column)}, 'ImportId') and {written(column)} <> '{told}'"
    return None


def preview(
    connection: duckdb.DuckDBPyConnection, record: type[Record], query: str
) -> tuple[list[str], list[tuple[Any, ...]], list[str]]:
    """Return the first mapped rows, and what is to be said of the whole sample."""
    key = f"({', '.join(identifier(name) for name in record.key())})"
    connection.execute(f"create temp table mapped as {query}")
    names = [name for name, *_ in connection.execute("describe mapped").fetchall()]
    names = [name for name in names if name not in {*INTERNAL, "received_at", "source"}]
    listed = ", ".join(identifier(name) for name in names)
    first = connection.execute(
        f"select {listed} from mapped where _kind is null limit {SHOWN_ROWS}"
    ).fetchall()
    refused, of, example, keys, kept = connection.execute(
        "select count(*) filter (_kind > 0), count(*), any_value(_reason) filter (_kind > 0), "
        f"count(distinct {key}) filter (_kind is null), count(*) filter (_kind is null) from mapped"
    ).fetchall()[0]
    told = []
    if refused:
        told.append(f"of the first {of:,} rows {refused:,} would be refused, such as: {example}")
    if keys < kept:
        told.append(
            f"of the first {of:,} rows {kept - keys:,} have the {', '.join(record.key()[1:])} of "
            "another, and of such rows one is kept: is that the right key?"
        )
    return names, first, told


def written_out(  # noqa: PLR0913, PLR0917
    name: str,
    record: type[Record],
    table: Table,
    chosen: ReadOnly[str, str],
    guesses: ReadOnly[str, Guess],
    session: Session,
    where: str | None,
) -> str:
    """Return the mapping as TOML with its comments."""
    lines = [
        f"# Proposed for {one_line(name)}: change what is not right, and import again.",
        f'record = "{record.table_name}"',
        f"source = {toml(source_of(name))}  # the same for every file of the system it comes from",
    ]
    marks = record.columns()
    if any(marks[column].role == "instant" for column in guesses):
        lines.append(f'zone = "{session.zone}"  # whose clock the times without an offset are from')
    if where:
        lines.append(f"where = {toml(where)}  # the rows with the questions are no answers")
    lines += ["", "[columns]"]
    for column in (column for column in marks if column in guesses):
        each = guesses[column]
        comment = f"  # {one_line(each.comment)}" if each.comment else ""
        lines.append(f"{column} = {toml(each.sql)}{comment}")
    unused = [column for column in table.columns if column not in chosen.values()]
    if unused:
        lines += ["", "# Not used: " + ", ".join(one_line(column) for column in unused)]
    return "\n".join(lines) + "\n"


def source_of(name: str) -> str:
    """Return a name for where a file comes from, without the date that exports carry."""
    stem = Path(name).name.split(".")[0].lower()
    plain = re.sub(r"[\W\d_]+", "-", stem).strip("-")
    return plain or "file"


def toml(text: str) -> str:
    """Return a text as a TOML string, without escapes where it can do without."""
    if '"' not in text and "\\" not in text and text.isprintable():
        return f'"{text}"'
    if "'" not in text and text.isprintable():
        return f"'{text}'"
    if "'''" not in text and text.isprintable() and not text.endswith("'"):
        return f"'''{text}'''"
    return json.dumps(text)


def one_line(text: str) -> str:
    return " ".join(text.split()) if text.isprintable() else " ".join(repr(text)[1:-1].split())
