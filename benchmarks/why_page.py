"""All insights of the page Why over a year of a company in which everybody answers: time, memory.

Usage: why_page.py [CUSTOMERS]        260,000 by default: 1 M cases, and more surveys than that

Every fifth answer has a comment. The time is that of the processor, summed over threads. What is
measured runs in a process of its own, with one thread of BLAS, as in the server.
"""

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from topics import SETTINGS, drawn

from hearwell.cli.app import ONE_THREAD
from hearwell.engine.fact_build import build_facts
from hearwell.engine.question import Question, find
from hearwell.engine.rollup_build import roll_up
from hearwell.insights.deal_breakers.explain import deal_breakers
from hearwell.insights.drivers.explain import drivers
from hearwell.insights.everyone.explain import everyone
from hearwell.insights.products.explain import products
from hearwell.insights.self_service.told import self_service
from hearwell.insights.topics.explain import topics
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import Lake, create, open_lake

BEGINS, ENDS = "2025-07-01", "2026-06-30"
MOST_MEMORY = "2GB"
SAFE_BYTES = 8 << 30

ANSWERED = """
update lake.survey set
    status = 'answered', answered_at = sent_at + to_minutes(10),
    answer = if(m.is_low, scale_low, scale_high), comment = m.comment
from (
    select source as of_source, survey_id as of_survey, row_number() over (order by survey_id) as n
    from lake.survey where sent_at is not null and customer_id is not null
) as a join made as m on m.n = (a.n - 1) % {comments} + 1
where source = of_source and survey_id = of_survey
"""
EVERY_FIFTH = "update lake.survey set comment = null where hash(survey_id) % 5 <> 0"


def filled(path: Path, customers: int) -> dict[str, int]:
    """Make the lake; return how many rows it has of what matters here."""
    with create(path):
        (path / "hearwell.toml").write_text(SETTINGS)
    with open_lake(path, writable=True) as lake:
        run = lake.connection.execute
        run(f"set memory_limit = '{MOST_MEMORY}'; set enable_progress_bar = false")
        simulate(lake, customers, 1, until=ENDS)
        comments, is_low = drawn(200_000)
        n = np.arange(1, len(comments) + 1)
        made = {"n": n, "comment": np.array(comments, dtype=object), "is_low": is_low}
        lake.connection.register("made", made)
        with lake.writing("everybody answers"):
            run(ANSWERED.format(comments=len(comments)))
            run(EVERY_FIFTH)
        lake.connection.unregister("made")
        build_facts(lake)
        list(roll_up(lake))
        counts = '(select count(*) from lake."case"), count(answer), count(comment)'
        (found,) = run(f"select {counts} from lake.survey").fetchall()
    return dict(zip(("cases", "answers", "comments"), found, strict=True))


def insights(lake: Lake) -> dict[str, Callable[[], object]]:
    asked = Question(find("CSAT")[:1], begins=BEGINS, ends=ENDS)
    return {
        "topics": lambda: topics(lake, asked),
        "drivers": lambda: drivers(lake, asked),
        "deal_breakers": lambda: deal_breakers(lake, asked),
        "products": lambda: products(lake, asked),
        "everyone": lambda: everyone(lake, asked),
        "self_service": lambda: self_service(lake, Question((), begins=BEGINS, ends=ENDS)),
    }


def measure(path: Path) -> dict[str, float]:
    """Ask one insight after the other."""
    resource.setrlimit(resource.RLIMIT_AS, (SAFE_BYTES, SAFE_BYTES))
    figures = {}
    with open_lake(path) as lake:
        lake.connection.execute(f"set memory_limit = '{MOST_MEMORY}'")
        for name, asked in insights(lake).items():
            Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
            began, at = time.process_time(), time.monotonic()
            asked()
            figures[f"seconds_of_{name}"] = time.process_time() - began
            figures[f"elapsed_of_{name}"] = time.monotonic() - at
            peak = re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())
            figures[f"memory_mb_of_{name}"] = int(peak[1]) / 1024 if peak else float("nan")

    def each(figure: str) -> list[float]:
        return [value for name, value in figures.items() if name.startswith(figure)]

    return figures | {
        "seconds": sum(each("seconds")),
        "elapsed_seconds": sum(each("elapsed")),
        "peak_memory_mb": max(each("memory")),
    }


def main(customers: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lake"
        print(json.dumps(filled(path, customers)), flush=True)
        command = [sys.executable, __file__, "--ask", str(path)]
        subprocess.run(command, check=True, env=os.environ | dict([ONE_THREAD]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--ask"]:
        print(json.dumps(measure(Path(sys.argv[2]))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 260_000)
