"""Rows that somebody enters by hand, one at a time: events, and figures of others."""

from collections.abc import Mapping
from typing import Any

from hearwell.lake.extensions import quoted
from hearwell.lake.lake import Lake
from hearwell.lake.merge import Merged, merge
from hearwell.lake.tables import identifier, typed
from hearwell.records.record import Record

SOURCE = "entered"
"""What such rows say of where they come from; others are not taken back by hand."""

WAIT_SECONDS = 10.0
ROW = "entered_row"


def enter(lake: Lake, record: type[Record], row: Mapping[str, Any]) -> Merged:
    """Put a row into the lake, or change the one with the same key.

    Args:
        row: what is known; the source and when it was received need not be said.

    Raises:
        LakeLocked: somebody else writes.

    """
    types = typed(record)
    told = {name: value for name, value in row.items() if value is not None}
    names = ", ".join(identifier(name) for name in told)
    columns = ", ".join(f"{identifier(name)} {dtype}" for name, dtype in types.items())
    marks = ", ".join(f"${place}" for place in range(1, len(told) + 1))
    connection = lake.connection
    connection.execute(f"create or replace temp table {ROW} ({columns})")
    connection.execute(f"insert into {ROW} ({names}) values ({marks})", list(told.values()))
    connection.execute(
        f"update {ROW} set source = {quoted(SOURCE)}, received_at = now() at time zone 'UTC'"
    )
    with lake.staging() as folder:
        file = folder / f"{record.table_name}.parquet"
        connection.execute(f"copy {ROW} to {quoted(str(file))} (format parquet)")
        message = f"enter a row of {record.table_name}"
        with lake.writing(message, wait_seconds=WAIT_SECONDS):
            return merge(lake, record, file)


def take_back(lake: Lake, record: type[Record], key: Mapping[str, str]) -> int:
    """Remove a row that was entered by hand; return how many there were.

    Args:
        key: the natural key, without the source.

    Raises:
        LakeLocked: somebody else writes.

    """
    where = " and ".join(
        f"{identifier(name)} = ${place}" for place, name in enumerate(key, start=1)
    )
    message = f"take back a row of {record.table_name}"
    with lake.writing(message, wait_seconds=WAIT_SECONDS):
        ((removed,),) = lake.connection.execute(
            f"delete from lake.{identifier(record.table_name)} "
            f"where source = {quoted(SOURCE)} and {where}",
            list(key.values()),
        ).fetchall()
    return int(removed)
