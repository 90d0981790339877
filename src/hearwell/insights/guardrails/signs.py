"""Signs in all rows: calls that are too short, surveys kept back, answers that turn perfect."""

from dataclasses import dataclass

import ibis
import numpy as np

from hearwell.engine.derived import readable
from hearwell.engine.facts import of_teams, within
from hearwell.engine.period import Period
from hearwell.engine.question import Teams
from hearwell.engine.sums import sql
from hearwell.insights.guardrails.checks import (
    BY_DESIGN,
    SHORT_SECONDS,
    Outlier,
    of_customers,
    spoken,
    very_short,
)
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.call_line import called_by
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.steps import named
from hearwell.records.call import Call
from hearwell.records.survey import Survey
from hearwell.stats.difference import difference
from hearwell.stats.interval import Interval, wilson
from hearwell.stats.multiplicity import benjamini_hochberg, p_value
from hearwell.stats.shrinkage import shrunken_shares

QUARTILES_APART = 1.348980
"""How far the quartiles of a normal distribution lie apart, in standard deviations."""

AGAIN_WITHIN_MINUTES = 60
FEWEST_CALLS = 100
FEWEST_ANSWERS = 20
CEILING = 0.98
SEVERAL_AGENTS = 3


@dataclass(frozen=True)
class TwoShares:
    """A share among rows of one kind, and among the others, with the difference."""

    n: int
    share: float
    other_n: int
    other_share: float
    interval: Interval
    p: float


def two_shares(hits: float, n: float, other_hits: float, other_n: float, level: float) -> TwoShares:
    here, there = wilson(hits, n, level), wilson(other_hits, other_n, level)
    share, other = hits / n if n else np.nan, other_hits / other_n if other_n else np.nan
    more, interval = difference(share, share, here, other, other, there)
    p = float(p_value(more, interval, level))
    return TwoShares(int(n), float(share), int(other_n), float(other), interval, p)


@dataclass(frozen=True)
class ShortCalls:
    """Calls that were over at once, and what the others let expect.

    Attributes:
        expected: the share of the lognormal law that has the quartiles of all calls.
        again: who called again within the hour, after such calls and after others.

    """

    n: int
    share: float
    interval: Interval
    expected: float
    again: TwoShares

    @property
    def are_too_many(self) -> bool:
        return (
            self.n >= FEWEST_CALLS
            and float(self.interval.low) > 2 * self.expected
            and float(self.interval.low) > self.expected + 0.01
        )


def short_calls(lake: Lake, period: Period, teams: Teams, level: float) -> ShortCalls:
    """Count the calls that were over at once.

    The lengths of calls are lognormal to a good approximation (Brown and others 2005); calls that
    are hung up as soon as they are answered make a heap of their own at its short end.
    """
    with lake.reading(), readable(lake, Call):
        every = of_teams(Call.unbound(), teams)
        next_at = every.entered_at.lead().over(
            ibis.window(group_by=called_by(every), order_by=[every.entered_at, every.call_id])
        )
        rows = very_short(every.mutate(next_at=next_at), period)
        rows = rows.mutate(seconds=spoken(rows))
        ends = rows.ended_at.coalesce(rows.connected_at, rows.entered_at)
        soon = rows.next_at <= ends + ibis.interval(minutes=AGAIN_WITHIN_MINUTES)
        again = soon.fill_null(False) & (rows.caller.notnull() | rows.customer_id.notnull())
        known = rows.seconds.notnull()
        quartile = {
            f"q{q}": rows.seconds.quantile(q / 100, where=rows.seconds > 0) for q in (25, 50, 75)
        }
        sums = rows.aggregate(
            n=known.sum(),
            hits=rows.has_sign.sum(),
            again=(again & rows.has_sign).sum(),
            again_other=(again & ~rows.has_sign).sum(),
            **quartile,
        )
        (row,) = lake.connection.execute(sql(sums)).fetchall()
    n, hits, again_short, again_other = (float(each or 0) for each in row[:4])
    return ShortCalls(
        int(n),
        hits / n if n else float("nan"),
        wilson(hits, n, level),
        expected_below(SHORT_SECONDS, *row[4:]),
        two_shares(again_short, hits, again_other, n - hits, level),
    )


def expected_below(
    seconds: float, low: float | None, middle: float | None, high: float | None
) -> float:
    """Return the share of a lognormal law with these quartiles that lies below."""
    if not low or not middle or not high or high <= low:
        return float("nan")
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    spread = np.log(high / low) / QUARTILES_APART
    return float(special.ndtr(np.log(seconds / middle) / spread))


def suppressed_after_trouble(lake: Lake, period: Period, teams: Teams, level: float) -> TwoShares:
    """Tell how many surveys were suppressed after cases that went badly, and after others.

    Badly is: reopened, escalated, or passed through three hands or more.
    """
    with lake.reading(), readable(lake, CaseFact):
        lake.use(Survey)
        survey = of_teams(Survey.unbound(), teams)
        due = survey.filter(
            within(survey.eligible_at, period), survey.status.notin(BY_DESIGN), of_customers(survey)
        )
        case = named("of", of_teams(CaseFact.unbound(), teams))
        both = due.join(case, [due.source == case.of_source, due.case_id == case.of_case_id])
        badly = (
            (both.of_reopens > 0).fill_null(False)
            | (both.of_escalations > 0).fill_null(False)
            | (both.of_agents >= SEVERAL_AGENTS).fill_null(False)
        )
        kept_back = both.status == "suppressed"
        sums = both.aggregate(
            hits=(badly & kept_back).sum(),
            n=badly.sum(),
            other_hits=(~badly & kept_back).sum(),
            other_n=(~badly).sum(),
        )
        (row,) = lake.connection.execute(sql(sums)).fetchall()
    hits, n, other_hits, other_n = (float(each or 0) for each in row)
    return two_shares(hits, n, other_hits, other_n, level)


def sudden_ceilings(lake: Lake, period: Period, teams: Teams, level: float) -> list[Outlier]:
    """Return agents nearly all of whose answers became the best, as they were not before.

    Before is as long a time. What is expected is the agent's share then, drawn to that of all.
    """
    length = period.ends - period.begins
    both = Period(period.begins - length, period.ends)
    with lake.reading():
        lake.use(Survey)
        survey = of_teams(Survey.unbound(), teams)
        told = survey.filter(
            within(survey.answered_at, both), survey.answer.notnull(), of_customers(survey),
            survey.agent_id.notnull(), survey.scale_high.notnull(), survey.scale_low.notnull(),
        )  # fmt: skip
        best = told.higher_is_better.fill_null(True).ifelse(told.scale_high, told.scale_low)
        told = told.mutate(is_best=told.answer == best, is_now=within(told.answered_at, period))
        sums = told.group_by("agent_id").aggregate(
            n=told.is_now.sum(),
            hits=(told.is_best & told.is_now).sum(),
            n_before=(~told.is_now).sum(),
            hits_before=(told.is_best & ~told.is_now).sum(),
        )
        rows = lake.connection.execute(sql(sums.order_by("agent_id"))).fetchall()
    if not rows:
        return []
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    n, hits, n_before, hits_before = np.array([row[1:] for row in rows], dtype=np.float64).T
    if not n_before.sum():
        return []
    own, all_of_them = shrunken_shares(hits_before, n_before), hits_before.sum() / n_before.sum()
    expected = np.where(np.isnan(own), all_of_them, own)
    with np.errstate(invalid="ignore"):
        chance = np.where(
            hits > 0, special.betainc(np.maximum(hits, 1), n - hits + 1, expected), 1.0
        )
        chance = np.where(n >= FEWEST_ANSWERS, chance, np.nan)
        named_ones = benjamini_hochberg(chance, 1 - level) & (hits >= CEILING * n)
    return [
        Outlier(rows[i][0], int(n[i]), float(hits[i] / n[i]), float(expected[i]), float(chance[i]))
        for i in np.flatnonzero(named_ones)
    ]
