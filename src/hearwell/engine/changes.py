"""What changed in the lake since a state of it: by what its own catalog tells.

The catalog names for each snapshot the tables that were written to. Only of those are the rows
asked that came, changed or went, which takes longer by far.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Self

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake

WRITTEN_TO = re.compile(r":(\d+)")
"""What a snapshot did, such as `inserted_into_table:3,inlined_delete:3`, names tables by number."""

TABLES = """
select t.table_name, t.table_id, s.table_id is null
from __ducklake_metadata_lake.ducklake_table as t
left join __ducklake_metadata_lake.ducklake_table_stats as s using (table_id)
where t.begin_snapshot <= {now} and (t.end_snapshot is null or t.end_snapshot > {now})
"""
SNAPSHOTS = """
select s.snapshot_id, c.changes_made
from __ducklake_metadata_lake.ducklake_snapshot as s
left join __ducklake_metadata_lake.ducklake_snapshot_changes as c using (snapshot_id)
where s.snapshot_id <= {now}
"""


@dataclass(frozen=True)
class History:
    """The tables of a lake in the state that is read, and the snapshots that led to it.

    Attributes:
        tables: their numbers.
        unwritten: those that never had a row; DuckLake 1.0 takes 5 ms a column to plan to read one
            (duckdb/ducklake#1313).
        written_to: for each snapshot the numbers of the tables.
        known: what has changed since when.

    """

    lake: Lake
    now: int
    tables: Mapping[str, int]
    unwritten: frozenset[str]
    written_to: Mapping[int, Collection[int]]
    known: dict[tuple[str, int], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, lake: Lake) -> Self:
        run, now = lake.connection.execute, lake.snapshot
        tables = run(TABLES.format(now=now)).fetchall()
        snapshots = run(SNAPSHOTS.format(now=now)).fetchall()
        written_to = {
            number: frozenset(map(int, WRITTEN_TO.findall(did or ""))) for number, did in snapshots
        }
        numbers = {name: number for name, number, _ in tables}
        unwritten = frozenset(name for name, _, is_unwritten in tables if is_unwritten)
        return cls(lake, now, numbers, unwritten, written_to)

    def is_followed(self, since: int) -> bool:
        """Can what changed since be told? What was forgotten by a checkpoint cannot."""
        return min(self.written_to) <= since <= self.now

    def may_have_rows(self, table: str) -> bool:
        """Is it worth planning to read a table? What was made readable before is taken to be."""
        return table in self.lake.views or table not in self.unwritten

    def has_changed(self, table: str, since: int) -> bool:
        """Are there rows of a table that came, changed or went after a snapshot?"""
        number = self.tables.get(table)
        later = (did for each, did in self.written_to.items() if each > since)
        if not any(number in did for did in later):
            return False
        if (table, since) not in self.known:
            query = f"select 1 from {changes(table, since, self.now)} limit 1"
            self.known[table, since] = bool(self.lake.connection.execute(query).fetchall())
        return self.known[table, since]


def changes(table: str, since: int, now: int) -> str:
    """Return what to read for the rows of a table that came, changed or went since a snapshot."""
    return f"lake.table_changes({quoted(table)}, {since + 1}, {now})"
