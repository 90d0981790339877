"""Every metric counted by hand: slow, in plain Python, from the words of its definition.

A judge looks at one row, a dict, and says what it counts as. There are three answers: the row is
not one that the metric asks about (`NOT_ASKED`), it is but something is not known (`Left`, with
the reason that is told beside the number), or what it counts as. So a row can neither be counted
and left out, nor left out twice. Nothing here uses Ibis, DuckDB or the engine; of the project only
`hearwell.stats` is used, for intervals.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from hearwell.stats import interval as intervals
from hearwell.stats.difference import difference, verdict
from hearwell.stats.multiplicity import p_value
from hearwell.stats.net_score import adjusted_net_score, net_score_interval
from hearwell.stats.quantile import Histogram, quantile_interval
from hearwell.stats.survival import (
    Survival,
    patience_interval,
    survival_beyond_interval,
    survival_median_interval,
)

Row = dict[str, Any]
NOT_ASKED = None


@dataclass(frozen=True)
class Left:
    """A row that is asked about, but left out, and why."""

    reason: str


@dataclass(frozen=True)
class Rules:
    """What the organisation chose, and the clock: seconds from an instant on, for a row."""

    within: float
    short: float
    measured: Callable[[Row, Any, float], float | None]  # row, start, how long → by this clock
    known_until: dict[str, datetime]  # source → the last instant of which it has told
    is_open: Callable[[Row, datetime], bool | None]  # within opening hours, where they are known


# --- calls -----------------------------------------------------------------------------------

NO_QUEUE = {"refused_full", "refused_empty", "ivr_abandoned"}
UNKNOWN_ENDS = {
    None: "outcome not known",
    "open": "not over yet",
    "unknown_restart": "cut by a restart of the telephone system",
}


def offered(row):
    """Did the call come to a queue, and is its end known? None: it is none that is offered."""
    if row["direction"] == "outbound":
        return NOT_ASKED
    if row["outcome"] in UNKNOWN_ENDS:
        return Left(UNKNOWN_ENDS[row["outcome"]])
    return NOT_ASKED if row["outcome"] in NO_QUEUE else True


def of_offered(judge, *outcomes):
    """Judge only calls that were offered, and that ended so, if it matters how."""

    def judged(row, rules):
        found = offered(row)
        if found is not True:
            return found
        return judge(row, rules) if not outcomes or row["outcome"] in outcomes else NOT_ASKED

    return judged


def waited(row, rules):
    """Seconds in the queue by the clock, or why they are not known."""
    if row["wait_seconds"] is None:
        return Left("wait not known")
    by_clock = rules.measured(row, row["entered_at"], row["wait_seconds"])
    return Left("wait not known") if by_clock is None else by_clock


def with_wait(judge):
    """Judge a row by its wait; where that is not known the row is left out."""

    def judged(row, rules):
        wait = waited(row, rules)
        return wait if isinstance(wait, Left) else judge(row, wait, rules)

    return judged


def calls_that_came_in(row, _):
    if row["leg"] != 1 or row["direction"] == "outbound":
        return NOT_ASKED
    return Left(UNKNOWN_ENDS[row["outcome"]]) if row["outcome"] in UNKNOWN_ENDS else True


def refused(row, _):
    return True if row["outcome"] in {"refused_full", "refused_empty"} else NOT_ASKED


def all_the_waiting(row, _):
    if row["hold_seconds"] is None:
        return Left("time on hold not measured")
    if row["wait_seconds"] is None:
        return Left("wait not known")
    return row["wait_seconds"] + row["hold_seconds"]


def in_queue_only(row, _):
    return Left("wait not known") if row["wait_seconds"] is None else row["wait_seconds"]


def on_hold(row, _):
    held = row["hold_seconds"]
    return Left("time on hold not measured") if held is None else held


def service_level(level):
    """Judge by one of the five published variants; T is in time, also when it is met exactly."""

    def judged(row, wait, rules):
        answered, gone = row["outcome"] == "answered", row["outcome"] == "abandoned"
        in_time = wait <= rules.within
        if level == "SL1":
            return in_time if answered else NOT_ASKED
        if level == "SL2":
            return (answered or gone) and in_time
        if level == "SL4" and gone and in_time:
            return NOT_ASKED
        if level == "SL5" and gone and wait <= rules.short:
            return NOT_ASKED
        return answered and in_time

    def with_refused_told(row, rules):
        if row["direction"] != "outbound" and row["outcome"] in {"refused_full", "refused_empty"}:
            return Left("turned away by a full or unstaffed queue")
        return of_offered(with_wait(judged))(row, rules)

    return with_refused_told


def hung_up(row, _):
    return row["outcome"] == "abandoned"


def hung_up_not_at_once(row, rules):
    if row["outcome"] != "abandoned":
        return False
    if row["wait_seconds"] is None:
        return Left("wait not known")
    return NOT_ASKED if row["wait_seconds"] <= rules.short else True


def gave_up_otherwise(row, _):
    return row["outcome"] in {"timeout", "key_exit", "empty_exit", "withdrawn"}


def connected(row):
    """Talk and hold together: as the source says, or the two terms if it knows both."""
    if row["connected_seconds"] is not None:
        return row["connected_seconds"]
    if row["talk_seconds"] is None or row["hold_seconds"] is None:
        return None
    return row["talk_seconds"] + row["hold_seconds"]


def handled(row, _):
    if row["wrap_up_seconds"] is None:
        return Left("wrap-up not measured")
    if connected(row) is None:
        return Left("talk not measured")
    return connected(row) + row["wrap_up_seconds"]


def talked(row, _):
    return Left("talk not measured") if connected(row) is None else connected(row)


def passed_on(row, _):
    if "transfers_untrusted" in (row["quality_flags"] or []):
        return Left("the telephone system hides transfers")
    if row["ended_by"] is None:
        return Left("not known how the call ended")
    return row["transfer_kind"] is not None or row["ended_by"] == "transfer"


# --- cases -----------------------------------------------------------------------------------


def cases(*wanted):
    def judged(row, _):
        if any(row[column] is None for column in wanted):
            return NOT_ASKED
        return Left("merged into another case") if row["merged_into"] is not None else True

    return judged


def took(end):
    """Seconds from the opening to the end; cases merged into another are not asked about."""

    def judged(row, rules):
        if row["merged_into"] is not None:
            return NOT_ASKED
        passed = (row[end] - row["opened_at"]).total_seconds()
        by_clock = rules.measured(row, row["opened_at"], passed)
        return Left("not known") if by_clock is None else by_clock

    return judged


def promise_kept(row, _):
    if row["merged_into"] is not None:
        return NOT_ASKED
    kept = row["reported_sla_met"]
    return Left("not known") if kept is None else kept


# --- surveys ---------------------------------------------------------------------------------


def place_on_scale(row):
    """Where an answer stands, 0 worst and 1 best, or why that cannot be told."""
    low, high, answer = row["scale_low"], row["scale_high"], row["answer"]
    if low is None or high is None or low == high:
        return Left("scale not known")
    if not low <= answer <= high:
        return Left("answer outside its scale")
    if row["higher_is_better"] is False:
        return (high - answer) / (high - low)
    return (answer - low) / (high - low)


def answers(instrument, judge):
    """Judge the answers to an instrument that lie on their scale."""

    def judged(row, _):
        if row["instrument"] != instrument or row["answer"] is None:
            return NOT_ASKED
        place = place_on_scale(row)
        return place if isinstance(place, Left) else judge(row, place)

    return judged


def content(at_least):
    """In the question's own satisfied set, or else high enough on the scale."""

    def judged(row, place):
        own = row["satisfied_set"]
        return row["answer"] in own if own is not None else place >= at_least - 1e-12

    return judged


def on_scale(low, high, reason, judge):
    """Judge only answers on this scale, the high end of which is best."""

    def judged(row, place):
        fits = (row["scale_low"], row["scale_high"]) == (low, high)
        if not fits or row["higher_is_better"] is False:
            return Left(reason)
        return judge(row, place)

    return judged


def weighted(judge):
    def judged(row, place):
        found = judge(row, place)
        if found is NOT_ASKED or isinstance(found, Left):
            return found
        return Left("without a weight") if row["weight"] is None else (found, row["weight"])

    return judged


def promoter_or_detractor(row, _):
    return "promoter" if row["answer"] >= 9 else "detractor" if row["answer"] <= 6 else "passive"


POINTS = {"promoter": 100, "passive": 0, "detractor": -100}
TEN = "not on a scale of 0 to 10, 10 best"
FIVE = "not on a scale of 1 to 5, 5 best"


def satisfaction(instrument):
    # Of 1 to 5 the answers 4 and 5, of 1 to 7 the answers 6 and 7, of 1 to 10 those from 8 on.
    happy = content(0.75)
    raw = on_scale(1, 5, FIVE, lambda row, _: row["answer"])
    return {
        "satisfied": ("share", answers(instrument, happy)),
        "dissatisfied": ("share", answers(instrument, lambda _, place: place <= 0.25 + 1e-12)),
        "mean": ("mean", answers(instrument, raw)),
        "normalised": ("mean", answers(instrument, lambda _, place: 100 * place)),
        "weighted": ("weighted_share", answers(instrument, weighted(happy))),
    }


def recommendation(instrument):
    kind = on_scale(0, 10, TEN, promoter_or_detractor)

    def share_of(wanted):
        is_it = on_scale(0, 10, TEN, lambda row, p: promoter_or_detractor(row, p) == wanted)
        return "share", answers(instrument, is_it)

    points = on_scale(0, 10, TEN, lambda row, p: POINTS[promoter_or_detractor(row, p)])
    return {
        "score": ("net_score", answers(instrument, kind)),
        "weighted": ("weighted_mean", answers(instrument, weighted(points))),
        "promoters": share_of("promoter"),
        "detractors": share_of("detractor"),
    }


def effort():
    seven, five = "not on a scale of 1 to 7, 7 easiest", "not on a scale of 1 to 5, 5 easiest"
    # Of 1 to 7 the answers from 5 on, of 1 to 5 the answers 4 and 5: two thirds of the scale.
    easy = content(2 / 3)
    return {
        "mean": ("mean", answers("ces", on_scale(1, 7, seven, lambda row, _: row["answer"]))),
        "easy": ("share", answers("ces", easy)),
        "mean_of_five": ("mean", answers("ces", on_scale(1, 5, five, lambda r, _: r["answer"]))),
        "normalised": ("mean", answers("ces", lambda _, place: 100 * place)),
    }


REACHED = {"sent", "started", "answered", "expired", "opted_out"}


def responded(*statuses):
    """Answered, of those sent and not bounced; dismissing a survey is not answering it."""

    def judged(row, _):
        if row["sent_at"] is None:
            return NOT_ASKED
        if row["status"] is None:
            return Left("status not known")
        if row["status"] == "bounced":
            return Left("bounced")
        return row["status"] in statuses if row["status"] in REACHED else NOT_ASKED

    return judged


def was_sent(row, _):
    """Sent, of those who became eligible; one of whom that is not known tells nothing."""
    if row["eligible_at"] is None:
        return Left("not known when they became eligible")
    if row["status"] is None:
        return Left("status not known")
    return row["sent_at"] is not None


# --- messages --------------------------------------------------------------------------------


def written(*directions):
    """A message to or from a customer; what is said to be a note is none."""

    def judged(row, _):
        if row["is_public"] is False:
            return NOT_ASKED
        if not directions:
            return True
        if row["direction"] is None:
            return Left("direction not known")
        return True if row["direction"] in directions else NOT_ASKED

    return judged


def outside_hours(row, rules):
    inbound = written("inbound")(row, rules)
    if inbound is not True:
        return inbound
    is_open = rules.is_open(row, row["sent_at"])
    return Left("opening hours not known") if is_open is None else not is_open


# --- help articles and searches ---------------------------------------------------------------


def with_views(judge):
    """Judge a row for as many views as it stands for."""

    def judged(row, rules):
        return Left("number of views not known") if row["views"] is None else judge(row, rules)

    return judged


def read_for(row, _):
    seconds = row["read_seconds"]
    return Left("read time not measured") if seconds is None else (seconds, row["views"])


def single_read(judge):
    """Judge the seconds of a row that is one view: an aggregate hides those of its readers."""

    def judged(row, _):
        if row["views"] != 1:
            return Left("told as an aggregate, not as single views")
        seconds = row["read_seconds"]
        return Left("read time not measured") if seconds is None else judge(seconds)

    return with_views(judged)


WORDS_A_MINUTE = {"en": 238.0, "de": 179 * 238 / 228, "ar": 138 * 238 / 228}


def expected(row):
    """Seconds that the words of the article take, by the rate of its language; None: not known."""
    rate = WORDS_A_MINUTE.get((row["text_language"] or "").lower()[:2])
    return row["words"] * 60 / rate if row["words"] and rate else None


def part_read(row, _):
    seconds = row["read_seconds"]
    if seconds is None:
        return Left("read time not measured")
    if expected(row) is None:
        return Left(LENGTH_UNKNOWN)
    return seconds / expected(row), row["views"]


LENGTH_UNKNOWN = "not known how long it takes to read"


def left_too_soon(row, rules):
    """Before ten seconds or a tenth of the time it takes, the later of them."""
    enough = max(10, (expected(row) or 0) * 0.1)
    return single_read(lambda seconds: seconds < enough)(row, rules)


def left_too_soon_of_known(row, rules):
    found = left_too_soon(row, rules)
    if isinstance(found, Left) or expected(row) is not None:
        return found
    return Left(LENGTH_UNKNOWN)


def voted_helpful(row, rules):
    if row["found_helpful"] is None:
        return NOT_ASKED
    return with_views(lambda row, _: (row["found_helpful"], row["views"]))(row, rules)


def found_nothing(row, _):
    return Left("number of results not known") if row["results"] is None else row["results"] == 0


# --- carts, orders, customers ----------------------------------------------------------------

TOLD = ("created_at", "last_changed_at", "ordered_at", "first_seen_at", "left_at")


def known_until(rows):
    """The last instant of which each source has told, in rows of carts or of customers."""
    found: dict[str, datetime] = {}
    for row in rows:
        for name in TOLD:
            if row.get(name) is not None:
                found[row["source"]] = max(found.get(row["source"], row[name]), row[name])
    return found


def left_behind(row, rules):
    """Not ordered within 24 hours of the last change, of the carts whose 24 hours are over."""
    changed = row["created_at"] if row["last_changed_at"] is None else row["last_changed_at"]
    end = changed + timedelta(hours=24)
    if end > rules.known_until[row["source"]]:
        return Left("window not over")
    if row["ordered_at"] is None:
        return True if row["order_id"] is None else Left("not known when it was ordered")
    return row["ordered_at"] > end


def not_ordered(row, _):
    return row["order_id"] is None and row["ordered_at"] is None


def delivered_after(row, rules):
    passed = (row["delivered_at"] - row["ordered_at"]).total_seconds()
    by_clock = rules.measured(row, row["ordered_at"], passed)
    return Left("not known") if by_clock is None else by_clock


def late(row, _):
    promised = row["promised_at"]
    return Left("nothing promised") if promised is None else row["delivered_at"] > promised


def left_soon(row, rules):
    """Gone within 365 days, of the customers whose 365 days are over."""
    end = row["first_seen_at"] + timedelta(days=365)
    if end > rules.known_until[row["source"]]:
        return Left("first year not over")
    return row["left_at"] is not None and row["left_at"] <= end


# --- all of them -----------------------------------------------------------------------------

answered_only = (with_wait(lambda _row, wait, _rules: wait), "answered")
Judge = Callable[[Row, Rules], Any]
CALLS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "call_volume": {
        "calls": ("total", calls_that_came_in),
        "queue_visits": ("total", of_offered(lambda _row, _: True)),
        "refused": ("total", refused),
    },
    "hold_time": {
        "mean": ("mean", of_offered(all_the_waiting)),
        "p50": (0.5, of_offered(all_the_waiting)),
        "p90": (0.9, of_offered(all_the_waiting)),
        "queue_only_mean": ("mean", of_offered(in_queue_only)),
    },
    "wait_time": {
        "mean": ("mean", of_offered(*answered_only)),
        "p50": (0.5, of_offered(*answered_only)),
        "p90": (0.9, of_offered(*answered_only)),
    },
    "offered_wait": {
        name: (name, of_offered(with_wait(lambda r, wait, _: (wait, r["outcome"] == "answered"))))
        for name in ("p50", "beyond")
    },
    "on_hold_time": {
        "mean": ("mean", of_offered(on_hold, "answered")),
        "p90": (0.9, of_offered(on_hold, "answered")),
        "held": (
            "share",
            of_offered(
                lambda row, rules: (
                    held if isinstance(held := on_hold(row, rules), Left) else held > 0
                ),
                "answered",
            ),
        ),
    },
    "service_level": {
        level: ("share", service_level(level)) for level in ("SL1", "SL2", "SL3", "SL4", "SL5")
    },
    "abandonment_rate": {
        "all": ("share", of_offered(hung_up)),
        "without_short": ("share", of_offered(hung_up_not_at_once)),
        "gave_up_otherwise": ("share", of_offered(gave_up_otherwise)),
    },
    "time_to_abandon": {
        "mean": ("mean", of_offered(answered_only[0], "abandoned")),
        "p50": (0.5, of_offered(answered_only[0], "abandoned")),
    },
    "patience": {
        "mean": (
            "patience",
            of_offered(with_wait(lambda row, wait, _: (wait, row["outcome"] == "abandoned"))),
        )
    },
    "average_handle_time": {
        "mean": ("mean", of_offered(handled, "answered")),
        "p50": (0.5, of_offered(handled, "answered")),
        "without_wrap_up": ("mean", of_offered(talked, "answered")),
        "without_wrap_up_p50": (0.5, of_offered(talked, "answered")),
    },
    "transfer_rate": {"all": ("share", of_offered(passed_on, "answered"))},
}
CASES: dict[str, dict[str, tuple[Any, Judge]]] = {
    "case_volume": {
        "opened": ("total", cases()),
        "solved": ("total", cases("reported_solved_at")),
        "closed": ("total", cases("reported_closed_at")),
    },
    "reported_sla_attainment": {"reported": ("share", promise_kept)},
} | {
    metric: {"p50": (0.5, took(end)), "p90": (0.9, took(end)), "mean": ("mean", took(end))}
    for metric, end in (
        ("time_to_resolution", "reported_solved_at"),
        ("time_to_close", "reported_closed_at"),
    )
}
SURVEYS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "customer_satisfaction": satisfaction("csat"),
    "net_promoter_score": recommendation("nps"),
    "customer_effort_score": effort(),
    "survey_response_rate": {
        "answered": ("share", responded("answered")),
        "started": ("share", responded("started", "answered")),
    },
    "survey_send_rate": {"sent": ("share", was_sent)},
}
MESSAGES: dict[str, dict[str, tuple[Any, Judge]]] = {
    "message_volume": {
        "messages": ("total", written()),
        "received": ("total", written("inbound")),
        "sent": ("total", written("outbound")),
        "outside_hours": ("share", outside_hours),
    },
}


def one_reader(row, _):
    if row["views"] != 1:
        return Left("told as an aggregate, not as single views")
    person = row["visitor_id"] if row["visitor_id"] is not None else row.get("customer_id")
    return Left("reader not known") if person is None else person


VIEWS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "readers": {"all": ("distinct", one_reader)},
    "article_reads": {"all": ("total", with_views(lambda row, _: row["views"]))},
    "helpful_share": {"all": ("weighted_share", voted_helpful)},
}
READINGS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "article_read_time": {
        "mean": ("weighted_mean", with_views(read_for)),
        "p50": (0.5, single_read(lambda seconds: seconds)),
        "of_expected": ("weighted_mean", with_views(part_read)),
    },
    "abandoned_reads": {
        "too_soon": ("share", left_too_soon),
        "too_soon_of_known_length": ("share", left_too_soon_of_known),
        "under_10_seconds": ("share", single_read(lambda seconds: seconds < 10)),
    },
}
SEARCHES: dict[str, dict[str, tuple[Any, Judge]]] = {
    "searches_without_result": {"all": ("share", found_nothing)},
}
CARTS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "cart_abandonment_rate": {
        "after_24_hours": ("share", left_behind),
        "so_far": ("share", not_ordered),
    },
}
ORDERS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "delivery_time": {
        "p50": (0.5, delivered_after),
        "p90": (0.9, delivered_after),
        "mean": ("mean", delivered_after),
    },
    "late_delivery_rate": {"all": ("share", late)},
}
CUSTOMERS: dict[str, dict[str, tuple[Any, Judge]]] = {
    "churn_rate": {
        "within_a_year": ("share", left_soon),
        "so_far": ("share", lambda row, _: row["left_at"] is not None),
    },
}
DATED_BY = {  # where all metrics of a record go by the same instant
    "sent_at": MESSAGES,
    "opened_at": VIEWS | READINGS,
    "at": SEARCHES,
    "created_at": CARTS,
    "delivered_at": ORDERS,
    "first_seen_at": CUSTOMERS,
}
ORACLE = (
    CALLS | CASES | SURVEYS | MESSAGES | VIEWS | READINGS | SEARCHES | CARTS | ORDERS | CUSTOMERS
)
TIMED = {  # durations that began at a known instant: they have business time
    "wait_time",
    "offered_wait",
    "service_level",
    "time_to_abandon",
    "patience",
    "time_to_resolution",
    "time_to_close",
    "delivery_time",
}
UNTIMED = {  # only their length is known
    "hold_time",
    "on_hold_time",
    "average_handle_time",
    "article_read_time",
}


def dated(metric, variant, row):
    """Give the instant that says to which period a row belongs."""
    for instant, metrics in DATED_BY.items():
        if metric in metrics:
            return row[instant]
    if metric in CALLS:
        return row["entered_at"]
    if metric in {"time_to_resolution", "time_to_close"} or variant in {"solved", "closed"}:
        is_closing = metric == "time_to_close" or variant == "closed"
        return row["reported_closed_at" if is_closing else "reported_solved_at"]
    if metric in CASES:
        return row["opened_at"]
    if metric == "survey_send_rate":
        return row["sent_at"] if row["eligible_at"] is None else row["eligible_at"]
    return row["sent_at" if metric == "survey_response_rate" else "answered_at"]


# --- what the counted rows make --------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """What a group of rows makes: None where there is no value or no end of an interval."""

    value: float | None
    centre: float | None
    low: float | None
    high: float | None
    open_low: float | None  # not cut at the ends of the scale
    open_high: float | None
    n: int
    left_out: dict[str, int]


def counted(metric, variant, rows, rules, level):
    """Judge each row and make a number of those that count."""
    kind, judge = ORACLE[metric][variant]
    left_out: dict[str, int] = {}
    found, persons = [], []
    for row in rows:
        judged = judge(row, rules)
        if isinstance(judged, Left):
            left_out[judged.reason] = left_out.get(judged.reason, 0) + 1
        elif judged is not NOT_ASKED:
            found.append(judged)
            persons.append(row.get(PERSONS.get(metric)))
    value, centre, closed, opened = estimated(
        kind, found, rules, level, alike(kind, found, persons)
    )
    if not found and kind not in COUNTS:
        value = centre = None
    if len(found) < 2 and kind not in COUNTS:
        closed = opened = (math.nan, math.nan)
    return Counted(*map(known, (value, centre, *closed, *opened)), n=len(found), left_out=left_out)


COUNTS = {"total", "distinct"}

PERSONS = {
    **dict.fromkeys(
        (
            "customer_satisfaction",
            "net_promoter_score",
            "customer_effort_score",
            "survey_response_rate",
            "survey_send_rate",
            "cart_abandonment_rate",
            "late_delivery_rate",
        ),
        "customer_id",
    ),
    **dict.fromkeys(
        (
            "average_handle_time",
            "transfer_rate",
        ),
        "agent_id",
    ),
    **dict.fromkeys(
        ("article_read_time", "abandoned_reads", "help_requests_per_read", "helpful_share"),
        "visitor_id",
    ),
}
"""Whose rows tell less than those of as many people, metric by metric."""


def alike(kind, found, persons):
    """How many rows tell as much as one: the variance by person over the variance by row."""
    if kind not in {"share", "mean", "weighted_share", "weighted_mean", "net_score"} or not found:
        return 1.0
    pairs = [two_totals(kind, each) for each in found]
    over, under = math.fsum(x for x, _ in pairs), math.fsum(y for _, y in pairs)
    together: dict[Any, list[float]] = {}
    for i, ((x, y), person) in enumerate(zip(pairs, persons, strict=True)):
        of = together.setdefault(("nobody", i) if person is None else person, [0.0, 0.0])
        of[0] += x
        of[1] += y
    rows, groups = len(pairs), len(together)
    if not under or rows < 2:
        return 1.0

    def spread(amounts):
        return math.fsum((x - over / under * y) ** 2 for x, y in amounts)

    by_row = spread(pairs) / (rows - 1)
    if groups == 1 or by_row * (rows - 1) < 1e-9 * (1 + math.fsum(x * x for x, _ in pairs)):
        return max(rows / groups, 1.0)
    by_person = spread(together.values()) * groups / (groups - 1)
    return max(by_person / (by_row * rows), 1.0)


def two_totals(kind, judged):
    """Of which two totals a number is the ratio."""
    if kind in {"weighted_share", "weighted_mean"}:
        x, weight = judged
        return weight * x, weight
    if kind == "net_score":
        return {"promoter": 1.0, "detractor": -1.0}.get(judged, 0.0), 1.0
    return float(judged), 1.0


def known(number):
    return None if number is None or math.isnan(number) else float(number)


def ends(interval):
    return float(np.ravel(interval.low)[0]), float(np.ravel(interval.high)[0])


def estimated(kind, found, rules, level, rows_as_one):
    """Return value, centre of the interval, the interval, and the one that is not cut."""
    if kind == "net_score":
        n = len(found)
        up, down = found.count("promoter"), found.count("detractor")
        score = 100 * (up - down) / n if n else None
        n, up, down = (np.array([x / rows_as_one]) for x in (n, up, down))
        return (
            score,
            float(adjusted_net_score(n, up, down)[0][0]),
            ends(net_score_interval(n, up, down, level)),
            ends(net_score_interval(n, up, down, level, clipped=False)),
        )
    if kind in {"share", "mean", "weighted_share", "weighted_mean"}:
        value, interval = SIMPLE[kind](found, rows_as_one, level)
    else:
        value, interval = SIMPLE.get(kind, quantile)(found, rules, level, kind)
    return value, value, interval, interval


def share(found, rows_as_one, level):
    n, hits = len(found), sum(found)
    ends_of = intervals.wilson(one(hits / rows_as_one), one(n / rows_as_one), level)
    return hits / n if n else None, ends(ends_of)


def mean(found, rows_as_one, level):
    n, total, squares = len(found), math.fsum(found), math.fsum(x * x for x in found)
    sums = [one(x / rows_as_one) for x in (n, total, squares)]
    return total / n if n else None, ends(intervals.student(*sums, level))


def total(found, _rules, level, _kind):
    amount, squares = sum(found), sum(x * x for x in found)
    return amount, ends(intervals.poisson_total(one(amount), one(squares), level))


def different(found, _rules, level, _kind):
    number = float(len(set(found)))
    return number, ends(intervals.poisson_total(one(number), one(number), level))


def weighted_share(found, rows_as_one, level):
    weights = math.fsum(w for _, w in found)
    squared, hits = math.fsum(w * w for _, w in found), math.fsum(w * x for x, w in found)
    value = hits / weights if weights else None
    sums = [one(x / rows_as_one) for x in (weights, squared, hits)]
    return value, ends(intervals.weighted_share(*sums, level))


def weighted_mean(found, rows_as_one, level):
    sums = [
        one(math.fsum(term(w, x) for x, w in found) / rows_as_one)
        for term in (
            lambda w, _: w,
            lambda w, _: w * w,
            lambda w, x: w * x,
            lambda w, x: w * w * x,
            lambda w, x: w * w * x * x,
        )
    ]
    value = sums[2][0] / sums[0][0] if sums[0][0] else None
    return value, ends(intervals.weighted_mean(*sums, level))


def patience(found, _rules, level, _kind):
    waits, gone = math.fsum(wait for wait, _ in found), sum(left for _, left in found)
    value = waits / gone if gone else None
    return value, ends(patience_interval(one(waits), one(gone), level))


def quantile(found, _rules, level, q):
    """Sort them and go a part q of the way from the first to the last."""
    ordered = sorted(map(float, found))
    if not ordered:
        return None, (math.nan, math.nan)
    place = q * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    value = ordered[below] + (ordered[above] - ordered[below]) * (place - below)
    size = len(ordered)
    histogram = Histogram(np.zeros(size, np.int64), np.array(ordered), np.ones(size))
    return value, ends(quantile_interval(histogram, 1, q, level))


def kaplan_meier(found):
    """The part still waiting after each time at which somebody was answered or left."""
    left, curve = 1.0, []
    for time in sorted({wait for wait, _ in found}):
        watched = sum(wait >= time for wait, _ in found)
        answered = sum(wait == time and event for wait, event in found)
        left *= 1 - answered / watched
        curve.append((time, left))
    return curve


def survival(found):
    ordered = sorted((float(wait), event) for wait, event in found)
    waits = np.array([wait for wait, _ in ordered])
    events = np.array([float(event) for _, event in ordered])
    return same_times(Survival(np.zeros(len(ordered), np.int64), waits, events, 1 - events))


def same_times(rows):
    """Put together what ended at the same time."""
    times, place = np.unique(rows.value, return_inverse=True)
    sums = [
        np.bincount(place, weights=x, minlength=len(times)) for x in (rows.events, rows.censored)
    ]
    return Survival(np.zeros(len(times), np.int64), times, *sums)


def half_answered(found, _rules, level, _kind):
    """First time after which at most half are still waiting."""
    value = next((time for time, left in kaplan_meier(found) if left <= 0.5 + 1e-9), None)
    if not found:
        return None, (math.nan, math.nan)
    return value, ends(survival_median_interval(survival(found), 1, level))


def part_beyond(found, rules, level, _kind):
    """Part that waits longer than T; not known if T is past the last wait, which was cut short."""
    if not found:
        return None, (math.nan, math.nan)
    curve = kaplan_meier(found)
    part = [1.0, *(left for time, left in curve if time <= rules.within)][-1]
    too_late = rules.within > curve[-1][0] and curve[-1][1] > 1e-12
    interval = ends(survival_beyond_interval(survival(found), 1, rules.within, level))
    return None if too_late else part, interval


SIMPLE = {
    "share": share,
    "mean": mean,
    "total": total,
    "distinct": different,
    "weighted_share": weighted_share,
    "weighted_mean": weighted_mean,
    "patience": patience,
    "p50": half_answered,
    "beyond": part_beyond,
}


def one(number):
    return np.array([float(number)])


def change(metric, variant, now, before, better, unit, level):
    """Say how far a number is from another, and what that shows."""
    if before is None or before.value is None:
        return None
    nan = math.nan

    def numbers(side):
        return (nan if x is None else x for x in side)

    sides = [
        (one(value), one(centre), intervals.Interval(one(low), one(high)))
        for value, centre, low, high in (
            numbers((side.value, side.centre, side.open_low, side.open_high))
            for side in (now, before)
        )
    ]
    point, interval = difference(*sides[0], *sides[1])
    is_total = ORACLE[metric][variant][0] in COUNTS
    is_sure = is_total or min(now.n, before.n) >= 30
    if metric in SURVEYS and is_sure and not is_total:
        widest = 15 if unit == "points" else 0.15 if unit == "share" else math.inf
        for side in (now, before):
            is_sure &= known(side.low) is not None and (side.high - side.low) / 2 <= widest
    p = known(float(p_value(point, interval, level)[0])) if is_sure else None
    low, high = ends(interval)
    return {
        "value": before.value,
        "difference": known(float(point[0])),
        "low": known(low),
        "high": known(high),
        "p": p,
        "verdict": str(verdict(interval, better)[0]),
    }


def judged_together(changes, level):
    """Take back the verdicts that could be chance among so many (Benjamini and Hochberg)."""
    family = sorted(each["p"] for each in changes if each["p"] is not None)
    bar = -1.0
    for rank, p in enumerate(family, 1):
        if p <= (1 - level) * rank / len(family):
            bar = p
    for each in changes:
        if each["p"] is None or each["p"] > bar:
            each["verdict"] = "no evidence"
