"""Are they satisfied? Metrics of what customers say in surveys."""

from hearwell.metrics.estimator import Mean, NetScore, Share, WeightedMean, WeightedShare
from hearwell.metrics.facts.agent_answer import AgentAnswer
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.metrics.part import Expr
from hearwell.metrics.scale import DISSATISFIED_TO, SATISFIED_FROM, normalised, runs, satisfied
from hearwell.records.survey import Survey

ASKED_AGAIN = "asked again, because they had not answered"
EASY_FROM = 0.66
"""5 to 7 of 1-7 and 4 and 5 of 1-5: agreement that it was easy."""


def off_scale(survey: Survey | AgentAnswer, instrument: str, among: Expr) -> dict[str, Expr]:
    """Return the answers of which nobody can say where on their scale they stand, and why.

    And those of a follow-up, which are left out wherever answers are counted.
    """
    unknown = (survey.scale_high - survey.scale_low).nullif(0).isnull()
    return {
        "scale not known": among & unknown,
        "answer outside its scale": among & ~unknown & normalised(survey).isnull(),
        ASKED_AGAIN: (survey.instrument == instrument)
        & survey.answer.notnull()
        & survey.follows.notnull(),
    }


def answers(survey: Survey | AgentAnswer, instrument: str) -> Expr:
    """Rows of answers to this instrument. Dismissals and bounces are never answers.

    Nor are those of a follow-up, for which some of those who had not answered were drawn: they
    stand for all of these, and are not as many as they stand for.
    """
    is_answer = survey.answer.notnull() & survey.follows.isnull()
    return (survey.instrument == instrument) & is_answer


def satisfaction(survey: Survey | AgentAnswer, instrument: str) -> Variants:
    """Return the usual ways to tell how satisfied people are, for one instrument."""
    among = answers(survey, instrument)
    content, position = satisfied(survey, SATISFIED_FROM), normalised(survey)
    unknown = off_scale(survey, instrument, among)
    among_known = among & position.notnull()
    five_points = runs(survey, 1, 5)
    return {
        "satisfied": Variant(
            estimator=Share(content, among=among_known, left_out=unknown),
            meaning="answers in the satisfied set of the question, 4 and 5 of 1 to 5 unless "
            "it says otherwise",
        ),
        "dissatisfied": Variant(
            estimator=Share(position <= DISSATISFIED_TO, among=among_known, left_out=unknown),
            meaning="answers in the lowest quarter of the scale, 1 and 2 of 1 to 5",
            better=Better.LOWER,
            labels=("DSAT",) if instrument == "csat" else (),
        ),
        "mean": Variant(
            estimator=Mean(
                survey.answer,
                among=among_known & five_points,
                left_out=unknown | {"not on a scale of 1 to 5, 5 best": among_known & ~five_points},
            ),
            meaning="average answer on scales of 1 to 5",
            unit=Unit.SCALE,
        ),
        "normalised": Variant(
            estimator=Mean(100 * position, among=among_known, left_out=unknown),
            meaning="average place on the scale, 0 worst and 100 best (POMP)",
            unit=Unit.POINTS,
        ),
        "weighted": Variant(
            estimator=WeightedShare(
                content,
                survey.weight,
                among=among_known,
                left_out=unknown | {"without a weight": among_known & survey.weight.isnull()},
            ),
            meaning="satisfied answers, each counted for as many as it stands for",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SATISFIED,
    dated_by="answered_at",
    credits="the agent and team when the case was solved",
    guardrail="survey_response_rate",
    source="4 and 5 of 1 to 5 by default; vendors differ on scales of 6, 7 and 10 points",
    labels=("CSAT",),
    clustered_by="customer_id",
)
def customer_satisfaction(survey: Survey) -> Variants:
    """Part of the customers who answered that they were satisfied."""
    return satisfaction(survey, "csat")


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.PEOPLE,
    dated_by="answered_at",
    credits="the team",
    guardrail="survey_response_rate",
    source="as customer satisfaction, asked of agents",
    labels=("ESAT",),
    clustered_by="agent_id",
    is_anonymous=True,
)
def agent_satisfaction(survey: AgentAnswer) -> Variants:
    """Part of the agents who answered that they are satisfied with their work."""
    return satisfaction(survey, "esat")


def recommendation(survey: Survey | AgentAnswer, instrument: str) -> Variants:
    ten_points = runs(survey, 0, 10)
    answered = answers(survey, instrument)
    known = answered & normalised(survey).notnull()
    among = known & ten_points
    left_out = off_scale(survey, instrument, answered)
    left_out |= {"not on a scale of 0 to 10, 10 best": known & ~ten_points}
    promoter, detractor = survey.answer >= 9, survey.answer <= 6
    score = 100 * (promoter.cast("int64") - detractor.cast("int64"))
    return {
        "score": Variant(
            estimator=NetScore(promoter, detractor, among=among, left_out=left_out),
            meaning="promoters (9, 10) less detractors (0 to 6), for each hundred answers",
        ),
        "weighted": Variant(
            estimator=WeightedMean(
                score,
                survey.weight,
                among=among,
                left_out=left_out | {"without a weight": among & survey.weight.isnull()},
            ),
            meaning="the same, each answer counted for as many as it stands for",
        ),
        "promoters": Variant(
            estimator=Share(promoter, among=among, left_out=left_out),
            meaning="share of answers of 9 and 10",
            unit=Unit.SHARE,
        ),
        "detractors": Variant(
            estimator=Share(detractor, among=among, left_out=left_out),
            meaning="share of answers of 0 to 6",
            unit=Unit.SHARE,
            better=Better.LOWER,
        ),
    }


@metric(
    unit=Unit.POINTS,
    better=Better.HIGHER,
    question=Question.SATISFIED,
    dated_by="answered_at",
    credits="the product or service asked about",
    guardrail="survey_response_rate",
    source="Reichheld 2003; interval: Rocks 2016, adjusted Wald",
    labels=("NPS",),
    clustered_by="customer_id",
)
def net_promoter_score(survey: Survey) -> Variants:
    """Would customers recommend us? Promoters less detractors, for each hundred answers."""
    return recommendation(survey, "nps")


@metric(
    unit=Unit.POINTS,
    better=Better.HIGHER,
    question=Question.PEOPLE,
    dated_by="answered_at",
    credits="the team",
    guardrail="survey_response_rate",
    source="as the net promoter score, asked of agents about their place of work",
    labels=("eNPS",),
    clustered_by="agent_id",
    is_anonymous=True,
)
def employee_net_promoter_score(survey: AgentAnswer) -> Variants:
    """Would agents recommend us as a place to work?"""
    return recommendation(survey, "enps")


@metric(
    unit=Unit.SCALE,
    better=Better.HIGHER,
    question=Question.SATISFIED,
    dated_by="answered_at",
    credits="the agent and team when the case was solved",
    guardrail="survey_response_rate",
    source="CES 2.0 (2013): agreement, 1 to 7, that the company made it easy",
    labels=("CES",),
    clustered_by="customer_id",
)
def customer_effort_score(survey: Survey) -> Variants:
    """How easy customers found it to get what they needed; higher is easier."""
    instrument = "ces"
    among = answers(survey, instrument)
    easy, position = satisfied(survey, EASY_FROM), normalised(survey)
    seven, five = runs(survey, 1, 7), runs(survey, 1, 5)
    known, unknown = among & position.notnull(), off_scale(survey, instrument, among)
    return {
        "mean": Variant(
            estimator=Mean(
                survey.answer,
                among=known & seven,
                left_out=unknown | {"not on a scale of 1 to 7, 7 easiest": known & ~seven},
            ),
            meaning="average answer, 1 to 7",
        ),
        "easy": Variant(
            estimator=Share(easy, among=known, left_out=unknown),
            meaning="share who found it easy: 5 to 7 of 1 to 7, 4 and 5 of 1 to 5",
            unit=Unit.SHARE,
        ),
        "mean_of_five": Variant(
            estimator=Mean(
                survey.answer,
                among=known & five,
                left_out=unknown | {"not on a scale of 1 to 5, 5 easiest": known & ~five},
            ),
            meaning="average answer on scales of 1 to 5; not to be compared with 1 to 7",
        ),
        "normalised": Variant(
            estimator=Mean(100 * position, among=known, left_out=unknown),
            meaning="average place on the scale, 0 hardest and 100 easiest (POMP)",
            unit=Unit.POINTS,
        ),
    }


def reached(survey: Survey) -> Expr:
    """Rows of invitations that were sent and did not bounce, each person once."""
    was_sent = survey.sent_at.notnull() & survey.follows.isnull()
    return was_sent & survey.status.isin(("sent", "started", "answered", "expired", "opted_out"))


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SATISFIED,
    dated_by="sent_at",
    credits="the survey programme",
    guardrail="survey_send_rate",
    source="AAPOR: answered over sent less bounced, both by the day of sending",
    clustered_by="customer_id",
)
def survey_response_rate(survey: Survey) -> Variants:
    """Part of those asked who answered. Dismissing a survey is not an answer."""
    once, again = survey.follows.isnull(), survey.sent_at.notnull() & survey.follows.notnull()
    left_out = {
        "bounced": once & (survey.status == "bounced"),
        "status not known": once & survey.status.isnull(),
        ASKED_AGAIN: again,
    }
    among = reached(survey)
    return {
        "answered": Variant(
            estimator=Share(survey.status == "answered", among=among, left_out=left_out),
            meaning="answered, of those sent and not bounced",
        ),
        "started": Variant(
            estimator=Share(
                survey.status.isin(("started", "answered")), among=among, left_out=left_out
            ),
            meaning="at least begun, of those sent and not bounced",
        ),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SATISFIED,
    dated_by="eligible_at or sent_at",
    credits="the survey programme",
    guardrail="survey_response_rate",
    source="sent over eligible; a falling rate can mean that only the happy are asked",
    clustered_by="customer_id",
)
def survey_send_rate(survey: Survey) -> Variants:
    """Part of those who could have been asked who were asked.

    Where it is not told who became eligible, those who were not asked are not known either.
    """
    once = survey.follows.isnull()
    eligible, known = once & survey.eligible_at.notnull(), survey.status.notnull()
    return {
        "sent": Variant(
            estimator=Share(
                survey.sent_at.notnull(),
                among=eligible & known,
                left_out={
                    "not known when they became eligible": once & ~eligible,
                    "status not known": eligible & ~known,
                    ASKED_AGAIN: ~once,
                },
            ),
            meaning="sent, of all who became eligible",
        )
    }
