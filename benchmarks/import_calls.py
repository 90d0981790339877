"""Import of a CSV of calls, against DuckDB's own COPY of the same file to Parquet; two threads.

Once as usual, with callers hashed, and once with the setting that keeps them as they are: SHA-256
is a large part of the work.
"""

import json
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import duckdb

from hearwell.jobs.bring_in import bring_in
from hearwell.lake.lake import create
from hearwell.records.call import Call
from hearwell.sources.file.mapping import Mapping

ZONE = "Europe/London"

COLUMNS = [
    "call_id",
    "leg",
    "caller",
    "direction",
    "queue",
    "topic",
    "agent_id",
    "entered_at",
    "wait_seconds",
    "hold_seconds",
    "talk_seconds",
    "wrap_up_seconds",
    "outcome",
    "connected_at",
    "transfer_kind",
]

MAPPING = f"""
record = "call"
source = "benchmark"
zone = "{ZONE}"
[columns]
""" + "\n".join(f'{name} = "{name}"' for name in COLUMNS)

CALLS = """
copy (
    select md5(i::varchar)::uuid::varchar as call_id, 1 + (i % 17 = 0)::int as leg,
        '+4420' || lpad((hash(i) % 3000000)::varchar, 8, '0') as caller, 'inbound' as direction,
        'queue ' || hash(i * 3) % 9 as queue, 'topic ' || hash(i * 7) % 30 as topic,
        if(is_answered, 'agent ' || hash(i * 13) % 900, null) as agent_id,
        strftime(timezone('{zone}', entered), '%Y-%m-%d %H:%M:%S') as entered_at,
        wait as wait_seconds, if(is_answered, hash(i * 17) % 60, null) as hold_seconds,
        if(is_answered, hash(i * 19) % 900, null) as talk_seconds,
        if(is_answered, hash(i * 23) % 120, null) as wrap_up_seconds,
        if(is_answered, 'answered', 'abandoned') as outcome,
        if(is_answered, strftime(timezone('{zone}', entered + to_seconds(wait::bigint)),
            '%Y-%m-%d %H:%M:%S'), null) as connected_at,
        if(hash(i * 29) % 20 = 0, 'blind', null) as transfer_kind
    from (
        select i, hash(i * 31) % 400 as wait, hash(i * 11) % 10 < 9 as is_answered,
            timestamptz '2022-01-01 00:00:00+00' + to_seconds((i * 8)::bigint) as entered
        from range({rows}) as t(i)
    )
) to '{file}' (header)
"""


def measure(rows: int = 10_000_000, folder: Path | None = None, runs: int = 3) -> dict[str, float]:
    """Return the medians of both times, taken in turn, and the import's rate over COPY's."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])  # so does each DuckDB of ours
    with tempfile.TemporaryDirectory(dir=folder) as made:
        here = Path(made)
        file = here / "calls.csv"
        write(file, rows)
        seconds: dict[str, list[float]] = {"copy": [], "import": [], "plain": []}
        for run in range(runs + 1):
            timed = {
                "copy": copied(file, here),
                "import": imported(file, here, rows),
                "plain": imported(file, here, rows, plain_identifiers=["caller"]),
            }
            for name, taken in timed.items():
                if run:  # the first run warms the cache
                    seconds[name].append(taken)
        size = file.stat().st_size
    copy, own, plain = (statistics.median(each) for each in seconds.values())
    return {
        "copy_seconds": copy,
        "import_seconds": own,
        "ratio": copy / own,
        "plain_seconds": plain,
        "plain_ratio": copy / plain,
        "rows_per_second": rows / own,
        "csv_megabytes": size / 1e6,
    }


def write(file: Path, rows: int) -> None:
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(CALLS.format(zone=ZONE, rows=rows, file=file))


def copied(file: Path, here: Path) -> float:
    target = here / "copy.parquet"
    with duckdb.connect() as connection:
        began = time.perf_counter()
        connection.execute(f"copy (from '{file}') to '{target}'")
        taken = time.perf_counter() - began
    target.unlink()
    return taken


def imported(file: Path, here: Path, rows: int, **settings: list[str]) -> float:
    path = here / "lake"
    lake = create(path, ZONE)
    lake.settings = lake.settings.model_copy(update=settings)
    began = time.perf_counter()
    done = bring_in(lake, file, Call, Mapping.parse(MAPPING))
    taken = time.perf_counter() - began
    lake.close()
    shutil.rmtree(path)
    if (done.new, done.rejected) != (rows, 0):
        raise AssertionError(done)
    return taken


if __name__ == "__main__":
    print(json.dumps(measure()))
