"""Readers of different pages while rows are imported: no error, no mix of old and new in a page.

Usage: web_readers.py [ROWS [READERS]]
    ROWS: of calls that are imported while others read (1,000,000 by default); READERS: 24.

Each page names the state of the lake that it tells. Afterwards every number that a reader saw is
asked again of that state, and must be the same.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from call_metrics import filled
from web_pages import Browser, percentile, started, stopped

from hearwell.engine.ask import ask
from hearwell.engine.fact_build import build_facts
from hearwell.engine.question import Question, find
from hearwell.engine.rollup_build import roll_up
from hearwell.lake.lake import open_lake
from hearwell.report.number import number

METRICS = ("call_volume", "abandonment_rate", "wait_time", "service_level", "average_handle_time")
PERIOD = {"from": "2025-01-01", "to": "2025-12-31"}
ALONE_SECONDS = 20


class Reader(threading.Thread):
    """Reads one metric again and again; remembers how long it took and what it was told."""

    def __init__(self, port: int, name: str) -> None:
        super().__init__(daemon=True)
        self.browser, self.metric = Browser(port), name
        self.goes_on = True
        self.took: list[tuple[float, float]] = []  # when it was asked, and seconds
        self.told: set[tuple[str, str]] = set()  # snapshot and value
        self.errors: list[str] = []

    def run(self) -> None:
        path = f"/metric/{self.metric}/?from={PERIOD['from']}&to={PERIOD['to']}&compare=none"
        while self.goes_on:
            began = time.perf_counter()
            try:
                page = self.browser.get(path).decode()
            except (OSError, RuntimeError) as error:
                self.errors.append(str(error))
                continue
            self.took.append((began, time.perf_counter() - began))
            value = re.search(r'figure-large"><data>([^<]+)</data>', page)
            snapshot = re.search(r"as_of=(\d+)", page)
            if value and snapshot:
                self.told.add((snapshot.group(1), value.group(1)))


def main(rows: int = 1_000_000, readers: int = 24) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        with filled(lake, rows) as made:  # and what an import makes of it
            build_facts(made)
            list(roll_up(made))
        more = Path(folder) / "more.csv"
        with open_lake(lake) as opened:
            opened.connection.execute(
                "copy (select 'new-' || call_id as call_id, queue, agent_id, outcome, "
                "entered_at, wait_seconds, talk_seconds from lake.call) "
                f"to '{more}' (header)"
            )
        port, process = started(lake)
        try:
            reading = [Reader(port, METRICS[i % len(METRICS)]) for i in range(readers)]
            for reader in reading:
                reader.start()
            time.sleep(ALONE_SECONDS)
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", IMPORT, str(lake), str(more)],
                check=True,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "HEARWELL_LAKE": str(lake)},
            )
            ended = time.perf_counter()
            time.sleep(ALONE_SECONDS)  # all pages tell of the new state now
            for reader in reading:
                reader.goes_on = False
                reader.join(timeout=300)
        finally:
            stopped(process)
        alone = [s for each in reading for at, s in each.took if at < began]
        beside = [s for each in reading for at, s in each.took if began <= at < ended]
        after = [s for each in reading for at, s in each.took if at >= ended]
        states = {snapshot for each in reading for snapshot, _ in each.told}
        errors = [error for each in reading for error in each.errors]
        mixed = [wrong for each in reading for wrong in mixes(lake, each)]
    figures = {
        "rows_imported": rows,
        "import_seconds": ended - began,
        "pages_alone": len(alone),
        "pages_beside": len(beside),
        "pages_after": len(after),
        "p95_alone_seconds": percentile(alone, 0.95),
        "p95_beside_seconds": percentile(beside, 0.95),
        "p95_after_seconds": percentile(after, 0.95),
        "slowest_seconds": max(*beside, *after),
        "states": len(states),
        "errors": len(errors),
        "pages_of_two_states": len(mixed),
    }
    print(json.dumps(figures, indent=1))
    if errors or mixed:
        sys.exit(f"{errors[:3]} {mixed[:3]}")


IMPORT = """
import os, sys
os.nice(10)  # as the server does with what works in its background
sys.argv = ["hearwell", "import", sys.argv[2], "--as", "call", "--yes", "--lake", sys.argv[1]]
from hearwell.cli import main
main()
"""


def mixes(lake: Path, reader: Reader) -> list[tuple[str, str, str]]:
    """Return what a reader was told that is not what the state named beside it tells."""
    (asked,) = find(reader.metric)
    wrong = []
    for snapshot, told in reader.told:
        with open_lake(lake, as_of=snapshot) as opened:
            question = Question((asked,), begins=PERIOD["from"], ends=PERIOD["to"])
            answer = ask(opened, question).answers[0]
            true = number(float(answer.estimate.value[0]), answer.unit)
        if true != told:
            wrong.append((reader.metric, told, true))
    return wrong


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:3]))
