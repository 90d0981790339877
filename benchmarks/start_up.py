"""How long a command takes as a whole process: `--help`, and a metric on the demo's lake."""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

HEARWELL = Path(sys.executable).with_name("hearwell")
ROOT = Path(__file__).parents[1]


def measure(runs: int = 7) -> dict[str, float]:
    """Return medians of seconds; the demo's lake is made if it is not there."""
    lake = ROOT / "demo"
    if not lake.exists():
        subprocess.run([sys.executable, ROOT / "scripts/demo.py", HEARWELL, lake], check=True)
    return {
        "help_seconds": timed(["--help"], runs),
        "metric_seconds": timed(["metric", "service_level", "--lake", str(lake)], runs),
    }


def timed(arguments: list[str], runs: int) -> float:
    seconds = []
    for run in range(runs + 1):
        begun = time.perf_counter()
        subprocess.run([HEARWELL, *arguments], check=True, stdout=subprocess.DEVNULL)
        if run:  # the first is a warm-up
            seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


if __name__ == "__main__":
    print(json.dumps(measure()))
