"""What few people answered is not shown, and cannot be had by subtraction either."""

import random
from itertools import product

import numpy as np
import pytest
from engine.tables import calls, cell, cells, holding, named, surveys, utc

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion
from hearwell.engine.privacy import hidden_cells
from hearwell.engine.question import Question
from hearwell.engine.rows import rows

ESAT = {"instrument": "esat"}


def team(name, count, **more):
    return [{"team": name, "answer": 4, **more} for _ in range(count)]


def shown(lake, **question):
    found = cells(lake, "customer_satisfaction", **question)
    return {tuple(each["group"].values()): each["value"] for each in found}


@pytest.mark.parametrize(("count", "is_hidden"), [(1, True), (4, True), (5, False)])
def test_fewer_than_five_answers_are_not_shown(lake, count, is_hidden):
    """Neither value nor interval; how many there are is told, and why nothing else is."""
    found = cell(holding(lake, survey=surveys(*team("red", count))), "customer_satisfaction")
    assert found["n"] == count
    assert bool(found["hidden"]) == is_hidden
    assert (found["value"] is None) == is_hidden
    if is_hidden:
        assert (found["low"], found["high"], found["shrunken"], found["rank"]) == (None,) * 4


def test_a_hidden_team_is_not_told_by_the_others(lake):
    """With red (3) hidden, blue (8), the smallest beside it, is too: the total is known."""
    held = holding(lake, survey=surveys(*team("red", 3), *team("blue", 8), *team("green", 20)))
    assert shown(held, by=("team",)) == {("red",): None, ("blue",): None, ("green",): 1.0}
    assert shown(held) == {(): 1.0}


@pytest.mark.parametrize("wanted", [("red",), ("blue",), ("red", "green"), ("blue", "green")])
def test_asking_for_a_team_alone_shows_no_more(lake, wanted):
    """A filter gives nothing that the table of all teams hides, nor a sum with it inside."""
    held = holding(lake, survey=surveys(*team("red", 3), *team("blue", 8), *team("green", 20)))
    where = tuple(("team", each) for each in wanted)
    assert shown(held, where=where) == {(): None}
    assert shown(held, where=(("team", "green"),)) == {(): 1.0}


def test_a_comparison_with_a_hidden_number_is_not_shown(lake):
    """The period before had three answers: no value, no difference."""
    few = team("red", 3, answered_at=utc("2026-01-05"))
    many = team("red", 40, answered_at=utc("2026-02-05"))
    found = cell(
        holding(lake, survey=surveys(*few, *many)),
        "customer_satisfaction",
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )
    assert found["value"] == 1.0
    assert found["compared"] is None


def test_a_hidden_week_is_not_told_by_the_others(lake):
    """Of three weeks one has three answers; with one more hidden the total tells neither."""
    weeks = [("2026-01-05", 3), ("2026-01-12", 9), ("2026-01-19", 30)]
    answers = [each for day, n in weeks for each in team("red", n, answered_at=utc(day))]
    found = cells(holding(lake, survey=surveys(*answers)), "customer_satisfaction", grain="week")
    assert [each["value"] for each in found] == [None, None, 1.0]


@pytest.mark.parametrize("metric", ["agent_satisfaction", "employee_net_promoter_score"])
def test_agents_answers_are_never_told_one_by_one(lake, metric):
    """No rows, and no groups of one agent: they were promised that nobody learns it."""
    held = holding(lake, survey=surveys(*[ESAT | {"agent_id": "ann", "answer": 2}] * 9))
    with pytest.raises(BadQuestion, match="anonymous"):
        rows(held, Question((named(metric),)))
    with pytest.raises(BadQuestion, match="anonymous"):
        Question((named(metric),), by=("agent_id",))
    with pytest.raises(BadQuestion, match="anonymous"):
        Question((named(metric),), where=(("agent_id", "ann"),))


def test_agents_answers_are_not_among_the_rows_of_a_response_rate(lake):
    """Rows of the response rate are invitations of customers; those of agents are not shown."""
    held = holding(lake, survey=surveys(*[ESAT | {"answer": 2}] * 9, *team("red", 6)))
    found = rows(held, Question((named("survey_response_rate"),)))
    assert found.total == 6


def test_rows_of_a_hidden_number_are_not_shown(lake):
    """What a number hides, the rows behind it would tell."""
    rows_ = surveys(*team("red", 3), *team("blue", 8), *team("green", 20))
    for name in ("red", "blue"):
        held = holding(lake, survey=rows_)
        with pytest.raises(BadQuestion, match="fewer than 5"):
            rows(held, Question((named("customer_satisfaction"),), where=(("team", name),)))
    held = holding(lake, survey=rows_)
    assert rows(held, Question((named("customer_satisfaction"),))).total == 31


def test_what_is_no_answer_of_people_is_not_hidden(lake):
    """A single call has a value: nobody's opinion is told."""
    found = cell(holding(lake, call=calls({"wait_seconds": 4.0})), "wait_time", "mean")
    assert (found["value"], found["hidden"]) == (4.0, None)


TEAMS, LANGUAGES = ["a", "b", "c", "d"], ["en", "ur", "pa"]


def table_of(dice):
    """How many answers each team has in each language."""
    teams = TEAMS[: dice.choice([2, 3, 4])]
    sizes = [1, 2, 3, 4, 5, 6, 9, 40]
    counts = {key: dice.choice(sizes) for key in product(teams, LANGUAGES)}
    for team_, language in list(counts):
        for total in ((team_, "*"), ("*", language), ("*", "*")):
            counts[total] = counts.get(total, 0) + counts[team_, language]
    return {key: n for key, n in counts.items() if n}


def seen_by_asking(lake, counts):
    """Every cell and total that is shown, by whatever question of groups and filters."""
    names = ("team", "language")
    filters = [()] + [((names[i], key[i]),) for key in counts for i in (0, 1) if key[i] != "*"]
    seen = set()
    for by, where in product([(), ("team",), ("language",), names], dict.fromkeys(filters)):
        for each in cells(lake, "customer_satisfaction", by=by, where=where):
            key = dict.fromkeys(names, "*") | dict(where) | each["group"]
            if each["value"] is not None:
                assert each["n"] == counts[key["team"], key["language"]]
                seen.add((key["team"], key["language"]))
    return seen


def had_by_subtraction(counts, seen):
    """What follows from what is seen: a sum that lacks one part gives that part, and so on."""
    sums = []
    for whole in counts:
        for i in (0, 1):
            if whole[i] == "*":
                parts = [key for key in counts if key[i] != "*" and key[1 - i] == whole[1 - i]]
                sums.append([whole, *parts])
    known = set(seen)
    while True:
        lacking = [[term for term in terms if term not in known] for terms in sums]
        more = {terms[0] for terms in lacking if len(terms) == 1}
        if not more:
            return known
        known |= more


def told_by(counts, seen):
    return {key for key in had_by_subtraction(counts, seen) if counts[key] < 5}


@pytest.mark.parametrize("seed", range(8))
def test_no_cell_of_few_can_be_had_by_subtraction(lake, seed):
    """Whoever asks for every total, row, column and cell cannot tell a cell of few answers."""
    counts = table_of(random.Random(seed))
    answers = [
        {"team": t, "language": g, "answer": 5}
        for (t, g), n in counts.items()
        if "*" not in {t, g}
        for _ in range(n)
    ]
    seen = seen_by_asking(holding(lake, survey=surveys(*answers)), counts)
    assert not told_by(counts, seen)
    assert seen == shown_of(counts)


def shown_of(counts):
    """What is shown of a table and its margins: each margin by itself, then the cells."""
    seen = {key for key in [("*", "*")] if counts[key] >= 5}
    for kept in [(0,), (1,), (0, 1)]:
        keys = [key for key in counts if tuple(i for i in (0, 1) if key[i] != "*") == kept]
        table = [(*(key[i] for i in kept), 0) for key in keys]
        n = np.array([counts[key] for key in keys], dtype=float)
        secret = hidden_cells(table, n, is_cut=False)
        seen |= {key for key, place in zip(keys, table, strict=True) if place not in secret}
    return seen


def test_nor_in_any_of_many_tables():
    """The same of 1,000 tables, without asking the engine for each."""
    dice = random.Random(3)
    shown_cells = 0
    for _ in range(1000):
        counts = table_of(dice)
        seen = shown_of(counts)
        assert not told_by(counts, seen), counts
        shown_cells += len(seen & {key for key in counts if "*" not in key})
    assert shown_cells > 1000  # hiding everything would be no art


def test_a_verdict_on_opinions_needs_a_narrow_interval(lake):
    """35 answers on each side: the interval reaches further than 15 points, so no verdict."""
    before = [{"answer": 5 if i % 2 else 1, "answered_at": utc("2026-01-05")} for i in range(35)]
    now = [{"answer": 5 if i % 6 else 1, "answered_at": utc("2026-02-05")} for i in range(35)]

    def compared(times):
        held = holding(lake, survey=surveys(*(before + now) * times))
        question = Question(
            (named("customer_satisfaction"),),
            begins="2026-02-01",
            ends="2026-02-28",
            compare="previous",
        )
        return ask(held, question).cells()[0]["compared"]

    assert compared(1)["low"] > 0
    assert compared(1)["verdict"] == "no evidence"
    assert compared(3)["verdict"] == "better"
