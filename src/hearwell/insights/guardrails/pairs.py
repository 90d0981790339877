"""Pairs of metrics: one that may be pushed, and one that pays for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from hearwell.engine.question import Asked
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Better, Unit

Way = Literal["higher", "lower"]

MARGIN = {Unit.SHARE: 0.01, Unit.POINTS: 2.0, Unit.SCALE: 0.05}
"""Worse by less than this does no harm; for what has no scale it is a part of the value before."""

RELATIVE_MARGIN = 0.03


@dataclass(frozen=True)
class Pair:
    """A metric that improved may have been bought with its partner.

    Attributes:
        way: in which direction the metric is said to improve.
        partner_way: in which direction the partner is better.

    """

    asked: Asked
    way: Way
    partner: Asked
    partner_way: Way


PUSHED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "average_handle_time:mean",
        (
            "repeat_contact_rate:within_7_days",
            "transfer_rate:all",
            "customer_satisfaction:satisfied",
        ),
    ),
    (
        "average_handle_time:without_wrap_up",
        (
            "repeat_contact_rate:within_7_days",
            "transfer_rate:all",
            "customer_satisfaction:satisfied",
        ),
    ),
    ("wait_time:mean", ("abandonment_rate:all", "average_handle_time:mean")),
    (
        "first_response_time:p50",
        ("time_to_solution:p50", "time_to_resolution:p50", "customer_satisfaction:satisfied"),
    ),
    ("case_volume:solved", ("reopen_rate:all", "new_case_instead:after_solved")),
    ("time_to_resolution:p50", ("reopen_rate:all", "new_case_instead:after_solved")),
    (
        "customer_satisfaction:satisfied",
        ("survey_response_rate:answered", "survey_send_rate:sent"),
    ),
    (
        "net_promoter_score:score",
        ("monthly_churn_rate:all", "survey_response_rate:answered", "survey_send_rate:sent"),
    ),
    ("customer_effort_score:mean", ("survey_response_rate:answered", "survey_send_rate:sent")),
    ("first_contact_resolution:of_all", ("repeat_contact_rate:within_7_days",)),
    (
        "bot_containment:all",
        (
            "repeat_contact_rate:within_7_days",
            "abandonment_rate:all",
            "customer_satisfaction:satisfied",
        ),
    ),
    ("deflection_rate:to_writing", ("repeat_contact_rate:within_7_days",)),
    ("backlog:open", ("backlog:over_30_days", "unanswered_share:in_a_day", "reopen_rate:all")),
    ("occupancy:all", ("agent_satisfaction:satisfied", "callers_never_reached:after_24_hours")),
    ("sla_attainment:resolution", ("case_on_hold_time:p50", "reopen_rate:all")),
    ("sla_attainment:first_response", ("time_to_solution:p50", "reopen_rate:all")),
)
"""What is pushed in practice, and what pays for it (Kohavi and others 2020, and the trade)."""

PUSHED_UP = {"case_volume", "bot_containment", "deflection_rate", "occupancy"}
"""Of these more is no better in itself, but it is what is asked for."""


def pairs() -> Iterator[Pair]:
    """Give all pairs: those above, and each metric with the guardrail of its definition."""
    seen = set()
    for name, partners in PUSHED:
        for partner in partners:
            pair = pair_of(asked(name), asked(partner))
            if pair is not None:
                seen.add((pair.asked, pair.partner))
                yield pair
    for metric in METRICS.values():
        pair = pair_of(usual(metric.name), usual(metric.guardrail))
        if pair is not None and (pair.asked, pair.partner) not in seen:
            yield pair


def pair_of(one: Asked, partner: Asked) -> Pair | None:
    """Make a pair; None where it cannot be said which way is better."""
    way, partner_way = way_of(one), way_of(partner)
    if way is None and one.metric.name in PUSHED_UP:
        way = "higher"
    return None if way is None or partner_way is None else Pair(one, way, partner, partner_way)


def way_of(one: Asked) -> Way | None:
    better = one.metric.variants()[one.variant].better or one.metric.better
    match better:
        case Better.HIGHER:
            return "higher"
        case Better.LOWER:
            return "lower"
    return None


def asked(text: str) -> Asked:
    name, _, variant = text.partition(":")
    return Asked(METRICS[name], variant)


def usual(name: str) -> Asked:
    return Asked(METRICS[name], next(iter(METRICS[name].variants())))


def margin(unit: Unit, before: float) -> float:
    return MARGIN.get(unit, RELATIVE_MARGIN * abs(before))
