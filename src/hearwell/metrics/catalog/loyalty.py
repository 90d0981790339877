"""Are they satisfied? Metrics of customers who stay or leave."""

import ibis

from hearwell.metrics.catalog.window import is_over
from hearwell.metrics.estimator import Share
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.records.customer import Customer

DAYS_OF_A_YEAR = 365


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SATISFIED,
    dated_by="first_seen_at",
    credits="the organisation",
    guardrail="customer_satisfaction",
    source="churn by cohort: customers are followed from the day on which they came",
)
def churn_rate(customer: Customer) -> Variants:
    """Part of the customers, of those who came in a period, who have left for good.

    It is not the churn of a period, which is told of all who were customers when it began.
    """
    left = customer.left_at.notnull()
    ends = customer.first_seen_at + ibis.interval(days=DAYS_OF_A_YEAR)
    over = is_over(ends, customer, Customer, "first_seen_at", "left_at")
    soon = (customer.left_at <= ends).fill_null(False)
    return {
        "within_a_year": Variant(
            estimator=Share(soon, among=over, left_out={"first year not over": ~over}),
            meaning="left within 365 days of their first",
        ),
        "so_far": Variant(
            estimator=Share(left),
            meaning="left as far as is known; who came lately had less time to leave",
        ),
    }
