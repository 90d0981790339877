"""How the call metrics grow with the calls: 1, 10 and 100 million, time and memory of each."""

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import call_metrics
from case_facts import timed

from hearwell.engine.ask import ask
from hearwell.engine.rollup_build import roll_up

MILLIONS = (1, 10, 100)


def measure(millions: int) -> dict[str, float]:
    """Return seconds of the first and the second time from rows, of roll-ups, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        lake = call_metrics.filled(Path(folder) / "lake", millions * 1_000_000)
        question = call_metrics.question(None)
        figures = {}
        figures["first_seconds"] = timed(lambda: ask(lake, question))
        figures["seconds"] = timed(lambda: ask(lake, question))
        figures["roll_up_seconds"] = timed(lambda: [*roll_up(lake)])
        timed(lambda: ask(lake, question))
        figures["rolled_seconds"] = timed(lambda: ask(lake, question))
        lake.close()
    figures["peak_memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def main() -> None:
    figures = {}
    for millions in MILLIONS:
        # A process of its own for each, so that its memory is its own.
        done = subprocess.run(
            [sys.executable, __file__, str(millions)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, value in json.loads(done.stdout.splitlines()[-1]).items():
            figures[f"{name}_of_{millions}_million"] = value
    print(json.dumps(figures))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        main()
