"""How each touch was for the customer, from 0 to 1, and how customers differ."""

from dataclasses import dataclass

import ibis

from hearwell.engine.errors import NotByTeam
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.insights.journeys.identity import joined_touches
from hearwell.lake.lake import Lake
from hearwell.metrics.part import Expr

GOOD_UNLESS_TOLD = ("contact", "call", "delivery", "search")
"""Touches whose signal only says when they went badly; else they went as they should."""

NOT_TELLING = ("cart_abandoned",)
"""Two of three carts are left: that one was says little of its owner."""


WHAT = "A journey"


def check_teams(teams: Teams) -> None:
    """Refuse those who may see some teams only: a journey is of no team.

    Raises:
        NotByTeam.

    """
    if teams is not None:
        raise NotByTeam(WHAT)


def with_mood(point: Expr) -> Expr:
    """Return the points with `mood`, null where nothing is told."""
    mood = ibis.cases(
        (point.kind.isin(GOOD_UNLESS_TOLD), point.signal.fill_null(1.0)),
        (point.kind.isin(NOT_TELLING), ibis.null("float64")),
        else_=point.signal,
    )
    return point.mutate(mood=mood)


@dataclass(frozen=True)
class Moods:
    """What is usual for each kind of touch, and the variances within and between customers."""

    usual: dict[str, float]
    within: float
    between: float


def moods(lake: Lake) -> Moods:
    """Measure them over all customers; the points must be readable."""
    told = with_mood(joined_touches(lake))
    told = told.filter(told.mood.notnull())
    of_kind = told.group_by("kind").aggregate(usual=told.mood.mean())
    usual = dict(lake.connection.execute(sql(of_kind.order_by("kind"))).fetchall())
    mean = told.mood.mean().over(ibis.window(group_by="kind"))
    rest = told.select("customer_id", residual=told.mood - mean)
    person = rest.group_by("customer_id").aggregate(
        n=rest.count(), total=rest.residual.sum(), squares=(rest.residual**2).sum()
    )
    sums = person.aggregate(
        people=person.count(),
        rows=person.n.sum(),
        inside=(person.squares - person.total**2 / person.n).sum(),
        across=(person.total**2 / person.n).sum(),
        n_squares=(person.n * person.n).sum(),
    )
    ((people, rows, inside, across, n_squares),) = lake.connection.execute(sql(sums)).fetchall()
    if not people or rows <= people or people < 2:
        return Moods(usual, 0.0, 0.0)
    within = float(inside) / (rows - people)
    each = (rows - n_squares / rows) / (people - 1)  # touches of a typical customer
    between = max((float(across) / (people - 1) - within) / float(each), 0.0)
    return Moods(usual, within, between)
