"""Promises that are not kept yet, and when they will be missed."""

from datetime import date

import pytest
from engine.tables import cells, holding
from engine.test_case_clocks import OPEN
from engine.test_case_facts import case, event, utc, word
from engine.test_deadlines import FRIDAY_EVENING, SUNDAY, promise

from hearwell.engine.running import known_until, running
from hearwell.settings import Settings


def runs(lake, targets, teams=None, *, schedule=OPEN.schedule, **tables):
    """Return what runs, by case and target: when it is due, and whether it is late."""
    settings = Settings(schedule=schedule, service_level_target=targets)
    found = running(holding(lake, settings, **tables), teams)
    rows = found.rows(0, len(found))
    return {
        (row["case_id"], row["target"]): (row["due_at"], bool(late))
        for row, late in zip(rows, found.is_late, strict=True)
    }


CASE = [case(at="2026-01-09 16:00")]


@pytest.mark.parametrize(
    ("target", "due"),
    [
        (promise("first_response", 1), "2026-01-12 09:30"),  # over the weekend
        (promise("first_response", 0.5), "2026-01-09 17:00"),  # at closing, not at opening
        (promise("first_response", 10), "2026-01-13 10:30"),
        (promise("first_response", 1, clock="calendar"), "2026-01-09 17:30"),
    ],
)
def test_a_reply_is_due_when_the_promised_time_is_over(lake, target, due):
    """Asked on Friday half an hour before closing; the office is open from nine to five."""
    found = runs(lake, [target], case=CASE, message=[FRIDAY_EVENING])
    assert found == {("1", "first_response"): (utc(due), False)}


def test_what_was_done_does_not_run_any_more(lake):
    targets = [promise("first_response", 1), promise("resolution", 20)]
    words = [FRIDAY_EVENING, word("agent", "2026-01-09 16:40")]
    moved = [event("moved", "2026-01-09 16:01", to="first")]
    open_still = runs(lake, targets, case=CASE, message=words, case_event=moved)
    assert [*open_still] == [("1", "resolution")]
    solved = [*moved, event("solved", "2026-01-09 16:50")]
    assert runs(lake, targets, case=CASE, message=words[:1], case_event=solved) == {}


def test_what_is_over_is_late_and_each_has_its_own_target(lake):
    """On Sunday the lake was told the last thing; a day and two hours are promised."""
    targets = [
        promise("first_response", 24, clock="calendar", applies_to={"priority": ["high"]}),
        promise("first_response", 2),
    ]
    cases = [
        case("1", "2026-01-09 16:00", priority="high"),
        case("2", "2026-01-09 16:00", priority="low"),
    ]
    words = [FRIDAY_EVENING, SUNDAY, word("customer", "2026-01-09 16:30", "2")]
    assert runs(lake, targets, case=cases, message=words) == {
        ("1", "first_response"): (utc("2026-01-10 16:30"), True),
        ("2", "first_response"): (utc("2026-01-12 10:30"), False),
    }


def test_whoever_sees_some_teams_sees_what_these_have(lake):
    cases = [
        case("1", "2026-01-09 16:00", team="a"),
        case("2", "2026-01-09 16:00", team="b"),
        case("3", "2026-01-09 16:00"),
    ]
    words = [word("customer", "2026-01-09 16:30", each["case_id"]) for each in cases]
    targets = [promise("first_response", 1)]
    for teams, wanted in [(None, "123"), (("a",), "1"), (("a", "b"), "12"), ((), "")]:
        found = runs(lake, targets, teams, case=cases, message=words)
        assert "".join(sorted(number for number, _ in found)) == wanted


def test_without_hours_that_hold_nobody_knows_when_it_is_due(lake):
    ended = [OPEN.schedule[0].model_copy(update={"valid_to": date(2026, 1, 10)})]
    found = runs(
        lake, [promise("first_response", 1)], schedule=ended, case=CASE, message=[FRIDAY_EVENING]
    )
    assert found == {("1", "first_response"): (None, False)}


def test_nothing_runs_where_nothing_is_there(lake):
    assert runs(lake, [promise("first_response", 1)]) == {}
    assert known_until(holding(lake, OPEN)) is None


def test_each_promise_is_told_of_its_own(lake):
    """The first that applies is the one that counts, so that the parts add up to the whole."""
    targets = [
        promise("first_response", 1, applies_to={"priority": ["high"]}),
        promise("first_response", 100),
    ]
    cases = [
        case(str(n), "2026-01-09 10:00", priority="high" if n < 3 else "low") for n in range(8)
    ]
    words = [word("customer", "2026-01-09 10:00", str(n)) for n in range(8)]
    words += [word("agent", "2026-01-09 12:00", str(n)) for n in range(1, 8)]
    settings = Settings(schedule=OPEN.schedule, service_level_target=targets)
    held = holding(lake, settings, case=cases, message=words)
    found = cells(held, "sla_attainment", "first_response", by=("promise",))
    assert {
        each["group"]["promise"]: (each["value"], each["n"]) for each in found if each["n"]
    } == {
        "first response in 1 h of opening hours (priority: high)": (0.0, 3),
        "first response in 100 h of opening hours": (1.0, 5),
    }
