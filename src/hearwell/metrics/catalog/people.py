"""Are our people well? Metrics of agents' load."""

from hearwell.metrics.estimator import Ratio
from hearwell.metrics.facts.agent_day import AgentDay
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric


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
                among=available > 0,
                left_out={
                    "no staffed time known": day.staffed_seconds.isnull(),
                    "no staffed time but pauses": available <= 0,
                },
            ),
            meaning="ringing, talk, hold and wrap-up over staffed time without pauses",
        )
    }
