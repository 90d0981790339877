"""Metrics of the waits of customers who wrote, and of the agents who had their cases."""

from hearwell.metrics.catalog.cases import quantiles
from hearwell.metrics.clock import Clock
from hearwell.metrics.facts.case_handling import CaseHandling
from hearwell.metrics.facts.reply_wait import ReplyWait
from hearwell.metrics.metric import Better, Question, Unit, Variants, metric


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="waiting_since",
    credits="whoever replied, and the team that had the case then",
    guardrail="customer_satisfaction",
    source="Zendesk (next reply time); from the first message that nobody had answered to the "
    "next public reply of a human",
    labels=("NRT",),
)
def next_response_time(wait: ReplyWait, clock: Clock) -> Variants:
    """How long customers waited for a reply each time that they wrote again.

    The first response of a case is not in it: see first_response_time. Further messages of the
    customer do not begin the wait anew, and bots and automatic answers do not end it.
    """
    again = ~wait.is_first
    replied = wait.replied_at.notnull()
    return quantiles(
        clock.between(wait.waiting_since, wait.replied_at),
        again & replied,
        {"not answered yet": again & ~replied},
    )


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="each agent for the time that they had the case",
    guardrail="reopen_rate",
    source="the counterpart of average handle time for chats and other written channels: "
    "new or open and assigned to the agent, up to the last solving",
)
def case_handle_time(handling: CaseHandling, clock: Clock) -> Variants:
    """How long an agent had a case that was to be worked on, until it was solved.

    A case that was passed on counts once for each agent with the agent's own time, as a call that
    was transferred does. It is no time at work: an agent has several chats at once.
    """
    took = clock.counted(handling.handle_seconds, handling.handle_business_seconds)
    told = handling.handle_seconds.notnull()
    return quantiles(took, told, {"not told who had it": ~told})
