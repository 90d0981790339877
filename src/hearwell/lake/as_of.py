"""What --as-of can say, and which snapshot it means."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb

from hearwell.lake.errors import BadMoment, NoSnapshot


@dataclass(frozen=True)
class When:
    """A snapshot by its number, or all that was committed before an instant."""

    text: str
    number: int | None = None
    before: datetime | None = None


def when(text: str, zone: str) -> When:
    """Read a snapshot's number, a day (its end in the organisation's zone) or an instant.

    An instant counts as a whole: what was committed at that very microsecond is included.

    Raises:
        BadMoment: it is none of these.

    """
    said = text.strip()
    if said.isascii() and said.isdigit():
        return When(text, number=int(said))
    try:
        if len(said) == len("2026-01-31"):
            day = date.fromisoformat(said) + timedelta(days=1)
            moment = datetime.combine(day, time(), ZoneInfo(zone))
        else:
            moment = datetime.fromisoformat(said)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
            moment += timedelta(microseconds=1)
        return When(text, before=moment.astimezone(UTC))
    except (ValueError, OverflowError):
        raise BadMoment(text) from None


def resolve(connection: duckdb.DuckDBPyConnection, wanted: When) -> int:
    """Return the number of the snapshot that is meant.

    Looked up here and not by DuckLake, which compares instants in a SQLite catalog as text.

    Raises:
        NoSnapshot: it is before the first that is kept, or was never made.

    """
    if wanted.before is None:
        condition, value = "snapshot_id = ?", str(wanted.number)
    else:
        condition, value = "snapshot_time < ?::timestamptz", wanted.before.isoformat()
    row = connection.execute(
        f"select max(snapshot_id) from ducklake_snapshots('lake') where {condition}", [value]
    ).fetchone()
    if row is None or row[0] is None:
        raise no_snapshot(connection, wanted)
    return int(row[0])


def no_snapshot(connection: duckdb.DuckDBPyConnection, wanted: When) -> NoSnapshot:
    first, last = connection.execute(
        "select arg_min(told, snapshot_id), arg_max(told, snapshot_id) from (select *, "
        "snapshot_id || ' (' || strftime(snapshot_time, '%Y-%m-%d %H:%M:%S') || ' UTC)' as told "
        "from ducklake_snapshots('lake'))"
    ).fetchall()[0]
    return NoSnapshot(wanted.text, first, last)
