"""Metrics of what happened to cases: replies, solving, reopening, passing on."""

import ibis

from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import LeftOut, Mean, Quantile, Share
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.contact import RETURN_WITHIN_DAYS
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


def no_messages(case: CaseFact, among: Expr = EVERY_ROW) -> LeftOut:
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
def first_response_time(case: CaseFact, clock: Clock) -> Variants:
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
    return in_status(case, clock.undated(case.requester_wait_seconds))


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
    return in_status(case, clock.undated(case.agent_wait_seconds))


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
    return in_status(case, clock.undated(case.on_hold_seconds))


def in_status(case: CaseFact, passed: Expr) -> Variants:
    solved = case.solved_at.notnull()
    return quantiles(passed, solved, {"status not told": solved & passed.isnull()})


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_solved_at",
    credits="the agent and team when it was solved",
    guardrail="full_resolution_time",
    source="solved cases that were opened again, once or more often",
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
    unit=Unit.COUNT,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_contact_at or opened_at",
    credits="the team",
    guardrail="customer_satisfaction",
    source="different humans who replied in public: each may ask the customer to begin again",
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
    unit=Unit.COUNT,
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
    return {
        "mean": Variant(
            estimator=Mean(
                case.solutions_offered,
                among=solved & offered,
                left_out={"no solution told": solved & ~offered},
            ),
            meaning="average of the solved cases",
        )
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


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SOLVE,
    dated_by="first_solved_at",
    credits="the agent and team when it was solved",
    guardrail="reopen_rate",
    source="solved cases after which the same customer has a new one on the same topic within 7 "
    "days, of the solved, as reopenings are",
)
def new_case_instead(case: CaseFact) -> Variants:
    """Part of the solved cases after which the customer needed another case on the topic.

    A team that opens a new case rather than finish the old one has few reopenings: the two belong
    side by side, and are told of the same cases. Cases merged into another are not new ones.
    """
    window = ibis.interval(days=RETURN_WITHIN_DAYS)
    solved, is_somebody = case.first_solved_at.notnull(), case.customer_id.notnull()
    over = (case.known_until >= case.first_solved_at + window).fill_null(False)
    soon = (case.next_case_at <= case.first_solved_at + window).fill_null(False)
    after = (case.opened_at <= case.previous_solved_at + window).fill_null(False)
    return {
        "after_solved": Variant(
            estimator=Share(
                soon,
                among=solved & is_somebody & over,
                left_out={
                    "customer not known": solved & ~is_somebody,
                    "window not over": solved & is_somebody & ~over,
                },
            ),
            meaning="a new case within 7 days, of the solved cases",
        ),
        "of_opened": Variant(
            estimator=Share(
                after, among=is_somebody, left_out={"customer not known": ~is_somebody}
            ),
            meaning="opened within 7 days of a solved one, of all cases opened",
            dated_by="opened_at",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.IN_RANGE,
    question=Question.SOLVE,
    dated_by="solved_at",
    credits="the bot",
    guardrail="repeat_contact_rate",
    source="solved cases in which a bot wrote and no human; silence is not containment",
)
def bot_containment(case: CaseFact) -> Variants:
    """Part of the solved cases with a bot that needed no human."""
    with_bot = case.solved_at.notnull() & (case.bot_messages > 0)
    ends = case.solved_at + ibis.interval(days=RETURN_WITHIN_DAYS)
    over = (case.known_until >= ends).fill_null(False)
    returned = (case.next_contact_at <= ends).fill_null(False)
    returned |= (case.next_message_at <= ends).fill_null(False)
    is_somebody = case.customer_id.notnull()
    return {
        "all": Variant(
            estimator=Share(case.is_bot_only, among=with_bot),
            meaning="solved by the bot alone, of the solved cases in which it wrote",
        ),
        "not_back": Variant(
            estimator=Share(
                case.is_bot_only & ~returned,
                among=with_bot & over & is_somebody,
                left_out={
                    "customer not known": with_bot & ~is_somebody,
                    "window not over": with_bot & is_somebody & ~over,
                },
            ),
            meaning="solved by the bot alone, and the customer was not back within 7 days",
        ),
    }
