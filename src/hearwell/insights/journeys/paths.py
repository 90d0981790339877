"""The ways that customers take: what they did before they turned to us, and how far they came."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis

from hearwell.engine.derived import readable
from hearwell.engine.errors import BadQuestion
from hearwell.engine.facts import within
from hearwell.engine.period import Period
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.insights.journeys.identity import joined_touches
from hearwell.insights.journeys.mood import check_teams
from hearwell.lake.lake import Lake
from hearwell.language import gettext_noop
from hearwell.metrics.facts.journey_point import KINDS, JourneyPoint

STEPS_BACK = 3
WITHIN_DAYS = 7
MOST_PATHS = 10


@dataclass(frozen=True)
class Path:
    """What came before, oldest first, and how many went that way."""

    kinds: tuple[str, ...]
    times: int
    customers: int


@dataclass(frozen=True)
class Stage:
    """A stage of a funnel, and how many customers came to it by way of those before."""

    kind: str
    customers: int


def check_kind(kind: str) -> None:
    if kind not in KINDS:
        problem = gettext_noop("There are no touches of the kind {given}; they are {known}.")
        raise BadQuestion(problem, given=repr(kind), known=KINDS)


def paths_to(lake: Lake, kind: str, period: Period, teams: Teams = None) -> list[Path]:
    """Return the most common ways to a kind of touch: the three others before it, within a week.

    The same kind several times in a row is one step.

    Raises:
        BadQuestion, NotByTeam.

    """
    check_teams(teams)
    check_kind(kind)
    with lake.reading(), readable(lake, JourneyPoint):
        point = joined_touches(lake)
        order = ibis.window(group_by="customer_id", order_by="order_in_journey")
        last = point.mutate(last_kind=point.kind.lag().over(order))
        step = last.filter((last.last_kind != last.kind).fill_null(True))
        step = step.select("customer_id", "order_in_journey", "at", "kind")
        back = {}
        for i in range(1, STEPS_BACK + 1):
            soon = step.at.lag(i).over(order) >= step.at - ibis.interval(days=WITHIN_DAYS)
            back[f"back_{i}"] = soon.ifelse(step.kind.lag(i).over(order), None)
        way = step.mutate(**back)
        way = way.filter(way.kind == kind, within(way.at, period))
        counted = way.group_by(*reversed(back)).aggregate(
            times=way.count(), customers=way.customer_id.nunique()
        )
        counted = counted.order_by([ibis.desc("times"), *back]).limit(MOST_PATHS)
        rows = lake.connection.execute(sql(counted)).fetchall()
    return [
        Path((*(each for each in steps if each is not None), kind), times, customers)
        for *steps, times, customers in rows
    ]


def funnel(
    lake: Lake, kinds: Sequence[str], period: Period, within_days: float, teams: Teams = None
) -> list[Stage]:
    """Return how many customers came from each stage to the next in time.

    A customer begins with the first touch of the first stage in the period; each next stage is the
    first touch of its kind after the one before, within so many days of it.

    Raises:
        BadQuestion, NotByTeam.

    """
    check_teams(teams)
    if len(kinds) < 2 or len(set(kinds)) < len(kinds):
        problem = gettext_noop("A funnel has two stages or more, each of another kind.")
        raise BadQuestion(problem)
    for kind in kinds:
        check_kind(kind)
    stages = []
    with lake.reading(), readable(lake, JourneyPoint):
        point = joined_touches(lake)
        first = point.filter(point.kind == kinds[0], within(point.at, period))
        there = first.group_by("customer_id").aggregate(came_at=first.at.min())
        for i, kind in enumerate(kinds):
            if i:
                own = point.filter(point.kind == kind).select(next_id="customer_id", next_at="at")
                span = ibis.interval(seconds=round(within_days * 86_400))
                both = there.join(
                    own,
                    [
                        there.customer_id == own.next_id,
                        own.next_at > there.came_at,
                        own.next_at <= there.came_at + span,
                    ],
                )
                there = both.group_by("customer_id").aggregate(came_at=both.next_at.min())
            ((count,),) = lake.connection.execute(sql(there.aggregate(n=there.count()))).fetchall()
            stages.append(Stage(kind, int(count)))
    return stages
