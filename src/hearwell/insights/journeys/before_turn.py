"""What comes before customers turn more often than before others who were as content as they."""

from dataclasses import dataclass
from typing import Literal

import ibis
import numpy as np

from hearwell.engine.derived import readable
from hearwell.engine.facts import within
from hearwell.engine.period import Period
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.insights.journeys.identity import joined_touches
from hearwell.insights.journeys.mood import check_teams
from hearwell.insights.journeys.person import BAD
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.journey_point import JourneyPoint
from hearwell.metrics.part import Expr
from hearwell.stats.interval import FloatArray
from hearwell.stats.matched import mantel_haenszel
from hearwell.stats.multiplicity import benjamini_hochberg

CONTENT = 0.5
DAYS_BEFORE = 14
FEWEST_TURNED = 10

What = Literal["any", "bad", "topic"]


@dataclass(frozen=True)
class Before:
    """Something that may come before.

    Attributes:
        kind, what, topic: a kind of touch; any of it, one that went badly, or one about a topic.
        turned, stayed: how many had it, of the customers who turned and of those who did not.
        ratio, low, high: how many times the odds of it were among those who turned.

    """

    kind: str
    what: What
    topic: str | None
    turned: float
    stayed: float
    people: int
    ratio: float | None  # none where nobody who stayed had it
    low: float | None
    high: float | None
    p: float


@dataclass(frozen=True)
class Looked:
    """How many answers were looked at, and what was found to come before."""

    turned: int
    stayed: int
    found: list[Before]


def before_turns(lake: Lake, period: Period, teams: Teams, level: float) -> Looked:
    """Hold what came before answers of customers who turned against what came before others.

    Both had been content in their answer before; those who turned now are not. They are matched by
    the month, the channel and the topic of the answer. Looked at are the touches in the 14 days
    before it.

    Raises:
        NotByTeam.

    """
    check_teams(teams)
    with lake.reading(), readable(lake, JourneyPoint):
        point = joined_touches(lake)
        answer = answers(point, period)
        each = answer.group_by("stratum", "has_turned").aggregate(n=answer.count())
        had = touches_before(point, answer)
        counted = had.group_by("stratum", "has_turned", "kind", "what", "about").aggregate(
            n=had.answer.nunique()
        )
        sizes = lake.connection.execute(sql(each)).fetchall()
        rows = lake.connection.execute(sql(counted)).fetchall()
    strata = {name: i for i, name in enumerate(dict.fromkeys(row[0] for row in sizes))}
    things = sorted({(kind, what, about or "") for _, _, kind, what, about, _ in rows})
    place = {thing: i for i, thing in enumerate(things)}
    size = np.zeros((2, len(strata)))
    for stratum, has_turned, n in sizes:
        size[int(has_turned), strata[stratum]] = n
    having = np.zeros((2, len(things), len(strata)))
    for stratum, has_turned, kind, what, about, n in rows:
        having[int(has_turned), place[kind, what, about or ""], strata[stratum]] = n
    stayed, turned = int(size[0].sum()), int(size[1].sum())
    if turned < FEWEST_TURNED or not things:
        return Looked(turned, stayed, [])
    return Looked(turned, stayed, more_common(things, having, size, level))


def answers(point: Expr, period: Period) -> Expr:
    """Return the answers of customers who were content the time before: content still, or not."""
    told = point.filter(point.kind == "survey_answer", point.signal.notnull())
    last = told.signal.lag().over(
        ibis.window(group_by=told.customer_id, order_by=told.order_in_journey)
    )
    told = told.mutate(last=last)
    told = told.filter(
        within(told.at, period),
        told.last >= CONTENT,
        (told.signal <= BAD) | (told.signal >= CONTENT),
    )
    month = told.at.strftime("%Y-%m")
    stratum = month + "|" + told.channel.fill_null("") + "|" + told.topic.fill_null("")
    return told.select(
        "customer_id",
        answered_at=told.at,
        answer=told.customer_id + "|" + told.order_in_journey.cast("string"),
        stratum=stratum,
        has_turned=told.signal <= BAD,
    )


def touches_before(point: Expr, answer: Expr) -> Expr:
    """Return the touches before each answer: of any kind, gone badly, and contacts by topic."""
    touch = point.filter(point.kind != "survey_answer")
    own = touch.select("customer_id", "kind", "topic", "signal", touched_at=touch.at)
    both = answer.join(
        own,
        [
            answer.customer_id == own.customer_id,
            own.touched_at < answer.answered_at,
            own.touched_at >= answer.answered_at - ibis.interval(days=DAYS_BEFORE),
        ],
    )

    def of(what: What, rows: Expr, about: Expr) -> Expr:
        return rows.select(
            "stratum", "has_turned", "answer", "kind", what=ibis.literal(what), about=about
        )

    nothing = ibis.null("string")
    badly = both.filter(both.signal <= BAD)
    about = both.filter(both.kind == "contact", both.topic.notnull())
    return ibis.union(
        of("any", both, nothing), of("bad", badly, nothing), of("topic", about, about.topic)
    )


def more_common(
    things: list[tuple[str, str, str]], having: FloatArray, size: FloatArray, level: float
) -> list[Before]:
    """Return what is more common before turns, beyond chance, the most telling first."""
    found = mantel_haenszel(having[1], size[1], having[0], size[0], level)
    enough = having.sum(axis=(0, 2)) >= FEWEST_TURNED
    p = np.where(enough & ~np.isnan(found.ratio), found.p, np.nan)
    named = benjamini_hochberg(p, 1 - level) & (found.ratio > 1)
    share = having.sum(axis=2) / size.sum(axis=1)[:, None]
    order = sorted(np.flatnonzero(named), key=lambda i: found.p[i])
    return [
        Before(
            things[i][0],
            things[i][1],  # type: ignore[arg-type]  # one of the words above
            things[i][2] or None,
            float(share[1, i]),
            float(share[0, i]),
            int(having[1, i].sum()),
            finite(found.ratio[i]),
            finite(found.interval.low[i]),
            finite(found.interval.high[i]),
            float(found.p[i]),
        )
        for i in order
    ]


def finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
