"""Measure what is promised, as ratios of one run, and keep the figures in benchmarks/results."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
PROMISES = {  # benchmark → figure → (at least or at most, bound, what it is)
    "import_calls": {
        "ratio": (">=", 0.6, "import of a CSV of 10 M calls, rate over plain COPY"),
        "plain_ratio": (None, None, "the same without hashing callers"),
    },
    "call_metrics": {
        "metrics_ratio": ("<=", 3.0, "all call metrics, time over one plain scan"),
        "variants_ratio": (None, None, "the same in all their variants"),
        "peak_memory_mb": ("<=", 4000, "memory of that, MB"),
    },
    "scorecard": {
        "records_ratio": ("<=", 3.0, "the whole scorecard from records, time over one plain scan"),
        "rolled_ratio": ("<=", 0.05, "the same from roll-ups"),
        "peak_memory_mb": ("<=", 4000, "memory of that, MB"),
    },
    "growth": {
        "seconds_of_100_million": (None, None, "the call metrics of 100 M calls, seconds"),
        "peak_memory_mb_of_100_million": (None, None, "memory of that, MB"),
    },
    "business_seconds": {"rows_per_second": (">=", 2e6, "business seconds, rows a second")},
    "case_facts": {
        "messages_per_second": (None, None, "facts of cases, messages a second"),
        "hundredth_share": (
            None,
            None,
            "those of one new case in a hundred, part of the full time",
        ),
    },
    "status_durations": {
        "seconds": ("<=", 0.5, "all durations of 100,000 cases by both clocks, seconds"),
        "growth": ("<=", 1.2, "the same of ten times as many, time for each over that"),
        "million_seconds": (None, None, "the same of a million cases, seconds"),
    },
    "queue_log": {"lines_per_second": (None, None, "queue_log, lines a second")},
    "topics": {
        "seconds": ("<=", 10, "phrases of 200,000 comments, seconds of the processor"),
        "peak_memory_mb": ("<=", 3000, "memory of that, MB"),
    },
    "why_page": {
        "elapsed_seconds": (
            "<=",
            30,
            "all insights of the page Why, 1 M cases and answers, seconds",
        ),
        "seconds": (None, None, "the same, seconds of the processor"),
        "peak_memory_mb": ("<=", 3000, "memory of that, MB"),
    },
    "start_up": {
        "help_seconds": ("<=", 0.4, "hearwell --help, seconds"),
        "metric_seconds": ("<=", 1.5, "hearwell metric on the demo's lake, seconds"),
    },
}


def main() -> None:
    wanted = sys.argv[1:] or list(PROMISES)
    figures, kept = {}, True
    for name in wanted:
        print(f"{name} …", flush=True)
        # A process of its own for each, so that one's memory is not counted for the next.
        done = subprocess.run(
            [sys.executable, HERE / f"{name}.py"], check=True, stdout=subprocess.PIPE, text=True
        )
        figures[name] = json.loads(done.stdout.splitlines()[-1])
        for figure, (sign, bound, meaning) in PROMISES[name].items():
            value = figures[name][figure]
            good = sign is None or (value >= bound if sign == ">=" else value <= bound)
            kept &= good
            promise = f"{sign} {bound:,g}" if sign else "no promise"
            print(f"  {meaning}: {value:,.3g}  ({promise}{'' if good else ', NOT KEPT'})")
    now = datetime.now(UTC)
    file = HERE / "results" / f"{now:%Y-%m-%dT%H-%M-%S}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"at": now.isoformat(), "figures": figures}, indent=1))
    print(f"kept in {file}")
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
