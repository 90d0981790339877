"""Do reads and calls go together, and how many days later do the calls come?"""

from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from hearwell.engine.answer import Answer
from hearwell.engine.ask import ask
from hearwell.engine.period import to_local
from hearwell.engine.question import Question, find
from hearwell.lake.lake import Lake
from hearwell.stats.lagged import FEWEST_STEPS, lagged

MOST_DAYS = 14
ASKED = ("article_reads", "call_volume")


@dataclass(frozen=True)
class Lag:
    """How reads and the calls so many days later go together.

    Attributes:
        days: below 0 the calls come first.
        low, high: where the correlation lies by chance alone.

    """

    days: int
    correlation: float
    low: float
    high: float


@dataclass(frozen=True)
class Course:
    """All lags, the strongest, and how likely chance alone gives one as strong."""

    days: int
    lags: tuple[Lag, ...]
    strongest: Lag
    p: float

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"lags": [asdict(each) for each in self.lags]}


def course(lake: Lake, question: Question) -> Course | None:
    """Hold reads against calls day by day, where both are told; None of less than eight weeks."""
    asked = tuple(find(name)[0] for name in ASKED)
    put = replace(question, asked=asked, by=(), grain="day", compare=None, standardise=())
    reads, calls = (by_day(each, lake.settings.zone) for each in ask(lake, put).answers)
    if not reads or not calls:
        return None
    first, last = max(min(reads), min(calls)), min(max(reads), max(calls))
    days = [first + timedelta(days=i) for i in range((last - first).days + 1)]
    if len(days) < FEWEST_STEPS:
        return None
    one, other = (np.array([each.get(day, 0.0) for day in days]) for each in (reads, calls))
    weekday = np.array([day.weekday() for day in days], dtype=np.int64)
    found = lagged(one, other, weekday, MOST_DAYS, question.level)
    rows = zip(found.lag, found.correlation, found.low, found.high, strict=True)
    lags = tuple(Lag(int(lag), float(r), float(low), float(high)) for lag, r, low, high in rows)
    return Course(len(days), lags, lags[found.strongest], found.p)


def by_day(answer: Answer, zone: str) -> dict[date, float]:
    values = zip(answer.periods, answer.estimate.value, strict=True)
    return {
        to_local(period.begins, zone).date(): float(value)
        for period, value in values
        if not np.isnan(value)
    }
