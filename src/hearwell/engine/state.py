"""What the lake keeps beside its records: from which state of it that was made, and by what rules.

What is kept is never used where a record has changed since of which it was made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Self

import duckdb

from hearwell.engine.changes import History
from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.records.record import Record
from hearwell.settings import Settings

STATE = "hearwell_rollup"
FORMULAS = ("metrics", "engine", "records", "clock")


@cache
def formulas() -> str:
    """Return a mark of all formulas: what was made by others is made anew."""
    mark, package = sha256(), Path(__file__).parents[1]
    for file in sorted(file for name in FORMULAS for file in (package / name).rglob("*.py")):
        mark.update(file.read_bytes())
    return mark.hexdigest()


def mark_of(settings: Settings, by: Iterable[str] = ()) -> str:
    """Return a mark of all that decides what is kept, besides the records.

    DuckDB's version is of it, as persons are told apart by its hashes.
    """
    made_by = f"{formulas()} {duckdb.__version__} {settings!r} {(*by,)}"
    return sha256(made_by.encode()).hexdigest()


@dataclass(frozen=True)
class State:
    """From which snapshot something was made, and what is in its tables."""

    snapshot: int
    layout: str


@dataclass(frozen=True)
class States:
    """How what is kept stands, as told by a table of the lake."""

    history: History
    told: Mapping[str, tuple[int, str, str]]  # name → snapshot, mark, layout

    @classmethod
    def read(cls, lake: Lake) -> Self:
        history = History.of(lake)
        if STATE not in history.tables:
            return cls(history, {})
        query = f"select name, snapshot, mark, layout from lake.{STATE}"
        told = {name: tuple(rest) for name, *rest in lake.connection.execute(query).fetchall()}
        return cls(history, told)

    def of(self, name: str, mark: str) -> State | None:
        """Return how a thing stands; None if there is none, or none by these rules."""
        snapshot, known, layout = self.told.get(name, (-1, "", ""))
        if not self.history.is_followed(snapshot) or known != mark:
            return None
        return State(snapshot, layout)

    def current(self, name: str, mark: str, sources: Iterable[type[Record]]) -> State | None:
        """Return how a thing stands if no record of which it was made has changed since."""
        state = self.of(name, mark)
        if state is None or self.changed_since(sources, state.snapshot):
            return None
        return state

    def changed_since(self, sources: Iterable[type[Record]], snapshot: int) -> bool:
        """Has a record of which something is made changed after a snapshot?"""
        return any(self.history.has_changed(each.table_name, snapshot) for each in sources)


def say(lake: Lake, name: str, snapshot: int, mark: str, layout: str) -> None:
    """Tell from which snapshot something was made."""
    run = lake.connection.execute
    run(
        f"create table if not exists lake.{STATE} "
        "(name varchar, snapshot bigint, mark varchar, layout varchar)"
    )
    run(f"delete from lake.{STATE} where name = {quoted(name)}")
    run(
        f"insert into lake.{STATE} values "
        f"({quoted(name)}, {snapshot}, {quoted(mark)}, {quoted(layout)})"
    )
