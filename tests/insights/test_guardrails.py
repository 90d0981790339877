"""A number bought at another's cost is found; so is one that was made to look good."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from engine.tables import holding, utc
from numpy.testing import assert_allclose

from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import Period
from hearwell.engine.question import Question
from hearwell.insights.guardrails.checks import CHECKS, counted, outliers
from hearwell.insights.guardrails.judged import Side, judge, judged
from hearwell.insights.guardrails.pairs import Pair, asked, pairs
from hearwell.insights.guardrails.signs import (
    expected_below,
    short_calls,
    sudden_ceilings,
    suppressed_after_trouble,
)
from hearwell.insights.guardrails.told import guardrails
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Better, Unit

MAY = Period(utc("2026-05-01"), utc("2026-05-29"))
QUESTION = Question((), begins="2026-05-01", ends="2026-05-28", compare="previous")


def test_every_metric_that_can_be_pushed_has_a_partner():
    told = {pair.asked.metric.name for pair in pairs()}
    for metric in METRICS.values():
        partner = METRICS[metric.guardrail]
        if Better.IN_RANGE not in {metric.better, partner.better}:
            assert metric.name in told
    assert len({(pair.asked, pair.partner) for pair in pairs()}) == len(list(pairs()))


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (0.02, 0.06, "unknown"),
        (-0.02, 0.009, "safe"),
        (-0.005, 0.015, "unknown"),
        (-0.1, -0.05, "safe"),
    ],
)
def test_safe_is_what_rules_harm_out(low, high, state):
    pair = Pair(
        asked("average_handle_time:mean"),
        "lower",
        asked("repeat_contact_rate:within_7_days"),
        "lower",
    )
    better = Side(pair.asked, Unit.SECONDS, 300, 250, -50, -60, -40, 0.001, True, 900)
    middle = (low + high) / 2
    partner = Side(pair.partner, Unit.SHARE, 0.1, 0.1 + middle, middle, low, high, 0.5, False, 900)
    assert judge(pair, (), better, partner).state == state


# --- calls that are rushed -------------------------------------------------------------------


def calls(month, seconds, came_back, queue="technical", count=300):
    """Return calls over four weeks; of every hundred so many call again after two days."""
    rows = []
    for i in range(count):
        at = datetime(2026, month, 1, 9) + timedelta(minutes=i * 90)
        who = f"{queue} {month} {i}"
        for again in range(2 if i % 100 < came_back else 1):
            begins = at + timedelta(days=2 * again)
            rows.append({
                "call_id": f"{who} {again}", "leg": 1, "entered_at": begins, "queue": queue,
                "outcome": "answered", "wait_seconds": 5.0, "team": "phone",
                "agent_id": f"agent {i % 12}",
                "connected_at": begins, "talk_seconds": seconds + i % 40, "hold_seconds": 0.0,
                "ended_at": begins + timedelta(seconds=seconds), "wrap_up_seconds": 10.0,
                "caller": who, "topic": "setup",
            })  # fmt: skip
    return rows


def test_handle_time_bought_with_repeat_calls(lake):
    rows = calls(4, 300, 10) + calls(5, 200, 40)
    found = judged(holding(lake, call=rows), QUESTION, ())
    harmed = {
        (e.pair.asked.metric.name, e.pair.partner.metric.name) for e in found if e.state == "harmed"
    }
    assert ("average_handle_time", "repeat_contact_rate") in harmed
    told = guardrails(holding(lake, call=rows), QUESTION, ()).as_json()
    first = told["findings"][0]
    assert first["kind"] == "guardrails.harmed"
    assert "got worse" in first["says"]["template"]
    assert json.loads(json.dumps(told)) == told


def test_a_pair_is_told_once_however_it_is_counted(lake):
    """Handle time with and without wrap-up fell alike, and more called again: one finding."""
    held = holding(lake, call=calls(4, 300, 10) + calls(5, 200, 40))
    found = [e for e in judged(held, QUESTION, ()) if e.state == "harmed"]
    of_repeats = [
        each.pair.asked.variant
        for each in found
        if each.partner.asked.metric.name == "repeat_contact_rate"
    ]
    assert of_repeats == ["mean", "without_wrap_up"]
    (told,) = (
        each
        for each in guardrails(held, QUESTION, ()).findings
        if each.kind == "guardrails.harmed"
        and each.evidence["partner"]["metric"] == "repeat_contact_rate"
    )
    assert told.evidence["metric"]["variant"] == "mean"
    ((otherwise,), (note, _cause)) = told.evidence["otherwise"], told.notes
    assert otherwise["variant"] == "without_wrap_up"
    assert otherwise["before"] - otherwise["now"] == pytest.approx(100, abs=1)
    assert note.values["metric"].variant == "without_wrap_up"


def test_handle_time_that_fell_at_nobody_elses_cost(lake):
    found = judged(holding(lake, call=calls(4, 300, 20) + calls(5, 200, 20)), QUESTION, ())
    states = {
        (each.pair.asked.metric.name, each.pair.partner.metric.name): each.state for each in found
    }
    assert states["average_handle_time", "repeat_contact_rate"] in {"safe", "unknown"}
    assert "harmed" not in states.values()


def test_a_viewer_sees_pairs_of_their_teams(lake):
    rows = calls(4, 300, 10) + calls(5, 200, 40)
    asked_of = holding(lake, call=rows)
    of_others = Question(
        (), begins="2026-05-01", ends="2026-05-28", compare="previous", teams=("b",)
    )
    assert guardrails(asked_of, of_others, ()).findings == []


def test_two_periods_are_needed(lake):
    with pytest.raises(BadQuestion, match="two periods"):
        guardrails(holding(lake), Question(()), ())


def short_and_long(agent, short, count, again=0):
    rows = []
    for i in range(count):
        at = datetime(2026, 5, 2, 8) + timedelta(minutes=7 * i)
        seconds = 4.0 if i < short else float(60 + (i * 37) % 400)
        who = f"{agent} {i}"
        for attempt in range(2 if i < again else 1):
            begins = at + timedelta(minutes=20 * attempt)
            rows.append({
                "call_id": f"{who} {attempt}", "leg": 1, "entered_at": begins, "queue": "q",
                "outcome": "answered", "agent_id": agent, "connected_at": begins, "caller": who,
                "ended_at": begins + timedelta(seconds=seconds),
                "connected_seconds": seconds if attempt == 0 else 120.0,
            })  # fmt: skip
    return rows


def test_who_ends_calls_at_once_is_named(lake):
    rows = [row for i in range(8) for row in short_and_long(f"agent {i}", 2 + i % 2, 100)]
    rows += short_and_long("ann", 30, 100)
    found = outliers(holding(lake, call=rows), CHECKS["very_short_calls"], MAY, None, 0.95)
    assert [(each.agent, each.n, each.share) for each in found] == [("ann", 100, 0.3)]
    some = outliers(holding(lake, call=rows[:-100]), CHECKS["very_short_calls"], MAY, None, 0.95)
    assert some == []


def test_very_short_calls_and_who_called_again(lake):
    found = short_calls(
        holding(lake, call=short_and_long("ann", 20, 200, again=10)), MAY, None, 0.95
    )
    assert (found.n, found.share) == (210, 20 / 210)
    assert found.are_too_many
    assert (found.again.n, found.again.share, found.again.other_share) == (20, 0.5, 0)
    plain = short_calls(holding(lake, call=short_and_long("ann", 0, 200)), MAY, None, 0.95)
    assert not plain.are_too_many


def test_what_a_lognormal_law_lets_expect():
    rng = np.random.default_rng(0)
    seconds = rng.lognormal(np.log(100), 0.9, 200_000)
    told = expected_below(10, *np.quantile(seconds, [0.25, 0.5, 0.75]))
    assert_allclose(told, (seconds < 10).mean(), atol=0.001)


# --- surveys that are chosen -----------------------------------------------------------------


def survey(name, agent, *, sent=True, best=True, day=5, month=5, seconds=600.0, **more):
    at = datetime(2026, month, day, 10)
    sent_at = at if sent else None
    return {
        "survey_id": name, "instrument": "csat", "agent_id": agent, "eligible_at": at,
        "status": "answered" if sent else "suppressed", "sent_at": sent_at, "touchpoint": "support",
        "answered_at": at + timedelta(seconds=seconds) if sent else None,
        "answer": (5.0 if best else 2.0) if sent else None, "scale_low": 1.0, "scale_high": 5.0,
        "customer_id": name,
    } | more  # fmt: skip


def test_who_sends_few_surveys_or_answers_them_at_once_is_named(lake):
    rows = [
        survey(f"{agent} {i}", f"agent {agent}", sent=i % 10 > 0)
        for agent in range(8)
        for i in range(60)
    ]
    rows += [survey(f"ann {i}", "ann", sent=i % 2 > 0) for i in range(60)]
    rows += [survey(f"bob {i}", "bob", sent=i % 10 > 0, seconds=4.0) for i in range(60)]
    asked_of = holding(lake, survey=rows)
    few = outliers(asked_of, CHECKS["send_rate"], MAY, None, 0.95)
    assert [(each.agent, each.share) for each in few] == [("ann", 0.5)]
    at_once = outliers(asked_of, CHECKS["answered_at_once"], MAY, None, 0.95)
    assert [(each.agent, each.share) for each in at_once] == [("bob", 1.0)]


def test_rules_for_all_are_no_sign(lake):
    rows = [survey(f"{i}", "ann", sent=False, status="held_out") for i in range(5)]
    rows += [survey(f"e{i}", "eve", instrument="enps") for i in range(5)]
    agents, _, n = counted(holding(lake, survey=rows), CHECKS["send_rate"], MAY, None)
    assert (agents, n.sum()) == ([], 0)


def test_answers_that_turn_perfect(lake):
    rows = []
    for agent in ("ann", "bob", "eve"):
        rows += [survey(f"{agent} a{i}", agent, best=i % 3 > 0, month=4, day=10) for i in range(40)]
        rows += [
            survey(f"{agent} m{i}", agent, best=agent == "ann" or i % 3 > 0) for i in range(40)
        ]
    (found,) = sudden_ceilings(holding(lake, survey=rows), MAY, None, 0.95)
    assert (found.agent, found.n, found.share) == ("ann", 40, 1)
    assert_allclose(found.expected, 26 / 40, atol=0.02)


def test_surveys_kept_back_after_trouble(lake):
    cases, events, surveys = [], [], []
    for i in range(120):
        bad = i % 2 == 0
        case = {"case_id": str(i), "opened_at": utc("2026-05-02")}
        cases.append(case)
        kinds = ["solved", "reopened", "solved"] if bad else ["solved"]
        events += [
            {"case_id": str(i), "event_id": f"{i} {k}", "kind": kind,
             "at": utc("2026-05-03") + timedelta(hours=k)}
            for k, kind in enumerate(kinds)
        ]  # fmt: skip
        surveys.append(survey(str(i), "ann", sent=not (bad and i % 4 == 0), case_id=str(i)))
    asked_of = holding(lake, case=cases, case_event=events, survey=surveys)
    found = suppressed_after_trouble(asked_of, MAY, None, 0.95)
    assert (found.n, found.share, found.other_n, found.other_share) == (60, 0.5, 60, 0)
    assert float(found.interval.low) > 0.3


def test_cases_closed_without_a_reply(lake):
    cases, events, messages = [], [], []
    for agent in ("ann", *(f"agent {i}" for i in range(11))):
        for i in range(40):
            number = f"{agent} {i}"
            at = utc("2026-05-04") + timedelta(minutes=i)
            cases.append({"case_id": number, "opened_at": at, "channel": "email"})
            messages.append({
                "case_id": number, "message_id": f"{number} q", "direction": "inbound",
                "author_kind": "customer", "sent_at": at, "is_public": True,
            })  # fmt: skip
            if i >= (30 if agent == "ann" else 2):
                messages.append({
                    "case_id": number, "message_id": f"{number} a", "direction": "outbound",
                    "author_kind": "agent", "author_id": agent, "is_public": True,
                    "sent_at": at + timedelta(hours=1),
                })  # fmt: skip
            events += [
                {"case_id": number, "event_id": f"{number} 0", "kind": "assigned", "at": at,
                 "to_value": agent},
                {"case_id": number, "event_id": f"{number} 1", "kind": "solved",
                 "at": at + timedelta(hours=2)},
            ]  # fmt: skip
    asked_of = holding(lake, case=cases, case_event=events, message=messages)
    (found,) = outliers(asked_of, CHECKS["closed_without_reply"], MAY, None, 0.95)
    assert (found.agent, found.n, found.share) == ("ann", 40, 0.75)
