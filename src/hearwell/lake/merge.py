"""Bring a batch of rows into the lake by its natural key: all of it, and nothing twice."""

import errno
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from hearwell.lake.errors import RowsWithoutKey
from hearwell.lake.extensions import quoted
from hearwell.lake.folder import DATA
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier, typed
from hearwell.records.record import Record

REFUSED = "_reason"
ROW = "_row"
WINNERS, VERDICTS = "batch_winner", "batch_verdict"

MANY = 100_000
"""Rows of a batch worth a look at the lake's keys alone, and worth keeping their file as it is.

Below it the whole comparison takes as long as the look, and writing the rows again costs nothing.
"""


@dataclass(frozen=True)
class Merged:
    """What became of the rows of one batch."""

    new: int
    changed: int
    unchanged: int
    doubled: int  # lost to another row of this batch with the same key
    doubled_differently: int  # keys whose rows in this batch disagreed
    stale: int  # older than what the lake has


@dataclass(frozen=True)
class Batch:
    """The rows of one file for one record."""

    record: type[Record]
    path: Path
    types: Mapping[str, str]  # of all the file's columns, in DuckDB's words
    rows: int  # that are to be kept
    refused: int
    keys: int  # different ones, of the rows that are to be kept

    @property
    def columns(self) -> list[str]:
        """The record's columns that the file has."""
        return [name for name in self.record.columns() if name in self.types]

    @property
    def content(self) -> list[str]:
        """The columns that make a row another one; when it was received does not."""
        return [name for name in self.columns if name not in {"received_at", *self.record.key()}]

    @property
    def table(self) -> str:
        return f"lake.{identifier(self.record.table_name)}"

    @property
    def relation(self) -> str:
        """SQL for the rows to be kept, with the record's types and their number in the file."""
        wanted = typed(self.record)
        columns = ", ".join(
            f"{identifier(name)}::{wanted[name]} as {identifier(name)}" for name in self.columns
        )
        return (
            f"(select {columns}, file_row_number as {ROW} "
            f"from {parquet(self.path, 'file_row_number = true')} where {kept(self.types)})"
        )

    @property
    def can_be_adopted(self) -> bool:
        """Is the file one that the lake could have written?"""
        wanted = typed(self.record)
        return not self.refused and all(
            same_type(self.types[name], wanted[name]) for name in self.columns
        )


def merge(lake: Lake, record: type[Record], staged: Path) -> Merged:
    """Bring the rows of a Parquet file into the lake; call it inside `lake.writing()`.

    Rows with a `_reason` are passed over. Of rows with the same key the one received last wins,
    and of those received together the one that stands last. A row that is already there in the
    same words is left alone, so that bringing a file in twice changes nothing. Columns that the
    file does not have keep their values.

    The file may be moved into the lake: when all of its rows are new it becomes one of its files.

    Raises:
        RowsWithoutKey: a row could never be found again, so it would be brought in each time.

    """
    if not lake.in_transaction:
        fault = "merge() is all or nothing only inside lake.writing()"
        raise RuntimeError(fault)
    batch = look(lake, record, staged)
    if not batch.rows:
        return Merged(0, 0, 0, 0, 0, 0)
    is_doubled = batch.keys < batch.rows
    if not is_doubled and not is_known(lake, batch):
        bring_in(lake, batch)
        return Merged(batch.rows, 0, 0, 0, 0, 0)
    doubled, differently = settle(lake, batch) if is_doubled else (0, 0)
    found = compare(lake, batch, is_doubled=is_doubled)
    if found["changed"]:
        change(lake, batch)
    if found["new"]:
        insert(lake, batch, where=decided("new"))
    for table in (WINNERS, VERDICTS):
        lake.connection.execute(f"drop table if exists {table}")
    return Merged(
        found["new"], found["changed"], found["unchanged"], doubled, differently, found["stale"]
    )


def look(lake: Lake, record: type[Record], staged: Path) -> Batch:
    """Learn what a file has, in one pass over its keys."""
    run = lake.connection.execute
    described = run(f"describe from {parquet(staged)}").fetchall()
    types = {name: dtype for name, dtype, *_ in described}
    needed = (*record.key(), "received_at")
    absent = " or ".join(
        f"{identifier(name)} is null" if name in types else "true" for name in needed
    )
    keys = listed([name for name in record.key() if name in types])
    every, rows, distinct, lacking = run(
        f"select count(*), count(*) filter (fit), "
        f"count(distinct keys) filter (fit), count(*) filter (fit and absent) "
        f"from (select {kept(types)} as fit, {absent} as absent, hash({keys}) as keys "
        f"from {parquet(staged)})"
    ).fetchall()[0]
    if lacking:
        raise RowsWithoutKey(record.table_name, lacking, needed)
    return Batch(record, staged, types, rows, every - rows, distinct)


def is_known(lake: Lake, batch: Batch) -> bool:
    """Can any of the rows be in the lake already?"""
    run = lake.connection.execute
    source = f"select distinct source from {batch.relation}"
    if not run(f"select 1 from {batch.table} where source in ({source}) limit 1").fetchall():
        return False
    if batch.rows < MANY:
        return True
    keys = f"select {listed(batch.record.key())} from {batch.relation}"
    found = run(
        f"select 1 from {batch.table} as there semi join ({keys}) as fresh "
        f"on {matches(batch)} limit 1"
    )
    return bool(found.fetchall())


def bring_in(lake: Lake, batch: Batch) -> None:
    """Add rows that are all new; a large file as it is, which saves writing it a second time."""
    if batch.rows >= MANY and batch.can_be_adopted:
        try:
            adopt(lake, batch)
        except OSError as error:
            if error.errno != errno.EXDEV:  # staged on another disk than the data
                raise
        else:
            return
    insert(lake, batch)


def adopt(lake: Lake, batch: Batch) -> None:
    """Make the file itself one of the lake's. If the transaction fails, the lake removes it."""
    name = batch.record.table_name
    folder = lake.path / DATA / "main" / name
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / f"hearwell-{uuid4()}.parquet"
    batch.path.rename(home)
    lake.moved_in.append(home)
    lake.connection.execute(
        f"call ducklake_add_data_files('lake', {quoted(name)}, {quoted(str(home))}, "
        f"allow_missing => true, ignore_extra_columns => true)"
    )


def insert(lake: Lake, batch: Batch, where: str = "true") -> None:
    lake.connection.execute(
        f"insert into {batch.table} by name "
        f"select {listed(batch.columns)} from {batch.relation} where {where}"
    )


def settle(lake: Lake, batch: Batch) -> tuple[int, int]:
    """Choose one row for each key; return how many lost, and for how many keys rows disagreed."""
    run = lake.connection.execute
    keys = listed(batch.record.key())
    run(
        f"create or replace temp table {WINNERS} as "
        f"select max({{'at': received_at, 'row': {ROW}}}).row as {ROW}, "
        f"min(words) != max(words) as disputed "
        f"from (select {keys}, received_at, {ROW}, {fingerprint(batch)} as words "
        f"from {batch.relation}) group by {keys}"
    )
    chosen, disputed = run(
        f"select count(*), count(*) filter (disputed) from {WINNERS}"
    ).fetchall()[0]
    return batch.rows - chosen, disputed


def compare(lake: Lake, batch: Batch, *, is_doubled: bool) -> dict[str, int]:
    """Decide what each row is to the lake, as table `batch_verdict`; return how many of each."""
    run = lake.connection.execute
    chosen = f"where {ROW} in (select {ROW} from {WINNERS})" if is_doubled else ""
    verdicts = ("new", "changed", "unchanged", "stale")
    kinds = ", ".join(quoted(verdict) for verdict in verdicts)
    run(
        f"create or replace temp table {VERDICTS} as "
        f"select fresh.{ROW}, (case when there.source is null then 'new' "
        f"when not ({differs(batch)}) then 'unchanged' "
        f"when fresh.received_at >= there.received_at then 'changed' else 'stale' end"
        f")::enum({kinds}) as verdict "
        f"from (from {batch.relation} {chosen}) as fresh "
        f"left join {batch.table} as there on {matches(batch)}"
    )
    counted = run(f"select verdict::varchar, count(*) from {VERDICTS} group by all").fetchall()
    return dict.fromkeys(verdicts, 0) | dict(counted)


def change(lake: Lake, batch: Batch) -> None:
    """Give rows that are there their new words."""
    updates = ", ".join(
        f"{identifier(name)} = fresh.{identifier(name)}" for name in ("received_at", *batch.content)
    )
    lake.connection.execute(
        f"merge into {batch.table} as there "
        f"using (from {batch.relation} where {decided('changed')}) as fresh "
        f"on {matches(batch)} when matched then update set {updates}"
    )


def decided(verdict: str) -> str:
    return f"{ROW} in (select {ROW} from {VERDICTS} where verdict = {quoted(verdict)})"


def matches(batch: Batch) -> str:
    return " and ".join(
        f"there.{identifier(name)} = fresh.{identifier(name)}" for name in batch.record.key()
    )


def differs(batch: Batch) -> str:
    """Return SQL: does any of the columns have other content?"""
    return (
        " or ".join(
            f"there.{name} is distinct from fresh.{name}" for name in map(identifier, batch.content)
        )
        or "false"
    )


def fingerprint(batch: Batch) -> str:
    return f"hash({listed(batch.content)})" if batch.content else "0"


def parquet(path: Path, options: str = "") -> str:
    """Return SQL that reads one file, also where its name has the signs of a pattern."""
    literal = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
    return f"read_parquet({quoted(literal)}{', ' if options else ''}{options})"


def kept(names: Collection[str]) -> str:
    return f"{REFUSED} is null" if REFUSED in names else "true"


def listed(names: Collection[str]) -> str:
    return ", ".join(identifier(name) for name in names)


def same_type(one: str, other: str) -> bool:
    return one.lower().replace(" ", "") == other.lower().replace(" ", "")
