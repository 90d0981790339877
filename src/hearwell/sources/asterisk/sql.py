"""Small pieces of SQL that several steps share."""

from collections.abc import Iterable

import duckdb

from hearwell.lake.extensions import quoted


def words(values: Iterable[str]) -> str:
    """Return a list of literals for IN, never empty."""
    return ", ".join(quoted(value) for value in values) or "null"


def instant(text: str, zone: str) -> str:
    """Return SQL for the UTC instant of a text: epoch seconds, time with offset, local time."""
    return f"""case
        when regexp_full_match({text}, '[0-9]{{9,11}}([.][0-9]+)?')
            then make_timestamp((try_cast({text} as decimal(20, 6)) * 1000000)::bigint)
        when regexp_matches({text}, '[0-9](Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$')
            and contains({text}, ':')
            then try_cast({text} as timestamptz) at time zone 'UTC'
        else try_cast({text} as timestamp) at time zone {quoted(zone)} at time zone 'UTC'
    end"""


def seconds(start: str, end: str) -> str:
    """Return SQL for the seconds from one instant to another, to the microsecond."""
    return f"(epoch_us({end}) - epoch_us({start})) / 1e6"


def scalar(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the only number that a query gives, 0 for none."""
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0
