"""Are they satisfied? Metrics of customers who stay, leave or buy again."""

import ibis

from hearwell.metrics.catalog.window import has_passed, is_over
from hearwell.metrics.estimator import Share
from hearwell.metrics.facts.customer_month import CustomerMonth
from hearwell.metrics.facts.purchase import Purchase
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.records.customer import Customer

DAYS_OF_A_YEAR = 365

REPEAT_WITHIN_DAYS = 90
"""From a purchase on; who has not bought again by then has not come back."""


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

    It is not the churn of a period, which is told of all who were customers when it began: see
    monthly_churn_rate.
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


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SATISFIED,
    dated_by="month_began_at",
    credits="the organisation",
    guardrail="customer_satisfaction",
    source="churn of a period: those who left over those who were customers when it began",
    clustered_by="customer_id",
)
def monthly_churn_rate(month: CustomerMonth) -> Variants:
    """Part of the customers who were there when a month began and left in it for good."""
    told, over = month.is_leaving_told, month.month_ended_at <= month.known_until
    return {
        "all": Variant(
            estimator=Share(
                month.has_left,
                among=told & over,
                left_out={
                    "the source tells of nobody who left": ~told,
                    "month not over": told & ~over,
                },
            ),
            meaning="left in the month, of all customers when it began",
        )
    }


@metric(
    unit=Unit.SHARE,
    better=Better.HIGHER,
    question=Question.SATISFIED,
    dated_by="ordered_at",
    credits="the shop",
    guardrail="customer_satisfaction",
    source="repeat purchase rate: buyers who buy again within a time that shops choose differently",
    clustered_by="customer_id",
)
def repeat_purchase_rate(purchase: Purchase) -> Variants:
    """Part of the buyers who bought again within 90 days. Cancelled orders are no purchases."""
    ends = purchase.ordered_at + ibis.interval(days=REPEAT_WITHIN_DAYS)
    over = has_passed(ends, purchase)
    again = (purchase.next_ordered_at <= ends).fill_null(False)
    known, first = purchase.customer_id.notnull(), purchase.is_first.fill_null(False)
    nobody = {"customer not known": ~known}
    return {
        "after_first": Variant(
            estimator=Share(
                again, among=first & over, left_out=nobody | {"window not over": first & ~over}
            ),
            meaning="bought again after their first purchase that the lake knows of, of all buyers",
        ),
        "after_any": Variant(
            estimator=Share(
                again, among=known & over, left_out=nobody | {"window not over": known & ~over}
            ),
            meaning="purchases that were followed by another, of all purchases",
        ),
    }
