"""Are planted effects found, and is nothing found where nothing was planted?

Simulates companies, one for each seed, with effects planted and with none, asks the insights, and
writes how often each was found into docs/evidence.md: `python benchmarks/evidence.py --seeds 200`.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from hearwell.engine.question import Question, find
from hearwell.evidence.errors import NotExplained
from hearwell.insights.change.explain import change
from hearwell.insights.deal_breakers.explain import deal_breakers
from hearwell.insights.drivers.explain import drivers
from hearwell.insights.products.explain import products
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import Lake, create
from hearwell.stats.interval import wilson

DAYS, UNTIL = 240, "2026-06-30"
BEGINS = "2026-03-28"
"""The day after that on which planted effects begin: 60 % of the period is over."""

EFFECTS = ("bad_release", "deal_breaker", "rushed_agents")
PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
CSAT = find("CSAT")[:1]


HEAD = """# Evidence

Are planted effects found, and is nothing found where nothing was planted?
`python benchmarks/evidence.py --seeds {seeds} --size {size}` wrote this on {day}.
{seeds} companies of {size} customers were simulated for {days} days with effects planted, and as
many with none.
In brackets the interval of a share, at 95 %.

| insight | planted: found | planted: others found, each time | nothing planted: anything found |
|---|---|---|---|"""

FOOT = """
The others found are groups that an effect moves as well, such as the topics that customers of a
bad product ask about; they are not all false.
Where nothing is planted, products still differ by nature, and who is served badly leaves more: what
is found there is not all false either.
Late deliveries are part of the simulation always: of drivers, what counts as found where nothing
is planted is that reading an article was taken for one.
"""


@dataclass(frozen=True)
class Seen:
    """What an insight saw of one company: was what was planted found, and what else was."""

    found: bool
    others: int


def seen(named: Sequence[object], planted: object) -> Seen:
    return Seen(planted in named, sum(each != planted for each in named))


def bad_product(lake: Lake) -> Seen:
    """Camera is the product whose release was bad."""
    told = change(lake, Question(CSAT, begins=BEGINS, ends=UNTIL, compare="previous"))
    groups = [
        each.says.values["group"].value
        for each in told.findings
        if each.kind in {"change.rate", "change.mix", "change.one_way"}
    ]
    return seen(groups, (("product", "camera"),))


def poor_product(lake: Lake) -> Seen:
    """Products differ a little by nature: only the camera is bad."""
    told = products(lake, Question(CSAT, begins=BEGINS, ends=UNTIL))
    poor = [each.product for each in told.products if each.is_poor]
    return seen(poor, "camera")


def rushed_queue(lake: Lake) -> Seen:
    """In the technical queue handle time falls."""
    asked = find("AHT", "without_wrap_up")
    told = change(
        lake, Question(asked, by=("queue",), begins=BEGINS, ends=UNTIL, compare="previous")
    )
    groups = [part.group[0] for part in told.parts if part.what == "rate" and part.believed]
    return seen(groups, "technical")


def breaks_the_deal(lake: Lake) -> Seen:
    """Refunds make customers leave who are satisfied."""
    try:
        told = deal_breakers(lake, Question(CSAT, begins=BEGINS, ends=UNTIL))
    except NotExplained:  # too few left
        return Seen(found=False, others=0)
    named = [each.name for each in told.suspects if each.believed]
    return seen(named, "topic=refund")


def late_delivery_first(lake: Lake) -> Seen:
    """Late parcels are the law by which satisfaction after a purchase is drawn, always."""
    told = drivers(lake, Question(CSAT, where=(("programme", "shop"),)))
    first = told.drivers[0].factor.name
    others = [d for d in told.drivers if d.believed and d.factor.name == "article_read_before"]
    return Seen(first == "late_delivery", len(others))


CHECKS: dict[str, Callable[[Lake], Seen]] = {
    "`why change CSAT`: the product that got worse": bad_product,
    "`why change AHT --by queue`: the queue that is hurried": rushed_queue,
    "`why products`: the bad product": poor_product,
    "`why deal-breakers`: the topic that makes leave": breaks_the_deal,
    "`why drivers CSAT`: late deliveries first": late_delivery_first,
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=200)
    options.add_argument("--size", type=int, default=24_000)
    asked = options.parse_args()
    planted: dict[str, list[Seen]] = {name: [] for name in CHECKS}
    nothing: dict[str, list[Seen]] = {name: [] for name in CHECKS}
    for seed in range(1, asked.seeds + 1):
        for effects, told in ((EFFECTS, planted), ((), nothing)):
            with tempfile.TemporaryDirectory() as folder, create(Path(folder) / "lake") as lake:
                lake.connection.execute("set enable_progress_bar = false")
                simulate(lake, asked.size, seed, days=DAYS, until=UNTIL, effects=effects)
                for name, check in CHECKS.items():
                    told[name].append(check(lake))
        print(f"seed {seed} of {asked.seeds}", flush=True)
        write(planted, nothing, seed, asked.size)


def write(
    planted: dict[str, list[Seen]], nothing: dict[str, list[Seen]], seeds: int, size: int
) -> None:
    """Write the page; it is whole after each seed."""
    lines = [HEAD.format(seeds=seeds, size=size, days=DAYS, day=date.today())]  # noqa: DTZ011
    for name in CHECKS:
        others = sum(each.others for each in planted[name]) / seeds
        always = "drivers" in name
        false = [
            bool(each.others) if always else each.found or bool(each.others)
            for each in nothing[name]
        ]
        hits = sum(each.found for each in planted[name])
        lines.append(
            f"| {name} | {share(hits, seeds)} | {others:.2f} | {share(sum(false), seeds)} |"
        )
    PAGE.write_text("\n".join([*lines, FOOT]), "utf-8")


def share(hits: int, n: int) -> str:
    interval = wilson(hits, n, 0.95)
    return f"{hits} of {n} ({interval.low:.0%}–{interval.high:.0%})"


if __name__ == "__main__":
    main()
