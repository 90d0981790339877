"""The entries of a mapping as a form has them, and as the mapping they mean."""

import re
from collections.abc import Mapping as ReadOnly
from dataclasses import dataclass, field, replace
from typing import Any, Self

import tomlkit
from django.http import QueryDict

from hearwell.jobs.bring_in import Mapping
from hearwell.jobs.rehearse import DEFAULTS, Draft, source_of, written
from hearwell.records import RECORDS
from hearwell.records.record import Column, Record

FROM, SQL, OWN = "from.", "sql.", "own"
NOTHING, COLUMN, WORD, WRITTEN = "", "column:", "word:", "written"
"""Where a field is from: nowhere, a column of the file, one word for all rows, as is written."""

READING = ("encoding", "header", "delimiter", "sheet")
"""How the file is read, where that cannot be told."""

NOT_CHOSEN = ("source", "received_at")


@dataclass(frozen=True)
class Entry:
    """Where one field of the record is from."""

    origin: str = NOTHING
    sql: str = ""
    note: str = ""
    doubt: str = ""


@dataclass(frozen=True)
class Entries:
    """All that a mapping says."""

    record: str
    source: str
    zone: str
    where: str = ""
    reading: ReadOnly[str, str] = field(default_factory=dict)
    fields: ReadOnly[str, Entry] = field(default_factory=dict)
    own: tuple[str, ...] = ()  # columns of the file that are kept as dimensions of one's own

    @classmethod
    def drafted(
        cls, record: str, name: str, zone: str, draft: Draft, reading: ReadOnly[str, str]
    ) -> Self:
        fields = {
            column: Entry(
                COLUMN + draft.chosen[column] if column in draft.chosen else WRITTEN,
                guess.sql,
                guess.comment,
                guess.doubt,
            )
            for column, guess in draft.guesses.items()
        }
        where = draft.where or ""
        return cls(record, source_of(name), zone, where, reading, fields)

    @classmethod
    def posted(cls, post: QueryDict, record: str) -> Self:
        fields = {
            column: Entry(post.get(FROM + column, NOTHING), post.get(SQL + column, "").strip())
            for column in choosable(RECORDS[record])
        }
        return cls(
            record,
            post.get("source", "").strip(),
            post.get("zone", "").strip(),
            post.get("where", "").strip(),
            {name: text for name in READING if (text := post.get(name, "").strip())},
            fields,
            tuple(post.getlist(OWN)) if "custom" in RECORDS[record].columns() else (),
        )

    @classmethod
    def kept(cls, entries: dict[str, Any]) -> Self:
        """Read what `as_json` wrote."""
        fields = {name: Entry(**each) for name, each in entries["fields"].items()}
        return cls(**{**entries, "fields": fields, "own": tuple(entries["own"])})

    def as_json(self) -> dict[str, Any]:
        fields = {name: vars(each) for name, each in self.fields.items() if each.sql}
        return {**vars(self), "fields": fields, "own": list(self.own)}

    def settled(self, before: "Entries", draft: Draft) -> "Entries":
        """Return the entries with what follows from fields that are from elsewhere than before.

        Args:
            before: what the form showed.
            draft: made of the columns that are chosen now.

        """
        fields = {}
        for name, each in self.fields.items():
            old = before.fields.get(name, Entry())
            if each.origin == old.origin and each.sql == old.sql:
                fields[name] = old
            elif each.origin == NOTHING:
                fields[name] = Entry()
            elif each.origin.startswith(WORD):
                fields[name] = replace(
                    each, sql=constant(RECORDS[self.record].columns()[name], each)
                )
            elif each.origin.startswith(COLUMN) and each.origin != old.origin:
                guess = draft.guesses[name]
                fields[name] = Entry(each.origin, guess.sql, guess.comment, guess.doubt)
            else:
                fields[name] = replace(each, origin=WRITTEN if each.sql else NOTHING)
        return replace(self, fields=fields)

    @property
    def chosen(self) -> dict[str, str]:
        """The file's column for each field that is one."""
        return {
            name: each.origin.removeprefix(COLUMN)
            for name, each in self.fields.items()
            if each.origin.startswith(COLUMN)
        }

    @property
    def lacking(self) -> list[str]:
        """The fields that the record must have and that are from nowhere."""
        return [
            name
            for name, mark in choosable(RECORDS[self.record]).items()
            if mark.required
            and not self.fields.get(name, Entry()).sql
            and (self.record, name) not in DEFAULTS
        ]

    def options(self) -> dict[str, Any]:
        """Return how the file is read, as a mapping says it."""
        found: dict[str, Any] = dict(self.reading)
        header = found.get("header")
        if header:
            found["header"] = int(header) if header.isdigit() and header != "0" else False
        return found

    def mapping(self) -> Mapping:
        """Return the mapping.

        Raises:
            BadMapping: with the entry that is wrong.

        """
        return Mapping.parse(self.as_toml(), "the mapping")

    def as_toml(self) -> str:
        """Return the mapping as it stands in a file."""
        columns: dict[str, Any] = {n: each.sql for n, each in self.fields.items() if each.sql}
        if self.own:
            columns["custom"] = {dimension(column): written(column) for column in self.own}
        entries: dict[str, Any] = {"record": self.record, "source": self.source}
        entries |= {name: text for name in ("zone", "where") if (text := getattr(self, name))}
        return tomlkit.dumps({**entries, **self.options(), "columns": columns})

    def how_to_read(self) -> Mapping:
        """Return a mapping that says how the file is read, and nothing of its columns."""
        text = tomlkit.dumps({"record": self.record, **self.options(), "columns": {}})
        return Mapping.parse(text, "the mapping")


def choosable(record: type[Record]) -> dict[str, Column]:
    """Return the columns of a record that a file may fill."""
    marks = record.columns()
    return {
        name: mark
        for name, mark in marks.items()
        if name not in NOT_CHOSEN and not mark.dtype.startswith("map")
    }


def words(mark: Column) -> tuple[str, ...]:
    """Return what may be said of all rows at once."""
    return ("true", "false") if mark.dtype == "boolean" else mark.words


def constant(mark: Column, entry: Entry) -> str:
    word = entry.origin.removeprefix(WORD)
    if word not in words(mark):
        return entry.sql
    return word if mark.dtype == "boolean" else f"'{word}'"


def dimension(column: str) -> str:
    """Return the name under which a column of the file is a dimension of one's own."""
    return re.sub(r"\W+", "_", column.strip().lower()).strip("_") or "column"
