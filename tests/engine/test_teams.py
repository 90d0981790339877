"""Who may see some teams learns nothing of the others, however they ask."""

import random
from dataclasses import replace

import pytest
from engine.tables import calls, cells, holding, literal, named, rolled_up_alone, surveys, utc

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion, NotByTeam, UnknownDimension
from hearwell.engine.explain import answerable
from hearwell.engine.question import COHORTS, Asked, Question, may_ask
from hearwell.engine.rollup import Rolled
from hearwell.engine.rollup_build import roll_up
from hearwell.engine.rows import rows
from hearwell.engine.scorecard import asked_for, last_days
from hearwell.engine.values import values_of
from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create, open_lake
from hearwell.lake.tables import typed
from hearwell.metrics.catalog import METRICS
from hearwell.records import RECORDS
from hearwell.records.call import Call
from hearwell.settings import RollUp, Settings

TEAMS = ["red", "blue", "green", None, ""]
BY_TEAM = tuple(
    Asked(metric, variant)
    for metric in METRICS.values()
    if may_ask(metric, ())
    for variant in metric.variants()
)
USUAL = tuple({each.metric: each for each in reversed(BY_TEAM)}.values())
NOT_BY_TEAM = [metric for metric in METRICS.values() if not may_ask(metric, ())]


# --- the same as if there were no other teams -------------------------------------------------


def some_tables(dice):
    """Calls, surveys and shifts of several teams, some of them made up."""

    def some(kind, **more):
        at = utc(f"2026-0{dice.choice([1, 2])}-{dice.randrange(1, 29):02d} 1{dice.randrange(9)}:00")
        return {
            "source": dice.choice(["pbx", "pbx", "simulated:1"]),
            "team": dice.choice(TEAMS),
            "agent_id": dice.choice(["ann", "bob", None]),
            "customer_id": dice.choice(["x", "y", "z", None]),
            "topic": dice.choice(["bill", "fault"]),
            **dict.fromkeys(kind, at),
            **more,
        }

    return {
        "call": calls(
            *(
                some(
                    ["entered_at"],
                    outcome=dice.choice(["answered", "answered", "abandoned"]),
                    wait_seconds=dice.choice([3.0, 30.0, 200.0]),
                )
                for _ in range(60)
            )
        ),
        "survey": surveys(
            *(
                some(
                    ["sent_at", "answered_at"],
                    instrument=dice.choice(["csat", "csat", "nps", "enps"]),
                    answer=dice.choice([1, 4, 5]),
                )
                for _ in range(60)
            )
        ),
    }


def some_question(dice, teams):
    asked = [each for each in BY_TEAM if each.metric.record.table_name in {"call", "survey"}]
    asked = tuple(dice.sample(asked, 3))
    by = ["team", "topic", "agent_id"][: 2 + (not any(a.metric.is_anonymous for a in asked))]
    standard = all(a.metric.variants()[a.variant].estimator.linear() is not None for a in asked)
    compare = dice.choice([None, "previous"])
    return Question(
        asked,
        by=tuple(dice.sample(by, dice.randrange(3))),
        grain=dice.choice(["none", "week", "hour_of_week"]),
        begins=dice.choice([None, "2026-02-01"]),
        ends=dice.choice([None, "2026-02-14", "2026-02-28T11:00"]),
        where=tuple(
            dice.sample(
                [("team", "red"), ("team", "blue"), ("team", ""), ("topic", "bill")],
                dice.randrange(3),
            )
        ),
        compare=compare,
        standardise=("topic",) if compare and standard else (),
        teams=teams,
    )


def test_the_answer_is_that_of_a_lake_without_the_other_teams(lake):
    """Values, bounds, comparisons, ranks, suppression, freshness and marks, of random questions."""
    dice, asked = random.Random(5), 0
    for _ in range(15):
        tables = some_tables(dice)
        teams = tuple(dice.sample(["red", "blue", "green", "nobody"], dice.randrange(1, 4)))
        question = some_question(dice, teams)
        limited = ask(holding(lake, **tables), question)
        theirs = {
            name: [row for row in table if row["team"] in teams] for name, table in tables.items()
        }
        alone = ask(holding(lake, **theirs), replace(question, teams=None))
        mine, only = limited.as_json(), alone.as_json()
        assert mine.pop("snapshot")
        assert only.pop("snapshot")
        assert mine == only
        asked += len(mine["answers"])
    assert asked > 100


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with create(tmp_path_factory.mktemp("teams") / "lake") as made:
        simulate(made, 300, 3, days=40)
        yield made


def test_every_metric_that_may_be_asked_is_told_of_these_teams(company):
    """A limit gives what a filter gives, also of facts that are made of several records."""
    asked = tuple(each for each in USUAL if each.metric.record.table_name != "survey")
    team, _ = (each.value for each in values_of(company, "team", most=2))
    limited = ask(company, Question(asked, by=("source",), teams=(team,)))
    filtered = ask(company, Question(asked, by=("source",), where=(("team", team),)))
    assert limited.cells() == filtered.cells()
    assert limited.freshness == filtered.freshness
    counted = {each.asked.metric.record for each in limited.answers if each.counts_rows}
    assert len(counted) > 8


# --- an attacker ------------------------------------------------------------------------------

RED, BLUE = {"team": "red", "agent_id": "ann"}, {"team": "blue", "agent_id": "bob"}


@pytest.fixture
def held(lake):
    """Two calls of red in January; of blue one in December and one in March; one of nobody."""
    return holding(
        lake,
        call=calls(
            RED | {"wait_seconds": 1.0, "customer_id": "x", "queue": "bills"},
            RED | {"wait_seconds": 2.0, "customer_id": "y", "queue": "bills"},
            BLUE | {"wait_seconds": 90.0, "customer_id": "x", "entered_at": utc("2025-12-05")},
            BLUE | {"wait_seconds": 90.0, "queue": "secret", "entered_at": utc("2026-03-05")},
            {"wait_seconds": 90.0, "team": None, "queue": "hidden"},
        ),
        order=[{"order_id": "1", "customer_id": "x", "product": "hat"}],
    )


def seen(lake, **question):
    return [(c["group"], c["n"]) for c in cells(lake, "call_volume", teams=("red",), **question)]


@pytest.mark.parametrize("name", ["blue", "", "nobody"])
def test_no_filter_reaches_other_teams(held, name):
    """Another team, rows of no team, both together with one's own."""
    assert seen(held, where=(("team", name),)) == [({}, 0)]
    assert seen(held, where=(("team", "red"), ("team", name))) == [({}, 2)]


@pytest.mark.parametrize("dimension", ["team", "agent_id", "queue"])
def test_no_value_of_other_teams_shows_as_a_group(held, dimension):
    own = {"team": "red", "agent_id": "ann", "queue": "bills"}[dimension]
    assert seen(held, by=(dimension,)) == [({dimension: own}, 2)]


def test_bounds_and_freshness_are_those_of_the_rows_seen(held):
    """Blue called in December and March: the period does not tell, nor does a comparison."""
    question = Question((named("call_volume"),), teams=("red",), grain="month", compare="previous")
    answers = ask(held, question)
    (only,) = answers.cells()
    assert only["period"]["from"].startswith("2026-01-05T10:00")
    assert only["period"]["to"].startswith("2026-01-05T10:00")
    assert only["compared"] is None
    assert answers.freshness["call"]["newest"].startswith("2026-01-05")
    assert last_days(held, ("red",)) == ("2025-12-09", "2026-01-05")
    assert last_days(held, ()) == (None, None)


def test_a_comparison_does_not_count_other_teams(held):
    asked = {"begins": "2026-01-01", "ends": "2026-01-31", "compare": "previous"}
    everything = cells(held, "wait_time", "mean", **asked)[0]
    assert (everything["n"], everything["compared"]["value"]) == (3, 90.0)
    only = cells(held, "wait_time", "mean", teams=("red",), **asked)[0]
    assert (only["value"], only["compared"]) == (1.5, None)


def test_the_same_customers_are_those_seen_in_both_periods(held):
    """Customer x called blue before, and red now."""
    asked = {"begins": "2026-01-01", "ends": "2026-01-31", "compare": "previous"}
    where = (("cohort.same", "yes"),)
    assert cells(held, "call_volume", where=where, **asked)[0]["n"] == 1
    assert seen(held, where=where, **asked) == [({}, 0)]


@pytest.mark.parametrize("name", [each for each in COHORTS if each != "cohort.same"])
def test_cohorts_told_by_other_records_are_refused(name):
    """Orders and customers are of no team: what they bought would be told one by one."""
    with pytest.raises(NotByTeam, match=name):
        Question((named("call_volume"),), where=((name, "2026"),), teams=("red",))


def test_rows_are_of_these_teams_only(held):
    found = rows(held, Question((named("wait_time"),), by=("team",), teams=("red",)))
    assert found.total == len(found.rows) == 2
    assert {row[found.columns.index("team")] for row in found.rows} == {"red"}
    where = (("team", "blue"), ("team", ""))
    assert rows(held, Question((named("wait_time"),), where=where, teams=("red",))).total == 0


def test_rows_can_be_listed_of_a_cohort(held):
    """What orders tell is readable for the list as well as for the number."""
    question = Question((named("wait_time"),), where=(("cohort.bought", "hat"),))
    assert rows(held, question).total == 2


def test_an_answer_written_for_one_is_not_given_to_another(held):
    """Queries are kept for the same question; whose it is belongs to it."""
    for teams, n in ((None, 5), (("red",), 2), (("blue",), 2), ((), 0), (("red", "blue"), 4)):
        assert cells(held, "call_volume", teams=teams)[0]["n"] == n


def test_who_may_see_no_team_sees_nothing(held):
    """An empty list is not the absence of one."""
    asked = tuple(each for each in USUAL if not each.metric.is_anonymous)
    answers = ask(held, Question(asked, by=("team",), teams=()))
    assert not any(answers.cells())
    assert set(answers.freshness["call"].values()) == {None}
    assert rows(held, Question((named("wait_time"),), teams=())).total == 0
    assert values_of(held, "queue", ()) == []
    assert answerable(held, teams=()).metrics == []


def test_few_answers_are_hidden_among_those_seen(lake):
    """Red has three and blue eight: neither shows beside the total of both, green's alone does."""
    many = [
        {"team": t, "answer": 4}
        for t, n in (("red", 3), ("blue", 8), ("green", 20))
        for _ in range(n)
    ]
    held = holding(lake, survey=surveys(*many))

    def values(teams, **question):
        found = cells(held, "customer_satisfaction", teams=teams, **question)
        return [each["value"] for each in found]

    assert values(("red", "blue"), by=("team",)) == [None, None]
    assert values(("red", "blue"), where=(("team", "blue"),)) == [None]
    assert values(("red",)) == [None]
    assert values(("green",), by=("team",)) == [1.0]
    with pytest.raises(BadQuestion, match="fewer than 5"):
        rows(held, Question((named("customer_satisfaction"),), teams=("red",)))


def test_an_earlier_state_is_limited_too(tmp_path):
    with create(tmp_path / "lake") as made:
        put(made, calls(RED, BLUE))
        then = made.snapshot
        put(made, calls(RED | {"call_id": "later"}))
    with open_lake(tmp_path / "lake", as_of=str(then)) as past:
        assert seen(past, by=("team",)) == [({"team": "red"}, 1)]


def put(lake, rows):
    usual = {"source": "test", "received_at": utc("2026-06-01")}
    columns = typed(Call)
    values = ", ".join(
        f"({', '.join(literal((usual | row).get(c)) for c in columns)})" for row in rows
    )
    with lake.writing("put"):
        lake.connection.execute(f"insert into lake.call values {values}")


@pytest.mark.parametrize(("by", "used"), [(("queue",), 0), (("queue", "team"), 1)])
def test_roll_ups_answer_only_when_they_are_kept_by_team(tmp_path, monkeypatch, by, used):
    """Sums over all teams are never told; those of each team are, of these alone."""
    rolled_up_alone(monkeypatch, RECORDS)
    with create(tmp_path / "lake") as made:
        put(made, calls(RED, RED, BLUE, {"team": None}))
        settings = Settings(roll_up=RollUp(by=by, from_rows=0))
        limited = replace(made, settings=settings)
        list(roll_up(limited))
        ran, run = [], Rolled.run
        monkeypatch.setattr(Rolled, "run", lambda self: ran.append(self) or run(self))
        assert cells(limited, "call_volume")[0]["n"] == 4
        assert len(ran) == 1
        assert seen(limited) == [({}, 2)]
        assert len(ran) == 1 + used


# --- what may be asked ------------------------------------------------------------------------


@pytest.mark.parametrize("metric", NOT_BY_TEAM, ids=lambda metric: metric.name)
def test_a_metric_of_no_team_is_refused_by_name(metric):
    with pytest.raises(NotByTeam, match=metric.name):
        Question((Asked(metric, next(iter(metric.variants()))),), teams=("red",))


def test_what_may_be_asked_is_known_beforehand():
    """The scorecard is put together of it; whom nothing is hidden from may ask for all."""
    own = asked_for((), (), teams=("red",))
    assert Question(own, teams=("red",)).asked == own
    assert set(asked_for((), ())) - set(own)
    assert all(may_ask(metric, None) for metric in METRICS.values())
    assert {each.name for each in NOT_BY_TEAM} >= {"article_reads", "message_volume", "churn_rate"}


# --- values to choose from --------------------------------------------------------------------


def test_values_to_choose_from_are_of_the_rows_seen(held):
    assert values_of(held, "queue") == [("bills", 2), ("hidden", 1), ("secret", 1), (None, 1)]
    assert values_of(held, "queue", ("red",)) == [("bills", 2)]
    assert values_of(held, "agent_id", ("blue",)) == [("bob", 2)]
    assert values_of(held, "team", ("red",)) == [("red", 2)]
    assert values_of(held, "queue", most=1) == [("bills", 2)]
    assert values_of(held, "channel", ("red",)) == [("phone", 2)]


def test_values_are_those_of_all_records_that_have_the_dimension(lake):
    """Agents who answered in confidence are not told of."""
    case = [
        {"case_id": "1", "team": "red", "topic": "bill", "custom": {"site": "north"}},
        {"case_id": "2", "team": "blue", "topic": "fault", "custom": {"site": "south"}},
    ]
    secret = {"instrument": "esat", "agent_id": "zoe", "topic": "bill", "team": "red"}
    held = holding(
        lake, call=calls(RED | {"topic": "bill"}), case=case, survey=surveys(secret, {"topic": "x"})
    )
    assert values_of(held, "topic") == [("bill", 2), ("fault", 1), ("x", 1)]
    assert values_of(held, "custom.site", ("blue",)) == [("south", 1)]
    assert "zoe" not in {each.value for each in values_of(held, "agent_id")}


def test_values_of_what_may_not_be_seen_are_refused(held):
    """Articles are of no team."""
    with pytest.raises(UnknownDimension, match="article_idd"):
        values_of(held, "article_idd")
    with pytest.raises(UnknownDimension, match="came_from"):
        values_of(held, "came_from", ("red",))
    assert values_of(held, "came_from") == []
