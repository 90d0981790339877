"""How the call metrics grow with the calls: 1, 10 and 100 million, time and memory of each.

Usage: growth.py [MILLIONS …]
    MILLIONS: of calls, each measured in a process of its own (1, 10 and 100 by default).

Facts and roll-ups are made of up to 10 million: of more that takes hours.
"""

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import call_metrics
from case_facts import timed

from hearwell.engine.ask import ask
from hearwell.engine.fact_build import build_facts
from hearwell.engine.rollup_build import roll_up

MILLIONS = (1, 10, 100)
BUILT = 10


def measure(millions: int) -> dict[str, float]:
    """Return seconds of asking from rows and roll-ups, of making facts and these, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        lake = call_metrics.filled(Path(folder) / "lake", millions * 1_000_000)
        question = call_metrics.question(None)
        figures = {}
        figures["first_seconds"] = timed(lambda: ask(lake, question))
        figures["seconds"] = timed(lambda: ask(lake, question))
        figures["asking_peak_memory_mb"] = peak_memory_mb()
        if millions <= BUILT:
            figures["build_seconds"] = timed(lambda: build_facts(lake))
            figures["roll_up_seconds"] = timed(lambda: [*roll_up(lake)])
            timed(lambda: ask(lake, question))
            figures["rolled_seconds"] = timed(lambda: ask(lake, question))
            figures["peak_memory_mb"] = peak_memory_mb()
        lake.close()
    return figures


def peak_memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(each_of: Sequence[int]) -> None:
    figures = {}
    for millions in each_of:
        # A process of its own for each, so that its memory is its own.
        done = subprocess.run(
            [sys.executable, __file__, "alone", str(millions)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, value in json.loads(done.stdout.splitlines()[-1]).items():
            figures[f"{name}_of_{millions}_million"] = value
    print(json.dumps(figures))


if __name__ == "__main__":
    if sys.argv[1:2] == ["alone"]:
        print(json.dumps(measure(int(sys.argv[2]))))
    else:
        main([int(each) for each in sys.argv[1:]] or MILLIONS)
