"""Metrics of what happened to cases: replies, solving, reopening, passing on."""

import ibis

from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import LeftOut, Mean, Quantile, Share
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.first_response import FirstResponse
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import EVERY_ROW, Expr

ANSWER_WITHIN_HOURS = 24
"""A case without a reply for longer counts as unanswered."""


def quantiles(took: Expr, among: Expr, left_out: LeftOut) -> Variants:
    """Return the median first: a few long cases move the mean far."""
    return {
        "p50": Variant(
            estimator=Quantile(took, 0.5, among=among, left_out=left_out),
            meaning="half took no longer",
        ),
        "p90": Variant(
            estimator=Quantile(took, 0.9, among=among, left_out=left_out),
            meaning="nine of ten took no longer",
        ),
        "mean": Variant(estimator=Mean(took, among=among, left_out=left_out), meaning="average"),
    }


def no_messages(case: CaseFact | FirstResponse, among: Expr = EVERY_ROW) -> LeftOut:
    return {"no messages from this source": among & case.human_replies.isnull()}


def no_history(case: CaseFact, among: Expr = EVERY_ROW) -> LeftOut:
    return {"no history from this source": among & case.reopens.isnull()}


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="first_contact_at or opened_at",
    credits="whoever replied first",
    guardrail="customer_satisfaction",
    source="Zendesk (first reply time), Intercom; from the customer's first message, and only "
    "public replies of humans",
    labels=("FRT",),
)
def first_response_time(case: FirstResponse, clock: Clock) -> Variants:
    """How long customers who wrote waited until a human replied.

    Bots and automatic answers are no replies, and a case that an agent opened begins with the
    customer's first message. Those still without a reply are not in it: see unanswered_share.
    """
    answered = case.first_reply_at.notnull()
    left_out = {
        **no_messages(case),
        "not answered yet": case.first_contact_at.notnull() & ~answered,
        "the customer has not written": case.human_replies.notnull()
        & case.first_contact_at.isnull(),
    }
    took = clock.between(case.first_contact_at, case.first_reply_at)
    by_bot = clock.between(case.first_contact_at, case.first_bot_reply_at)
    return {
        **quantiles(took, answered, left_out),
        "bot_p50": Variant(
            estimator=Quantile(by_bot, 0.5, among=case.first_bot_reply_at.notnull()),
            meaning="half of the replies of bots took no longer",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="first_contact_at or opened_at",
    credits="the team",
    guardrail="first_response_time",
    source="cases in which the customer wrote, without a public reply of a human in time",
    clustered_by="customer_id",
)
def unanswered_share(case: CaseFact) -> Variants:
    """Part of the cases in which customers wrote and no human replied."""
    wrote = case.first_contact_at.notnull()
    deadline = case.first_contact_at + ibis.interval(hours=ANSWER_WITHIN_HOURS)
    passed = case.known_until >= deadline
    late = case.first_reply_at.isnull() | (case.first_reply_at > deadline)
    silent = {
        **no_messages(case),
        "the customer has not written": case.human_replies.notnull() & ~wrote,
    }
    return {
        "in_a_day": Variant(
            estimator=Share(
                late,
                among=wrote & passed,
                left_out=silent | {"younger than a day": wrote & ~passed},
            ),
            meaning="not answered within 24 hours",
        ),
        "never": Variant(
            estimator=Share(case.first_reply_at.isnull(), among=wrote, left_out=silent),
            meaning="not answered by now, however young",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_solved_at",
    credits="the agent and team when it was solved",
    guardrail="reopen_rate",
    source="Zendesk (first resolution time); from the history of the case",
)
def first_resolution_time(case: CaseFact, clock: Clock) -> Variants:
    """How long it took from the opening of a case until it was solved for the first time."""
    return quantiles(
        clock.between(case.opened_at, case.first_solved_at), case.first_solved_at.notnull(), {}
    )


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the agent and team when it was solved",
    guardrail="reopen_rate",
    source="Zendesk (full resolution time); from the history of the case",
)
def full_resolution_time(case: CaseFact, clock: Clock) -> Variants:
    """How long it took from the opening of a case until it was solved for the last time."""
    return quantiles(clock.between(case.opened_at, case.solved_at), case.solved_at.notnull(), {})


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="solved_at",
    credits="the team when it was solved",
    guardrail="reopen_rate",
    source="Zendesk (requester wait time): new, open and on hold, up to the last solving",
)
def requester_wait_time(case: CaseFact, clock: Clock) -> Variants:
    """How long customers waited for us, while their case was new, open or on hold."""
    took = clock.counted(case.requester_wait_seconds, case.requester_wait_business_seconds)
    return in_status(case, took, case.requester_wait_seconds)


@metric(
    unit=Unit.SECONDS,
    better=Better.IN_RANGE,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the team when it was solved",
    guardrail="requester_wait_time",
    source="Zendesk (agent wait time): pending, up to the last solving",
)
def agent_wait_time(case: CaseFact, clock: Clock) -> Variants:
    """How long we waited for what customers were asked for."""
    took = clock.counted(case.agent_wait_seconds, case.agent_wait_business_seconds)
    return in_status(case, took, case.agent_wait_seconds)


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the team when it was solved",
    guardrail="reopen_rate",
    source="Zendesk (on-hold time), up to the last solving",
)
def case_on_hold_time(case: CaseFact, clock: Clock) -> Variants:
    """How long cases waited for somebody else, such as a supplier."""
    took = clock.counted(case.on_hold_seconds, case.on_hold_business_seconds)
    return in_status(case, took, case.on_hold_seconds)


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the team when it was solved",
    guardrail="reopen_rate",
    source="Zendesk (agent work time): new and open, up to the last solving",
)
def agent_work_time(case: CaseFact, clock: Clock) -> Variants:
    """How long cases lay with us to be worked on, while they were new or open."""
    took = clock.counted(case.agent_work_seconds, case.agent_work_business_seconds)
    return in_status(case, took, case.agent_work_seconds)


def in_status(case: CaseFact, took: Expr, passed: Expr) -> Variants:
    """Return the variants of a duration; that it has passed is known where its status is told."""
    solved = case.solved_at.notnull()
    return quantiles(took, solved, {"status not told": solved & passed.isnull()})


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_solved_at",
    credits="the agent and team when it was solved",
    guardrail="full_resolution_time",
    source="solved cases that were opened again, once or more often",
    clustered_by="customer_id",
)
def reopen_rate(case: CaseFact) -> Variants:
    """Part of the solved cases that had to be opened again."""
    return {
        "all": Variant(
            estimator=Share(case.reopens > 0, among=case.first_solved_at.notnull()),
            meaning="reopened, of all that were solved",
        )
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SOLVE,
    dated_by="first_solved_at",
    credits="the agent and team when it was solved",
    guardrail="reopen_rate",
    source="as the trade counts: one public reply of a human, solved, never reopened",
    labels=("one-touch resolution",),
    clustered_by="customer_id",
)
def one_touch_resolution(case: CaseFact) -> Variants:
    """Part of the solved cases that took one reply and stayed solved."""
    solved = case.first_solved_at.notnull()
    return {
        "all": Variant(
            estimator=Share(
                (case.human_replies == 1) & (case.reopens == 0),
                among=solved & case.human_replies.notnull(),
                left_out=no_messages(case, solved),
            ),
            meaning="one public reply of a human and never reopened, of all solved",
        )
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="opened_at",
    credits="the team that passed it on",
    guardrail="customer_satisfaction",
    source="cases escalated or moved to another team, of all",
    clustered_by="customer_id",
)
def escalation_rate(case: CaseFact) -> Variants:
    """Part of the cases that agents could not solve themselves."""
    known = case.moves.notnull()
    return {
        "all": Variant(
            estimator=Share(
                (case.escalations > 0) | (case.moves > 0), among=known, left_out=no_history(case)
            ),
            meaning="escalated or moved to another team",
        ),
        "escalated": Variant(
            estimator=Share(case.escalations > 0, among=known, left_out=no_history(case)),
            meaning="escalated, of all",
        ),
    }


@metric(
    unit=Unit.EACH,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_contact_at or opened_at",
    credits="the team",
    guardrail="customer_satisfaction",
    source="different humans who replied in public: each may ask the customer to begin again",
    clustered_by="customer_id",
)
def agents_per_case(case: CaseFact) -> Variants:
    """By how many people a customer was answered, of the cases with a reply."""
    answered = case.human_replies > 0
    return {
        "mean": Variant(
            estimator=Mean(case.agents, among=answered, left_out=no_messages(case)),
            meaning="average of the cases with a reply",
        ),
        "several": Variant(
            estimator=Share(case.agents > 1, among=answered, left_out=no_messages(case)),
            meaning="part of the cases with a reply in which more than one replied",
            unit=Unit.SHARE,
        ),
    }


@metric(
    unit=Unit.EACH,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the team when it was solved",
    guardrail="customer_satisfaction",
    source="solutions offered up to the last solving",
)
def solutions_offered(case: CaseFact) -> Variants:
    """How many solutions were tried until one was right, where solutions are told."""
    solved = case.solved_at.notnull()
    offered = case.solutions_offered > 0
    among, untold = solved & offered, {"no solution told": solved & ~offered}
    return {
        "mean": Variant(
            estimator=Mean(case.solutions_offered, among=among, left_out=untold),
            meaning="average of the solved cases",
        ),
        "p50": Variant(
            estimator=Quantile(case.solutions_offered, 0.5, among=among, left_out=untold),
            meaning="half of the solved cases took no more",
        ),
        "first": Variant(
            estimator=Share(case.solutions_offered == 1, among=among, left_out=untold),
            meaning="part of the solved cases of which the first solution was right",
            unit=Unit.SHARE,
            better=Better.HIGHER,
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_solution_offered_at",
    credits="whoever offered it",
    guardrail="solutions_offered",
    source="opened to the first solution offered",
)
def time_to_solution(case: CaseFact, clock: Clock) -> Variants:
    """How long it took until a first solution was offered."""
    return quantiles(
        clock.between(case.opened_at, case.first_solution_offered_at),
        case.first_solution_offered_at.notnull(),
        {},
    )
