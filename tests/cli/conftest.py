"""A small lake, and a way to run a command in this process."""

import pytest

from hearwell.lake.lake import create
from hearwell.lake.merge import merge
from hearwell.records.call import Call

CALLS = """
select 'pbx' as source, timestamp '2026-02-01' as received_at, i::varchar as call_id,
    1::bigint as leg, 'inbound' as direction, if(i % 2 = 0, 'billing', 'support') as queue,
    timestamp '2026-01-05 09:00' + to_hours(i::bigint) as entered_at,
    (i % 40)::double as wait_seconds,
    if(i % 5 = 0, 'abandoned', 'answered') as outcome
from range(400) as t(i)
"""


@pytest.fixture(scope="session")
def lake(tmp_path_factory):
    """400 calls in two queues from 5 January 2026 on, one an hour; every fifth hung up."""
    path = tmp_path_factory.mktemp("cli") / "lake"
    made = create(path, "Europe/London")
    with made.staging() as folder:
        made.connection.execute(f"copy ({CALLS}) to '{folder / 'calls.parquet'}'")
        with made.writing("400 calls"):
            merge(made, Call, folder / "calls.parquet")
    made.close()
    return path
