"""Signs that a number was made to look good: what an agent does far more, or less, than others do.

Each check counts rows that have the sign, for each agent and kind of work, and holds the agents
against each other. A sign is no proof: it says where to look.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hearwell.engine.derived import readable
from hearwell.engine.facts import of_teams, within
from hearwell.engine.period import Period
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog.waiting import offered
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.part import Expr
from hearwell.records.call import Call
from hearwell.records.record import Record
from hearwell.records.survey import ANONYMOUS, Survey
from hearwell.stats.funnel import Funnel, funnel
from hearwell.stats.interval import FloatArray
from hearwell.stats.multiplicity import benjamini_hochberg

SHORT_SECONDS = 10
"""Too short to have helped anybody: a greeting takes as long."""

FAST_SECONDS = 10
"""Too soon for a customer to have read an invitation."""

FEWEST_ROWS = 30
BEYOND = 0.02
"""An agent is named who is at least this far from what is expected."""

BY_DESIGN = ("held_out", "throttled")
"""Not asked by rules that are the same for all."""


@dataclass(frozen=True)
class Check:
    """A sign to look for.

    Attributes:
        rows: return the rows of a period with `has_sign`, null where it cannot be told.
        kinds_of_work: columns in which agents' work differs; others are held against each other
            within the same.
        side: is it suspicious to have it more often than others, or less?

    """

    name: str
    record: type[Record]
    rows: Callable[[Expr, Period], Expr]
    kinds_of_work: tuple[str, ...]
    side: Literal["high", "low"]


def asked_or_not(survey: Expr, period: Period) -> Expr:
    """Surveys that were due, and whether they were sent: who sends few may choose whom to ask."""
    due = survey.filter(
        within(survey.eligible_at, period), survey.status.notin(BY_DESIGN), of_customers(survey)
    )
    return due.mutate(has_sign=due.sent_at.notnull())


def answered_at_once(survey: Expr, period: Period) -> Expr:
    """Answers sooner than anybody reads: given by somebody who waited for the invitation."""
    told = survey.filter(
        within(survey.answered_at, period), survey.sent_at.notnull(), of_customers(survey)
    )
    seconds = told.answered_at.delta(told.sent_at, unit="second")
    return told.mutate(has_sign=seconds < FAST_SECONDS)


def of_customers(survey: Expr) -> Expr:
    return survey.instrument.notin(ANONYMOUS).fill_null(True)


def very_short(call: Expr, period: Period) -> Expr:
    """Answered calls that were over at once."""
    answered = call.filter(offered(call), within(call.entered_at, period))
    answered = answered.filter(answered.outcome == "answered")
    return answered.mutate(has_sign=spoken(answered) < SHORT_SECONDS)


def spoken(call: Expr) -> Expr:
    return call.connected_seconds.coalesce(call.talk_seconds + call.hold_seconds.fill_null(0.0))


def closed_without_reply(case: Expr, period: Period) -> Expr:
    """Cases of customers who wrote, solved without a reply by anybody."""
    solved = case.filter(within(case.solved_at, period), case.customer_messages > 0)
    no_bot = ~solved.is_bot_only.fill_null(False)
    return solved.filter(no_bot).mutate(has_sign=solved.human_replies == 0)


CHECKS: Mapping[str, Check] = {
    check.name: check
    for check in (
        Check("send_rate", Survey, asked_or_not, ("touchpoint", "channel", "topic"), "low"),
        Check("answered_at_once", Survey, answered_at_once, ("touchpoint", "channel"), "high"),
        Check("very_short_calls", Call, very_short, ("queue", "topic"), "high"),
        Check("closed_without_reply", CaseFact, closed_without_reply, ("channel", "topic"), "high"),
    )
}


@dataclass(frozen=True)
class Outlier:
    """An agent who stands out in a check."""

    agent: str
    n: int
    share: float
    expected: float
    p: float


def outliers(lake: Lake, check: Check, period: Period, teams: Teams, level: float) -> list[Outlier]:
    """Return the agents who stand out, those farthest from what is expected first."""
    agents, hits, n = counted(lake, check, period, teams)
    if len(agents) < 2:
        return []
    found = funnel(hits, n)
    return standing_out(agents, found, check.side, level)


def counted(
    lake: Lake, check: Check, period: Period, teams: Teams
) -> tuple[list[str], FloatArray, FloatArray]:
    """Count rows with the sign, and all rows, for each agent and kind of work."""
    with lake.reading(), readable(lake, check.record):
        table = of_teams(check.record.rows(), teams)
        rows = check.rows(table, period)
        rows = rows.filter(rows.agent_id.notnull(), rows.has_sign.cast("int8").notnull())
        sums = rows.group_by("agent_id", *check.kinds_of_work).aggregate(
            hits=rows.has_sign.sum(), n=rows.count()
        )
        found = lake.connection.execute(sql(sums)).fetchall()
    agents = sorted({row[0] for row in found})
    kinds = {kind: i for i, kind in enumerate(dict.fromkeys(row[1:-2] for row in found))}
    hits, n = np.zeros((len(agents), len(kinds))), np.zeros((len(agents), len(kinds)))
    place = {agent: i for i, agent in enumerate(agents)}
    for agent, *kind, signs, count in found:
        at = place[agent], kinds[tuple(kind)]
        hits[at], n[at] = signs, count
    return agents, hits, n


def standing_out(
    agents: list[str], found: Funnel, side: Literal["high", "low"], level: float
) -> list[Outlier]:
    chance = np.where(found.n >= FEWEST_ROWS, getattr(found, side), np.nan)
    beyond = found.share - found.expected
    far = (beyond if side == "high" else -beyond) >= BEYOND
    named = np.flatnonzero(benjamini_hochberg(chance, 1 - level) & far)
    order = named[np.argsort(-np.abs(beyond[named]), kind="stable")]
    return [
        Outlier(
            agents[i],
            int(found.n[i]),
            float(found.share[i]),
            float(found.expected[i]),
            float(chance[i]),
        )
        for i in order
    ]
