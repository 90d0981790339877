"""Where on its scale an answer stands."""

from hearwell.metrics.facts.agent_answer import AgentAnswer
from hearwell.metrics.part import Expr
from hearwell.records.survey import Survey

SATISFIED_FROM = 0.75
"""Share of the scale from which an answer counts as satisfied: 4 and 5 of 1-5, 6 and 7 of 1-7,
8 to 10 of 1-10. A question version with a satisfied_set of its own goes by that."""
DISSATISFIED_TO = 0.25


def normalised(survey: Survey | AgentAnswer) -> Expr:
    """Return where on the scale an answer stands, 0 worst and 1 best; null off the scale.

    POMP, percent of the maximum possible: Cohen, Cohen, Aiken and West 1999.
    """
    span = (survey.scale_high - survey.scale_low).nullif(0)
    up = (survey.answer - survey.scale_low) / span
    position = survey.higher_is_better.fill_null(True).ifelse(up, 1 - up)
    return position.between(0, 1).ifelse(position, None)


def runs(survey: Survey | AgentAnswer, low: int, high: int) -> Expr:
    """Is the scale from one number up to the other, which is the best?"""
    upward = survey.higher_is_better.fill_null(True)
    return (survey.scale_low == low) & (survey.scale_high == high) & upward


def satisfied(survey: Survey | AgentAnswer, share: float) -> Expr:
    """Is the answer in the question version's satisfied set, or the usual one of its scale?"""
    by_set = survey.satisfied_set.contains(survey.answer)
    return by_set.coalesce(normalised(survey) >= share)
