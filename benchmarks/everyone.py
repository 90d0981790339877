"""Does the interval of everyone's score hold the truth as often as it says?

Of real orders whose buyers all told a score, some are made silent, 200 times for each of four
reasons, and `why everyone` is asked. Writes docs/evidence-everyone.md:
`python benchmarks/everyone.py --data FOLDER`, where FOLDER has the Olist sample of joined orders.
"""

import argparse
import tempfile
from collections.abc import Mapping as ByName
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hearwell.engine.question import Question, find
from hearwell.evidence.counted import Counted, counted
from hearwell.evidence.experience import KEEP, experienced
from hearwell.insights.everyone.explain import Everyone, Score, ends_of, sides
from hearwell.insights.everyone.kinds import DIMENSIONS, adjusted, expected, kinds_of
from hearwell.jobs.bring_in import Mapping, bring_in
from hearwell.lake.lake import create
from hearwell.stats.interval import wilson

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "evidence-everyone.md"
FILES = {
    "olist_orders_dataset.csv": "orders_olist.toml",
    "olist_order_reviews_dataset.csv": "surveys_olist_b.toml",
}
CSAT = Question(find("CSAT")[:1])
RESPONSE = 0.15
ASKED_AGAIN = 150
ANSWER_AGAIN = 0.6
SIDES = ("measured", "adjusted", "everyone")

Floats = npt.NDArray[np.float64]

KEPT = (*KEEP, "follows", "eligible_at", "sent_at", *DIMENSIONS)
KNOWN_AT = "r.sent_at"

POPULATION = """
select *, row_number() over (order by survey_id) - 1 as place, over as said from experience
where over is not null and order_id is not null
"""
DRAWN = """
select * exclude (said, place, answers, again, answers_again)
    replace (if(answers, said, null) as over, null as follows)
from population join drawn using (place)
union all by name
select * exclude (said, place, answers, again, answers_again)
    replace (if(answers_again, said, null) as over, survey_id as follows,
        'again ' || survey_id as survey_id)
from population join drawn using (place) where again
"""
FACTS = """
select said as satisfied, coalesce(late_delivery, 1) as is_late,
    coalesce(delivery_time, 0) / 86400 as days from population order by place
"""


@dataclass(frozen=True)
class People:
    """All of whom the truth is known."""

    satisfied: Floats
    is_late: Floats
    days: Floats

    def chances(self) -> ByName[str, Floats]:
        """Return how likely each answers, by the reason for which others are silent."""
        slow = (self.days - self.days.mean()) / self.days.std()
        return {
            "by chance": np.full(len(self.days), RESPONSE),
            "by what happened to them": to_mean(-1.0 * self.is_late - 0.3 * slow),
            "by that, the worst served hardly": to_mean(-1.5 * self.is_late - 0.8 * slow),
            "by what they think": to_mean(-1.2 * self.satisfied),
        }


def to_mean(log_odds: Floats) -> Floats:
    """Return chances of which the mean is the response, by these differences in log odds."""
    low, high = -20.0, 20.0
    while high - low > 1e-9:
        middle = (low + high) / 2
        mean = float((1 / (1 + np.exp(-log_odds - middle))).mean())
        low, high = (middle, high) if mean < RESPONSE else (low, middle)
    chances: Floats = 1 / (1 + np.exp(-log_odds - low))
    return chances


@dataclass
class Tally:
    """How far a side was from the truth, each time, and whether its interval held it."""

    off: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    held: list[bool] = field(default_factory=list)

    def add(self, score: Score | None, truth: float) -> None:
        if score is not None:
            self.off.append(score.value - truth)
            self.width.append(score.high - score.low)
            self.held.append(score.low <= truth <= score.high)

    def told(self) -> str:
        n = len(self.held)
        if not n:
            return "– | – | –"
        interval = wilson(sum(self.held), n, 0.95)
        return (
            f"{100 * np.mean(self.off):+.1f} | {np.mean(self.held):.3f} "
            f"({interval.low:.2f}–{interval.high:.2f}, {n} told) | {100 * np.mean(self.width):.1f}"
        )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--times", type=int, default=200)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, create(Path(folder) / "lake") as lake:
        lake.connection.execute("set enable_progress_bar = false")
        for file, name in FILES.items():
            mapping = Mapping.read(ROOT / "examples" / "maps" / name)
            bring_in(lake, asked.data / file, mapping.target, mapping)
        with counted(lake, CSAT, KEPT) as rows, experienced(rows, KEPT, KNOWN_AT):
            lake.connection.execute(f"create temp table population as {POPULATION}")
            again_and_again(rows, asked.times)


def again_and_again(rows: Counted, times: int) -> None:
    """Draw who answers, ask for everyone's score, and write how often it was right."""
    facts = rows.sql(FACTS)
    people = People(*(facts[name] for name in ("satisfied", "is_late", "days")))
    truth = float(people.satisfied.mean())
    rng = np.random.default_rng(20_261_122)
    tallies = {why: {side: Tally() for side in SIDES} for why in people.chances()}
    for time in range(1, times + 1):
        for why, chances in people.chances().items():
            found = told(rows, rng, chances)
            for side in SIDES:
                tallies[why][side].add(getattr(found, side), truth)
        write(tallies, time, len(people.days), truth)
        print(f"{time} of {times}", flush=True)


def told(rows: Counted, rng: np.random.Generator, chances: Floats) -> Everyone:
    """Draw who answers and who is asked again, and ask for everyone's score."""
    answers = rng.random(len(chances)) < chances
    again = np.zeros(len(chances), dtype=bool)
    again[rng.choice(np.flatnonzero(~answers), ASKED_AGAIN, replace=False)] = True
    drawn = {
        "place": np.arange(len(chances)),
        "answers": answers,
        "again": again,
        "answers_again": again & (rng.random(len(chances)) < ANSWER_AGAIN),
    }
    connection = rows.lake.connection
    connection.register("drawn", drawn)
    connection.execute(f"create or replace temp table asked as {DRAWN}")
    connection.unregister("drawn")
    ends = ends_of(rows.variant)
    with kinds_of(rows, "asked", ends, KNOWN_AT) as kinds:
        found = expected(kinds)
        return sides(CSAT, rows.variant, ends, kinds, found, adjusted(rows, kinds, found), None)


HEAD = """# Evidence: everyone's score

Does the interval of `hearwell why everyone CSAT` hold the truth as often as it says, 95 of 100
times?
`python benchmarks/everyone.py` wrote this on {day}.

Of {people:,} real orders of a Brazilian shop (Olist, not shipped) the score is known of every
buyer: {truth:.1%} are satisfied.
{response:.0%} of them are let answer, {times} times for each of four
reasons; of the silent {again} drawn at random are asked again, of whom {answer_again:.0%} answer.

| who answers | side | off by, points | holds the truth | width, points |
|---|---|---|---|---|"""

FOOT = """
Measured and adjusted are right where the reason is chance, adjusted also where it is what is known
of people; where it is what they think, only asking again helps.
Where the worst served hardly answer, few stand for many: adjusted holds the truth less often than
it says.
Asking again is drawn and answered by chance here; in life it makes the error less, not none.
"""


def write(tallies: ByName[str, ByName[str, Tally]], times: int, people: int, truth: float) -> None:
    """Write the page; it is whole after each time."""
    head = HEAD.format(
        day=date.today(),  # noqa: DTZ011
        people=people,
        truth=truth,
        response=RESPONSE,
        times=times,
        again=ASKED_AGAIN,
        answer_again=ANSWER_AGAIN,
    )
    lines = [
        f"| {why} | {side} | {tally.told()} |"
        for why, sides in tallies.items()
        for side, tally in sides.items()
    ]
    PAGE.write_text("\n".join([head, *lines, FOOT]), "utf-8")


if __name__ == "__main__":
    main()
