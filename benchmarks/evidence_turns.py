"""How often planted effects are found, and how often something is found where nothing was planted.

Usage: evidence_turns.py [SEEDS]        200 by default; writes docs/evidence-turns.md

Of changes of a level, customers who turn, staffing, agents who stand out, and what comes before
turns. Companies are drawn as numbers, without a lake, so that as many can be tried as it takes.
What each seed gave is kept in benchmarks/results, and not tried again; remove the file after a
change of an insight.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np

from hearwell.engine.question import Asked
from hearwell.evidence.series import Series
from hearwell.insights.guardrails.checks import standing_out
from hearwell.insights.journeys.before_turn import more_common
from hearwell.insights.journeys.person import turning
from hearwell.insights.staffing.load import OF_A_WEEK, Loads
from hearwell.insights.staffing.plan import SHORT, planned
from hearwell.insights.turned.watch import watch
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Better, Unit
from hearwell.stats.erlang import Target
from hearwell.stats.funnel import funnel
from hearwell.stats.interval import wilson
from hearwell.stats.queue_simulation import simulated
from hearwell.stats.turning import followed

PAGE = Path(__file__).parents[1] / "docs" / "evidence-turns.md"
KEPT = Path(__file__).parent / "results" / "evidence-turns.jsonl"
DAYS, CHANGE_ON = 365, 220
Found = tuple[bool, bool]
"""Was what was planted found, and was anything found that was not planted?"""


def change(rng: np.random.Generator, planted: bool) -> Found:  # noqa: FBT001  a table of cases
    """40 answers a day, 82 % satisfied, worse Mondays; 74 % from day 220 on."""
    day = np.arange(DAYS)
    n = rng.poisson(np.where(day % 7 >= 5, 12, 40)).astype(float)
    share = 0.82 - 0.04 * (day % 7 == 0) - 0.08 * (planted & (day >= CHANGE_ON))
    hits = rng.binomial(n.astype(int), share).astype(float)
    begins = [date(2025, 6, 2) + timedelta(days=int(i)) for i in day]
    value = np.where(n > 0, hits / np.maximum(n, 1), np.nan)
    asked = Asked(METRICS["customer_satisfaction"], "satisfied")
    nan, quiet = np.full(DAYS, np.nan), np.zeros(DAYS, bool)
    series = Series(
        asked, Unit.SHARE, Better.HIGHER, "day", begins, n, value, nan, hits, quiet, 0.05
    )
    seen = watch(series, 1.0)
    near = [each for each in seen.changes if abs(each.day - CHANGE_ON) <= 14]
    return bool(near and planted), len(seen.changes) > (len(near) if planted else 0)


def turn(rng: np.random.Generator, planted: bool) -> Found:  # noqa: FBT001
    """12 touches, 10 % of them bad; 80 % from the seventh on."""
    bad = np.where(planted & (np.arange(12) >= 6), 0.8, 0.1)
    values = (rng.random(12) > bad).astype(float)
    found = turning(values, followed(values - 0.9, 0.09, 0.01, 0.2).chance)
    return found is not None and planted, found is not None and not planted


def short_staffed(rng: np.random.Generator, planted: bool) -> Found:  # noqa: FBT001
    """60 calls in each half hour from 9 to 11, which need 13 agents; from 9 to 10 there are 9."""
    weeks, handle, patience, agents = 6, 300.0, 120.0, 14
    early = 9 if planted else agents
    names = ("calls", "waited_seconds", "abandoned", "in_time", "handled", "handle_seconds")
    sums = {name: np.zeros((1, weeks * OF_A_WEEK)) for name in (*names, "handle_squares")}
    at_work = np.zeros((1, weeks * OF_A_WEEK))
    for day in range(weeks * 7):
        arrives = np.sort(rng.uniform(0, 7200, rng.poisson(240)))
        work = rng.lognormal(np.log(handle) - 0.18, 0.6, len(arrives))
        crew = [(0.0, 7200.0)] * early + [(3600.0, 7200.0)] * (agents - early)
        got = simulated(arrives, work, rng.exponential(patience, len(arrives)), crew)
        slot = day * 48 + 18 + (arrives // 1800).astype(int)
        amounts = (1.0, got.wait_seconds, ~got.is_answered, 0.0)
        done = (got.is_answered, got.is_answered * work, got.is_answered * work**2)
        for name, amount in zip(sums, (*amounts, *done), strict=True):
            np.add.at(sums[name][0], slot, amount)
        at_work[0, day * 48 + 18 : day * 48 + 20] = early
        at_work[0, day * 48 + 20 : day * 48 + 22] = agents
    of_week = np.tile(np.arange(OF_A_WEEK), weeks)
    days = np.repeat(np.arange(weeks * 7), 48)
    again = np.zeros((1, weeks * OF_A_WEEK))
    begins = datetime(2026, 3, 2)  # noqa: DTZ001  naive UTC, as in the lake
    loads = Loads(["q"], begins, of_week, days, again=again, at_work=at_work, **sums)
    short = (planned(loads, Target(), 0.3, 0.95, 10).verdict == SHORT).reshape(7, 48)
    return planted and short[:, 18:20].mean() >= 0.5, bool(
        short[:, 20:].any() or (not planted and short.any())
    )


def stands_out(rng: np.random.Generator, planted: bool) -> Found:  # noqa: FBT001
    """30 agents with 200 calls each, 3 to 7 % of them very short; one agent has 20 %."""
    share = rng.uniform(0.03, 0.07, 30)
    share[0] = 0.2 if planted else share[0]
    n = np.full((30, 1), 200.0)
    hits = rng.binomial(200, share).astype(float)[:, None]
    named = {
        each.agent
        for each in standing_out(list(map(str, range(30))), funnel(hits, n), "high", 0.95)
    }
    return "0" in named and planted, bool(named - ({"0"} if planted else set()))


def before(rng: np.random.Generator, planted: bool) -> Found:  # noqa: FBT001
    """100 of 1,000 customers turn; of 12 things before it one is 3 times as common among them."""
    size = np.array([[300.0, 300.0, 300.0], [40.0, 30.0, 30.0]])
    share = np.full((2, 12), 0.1)
    share[1, 0] = 0.3 if planted else 0.1
    having = rng.binomial(size[:, None, :].astype(int), share[:, :, None]).astype(float)
    things = [(str(i), "any", "") for i in range(12)]
    named = {each.kind for each in more_common(things, having, size, 0.95)}
    return "0" in named and planted, bool(named - ({"0"} if planted else set()))


CASES: dict[str, Callable[[np.random.Generator, bool], Found]] = {
    "a change of a level, dated within 14 days": change,
    "a customer who turns": turn,
    "half hours with too few agents": short_staffed,
    "an agent who stands out": stands_out,
    "what comes before turns": before,
}


HEAD = """# Evidence: turns, staffing and guardrails

What was planted in simulated numbers is looked for, and so it is where nothing was planted.
Made by `benchmarks/evidence_turns.py {seeds}`: {seeds} seeds for each cell.
So {seeds} of {seeds} is {low:.0%} to 100 %, and 0 of {seeds} is 0 to {high:.0%} (Wilson, 95 %).

| | planted | found | something else found | found where nothing was planted |
|---|---|---|---|---|"""

FOOT = """
Changes of a level are watched with one false alarm a year allowed; agents and what comes before \
turns at a rate of one false find in twenty.
A customer who turns by chance is not held against a rate: [journeys](algorithms/journeys.md) \
tells how often that is.
"""


def main(seeds: int) -> None:
    kept = read()
    for seed in range(seeds):
        for name, case in CASES.items():
            if (name, seed) not in kept:
                both = [case(np.random.default_rng(seed), planted) for planted in (True, False)]
                told = [[bool(each) for each in found] for found in both]
                kept[name, seed] = told
                keep(name, seed, told)
        print(f"seed {seed + 1} of {seeds}", flush=True)
    ends = wilson([0, seeds], [seeds, seeds], 0.95)
    head = HEAD.format(seeds=seeds, low=ends.low[1], high=ends.high[0])
    PAGE.write_text("\n".join([head, *table(kept, seeds), FOOT]), "utf-8")


Kept = dict[tuple[str, int], list[list[bool]]]
"""By case and seed: what was found where it was planted, and where nothing was."""


def read() -> Kept:
    lines = KEPT.read_text("utf-8").splitlines() if KEPT.exists() else []
    whole = [json.loads(line) for line in lines if line.endswith("}")]
    return {(each["case"], each["seed"]): each["told"] for each in whole}


def keep(name: str, seed: int, told: list[list[bool]]) -> None:
    with KEPT.open("a", encoding="utf-8") as target:
        line = json.dumps({"case": name, "seed": seed, "told": told})
        target.write(f"\n{line}\n")  # a line that was cut off stays alone


def table(kept: Kept, seeds: int) -> Iterator[str]:
    for name, case in CASES.items():
        told = np.array([kept[name, seed] for seed in range(seeds)])
        (found, else_found), (_, by_chance) = told.mean(axis=0)
        yield f"| {name} | {case.__doc__} | {found:.1%} | {else_found:.1%} | {by_chance:.1%} |"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
