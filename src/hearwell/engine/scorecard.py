"""What a scorecard asks: the metrics that tell how care is doing, and over which days."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from hearwell.engine.derived import Need, needed
from hearwell.engine.errors import UnknownVariant
from hearwell.engine.framing import bounds_of
from hearwell.engine.period import to_local
from hearwell.engine.question import (
    COHORT,
    EVERY_VARIANT,
    Asked,
    Question,
    Teams,
    may_ask,
    variants_of,
)
from hearwell.engine.rollup import Family, by_of, found_rollup, rolled_bounds
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric
from hearwell.records import RECORDS
from hearwell.records.record import Record

DAYS = 28  # whole weeks, so that both periods have the same weekdays

SCORECARD = (
    ("call_volume", "calls"),
    ("service_level", "SL3"),
    ("wait_time", "p50"),
    ("wait_time", "p90"),
    ("hold_time", "mean"),
    ("offered_wait", "p50"),
    ("on_hold_time", "mean"),
    ("abandonment_rate", "all"),
    ("callers_never_reached", "after_24_hours"),
    ("attempts_to_reach", "mean"),
    ("abandoned_then", "still_open"),
    ("time_to_abandon", "p50"),
    ("patience", "mean"),
    ("average_handle_time", "mean"),
    ("average_handle_time", "without_wrap_up"),
    ("transfer_rate", "all"),
    ("case_handle_time", "p50"),
    ("first_response_time", "p50"),
    ("first_response_time", "p90"),
    ("unanswered_share", "in_a_day"),
    ("next_response_time", "p50"),
    ("requester_wait_time", "p50"),
    ("message_volume", "received"),
    ("case_volume", "opened"),
    ("backlog", "open"),
    ("time_to_resolution", "p50"),
    ("time_to_resolution", "p90"),
    ("time_to_close", "p50"),
    ("sla_attainment", "first_response"),
    ("sla_attainment", "resolution"),
    ("reported_sla_attainment", "reported"),
    ("first_contact_resolution", "of_all"),
    ("repeat_contact_rate", "within_7_days"),
    ("contacts_to_resolution", "mean"),
    ("calls_to_resolution", "mean"),
    ("reopen_rate", "all"),
    ("new_case_instead", "after_solved"),
    ("one_touch_resolution", "all"),
    ("escalation_rate", "all"),
    ("agents_per_case", "mean"),
    ("bot_containment", "all"),
    ("deflection_rate", "to_writing"),
    ("customer_satisfaction", "satisfied"),
    ("customer_satisfaction", "dissatisfied"),
    ("net_promoter_score", "score"),
    ("customer_effort_score", "easy"),
    ("sentiment", "negative"),
    ("survey_response_rate", "answered"),
    ("survey_send_rate", "sent"),
    ("delivery_time", "p50"),
    ("late_delivery_rate", "all"),
    ("cart_abandonment_rate", "after_24_hours"),
    ("repeat_purchase_rate", "after_first"),
    ("monthly_churn_rate", "all"),
    ("article_reads", "all"),
    ("readers", "all"),
    ("article_read_time", "mean"),
    ("abandoned_reads", "too_soon"),
    ("help_requests_per_read", "all"),
    ("helpful_share", "all"),
    ("searches_without_result", "all"),
    ("self_service_ratio", "readers"),
    ("agent_satisfaction", "satisfied"),
    ("employee_net_promoter_score", "score"),
    ("occupancy", "all"),
    ("cases_per_agent", "cases"),
    ("cases_per_agent", "calls"),
    ("attrition_rate", "monthly"),
)


def asked_for(
    by: Sequence[str], where: Sequence[str], variant: str | None = None, teams: Teams = None
) -> tuple[Asked, ...]:
    """Return the metrics of the scorecard that have all the dimensions asked for.

    A dimension that none of them has stays in the question, where it is refused by name. With a
    variant, those of its metrics that have it are asked for in it. Those who may see some teams
    only are told what is told by team.
    """
    wanted = {*by, *(text.partition("=")[0].strip() for text in where)}
    asked = [Asked(METRICS[name], usual) for name, usual in SCORECARD]
    if variant is not None:
        asked = [each for name in dict(SCORECARD) for each in having(METRICS[name], variant)]
        if not asked:
            usual = [EVERY_VARIANT, "p50", "p90", "mean"]
            raise UnknownVariant("scorecard", variant, usual)  # noqa: EM101  its name
    asked = [each for each in asked if may_ask(each.metric, teams)]
    fitting = tuple(a for a in asked if wanted <= set(a.metric.record.dimensions()))
    return fitting or tuple(asked)


def having(metric: Metric, variant: str) -> list[Asked]:
    try:
        return [Asked(metric, each) for each in variants_of(metric, variant)]
    except UnknownVariant:
        return []


def last_day(
    lake: Lake, metric: Metric, where: Sequence[tuple[str, str]] = (), teams: Teams = None
) -> date | None:
    """Return the newest day of which a metric's table has rows; cohorts are not looked at."""
    known = tuple(each for each in where if not each[0].startswith(COHORT))
    with lake.reading(), needed(lake, [metric.record]) as need:
        last = last_instant(need, metric.record, metric.dated_by, known, teams)
    return to_local(last, lake.settings.zone).date() if last else None


def last_days(lake: Lake, teams: Teams = None) -> tuple[str | None, str | None]:
    """Return the first and last of the newest 28 days of which there is anything to be seen."""
    dated = {(each.record, each.dated_by) for each in METRICS.values() if may_ask(each, teams)}
    with lake.reading(), needed(lake, ()) as need:
        newest = [
            last_instant(need, record, dated_by, (), teams)
            for record, dated_by in dated
            if record in RECORDS.values()  # derived facts have no dates of their own
        ]
    known = [each for each in newest if each is not None]
    if not known:
        return None, None
    last = to_local(max(known), lake.settings.zone).date()
    return (last - timedelta(days=DAYS - 1)).isoformat(), last.isoformat()


def last_instant(
    need: Need,
    record: type[Record],
    dated_by: str,
    where: tuple[tuple[str, str], ...],
    teams: Teams,
) -> datetime | None:
    """Return when the last of the rows was, by a roll-up where there is one."""
    if need.has_none(record):
        return None
    family = Family(record, dated_by, by_of(record, need.lake.settings), ())
    kept = found_rollup(need.states, Question((), where=where, teams=teams), family)
    if kept is not None:
        return rolled_bounds(need.lake, kept, record, where, teams).last
    need(record)
    return bounds_of(need.lake, record, dated_by, where, teams).last
