"""Are planted effects found, and is nothing found where nothing was planted?

Simulates companies, one for each seed, with effects planted and with none, asks the insights, and
writes how often each was found into docs/evidence.md: `python benchmarks/evidence.py --seeds 200`.

What each seed gave is kept in benchmarks/results. Begun again, it goes on with the seeds that are
missing there; remove the file after a change of an insight or of the simulator.
"""

import argparse
import json
import sys
import tempfile
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from pathlib import Path

from hearwell.engine.fact_build import build_facts
from hearwell.engine.period import instant, period
from hearwell.engine.question import Question, find
from hearwell.evidence.errors import NotExplained
from hearwell.insights.change.explain import change
from hearwell.insights.deal_breakers.explain import deal_breakers
from hearwell.insights.drivers.explain import drivers
from hearwell.insights.guardrails.checks import CHECKS as SIGNS
from hearwell.insights.guardrails.checks import FEWEST_ROWS, counted
from hearwell.insights.guardrails.judged import judged
from hearwell.insights.guardrails.told import signs
from hearwell.insights.journeys.before_turn import before_turns
from hearwell.insights.products.explain import products
from hearwell.insights.turned.told import turned
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import Lake, create
from hearwell.simulator.company import PRODUCT_LIKING, PRODUCTS
from hearwell.simulator.effects import EVERY
from hearwell.stats.interval import wilson

DAYS, UNTIL = 240, "2026-06-30"
BEGINS = "2026-03-28"
"""The day after that on which planted effects begin: 60 % of the period is over."""

EFFECTS = ("bad_release", "deal_breaker", "rushed_agents", "moved_to_email", "chosen_surveys")
NEAR = timedelta(days=14)
PAGE = Path(__file__).parents[1] / "docs" / "evidence.md"
RESULTS = Path(__file__).parent / "results"
CSAT = find("CSAT")[:1]
NO_DRIVERS = ("article_read_before",)
"""Of what is looked at, what has nothing to do with the answers."""

LESS_LIKED = [p for p, liked in zip(PRODUCTS, PRODUCT_LIKING, strict=True) if liked < 0]
"""Products that do worse than the others in every company."""

HEAD = """# Evidence

Are planted effects found, and is nothing found where nothing was planted?
`python benchmarks/evidence.py --seeds {seeds} --size {size}` wrote this on {day}.
{seeds} companies of {size} customers were simulated for {days} days with effects planted, and as
many with none.
In brackets the interval of a share, at 95 %.

| insight | planted: found | planted: others found, each time | nothing planted: anything false |
|---|---|---|---|"""

FOOT = """
The others found are groups that an effect moves as well, such as the topics that customers of a
bad product ask about, or the queues beside one that is hurried, which did not follow it; they are
not all false. Surveys that are kept back by agents who choose whom to ask are none of them.
Products that are liked less in every company ({less_liked}) are not false either.
Of agents who choose whom to ask, each who had {fewest} surveys to send or more counts by itself.
Late deliveries, and that it annoys to have to come back, are part of the simulation always.
Of drivers, what is false is that reading an article was taken for one, and the same of what comes
before turns. Everything else that is found where nothing is planted counts as false.
"""


@dataclass(frozen=True)
class Seen:
    """How much of what was planted in one company an insight found, and what else."""

    found: int
    planted: int
    others: Sequence[str]


def seen(named: Collection[object], planted: Collection[object]) -> Seen:
    return Seen(
        sum(each in named for each in planted),
        len(planted),
        sorted(str(each) for each in named if each not in planted),
    )


def bad_product(lake: Lake) -> Seen:
    """Camera is the product whose release was bad."""
    told = change(lake, Question(CSAT, begins=BEGINS, ends=UNTIL, compare="previous"))
    groups = [
        each.says.values["group"].value
        for each in told.findings
        if each.kind in {"change.rate", "change.mix", "change.one_way"}
    ]
    return seen(set(groups), [(("product", "camera"),)])


def poor_product(lake: Lake) -> Seen:
    """Products differ by nature; the camera becomes bad."""
    told = products(lake, Question(CSAT, begins=BEGINS, ends=UNTIL))
    poor = [each.product for each in told.products if each.is_poor]
    return seen(poor, ["camera"])


def rushed_queue(lake: Lake) -> Seen:
    """In the technical queue handle time falls."""
    asked = find("AHT", "without_wrap_up")
    told = change(
        lake, Question(asked, by=("queue",), begins=BEGINS, ends=UNTIL, compare="previous")
    )
    groups = [part.group[0] for part in told.parts if part.what == "rate" and part.believed]
    return seen(groups, ["technical"])


def breaks_the_deal(lake: Lake) -> Seen:
    """Refunds make customers leave who are satisfied."""
    try:
        told = deal_breakers(lake, Question(CSAT, begins=BEGINS, ends=UNTIL))
    except NotExplained:  # too few left
        return Seen(0, 1, ())
    named = [each.name for each in told.suspects if each.believed]
    return seen(named, ["topic=refund"])


def late_delivery_first(lake: Lake) -> Seen:
    """Late parcels are the law by which satisfaction after a purchase is drawn, always."""
    told = drivers(lake, Question(CSAT, where=(("programme", "shop"),)))
    first = told.drivers[0].factor.name
    others = [d.factor.name for d in told.drivers if d.believed and d.factor.name in NO_DRIVERS]
    return Seen(int(first == "late_delivery"), 1, others)


def paid_for(lake: Lake) -> Seen:
    """In the technical queue more callers call again, because they are hurried."""
    asked = Question((), begins=BEGINS, ends=UNTIL, compare="previous")
    harmed = [
        (*each.group, each.pair.asked.metric.name, each.pair.partner.metric.name)
        for each in judged(lake, asked, ("queue",))
        if each.state == "harmed" and each.group
    ]
    planted = (("queue", "technical"), "average_handle_time", "repeat_contact_rate")
    return seen(set(harmed), [planted])


def chosen_surveys(lake: Lake) -> Seen:
    """Some agents keep surveys from customers who are not pleased."""
    zone = lake.settings.zone
    now = period(instant(BEGINS, zone), instant(UNTIL, zone, last=True))
    told = signs(lake, now, Question((), begins=BEGINS, ends=UNTIL))
    named = [f"{each.kind} {each.evidence.get('agent')}" for each in told]
    agents, _, n = counted(lake, SIGNS["send_rate"], now, None)
    planted = [
        f"guardrails.send_rate {agent}"
        for agent, due in zip(agents, n.sum(axis=1), strict=True)
        if due >= FEWEST_ROWS and chooses(agent)
    ]
    return seen(named, planted)


def chooses(agent: str) -> bool:
    """Is it one of the agents who choose whom to ask?"""
    number = agent.rpartition("-")[2]
    return number.isdecimal() and int(number) % EVERY == 0


def other_mix(lake: Lake) -> Seen:
    """Customers of the chat write e-mails, which are answered later."""
    asked = find("FRT", "mean")
    told = change(
        lake, Question(asked, by=("channel",), begins=BEGINS, ends=UNTIL, compare="previous")
    )
    groups = {part.group[0] for part in told.parts if part.what == "mix" and part.believed}
    return Seen(int("email" in groups), 1, sorted(map(str, groups - {"chat", "email"})))


def dated(lake: Lake) -> Seen:
    """Handle time of the technical queue falls on the day before the period begins."""
    asked = find("AHT", "without_wrap_up")
    told = turned(lake, Question(asked, where=(("queue", "technical"),))).watched
    days = [told.series.begins[each.day] for each in told.changes]
    near = [day for day in days if abs(day - date.fromisoformat(BEGINS)) <= NEAR]
    return Seen(int(bool(near)), 1, [str(day) for day in days if day not in near])


def before_turning(lake: Lake) -> Seen:
    """To have to come back makes the next answer worse, always."""
    zone = lake.settings.zone
    whole = period(instant("2025-11-03", zone), instant(UNTIL, zone, last=True))
    named = [(each.kind, each.what) for each in before_turns(lake, whole, None, 0.95).found]
    others = [what for kind, what in named if kind == "article_view"]
    return Seen(int(("contact", "bad") in named), 1, others)


@dataclass(frozen=True)
class Check:
    """An insight that is asked, under the words that the page has for it.

    Attributes:
        is_always: what it should find is part of the simulation, also where nothing is planted.
        by_nature: what else is true of every company.
        follows: is this true as well where the effects are planted?

    """

    words: str
    ask: Callable[[Lake], Seen]
    is_always: bool = False
    by_nature: Collection[str] = ()
    follows: Callable[[str], bool] = lambda _: False

    def false(self, seen: Seen) -> list[str]:
        """Return what was found and is not true of a company without effects."""
        also = [] if self.is_always or not seen.found else ["what is planted elsewhere"]
        return also + [each for each in seen.others if each not in self.by_nature]

    def others(self, seen: Seen) -> list[str]:
        """Return what was found of a company with effects that is none of them."""
        return [e for e in seen.others if e not in self.by_nature and not self.follows(e)]


CHECKS = {
    check.ask.__name__: check
    for check in (
        Check("`why change CSAT`: the product that got worse", bad_product),
        Check("`why change AHT --by queue`: the queue that is hurried", rushed_queue),
        Check("`why change FRT:mean --by channel`: another mix of channels", other_mix),
        Check("`why turned AHT --where queue=technical`: the day, within 14 days", dated),
        Check("`why products`: the bad product", poor_product, by_nature=LESS_LIKED),
        Check("`why guardrails --by queue`: handle time paid for by repeat contacts", paid_for),
        Check(
            "`why guardrails`: agents who choose whom to ask",
            chosen_surveys,
            follows=lambda each: chooses(each) or each.startswith("guardrails.surveys_kept_back"),
        ),
        Check("`why deal-breakers`: the topic that makes leave", breaks_the_deal),
        Check("`why drivers CSAT`: late deliveries first", late_delivery_first, is_always=True),
        Check("`why journeys`: having to come back, before turns", before_turning, is_always=True),
    )
}

Told = Mapping[str, Seen]
"""What each check saw in one company."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=200)
    options.add_argument("--size", type=int, default=24_000)
    asked = options.parse_args()
    kept = RESULTS / f"evidence-{asked.size}.jsonl"
    known = read(kept)
    for seed in range(1, asked.seeds + 1):
        if seed in known:
            continue
        try:
            known[seed] = told(asked.size, seed, EFFECTS), told(asked.size, seed, ())
        except Exception:  # noqa: BLE001  it runs for hours: a seed that fails is tried next time
            traceback.print_exc()
            continue
        keep(kept, seed, *known[seed])
        write([known[each] for each in sorted(known) if each <= asked.seeds], asked.size)
        print(f"seed {seed} of {asked.seeds}", flush=True)
    missing = asked.seeds - sum(each <= asked.seeds for each in known)
    return 1 if missing else 0


def told(size: int, seed: int, effects: tuple[str, ...]) -> Told:
    """Simulate a company, and ask all insights."""
    with tempfile.TemporaryDirectory() as folder, create(Path(folder) / "lake") as lake:
        lake.connection.execute("set enable_progress_bar = false; set threads = 1")
        simulate(lake, size, seed, days=DAYS, until=UNTIL, effects=effects)
        build_facts(lake)  # else nearly every insight makes them anew
        return {name: check.ask(lake) for name, check in CHECKS.items()}


def keep(file: Path, seed: int, *both: Told) -> None:
    line = {"seed": seed, "told": [{n: astuple(s) for n, s in each.items()} for each in both]}
    with file.open("a", encoding="utf-8") as target:
        target.write(f"\n{json.dumps(line)}\n")  # a line that was cut off stays alone


def read(file: Path) -> dict[int, tuple[Told, Told]]:
    """Return what is kept, by seed; of other checks than these it is not taken."""
    found = {}
    for line in file.read_text("utf-8").splitlines() if file.exists() else ():
        if not line.endswith("}"):
            continue  # the machine stopped while it was written
        each = json.loads(line)
        planted, nothing = ({n: Seen(*s) for n, s in told.items()} for told in each["told"])
        if planted.keys() == CHECKS.keys():
            found[each["seed"]] = planted, nothing
    return found


def write(both: list[tuple[Told, Told]], size: int) -> None:
    """Write the page; it is whole after each seed."""
    seeds = len(both)
    lines = [HEAD.format(seeds=seeds, size=size, days=DAYS, day=date.today())]  # noqa: DTZ011
    for name, check in CHECKS.items():
        planted = [told[name] for told, _ in both]
        nothing = [told[name] for _, told in both]
        false = sum(bool(check.false(each)) for each in nothing)
        hits, n = sum(s.found for s in planted), sum(s.planted for s in planted)
        others = sum(len(check.others(each)) for each in planted) / seeds
        lines.append(f"| {check.words} | {share(hits, n)} | {others:.2f} | {share(false, seeds)} |")
    PAGE.write_text(
        "\n".join([*lines, FOOT.format(fewest=FEWEST_ROWS, less_liked=", ".join(LESS_LIKED))]),
        "utf-8",
    )


def share(hits: int, n: int) -> str:
    interval = wilson(hits, n, 0.95)
    return f"{hits} of {n} ({interval.low:.0%}–{interval.high:.0%})"


if __name__ == "__main__":
    sys.exit(main())
