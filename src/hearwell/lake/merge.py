"""Bring a batch of rows into the lake by its natural key: all of it, and nothing twice."""

from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.tables import identifier
from hearwell.records.record import Record

BATCH = "batch"


@dataclass(frozen=True)
class Merged:
    """What became of the rows of one batch."""

    new: int
    changed: int
    unchanged: int
    doubled: int  # lost to another row of this batch with the same key
    doubled_differently: int  # keys whose rows in this batch disagreed
    stale: int  # older than what the lake has


def merge(lake: Lake, record: type[Record], staged: Path) -> Merged:
    """Bring the rows of a Parquet file into the lake; call it inside `lake.writing()`.

    Rows with a `_reason` are passed over. Of rows with the same key the one received last wins,
    and of those received together the one that stands last. A row that is already there in the
    same words is left alone, so that bringing a file in twice changes nothing. Columns that the
    file does not have keep their values.

    The file may be moved into the lake: when all of its rows are new it becomes one of its files.
    """
    run = lake.connection.execute
    names = [name for (name, *_) in run(f"describe from {parquet(staged)}").fetchall()]
    columns = [name for name in record.columns() if name in names]
    key = record.key()
    table = f"lake.{identifier(record.table_name)}"
    rows, refused, kinds = run(
        f"select count(*) filter ({kept(names)}), count(*), "
        f"count(distinct hash({listed(key)})) filter ({kept(names)}) from {parquet(staged)}"
    ).fetchall()[0]
    there = run(
        f"select count(*) from (select 1 from {table} where source in "
        f"(select distinct source from {parquet(staged)}) limit 1)"
    ).fetchall()[0][0]
    if rows == kinds and not there:
        if rows == refused:
            adopt(lake, record, staged)
        else:
            run(
                f"insert into {table} by name "
                f"select {listed(columns)} from {parquet(staged)} where {kept(names)}"
            )
        return Merged(rows, 0, 0, 0, 0, 0)
    doubled, differently = settle(lake, record, staged, names, columns)
    try:
        new, changed, unchanged, stale = compare(lake, record, columns)
        if new or changed:
            upsert(lake, record, columns)
    finally:
        run(f"drop table {BATCH}")
    return Merged(new, changed, unchanged, doubled, differently, stale)


def adopt(lake: Lake, record: type[Record], staged: Path) -> None:
    """Make the file itself one of the lake's, which saves writing it a second time."""
    folder = lake.path / "data" / "main" / record.table_name
    folder.mkdir(parents=True, exist_ok=True)
    home = folder / f"hearwell-{uuid4()}.parquet"
    staged.rename(home)
    try:
        lake.connection.execute(
            f"call ducklake_add_data_files('lake', {quoted(record.table_name)}, "
            f"{quoted(str(home))}, allow_missing => true, ignore_extra_columns => true)"
        )
    except BaseException:
        home.rename(staged)
        raise


def settle(
    lake: Lake, record: type[Record], staged: Path, names: list[str], columns: list[str]
) -> tuple[int, int]:
    """Keep one row for each key as table `batch`; return the rows and the disputes that ended."""
    run = lake.connection.execute
    key = listed(record.key())
    content = listed([name for name in columns if name != "received_at"])
    run(
        f"create or replace temp table {BATCH} as "
        f"select {listed(columns)}, count(*) over same as _rows, "
        f"min(hash({content})) over same != max(hash({content})) over same as _disputed "
        f"from read_parquet({quoted(str(staged))}, file_row_number = true) where {kept(names)} "
        f"window same as (partition by {key}) "
        f"qualify row_number() over "
        f"(partition by {key} order by received_at desc, file_row_number desc) = 1"
    )
    doubled, differently = run(
        f"select coalesce(sum(_rows - 1), 0), count(*) filter (_disputed) from {BATCH}"
    ).fetchall()[0]
    return int(doubled), int(differently)


def compare(lake: Lake, record: type[Record], columns: list[str]) -> tuple[int, int, int, int]:
    """Return how many rows of the batch are new, changed, unchanged and stale."""
    found = lake.connection.execute(
        f"select count(*), "
        f"count(*) filter (there.source is not null and {differs(columns)} "
        f"and fresh.received_at >= there.received_at), "
        f"count(*) filter (there.source is not null and not ({differs(columns)})), "
        f"count(*) filter (there.source is not null and {differs(columns)} "
        f"and fresh.received_at < there.received_at) "
        f"from {BATCH} as fresh left join lake.{identifier(record.table_name)} as there "
        f"on {matches(record)}"
    ).fetchall()[0]
    rows, changed, unchanged, stale = map(int, found)
    return rows - changed - unchanged - stale, changed, unchanged, stale


def upsert(lake: Lake, record: type[Record], columns: list[str]) -> None:
    updates = [name for name in columns if name not in record.key()]
    lake.connection.execute(
        f"merge into lake.{identifier(record.table_name)} as there using {BATCH} as fresh "
        f"on {matches(record)} "
        f"when matched and {differs(columns)} and fresh.received_at >= there.received_at "
        f"then update set {', '.join(f'{identifier(n)} = fresh.{identifier(n)}' for n in updates)} "
        f"when not matched then insert ({listed(columns)}) "
        f"values ({', '.join(f'fresh.{identifier(name)}' for name in columns)})"
    )


def matches(record: type[Record]) -> str:
    return " and ".join(
        f"there.{identifier(name)} = fresh.{identifier(name)}" for name in record.key()
    )


def differs(columns: list[str]) -> str:
    """Return SQL: is any of the columns different? When a row was received is not content."""
    compared = [identifier(name) for name in columns if name != "received_at"]
    return (
        "(" + " or ".join(f"there.{name} is distinct from fresh.{name}" for name in compared) + ")"
    )


def parquet(path: Path) -> str:
    return f"read_parquet({quoted(str(path))})"


def kept(names: list[str]) -> str:
    return "_reason is null" if "_reason" in names else "true"


def listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(identifier(name) for name in names)
