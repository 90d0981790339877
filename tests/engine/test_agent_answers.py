"""What agents answer in confidence is told in batches, so that no two questions tell one answer."""

from datetime import date, datetime, timedelta
from itertools import permutations

import numpy as np
import pytest
from engine.tables import cell, cells, holding, named, surveys, utc

from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Question
from hearwell.metrics.facts.agent_answer import Month, batches
from hearwell.stats.shrinkage import shrunken_shares

ESAT = {"instrument": "esat", "answer": 5}


def answers(day, count, **more):
    return [ESAT | {"answered_at": utc(f"{day} 09:00")} | more for _ in range(count)]


def test_a_month_counts_on_its_last_day_once_it_is_over(lake):
    held = holding(lake, survey=surveys(*[*answers("2026-04-02", 6), *answers("2026-04-28", 3)]))
    first = cell(held, "agent_satisfaction", begins="2026-04-01", ends="2026-04-29")
    assert (first["value"], first["n"]) == (None, 0)
    whole = cell(held, "agent_satisfaction", begins="2026-04-30", ends="2026-04-30")
    assert (whole["value"], whole["n"]) == (1.0, 9)


def test_a_month_that_is_not_over_is_not_told(lake):
    """The lake was told of nothing after the first of June: May may still change."""
    held = holding(lake, survey=surveys(*answers("2026-05-20", 30)))
    assert cell(held, "agent_satisfaction")["n"] == 0
    later = [{"case_id": "1", "opened_at": utc("2026-06-04"), "received_at": utc("2026-06-05")}]
    held = holding(lake, survey=surveys(*answers("2026-05-20", 30)), case=later)
    assert cell(held, "agent_satisfaction")["n"] == 30


def test_a_month_of_few_waits_for_the_next(lake):
    rows = [*answers("2026-02-10", 8), *answers("2026-03-01", 2), *answers("2026-04-10", 7)]
    found = cells(holding(lake, survey=surveys(*rows)), "agent_satisfaction", grain="month")
    shown = {each["period"]["from"][:7]: (each["value"], each["n"]) for each in found}
    assert shown == {"2026-02": (1.0, 8), "2026-04": (1.0, 9)}


def test_the_months_are_the_organisations(lake):
    """At the end of March in Minsk it is still March in UTC for three hours more."""
    late = [*answers("2026-03-31", 5), *answers("2026-04-20", 5)]
    late = [each | {"answered_at": each["answered_at"] + timedelta(hours=13)} for each in late]
    minsk = holding(lake, survey=surveys(*late))
    minsk.settings = type(minsk.settings)(**(vars(minsk.settings) | {"zone": "Europe/Minsk"}))
    found = cells(minsk, "agent_satisfaction", grain="month")
    assert [each["n"] for each in found if each["n"]] == [10]


def test_of_which_months_batches_are_made():
    def month(number, n, instrument="esat"):
        return Month(instrument, datetime(2025, number, 1), datetime(2025, number + 1, 1), n)

    months = [month(1, 3), month(1, 9, "enps"), month(2, 1), month(3, 4), month(5, 4), month(6, 9)]
    found = [
        (each.began_at.month, each.instrument, end.month)
        for each, end in batches(months, datetime(2025, 7, 3))
    ]
    assert found == [(1, "enps", 2), (1, "esat", 4), (2, "esat", 4), (3, "esat", 4)]


TEAMS = {
    "red": [7, 2, 6, 5],
    "blue": [24, 20, 1, 20],
    "green": [12, 14, 24, 13],
    "white": [30, 30, 30, 30],
}
"""How many of each team answered in February, March, April and May."""


@pytest.fixture
def staff(lake):
    """Give a lake in which agents of three teams answered, on days of their own."""
    rows = [
        ESAT
        | {
            "team": team,
            "language": "en" if i % 2 else "ur",
            "agent_id": f"{team} {i}",
            "answer": 5 if (i + month) % 4 else 1,
            "answered_at": datetime(2026, 2 + month, 1 + i % 28, 9),
        }
        for team, counts in TEAMS.items()
        for month, count in enumerate(counts)
        for i in range(count)
    ]
    known = [{"case_id": "1", "opened_at": utc("2026-06-20"), "received_at": utc("2026-06-20")}]
    return holding(lake, survey=surveys(*rows), case=known)


def seen(lake, **question):
    """What is shown of a question, by what it is about."""
    where = dict(question.get("where", ()))
    period = (question.get("begins") or "0", question.get("ends") or "9")
    found = cells(lake, "agent_satisfaction", **question)
    return {
        (frozenset((where | each["group"]).items()), period): each["n"]
        for each in found
        if each["value"] is not None
    }


def within(inner, outer):
    """Is all that one question is about in what the other is about?"""
    (about, (begins, ends)), (other, (since, until)) = inner, outer
    return about >= other and begins >= since and ends <= until


def test_no_two_questions_differ_by_fewer_than_five_answers(staff):
    """An attacker asks for every period, team and language, and takes answers from each other."""
    days = [date(2026, 2, 1) + timedelta(days=13 * i) for i in range(10)]
    periods = [(None, None), *((str(days[0]), str(day)) for day in days[2:])]
    periods += [(str(days[3]), str(days[-1]))]
    shown = {}
    for i, (begins, ends) in enumerate(periods):
        for by in ((), ("team",), ("team", "language"))[: 3 - i % 2]:
            shown |= seen(staff, by=by, begins=begins, ends=ends)
    for team in TEAMS:
        shown |= seen(staff, where=(("team", team),), begins="2026-02-01", ends="2026-04-30")
    assert {len(about) for about, _ in shown} == {0, 1, 2}  # hiding all would be no art
    nested = [(inner, outer) for inner, outer in permutations(shown, 2) if within(inner, outer)]
    assert len(nested) > 100
    for inner, outer in nested:
        more = shown[outer] - shown[inner]
        assert more == 0 or more >= 5, (inner, outer)


@pytest.mark.parametrize(
    "question",
    [
        {"by": ("agent_id",)},
        {"where": (("agent_id", "red 1"),)},
        {"where": (("cohort.bought", "shoes"),)},
        {"standardise": ("team",), "compare": "previous", "begins": "2026-04-01"},
        {"standardise": ("agent_id",), "compare": "previous", "begins": "2026-04-01"},
    ],
)
def test_what_would_tell_single_answers_is_refused(question):
    with pytest.raises(BadQuestion, match="anonymous"):
        Question((named("agent_satisfaction"),), **question)


def test_the_others_draw_nothing_from_what_is_hidden(staff):
    """A value drawn towards the mean of all would tell of those that are not shown."""
    found = cells(staff, "agent_satisfaction", by=("team",), begins="2026-03-01", ends="2026-03-31")
    shown = [each for each in found if each["value"] is not None]
    assert {each["group"]["team"] for each in shown} == {"blue", "white"}
    n = np.array([each["n"] for each in shown])
    alone = shrunken_shares(n * [each["value"] for each in shown], n)
    assert [each["shrunken"] for each in shown] == pytest.approx(alone)
    assert all(each["shrunken"] is None for each in found if each not in shown)


def test_whether_an_agent_answered_is_not_told_either(lake):
    rows = [ESAT | {"agent_id": "ann", "status": "sent"} for _ in range(9)]
    rows += [{"agent_id": "bob"} for _ in range(6)]
    held = holding(lake, survey=surveys(*rows))
    found = cells(held, "survey_response_rate", by=("agent_id",))
    assert [each["group"]["agent_id"] for each in found] == ["bob"]
    assert cell(held, "survey_response_rate")["n"] == 15
