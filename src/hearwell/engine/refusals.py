"""The rows of inputs that could not be kept, by where they are from and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hearwell.lake.lake import Lake
from hearwell.records.rejected import Rejected

SAME = "source = $source and record = $record and file = $file and reason = $reason"
AT_ONCE = 1000


@dataclass(frozen=True)
class Refusal:
    """Rows of one file that were refused for one reason."""

    source: str
    record: str
    file: str
    reason: str
    rows: int
    received_at: datetime

    @property
    def key(self) -> dict[str, str]:
        """What tells it from others."""
        return {name: getattr(self, name) for name in ("source", "record", "file", "reason")}


def refusals(lake: Lake, most: int) -> list[Refusal]:
    """Return why rows were refused, the latest file first, and in it the most frequent reason."""
    lake.use(Rejected)
    found = lake.connection.execute(
        "select source, record, file, coalesce(reason, ''), count(*), max(received_at) "
        "from rejected group by all order by max(received_at) desc, 5 desc, 4 limit $most",
        {"most": most},
    ).fetchall()
    return [Refusal(*row) for row in found]


def count(lake: Lake) -> int:
    lake.use(Rejected)
    return int(lake.connection.execute("select count(*) from rejected").fetchall()[0][0])


def refused(
    lake: Lake, key: dict[str, str], limit: int, offset: int = 0
) -> list[tuple[int, str | None]]:
    """Return the number in its file, and the text, of rows refused for one reason."""
    lake.use(Rejected)
    return lake.connection.execute(
        f"select row, raw from rejected where {SAME} order by row limit $limit offset $offset",
        {**key, "limit": limit, "offset": offset},
    ).fetchall()


def every_refused(lake: Lake, key: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    """Give them all, some at a time, while nothing else is asked of this lake."""
    lake.use(Rejected)
    found = lake.connection.execute(
        f"select source, record, file, row, reason, raw from rejected where {SAME} order by row",
        key,
    )
    while batch := found.fetchmany(AT_ONCE):
        yield from batch
