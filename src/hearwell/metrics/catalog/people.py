"""Are our people well? Metrics of agents' load, and of who leaves."""

from hearwell.metrics.estimator import LeftOut, Ratio, Share
from hearwell.metrics.facts.agent_day import AgentDay
from hearwell.metrics.facts.agent_month import AgentMonth
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr

MONTHS_A_YEAR = 12


@metric(
    unit=Unit.SHARE,
    better=Better.IN_RANGE,
    question=Question.PEOPLE,
    dated_by="day_began_at",
    credits="the agent",
    guardrail="agent_satisfaction",
    source="Amazon Connect: busy time over staffed time without pauses; above 1 is a fault of data",
    clustered_by="agent_id",
)
def occupancy(day: AgentDay) -> Variants:
    """Part of their staffed time, pauses left out, that agents were busy with calls."""
    available = day.staffed_seconds - day.paused_seconds
    return {
        "all": Variant(
            estimator=Ratio(
                day.busy_seconds,
                available,
                is_part=True,
                among=available > 0,
                left_out={
                    "no staffed time known": day.staffed_seconds.isnull(),
                    "no staffed time but pauses": available <= 0,
                    "time on calls not known": (available > 0) & day.busy_seconds.isnull(),
                },
            ),
            meaning="ringing, talk, hold and wrap-up over staffed time without pauses",
        )
    }


@metric(
    unit=Unit.EACH,
    better=Better.IN_RANGE,
    question=Question.PEOPLE,
    dated_by="day_began_at",
    credits="the agent",
    guardrail="agent_satisfaction",
    source="cases handled over agents staffed, for each day: how much one has to do",
    clustered_by="agent_id",
)
def cases_per_agent(day: AgentDay) -> Variants:
    """How many cases an agent who was there handled on a day."""
    staffed = (day.staffed_seconds > 0).fill_null(False)

    def a_day(done: Expr, not_told: LeftOut) -> Ratio:
        away = {"no staffed time known": ~staffed}
        return Ratio(done, staffed.cast("float64"), among=staffed, left_out={**away, **not_told})

    def unknown(done: Expr, what: str) -> LeftOut:
        return {f"no {what} of the agent are told, or not of that day": staffed & done.isnull()}

    return {
        "cases": Variant(
            estimator=a_day(day.cases, unknown(day.cases, "replies")),
            meaning="different cases in which the agent wrote to the customer, over agents staffed "
            "who write",
        ),
        "calls": Variant(
            estimator=a_day(day.calls, unknown(day.calls, "calls")),
            meaning="calls that the agent answered, over agents staffed who take calls",
        ),
        "requests": Variant(
            estimator=a_day(day.requests, unknown(day.requests, "replies and calls")),
            meaning="cases and calls together, over agents staffed who write or take calls",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.PEOPLE,
    dated_by="month_began_at",
    credits="the team",
    guardrail="agent_satisfaction",
    source="attrition of staff: those who left over those who were there when the month began",
    clustered_by="agent_id",
)
def attrition_rate(month: AgentMonth) -> Variants:
    """Part of the people who were there when a month began and left in it."""
    told, over = month.is_leaving_told, month.month_ended_at <= month.known_until
    left_out = {
        "the source tells of nobody who left": ~told,
        "month not over": told & ~over,
    }
    a_year = month.has_left.cast("float64") * MONTHS_A_YEAR
    return {
        "monthly": Variant(
            estimator=Share(month.has_left, among=told & over, left_out=left_out),
            meaning="left in the month, of those who were there when it began",
        ),
        "yearly": Variant(
            estimator=Ratio(
                a_year,
                month.has_left.notnull().cast("float64"),
                among=told & over,
                left_out=left_out,
            ),
            meaning="those who would leave in a year at the pace of the period, over the average "
            "number at the beginning of its months; may be above 1",
        ),
    }
