"""How many rows a second `with_business_seconds` handles, on two threads of DuckDB.

Three schedules for ten years, and calls spread evenly over them, in no order, that take up to
three days each.
"""

import json
import time
from datetime import date

import duckdb
import ibis

from hearwell.clock.business import TABLE, BusinessDays, business_days, with_business_seconds
from hearwell.clock.schedule import WEEKDAYS, Block, Schedule

CALLS = """
    CREATE TABLE calls AS
    SELECT
        ['days', 'lunch', 'nights'][1 + CAST(floor(random() * 3) AS BIGINT)] AS schedule,
        started_at,
        started_at + to_microseconds(CAST(random() * 3 * 86400e6 AS BIGINT)) AS ended_at
    FROM (
        SELECT
            TIMESTAMP '2015-01-01'
            + to_microseconds(CAST(random() * 3649 * 86400e6 AS BIGINT)) AS started_at
        FROM range(?)
    )
"""


def ten_years() -> BusinessDays:
    workdays = WEEKDAYS[:5]
    morning = Block(days=workdays, opens="08:00", closes="12:00")
    afternoon = Block(days=workdays, opens="13:00", closes="18:00")
    day = Block(days=workdays, opens="09:00", closes="17:30")
    night = Block(days=WEEKDAYS, opens="22:00", closes="06:00")
    return business_days(
        [
            Schedule(name="days", zone="Europe/London", blocks=(day,), holidays="GB"),
            Schedule(name="lunch", zone="America/New_York", blocks=(morning, afternoon)),
            Schedule(name="nights", zone="Australia/Sydney", blocks=(night,)),
        ],
        date(2015, 1, 1),
        date(2024, 12, 31),
    )


def measure(rows: int = 10_000_000) -> dict[str, float]:
    """Give the best of three runs, without the time to make the calls."""
    began = time.perf_counter()
    days = ten_years()
    build_seconds = time.perf_counter() - began
    calls = ibis.table(
        {"schedule": "string", "started_at": "timestamp", "ended_at": "timestamp"}, name="calls"
    )
    spans = {"business_seconds": (calls.started_at, calls.ended_at)}
    answered = with_business_seconds(calls, days, calls.schedule, spans)
    query = ibis.to_sql(
        answered.aggregate(
            total=answered.business_seconds.sum(), known=answered.business_seconds.count()
        ),
        dialect="duckdb",
    )
    runs = []
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.register(TABLE, days.columns)
        engine.execute(CALLS, [rows])
        for _ in range(3):
            began = time.perf_counter()
            engine.execute(query).fetchall()
            runs.append(time.perf_counter() - began)
    return {
        "seconds": min(runs),
        "rows_per_second": rows / min(runs),
        "seconds_to_build_the_days": build_seconds,
    }


if __name__ == "__main__":
    print(json.dumps(measure()))
