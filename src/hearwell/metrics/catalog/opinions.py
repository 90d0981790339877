"""Are they satisfied? Metrics of what customers write."""

from hearwell.metrics.estimator import Share
from hearwell.metrics.facts.opinion import Opinion
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric

NEGATIVE_BELOW = 0.5


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SATISFIED,
    dated_by="written_at",
    credits="the agent and team of the survey, or of the case",
    guardrail="customer_satisfaction",
    source="judged by a model learnt from the organisation's own scored comments",
    clustered_by="customer_id",
)
def sentiment(opinion: Opinion) -> Variants:
    """Part of the comments and messages that are judged negative.

    It tells of texts, not of customers: who writes is not like who does not. `hearwell why
    everyone` takes in what is written to tell what all would say.
    """
    return {
        "negative": Variant(
            estimator=Share(
                opinion.chance < NEGATIVE_BELOW,
                among=opinion.is_shown,
                left_out={
                    "not judged yet": ~opinion.is_judged,
                    "too few scored comments in the language": opinion.is_judged
                    & opinion.chance.isnull(),
                    "messages, of which too little is known how they are scored": ~opinion.is_shown
                    & opinion.chance.notnull(),
                },
            ),
            meaning="likelier from somebody dissatisfied than satisfied, of those judged",
        )
    }
