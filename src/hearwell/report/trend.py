"""How a metric went over time: its values by day, week or month, whichever shows most."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from hearwell.engine.answer import Answer, Answers, plain
from hearwell.engine.ask import ask
from hearwell.engine.period import Grain, cell_after, first_cell, to_local
from hearwell.engine.question import Asked, Question
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit

GRAINS: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}

MOST = 60
"""More points than these run together on a telephone."""

FEWEST = 8
"""With fewer a finer grain is tried: most turns would be hidden within one point."""


@dataclass(frozen=True)
class Point:
    """The value of one cell; none where nothing was counted."""

    begins: date
    value: float | None
    low: float | None
    high: float | None
    n: int
    is_part: bool  # the period or the rows cover only a part of the cell


@dataclass(frozen=True)
class Trend:
    """One metric over time, without holes: a cell that nothing fell into is a point too."""

    grain: Grain
    unit: Unit
    points: tuple[Point, ...]

    @property
    def known(self) -> list[Point]:
        return [point for point in self.points if point.value is not None]


def trends(lake: Lake, question: Question, card: Answers) -> dict[Asked, Trend]:
    """Ask for the metrics that have data, all in one question for each grain that is needed."""
    asked = tuple(each.asked for each in card.answers if each.estimate.n.sum())
    found: dict[Asked, Trend] = {}
    grain: Grain | None = coarsest(card)
    while asked and grain is not None:
        over = replace(question, asked=asked, grain=grain, compare=None)
        answers = ask(lake, over)
        found |= {each.asked: trend(each, answers, grain, lake) for each in answers.answers}
        asked = tuple(each for each in asked if len(found[each].points) < FEWEST)
        grain = finer(grain)
    return found


def coarsest(card: Answers) -> Grain:
    """Return the finest grain that does not cut the longest period into too many cells."""
    periods = [each.periods[0] for each in card.answers if each.periods and each.estimate.n.sum()]
    longest = max((each.ends - each.begins for each in periods), default=timedelta())
    return next((g for g in GRAINS if longest.days / DAYS[g] <= MOST), GRAINS[-1])


def finer(grain: Grain) -> Grain | None:
    place = GRAINS.index(grain)
    return GRAINS[place - 1] if place else None


def trend(answer: Answer, answers: Answers, grain: Grain, lake: Lake) -> Trend:
    """Put the cells of an answer in their order, with those between them that have no rows."""
    zone, week = answers.zone, lake.settings.week_starts_on
    newest = answers.freshness[answer.asked.metric.record.table_name]["newest"]
    last_day = datetime.fromisoformat(newest).date() if newest else date.max
    points: dict[datetime, Point] = {}
    for i, period in enumerate(answer.periods):
        local, ends = to_local(period.begins, zone), to_local(period.ends, zone)
        begins = first_cell(local, grain, week)
        whole = cell_after(begins, grain)
        is_part = local > begins or ends < whole or last_day < (whole - timedelta(days=1)).date()
        estimate = answer.estimate
        points[begins] = Point(
            begins.date(),
            plain(estimate.value[i]),
            plain(estimate.interval.low[i]),
            plain(estimate.interval.high[i]),
            int(estimate.n[i]),
            is_part,
        )
    counted = sorted(begins for begins, point in points.items() if point.n)
    filled = []
    at = counted[0] if counted else None
    while at is not None and at <= counted[-1]:
        filled.append(points[at] if at in points and points[at].n else nothing(at))
        at = cell_after(at, grain)
    return Trend(grain, answer.unit, tuple(filled))


def nothing(begins: datetime) -> Point:
    """Return the point of a cell without rows; whether there were none nobody can tell."""
    return Point(begins.date(), None, None, None, 0, is_part=False)
