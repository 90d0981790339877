"""Do they order, and does it arrive? Metrics of carts and orders."""

import ibis

from hearwell.metrics.catalog.window import is_over
from hearwell.metrics.clock import Clock
from hearwell.metrics.estimator import Mean, Quantile, Share
from hearwell.metrics.facts.journey_point import ORDER_WITHIN_HOURS
from hearwell.metrics.metric import Better, Question, Unit, Variant, Variants, metric
from hearwell.records.cart import Cart
from hearwell.records.order import Order


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.SATISFIED,
    dated_by="created_at",
    credits="the shop",
    guardrail="customer_satisfaction",
    source="carts that were not ordered, over all carts; shops differ in how long they wait",
    clustered_by="customer_id",
)
def cart_abandonment_rate(cart: Cart) -> Variants:
    """Part of the carts that were filled and not ordered.

    A cart counts, ordered or not, once its window is over by what its source has told: else
    only the orders of the newest would count.
    """
    changed = cart.last_changed_at.coalesce(cart.created_at)
    ends = changed + ibis.interval(hours=ORDER_WITHIN_HOURS)
    over = is_over(ends, cart, Cart, "created_at", "last_changed_at", "ordered_at")
    undated = cart.order_id.notnull() & cart.ordered_at.isnull()
    in_time = (cart.ordered_at <= ends).fill_null(False)
    return {
        "after_24_hours": Variant(
            estimator=Share(
                ~in_time,
                among=over & ~undated,
                left_out={
                    "window not over": ~over,
                    "not known when it was ordered": over & undated,
                },
            ),
            meaning="not ordered within 24 hours of the last change",
        ),
        "so_far": Variant(
            estimator=Share(cart.ordered_at.isnull() & cart.order_id.isnull()),
            meaning="not ordered as far as is known, however new; the newest look abandoned",
        ),
    }


@metric(
    unit=Unit.SECONDS,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="delivered_at",
    credits="the shop and its carrier",
    guardrail="late_delivery_rate",
    source="order lead time, from the customer's order to the delivery",
)
def delivery_time(order: Order, clock: Clock) -> Variants:
    """How long customers waited for what they ordered."""
    took = clock.between(order.ordered_at, order.delivered_at)
    return {
        "p50": Variant(
            estimator=Quantile(took, 0.5), meaning="half of the deliveries took no longer"
        ),
        "p90": Variant(
            estimator=Quantile(took, 0.9), meaning="nine of ten deliveries took no longer"
        ),
        "mean": Variant(estimator=Mean(took), meaning="average"),
    }


@metric(
    unit=Unit.SHARE,
    better=Better.LOWER,
    question=Question.WAIT,
    dated_by="delivered_at",
    credits="the shop and its carrier",
    guardrail="delivery_time",
    source="what is left of on-time delivery; a promise that is far off is easily kept",
    clustered_by="customer_id",
)
def late_delivery_rate(order: Order) -> Variants:
    """Part of the deliveries that came later than promised."""
    return {
        "all": Variant(
            estimator=Share(
                order.delivered_at > order.promised_at,
                left_out={"nothing promised": order.promised_at.isnull()},
            ),
            meaning="delivered after the instant promised, of all deliveries with a promise",
        )
    }
