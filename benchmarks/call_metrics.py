"""All call metrics by queue and week, against one plain scan that sums the same columns."""

import json
import resource
import statistics
import tempfile
import time
from pathlib import Path

from hearwell.engine.ask import ask
from hearwell.engine.question import Question, find
from hearwell.lake.lake import Lake, create
from hearwell.lake.merge import merge
from hearwell.metrics.catalog import METRICS
from hearwell.records.call import Call

CALLS = """
select 'bench' as source, timestamp '2026-01-01' as received_at,
    'call-' || i as call_id, 1::bigint as leg, md5((random() * 3000000)::int::varchar) as caller,
    'inbound' as direction, 'queue ' || (random() * 9)::int as queue,
    'agent ' || (random() * 200)::int as agent_id,
    timestamp '2025-01-01' + to_microseconds((i * 31e12 / {rows})::bigint) as entered_at,
    wait as wait_seconds, talk as talk_seconds, talk + held as connected_seconds,
    held as hold_seconds, wrap_up as wrap_up_seconds,
    case when u < 0.88 then 'answered' when u < 0.98 then 'abandoned' else 'timeout' end as outcome,
    case when random() < 0.05 then 'blind' end as transfer_kind,
    case when random() < 0.5 then 'caller' else 'agent' end as ended_by
from (select i, random() as u, round(-ln(1 - random()) * 45, 3) as wait,
    case when random() < 0.3 then round(-ln(1 - random()) * 60, 3) else 0 end as held,
    round(-ln(1 - random()) * 240, 3) as talk, round(-ln(1 - random()) * 30, 3) as wrap_up
    from range({rows}) as t(i))
"""
PLAIN = """
select queue, date_trunc('week', entered_at) as week, count(outcome), count(direction), sum(leg),
    count(transfer_kind), count(ended_by), count(quality_flags), sum(wait_seconds),
    sum(hold_seconds), sum(talk_seconds), sum(connected_seconds), sum(wrap_up_seconds)
from call group by all
"""
CALL_METRICS = [metric for metric in METRICS.values() if metric.record is Call]


def measure(rows: int = 10_000_000, runs: int = 5) -> dict[str, float]:
    """Return medians of seconds, in turn, and their ratios; two threads."""
    with tempfile.TemporaryDirectory() as folder:
        lake = filled(Path(folder) / "lake", rows)
        lake.use(Call)
        defaults, all_of_them = question(None), question("all")
        seconds: dict[str, list[float]] = {"plain": [], "metrics": [], "variants": []}
        for run in range(runs + 1):
            timed = {
                "plain": lambda: lake.connection.execute(PLAIN).fetchall(),
                "metrics": lambda: ask(lake, defaults),
                "variants": lambda: ask(lake, all_of_them),
            }
            for name, work in timed.items():
                begun = time.perf_counter()
                work()
                if run:  # the first is a warm-up
                    seconds[name].append(time.perf_counter() - begun)
        lake.close()
    middle = {name: statistics.median(each) for name, each in seconds.items()}
    return {
        "rows": rows,
        "plain_seconds": middle["plain"],
        "metrics": len(defaults.asked),
        "metrics_seconds": middle["metrics"],
        "metrics_ratio": ratio(seconds["metrics"], seconds["plain"]),
        "variants": len(all_of_them.asked),
        "variants_seconds": middle["variants"],
        "variants_ratio": ratio(seconds["variants"], seconds["plain"]),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def ratio(over: list[float], under: list[float]) -> float:
    return statistics.median(x / y for x, y in zip(over, under, strict=True))


def question(variant: str | None) -> Question:
    asked = tuple(each for metric in CALL_METRICS for each in find(metric.name, variant))
    return Question(asked, by=("queue",), grain="week")


def filled(path: Path, rows: int) -> Lake:
    lake = create(path)
    lake.connection.execute("set threads = 2")
    with lake.staging() as folder:
        file = folder / "calls.parquet"
        lake.connection.execute(
            f"copy ({CALLS.format(rows=rows)}) to '{file}' (format parquet, parquet_version v2, "
            "compression zstd, compression_level 1, dictionary_size_limit 1000)"
        )
        with lake.writing("calls to measure with"):
            merge(lake, Call, file)
    return lake


if __name__ == "__main__":
    print(json.dumps(measure()))
