"""Bring a simulated company into the lake: all of its records in one transaction."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from hearwell.errors import HearwellError, WrongUse
from hearwell.lake.extensions import quoted
from hearwell.lake.identity import hashed
from hearwell.lake.lake import Lake
from hearwell.lake.merge import Merged, merge
from hearwell.lake.tables import identifier, typed
from hearwell.records import RECORDS
from hearwell.records.record import Record
from hearwell.simulator.column import (
    Array,
    Cents,
    Column,
    Counts,
    Either,
    Figures,
    Flags,
    Identifiers,
    Instants,
    People,
    Same,
    Table,
    Words,
    rows_of,
)
from hearwell.simulator.company import Company
from hearwell.simulator.effects import EFFECTS
from hearwell.simulator.simulation import TABLES, Simulation

__all__ = ["EFFECTS", "Simulated", "simulate"]

UNTIL = "2026-06-30"
"""The last day of the simulated period if no other is asked for: the same rows at any time."""

DAYS = 365
FEWEST_DAYS = 14
ARRAYS = "simulated_arrays"
MICROSECONDS = 1_000_000
DRAWN, STAGED = 0.3, 0.85
"""How much of the work is done once everything is drawn, and once it is staged."""

PARQUET = "format parquet, parquet_version v2, compression zstd, compression_level 1"


class CannotSimulate(WrongUse):
    def __init__(self, fault: str) -> None:
        super().__init__(f"Nothing was simulated: {fault}.")


class OtherCompany(HearwellError):
    def __init__(self, source: str, record: str) -> None:
        super().__init__(
            f"The lake holds another company as {source}, of another size, period or effects "
            f"(its rows of {record} differ). Nothing was changed. Take another --seed, or another "
            "lake."
        )


@dataclass(frozen=True)
class Simulated:
    """What became of a simulation."""

    source: str
    begins: date
    until: date
    rows: dict[str, int]  # by record
    merged: dict[str, Merged]
    truth: dict[str, Any]
    seconds: float

    @property
    def rows_per_second(self) -> float:
        return sum(self.rows.values()) / self.seconds if self.seconds else 0.0


def simulate(  # noqa: PLR0913  how large, how long, what is planted, and where to
    lake: Lake,
    size: int,
    seed: int,
    *,
    days: int = DAYS,
    until: str = UNTIL,
    effects: Sequence[str] = (),
    only: Sequence[str] = (),
    truth_file: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> Simulated:
    """Simulate a company and bring its records into the lake.

    Doing it again changes nothing. Every row says in `source` that it is simulated.

    Args:
        only: bring in these records alone, such as those of which there is nothing real.

    Raises:
        CannotSimulate, OtherCompany.

    """
    last = last_day(until)
    check(size, seed, days, effects, only)
    began = monotonic()
    told = progress or (lambda _: None)
    company = Company(size, seed, days, last, tuple(effects))
    simulation = Simulation(company, lambda done: told(done * DRAWN))
    rows: dict[str, int] = {}
    merged: dict[str, Merged] = {}
    lake.connection.execute("set enable_progress_bar_print = false")  # the caller has one
    with lake.staging() as folder:
        for number, (name, table) in enumerate(simulation.tables()):
            if only and name not in only:
                continue
            rows[name] = stage(lake, company, RECORDS[name], table, folder / f"{name}.parquet")
            told(DRAWN + (STAGED - DRAWN) * (number + 1) / TABLES)
        with lake.writing(f"simulate {size} customers as {company.source}"):
            for number, name in enumerate(rows):
                merged[name] = merge(lake, RECORDS[name], folder / f"{name}.parquet")
                refuse_other(lake, company, name, rows[name], merged[name])
                told(STAGED + (1 - STAGED) * (number + 1) / TABLES)
    true = {**simulation.truth(), "rows": rows}
    if truth_file:
        truth_file.write_text(json.dumps(true, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return Simulated(
        company.source, company.begins.date(), last, rows, merged, true, monotonic() - began
    )


def last_day(until: str) -> date:
    """Return the last day of the period, which must be over: nothing is simulated ahead."""
    try:
        found = date.fromisoformat(until)
    except ValueError:
        fault = f"--until {until!r} is no day, such as {UNTIL}"
        raise CannotSimulate(fault) from None
    if found >= datetime.now(UTC).date():
        fault = f"--until {until} is not over yet, and nothing is simulated in the future"
        raise CannotSimulate(fault)
    return found


def check(size: int, seed: int, days: int, effects: Sequence[str], only: Sequence[str]) -> None:
    unknown = [name for name in effects if name not in EFFECTS]
    if unknown:
        known = ", ".join(EFFECTS)
        fault = f"--effect knows no {unknown[0]!r}; it takes {known}"
        raise CannotSimulate(fault)
    strange = [name for name in only if name not in RECORDS]
    if strange:
        fault = f"--only knows no record {strange[0]!r}; it takes {', '.join(RECORDS)}"
        raise CannotSimulate(fault)
    if size < 1 or seed < 0:
        fault = "--size is at least 1, and --seed at least 0"
        raise CannotSimulate(fault)
    if days < FEWEST_DAYS:
        fault = f"--days is at least {FEWEST_DAYS}, because customers come back within a week"
        raise CannotSimulate(fault)


def stage(lake: Lake, company: Company, record: type[Record], table: Table, target: Path) -> int:
    """Write a table as Parquet; return how many rows it has. DuckDB makes the text."""
    arrays: dict[str, Array] = {}
    wanted = typed(record)
    rows = rows_of(table)
    received = f"timestamp '{company.ends:%Y-%m-%d %H:%M:%S}'"
    columns = [f"{quoted(company.source)} as source", f"{received} as received_at"]
    for name, column in table.items():
        key = lake.identity_key
        made = Writer(company, key, arrays).sql(name, column)
        columns.append(f"({made})::{wanted[name]} as {identifier(name)}")
    lake.connection.register(ARRAYS, arrays)
    try:
        lake.connection.execute(
            f"copy (select {', '.join(columns)} from {ARRAYS}) to {quoted(str(target))} ({PARQUET})"
        )
    finally:
        lake.connection.unregister(ARRAYS)
    return rows


class Writer:
    """Turns columns into arrays that DuckDB reads, and SQL that makes text of them."""

    def __init__(self, company: Company, identity_key: str, arrays: dict[str, Array]) -> None:
        self.company = company
        self.key = identity_key
        self.arrays = arrays

    def given(self, name: str, array: Array) -> str:
        self.arrays[name] = np.ascontiguousarray(array)
        return identifier(name)

    def sql(self, name: str, column: Column) -> str:  # noqa: C901, PLR0911  one for each kind
        """Return SQL for a column; what it needs is put among the arrays."""
        match column:
            case Either(first=first, second=second):
                return f"coalesce({self.sql(name, first)}, {self.sql(f'{name}_else', second)})"
            case Same(text=text):
                return quoted(text)
            case Words(codes=codes, words=words):
                known = ", ".join(quoted(word) for word in words)
                return f"([{known}])[{self.given(name, codes.astype(np.int32))} + 1]"
            case Identifiers(prefix=prefix, numbers=numbers):
                return self.numbered(prefix, self.given(name, numbers))
            case People(prefix=prefix, numbers=numbers):
                plain = f"{self.company.source}:{prefix}"
                return hashed(self.numbered(plain, self.given(name, numbers)), self.key)
            case Instants(seconds=seconds):
                return self.instant(name, seconds)
            case Figures(values=values):
                given = self.given(name, values.astype(np.float64))
                return f"case when not isnan({given}) then {given} end"
            case Counts(values=values):
                given = self.given(name, values)
                return f"case when {given} >= 0 then {given} end"
            case Cents(values=values):
                given = self.given(name, values)
                return f"case when {given} >= 0 then {given}::decimal(18, 4) / 100 end"
            case Flags(values=values, known=known_rows):
                shown = values.astype(np.int8)
                shown = shown if known_rows is None else np.where(known_rows, shown, -1)
                given = self.given(name, shown)
                return f"case when {given} >= 0 then {given} = 1 end"

    def numbered(self, prefix: str, given: str) -> str:
        return f"case when {given} >= 0 then {quoted(prefix)} || {given} end"

    def instant(self, name: str, seconds: Array) -> str:
        """Return SQL for an instant; null is told by the least number there is."""
        begins = int(self.company.begins.timestamp()) * MICROSECONDS
        unknown = np.iinfo(np.int64).min
        known = np.isfinite(seconds)
        micros = np.rint(np.where(known, seconds, 0.0) * MICROSECONDS).astype(np.int64) + begins
        given = self.given(name, np.where(known, micros, unknown))
        return f"case when {given} <> {unknown} then make_timestamp({given}) end"


def refuse_other(lake: Lake, company: Company, name: str, rows: int, merged: Merged) -> None:
    """Refuse to mix two companies that would go by one name."""
    found = lake.connection.execute(
        f"select count(*) from lake.{identifier(name)} where source = {quoted(company.source)}"
    ).fetchall()
    if merged.changed or merged.stale or merged.doubled or found[0][0] != rows:
        raise OtherCompany(company.source, name)
