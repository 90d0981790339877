"""Where on its scale an answer stands."""

from hearwell.metrics.facts.agent_answer import AgentAnswer
from hearwell.metrics.part import Expr
from hearwell.records.survey import Survey


def normalised(survey: Survey | AgentAnswer) -> Expr:
    """Return where on the scale an answer stands, 0 worst and 1 best; null off the scale.

    POMP, percent of the maximum possible: Cohen, Cohen, Aiken and West 1999.
    """
    span = (survey.scale_high - survey.scale_low).nullif(0)
    up = (survey.answer - survey.scale_low) / span
    position = survey.higher_is_better.fill_null(True).ifelse(up, 1 - up)
    return position.between(0, 1).ifelse(position, None)
