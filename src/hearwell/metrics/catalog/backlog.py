"""Do they wait? How many cases are open."""

from hearwell.metrics.estimator import Stock
from hearwell.metrics.facts.backlog import BacklogChange
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric


@metric(
    unit=Unit.COUNT,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="at",
    credits="the team",
    guardrail="reopen_rate",
    source="open cases at the end of each period; by age with --by age_band",
)
def backlog(change: BacklogChange) -> Variants:
    """How many cases are open at the end of a period, neither solved nor closed."""
    old = change.age_band == "over_30_days"
    return {
        "open": Variant(estimator=Stock(change.change), meaning="open when the period ends"),
        "over_30_days": Variant(
            estimator=Stock(change.change, among=old),
            meaning="open when the period ends, and opened more than 30 days before",
        ),
    }
