"""Facts of cases: how long all of them take, and how long one case in a hundred."""

import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hearwell.engine.derived import readable
from hearwell.engine.fact_build import build_facts
from hearwell.lake.lake import Lake, create
from hearwell.lake.merge import merge
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.records import RECORDS

BEGUN = "timestamp '2025-01-01' + to_seconds((hash({n}) % 30000000)::bigint)"
MADE = {
    "case": """
        select 'case-' || i as case_id, 'ann' || i % 50000 as customer_id, 'mail' as channel,
            {begun} as opened_at, 'customer' as opened_by_kind
        from range({first}, {last}) as t(i)
    """,
    "message": """
        select 'case-' || i as case_id, i || '-' || j as message_id,
            {begun} + to_seconds((j * (hash(i * 3) % 40000))::bigint) as sent_at,
            if(j % 2 = 0, 'customer', 'agent') as author_kind, true as is_public,
            if(j % 2 = 1, 'agent ' || hash(i + j) % 300, null) as author_id,
            if(j % 2 = 0, 'inbound', 'outbound') as direction
        from range({first}, {last}) as t(i), range(5) as m(j)
    """,
    "case_event": """
        select 'case-' || i as case_id, lpad(j::varchar, 2, '0') as event_id,
            {begun} + to_seconds((j * (hash(i * 7) % 60000))::bigint) as at,
            case j when 1 then 'assigned' else 'status_changed' end as kind,
            case j when 0 then 'open' when 1 then 'agent ' || i % 300 when 2 then 'pending'
                when 3 then 'open' else 'solved' end as to_value
        from range({first}, {last}) as t(i), range(5) as e(j)
    """,
}


def measure(cases: int = 2_000_000) -> dict[str, float]:
    """Return seconds for a build of all, of one case in a hundred, and to read what is kept."""
    with tempfile.TemporaryDirectory() as folder:
        lake = create(Path(folder) / "lake")
        lake.connection.execute("set threads = 2")
        for name in MADE:
            bring(lake, name, 0, cases)
        full = timed(lambda: build_facts(lake))
        bring(lake, "message", cases, cases + cases // 100)
        bring(lake, "case", cases, cases + cases // 100)
        some = timed(lambda: build_facts(lake))
        read = timed(lambda: look(lake))
        lake.close()
    return {
        "cases": cases,
        "messages": cases * 5,
        "full_seconds": full,
        "messages_per_second": cases * 5 / full,
        "hundredth_seconds": some,
        "hundredth_share": some / full,
        "read_seconds": read,
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def bring(lake: Lake, name: str, first: int, last: int) -> None:
    put(lake, name, MADE[name].format(first=first, last=last, begun=BEGUN.format(n="i")))


def put(lake: Lake, name: str, made: str) -> None:
    """Bring in the rows of a query."""
    with lake.staging() as folder:
        file = folder / "rows.parquet"
        lake.connection.execute(
            f"copy (select 'bench' as source, timestamp '2026-01-01' as received_at, * "
            f"from ({made})) to '{file}' (format parquet)"
        )
        with lake.writing(f"bring {name}"):
            merge(lake, RECORDS[name], file)


def look(lake: Lake) -> None:
    with readable(lake, CaseFact):
        lake.connection.execute("select max(first_reply_at) from case_fact").fetchall()


def timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(measure()))
