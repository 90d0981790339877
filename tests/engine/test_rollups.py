"""Roll-ups give what the rows give, after any import, correction or crash."""

import contextlib
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from engine.tables import literal, rolled_up_alone

from hearwell.engine import ask as asking
from hearwell.engine import clusters, passes, rollup_build
from hearwell.engine.question import Asked, Question
from hearwell.engine.rollup import Rolled, families
from hearwell.engine.rollup_build import roll_up
from hearwell.engine.state import States, mark_of
from hearwell.lake.lake import create
from hearwell.lake.tables import identifier, typed
from hearwell.metrics.catalog import METRICS
from hearwell.records import RECORDS
from hearwell.settings import RollUp, Settings

TABLES = ("call", "message", "case", "order", "cart", "search", "survey")
FACTS = ("case_fact", "backlog_change", "contact", "call_episode")
ASKED = {
    name: [
        Asked(metric, variant)
        for metric in METRICS.values()
        if metric.record.table_name == name
        for variant in metric.variants()
    ]
    for name in (*TABLES, *FACTS)
}
GRAINS = ["none", "none", "day", "week", "month", "quarter", "hour_of_week"]
START = datetime(2026, 3, 20)


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """Give a lake of its own, with roll-ups of every table, shelves and random groups."""
    monkeypatch.setattr(passes, "EXACT_ROWS", 20)
    monkeypatch.setattr(clusters, "FEW_ROWS", 15)
    with create(tmp_path / "lake", "Europe/London") as made:
        settings = Settings(
            zone="Europe/London", roll_up=RollUp(by=("channel", "queue"), from_rows=0)
        )
        yield replace(made, settings=settings)


@pytest.fixture
def only_records(monkeypatch):
    rolled_up_alone(monkeypatch, RECORDS)


def some(dice, name, number):  # noqa: PLR0911  one for each record
    """Return a row of a record."""
    at = START + timedelta(seconds=dice.randrange(86400 * 40))
    usual = {f"{name}_id": str(number), "source": dice.choice(["a", "b"]), "received_at": at}
    one_of = dice.choice
    match name:
        case "call":
            return usual | {
                "leg": 1,
                "entered_at": at,
                "queue": one_of(["billing", "support", None]),
                "agent_id": one_of(["ann", "bob", None]),
                "customer_id": one_of(["x", "y", "z", None]),
                "direction": "inbound",
                "outcome": one_of(["answered", "answered", "abandoned", "timeout", None]),
                "wait_seconds": one_of([None, 3.0, 19.5, 61.0, 300.25, dice.uniform(0, 900)]),
                "hold_seconds": one_of([None, 0.0, 12.5]),
                "connected_seconds": one_of([None, 60.0, 181.5]),
            }
        case "message":
            return usual | {
                "sent_at": at,
                "case_id": str(dice.randrange(12)),
                "channel": one_of(["mail", "chat", None]),
                "direction": one_of(["inbound", "outbound", None]),
                "author_kind": one_of(["customer", "agent", "bot"]),
            }
        case "case":
            solved = at + timedelta(hours=dice.randrange(1, 200))
            return usual | {
                "opened_at": at,
                "channel": one_of(["mail", "chat", None]),
                "reported_solved_at": one_of([None, solved]),
                "merged_into": one_of([None] * 8 + [str(dice.randrange(12))]),
                "customer_id": one_of(["x", "y", None]),
                "agent_id": one_of(["ann", "bob", None]),
            }
        case "order":
            delivered = at + timedelta(days=dice.uniform(1, 9))
            return usual | {
                "ordered_at": at,
                "delivered_at": one_of([None, delivered]),
                "promised_at": at + timedelta(days=5),
            }
        case "survey":
            return usual | {
                "instrument": one_of(["csat", "nps", "ces"]),
                "status": one_of(["answered", "answered", "sent"]),
                "scale_low": 1.0,
                "scale_high": 5.0,
                "sent_at": at,
                "answered_at": at,
                "answer": one_of([1.0, 3.0, 5.0]),
                "customer_id": one_of(["x", "y", "z", None]),
                "channel": one_of(["mail", "chat"]),
            }
        case "cart":
            ordered = one_of([None, at + timedelta(hours=dice.choice([1, 30]))])
            return usual | {"created_at": at, "ordered_at": ordered}
    return usual | {"at": at, "results": dice.choice([0, 0, 3, None])}


def put(lake, name, rows):
    """Write rows over those of the same key, as an import does."""
    columns = typed(RECORDS[name])
    key = f"{name}_id"
    values = ", ".join(f"({', '.join(literal(row.get(c)) for c in columns)})" for row in rows)
    keys = ", ".join(f"({literal(row['source'])}, {literal(row[key])})" for row in rows)
    with lake.writing(f"put {name}"):
        run = lake.connection.execute
        run(f"delete from lake.{identifier(name)} where (source, {key}) in ({keys})")
        run(f"insert into lake.{identifier(name)} values {values}")


def some_question(dice):
    name = dice.choice(sorted(ASKED))
    asked = tuple(dice.sample(ASKED[name], min(3, len(ASKED[name]))))
    dimensions = [
        each
        for each in ("channel", "queue", "age_band")
        if each in asked[0].metric.record.dimensions()
    ]
    days = sorted(dice.sample(range(40), 2))
    begins, ends = ((START + timedelta(days=day)).date().isoformat() for day in days)
    return Question(
        asked,
        by=tuple(dice.sample(dimensions, dice.randrange(len(dimensions) + 1))),
        grain=dice.choice(GRAINS if name != "backlog_change" else GRAINS[:-1]),
        begins=dice.choice([None, begins, begins]),
        ends=dice.choice([None, ends, ends, ends + "T11:00"]),
        where=tuple(
            (each, dice.choice(["mail", "billing", "", "phone"]))
            for each in dimensions
            if not dice.randrange(4)
        ),
        compare=dice.choice([None, "previous", "year"]),
    )


def agree(lake, question, monkeypatch):
    """Ask with roll-ups and without; return how many tables were answered from roll-ups."""
    used = []
    run = Rolled.run
    monkeypatch.setattr(Rolled, "run", lambda self: used.append(self) or run(self))
    with_them = asking.ask(lake, question)
    monkeypatch.setattr(Rolled, "run", run)
    with monkeypatch.context() as without:
        without.setattr(asking, "found_rollup", lambda *_: None)
        plain = asking.ask(lake, question)
    assert with_them.freshness == plain.freshness
    alike(by_place(with_them.cells()), by_place(plain.cells()))
    return len(used)


def by_place(cells):
    return {
        repr((cell["metric"], cell["variant"], cell["period"], cell["group"])): cell
        for cell in cells
    }


def alike(one, other):
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            alike(one[key], other[key])
    elif isinstance(one, float):
        assert one == pytest.approx(other, rel=1e-9, abs=1e-9)
    else:
        assert one == other


def test_random_questions_are_answered_alike(lake, monkeypatch):
    """Whatever is asked of whatever table, with late rows and corrections between."""
    rolled_up_alone(monkeypatch, ASKED)
    dice, used = random.Random(8), 0
    for size in (60, 9):
        for name in TABLES:
            put(lake, name, [some(dice, name, dice.randrange(80)) for _ in range(size)])
        list(roll_up(lake))
        for _ in range(10):
            used += agree(lake, some_question(dice), monkeypatch)
    assert used > 6  # the rest asked for hours, or for parts of days


def calls_at(*days, number=0, **more):
    return [
        {
            "source": "a",
            "call_id": f"{number} {day}",
            "received_at": START,
            "leg": 1,
            "entered_at": datetime.fromisoformat(day),
            "outcome": "answered",
            "wait_seconds": 5.0,
            **more,
        }
        for day in days
    ]


def volume(lake):
    found = asking.ask(
        lake, Question((Asked(METRICS["call_volume"], "calls"),), grain="day")
    ).cells()
    return {cell["period"]["from"][:10]: cell["value"] for cell in found if cell["value"]}


@pytest.mark.usefixtures("only_records")
def test_late_rows_repair_the_days_they_touch(lake):
    """A call of three weeks ago is found in its day, and only that day is made anew."""
    put(lake, "call", calls_at("2026-03-20", "2026-04-10", "2026-04-25"))
    done = {each.name: each for each in roll_up(lake)}
    assert done["rollup_call_by_entered_at"].is_full
    assert not list(roll_up(lake))
    put(lake, "call", calls_at("2026-04-10", number=1))
    stale = volume(lake)  # from the rows, as long as the roll-up does not know of it
    assert stale == {"2026-03-20": 1, "2026-04-10": 2, "2026-04-25": 1}
    done = {each.name: each for each in roll_up(lake)}["rollup_call_by_entered_at"]
    assert (done.stretches, done.is_full) == (1, False)
    assert volume(lake) == stale
    kept = "select day, rows_where_0 from lake.rollup_call_by_entered_at order by 1"
    assert [rows for _, rows in lake.connection.execute(kept).fetchall()] == [1, 2, 1]


@pytest.mark.usefixtures("only_records")
def test_a_row_that_moves_to_another_day_leaves_its_old_one(lake):
    """A correction of the date touches both days."""
    put(lake, "call", calls_at("2026-03-20", "2026-04-10"))
    list(roll_up(lake))
    moved = calls_at("2026-03-20")[0] | {"entered_at": datetime(2026, 4, 10)}
    put(lake, "call", [moved])
    done = {each.name: each for each in roll_up(lake)}["rollup_call_by_entered_at"]
    assert done.stretches == 2
    assert volume(lake) == {"2026-04-10": 2}


@pytest.mark.usefixtures("only_records")
def test_days_are_those_of_the_organisation(lake):
    """23:30 in UTC on 31 March is 1 April in London, which has summer time by then."""
    put(lake, "call", calls_at("2026-03-31 23:30", "2026-03-28 23:30"))
    list(roll_up(lake))
    assert volume(lake) == {"2026-04-01": 1, "2026-03-28": 1}


@pytest.mark.usefixtures("only_records")
@pytest.mark.parametrize("at", [0, 2])
def test_a_crash_repeats_one_step_and_adds_nothing_twice(lake, monkeypatch, at):
    """Wherever a build is broken off, the next one makes what is missing, once."""
    put(lake, "call", calls_at("2026-03-20", "2026-04-10"))
    put(lake, "search", [some(random.Random(1), "search", i) for i in range(9)])
    list(roll_up(lake))
    put(lake, "call", calls_at("2026-03-20", number=1))
    put(lake, "search", [some(random.Random(2), "search", i) for i in range(9, 12)])
    steps = iter(range(100))
    keep = rollup_build.keep

    def breaks(*arguments, **more):
        keep(*arguments, **more)
        if next(steps) == at:
            raise KeyboardInterrupt

    monkeypatch.setattr(rollup_build, "keep", breaks)
    with contextlib.suppress(KeyboardInterrupt):
        list(roll_up(lake))
    monkeypatch.setattr(rollup_build, "keep", keep)
    list(roll_up(lake))
    assert not list(roll_up(lake))
    assert volume(lake) == {"2026-03-20": 2, "2026-04-10": 1}
    total = "select sum(rows_where_0) from lake.{}"
    for name, rows in (("rollup_call_by_entered_at", 3), ("rollup_search_by_at", 12)):
        assert lake.connection.execute(total.format(name)).fetchall() == [(rows,)]


@pytest.mark.usefixtures("only_records")
def test_other_settings_make_all_anew(lake):
    """With another limit of the service level, what was kept is not used and then made anew."""
    put(lake, "call", calls_at("2026-03-20", wait_seconds=30.0))
    list(roll_up(lake))
    question = Question((Asked(METRICS["service_level"], "SL3"),))
    assert asking.ask(lake, question).cells()[0]["value"] == 0
    patient = lake.settings.service_level.model_copy(update={"answer_within_seconds": 60})
    other = replace(lake, settings=lake.settings.model_copy(update={"service_level": patient}))
    assert asking.ask(other, question).cells()[0]["value"] == 1
    assert any(each.is_full for each in roll_up(other))
    assert asking.ask(other, question).cells()[0]["value"] == 1


@pytest.mark.usefixtures("only_records")
def test_what_another_version_kept_is_neither_read_nor_used(lake):
    """Its columns may be others, and so may be what is told of them."""
    put(lake, "call", calls_at("2026-03-20"))
    list(roll_up(lake))
    with lake.writing("another version"):
        lake.connection.execute("update lake.hearwell_rollup set mark = 'old', layout = '{}'")
    assert volume(lake) == {"2026-03-20": 1}
    assert any(each.is_full for each in roll_up(lake))


def test_small_tables_are_not_rolled_up(lake):
    put(lake, "call", calls_at("2026-03-20"))
    few = lake.settings.model_copy(update={"roll_up": RollUp(from_rows=2)})
    assert not list(roll_up(replace(lake, settings=few)))


def test_how_many_different_ones_there_are_is_not_kept(lake):
    """The different ones of two days are not those of one and those of the other."""
    for family in families(lake.settings):
        for asked in family.asked:
            assert asked.metric.variants()[asked.variant].estimator.sketch() is None


def test_rows_of_one_person_on_several_days_tell_less(lake, monkeypatch):
    """Sixty days of one customer, who always comes back, and sixty of others: from the sums too."""
    put(
        lake,
        "call",
        [
            {"source": "a", "call_id": f"{who}{day}", "received_at": START, "leg": 1}
            | {"entered_at": START + timedelta(days=day), "outcome": "answered"}
            | {"customer_id": "x" if who == "x" else f"{who}{day}", "direction": "inbound"}
            for day in range(60)
            for who in "xy"
        ],
    )
    list(roll_up(lake))
    question = Question((Asked(METRICS["repeat_contact_rate"], "within_7_days"),))
    assert agree(lake, question, monkeypatch) == 1
    (cell,) = asking.ask(lake, question).cells()
    assert cell["high"] - cell["low"] > 0.5  # of 113 that stood for themselves it would be 0.18


@pytest.mark.usefixtures("only_records")
def test_an_earlier_state_has_the_roll_up_of_that_time(lake):
    """The state that is kept says from which snapshot it was made, which has the rows of then."""
    put(lake, "call", calls_at("2026-03-20"))
    (family,) = [f for f in families(lake.settings) if f.name == "rollup_call_by_entered_at"]
    mark = mark_of(lake.settings, family.by)
    made = []
    for number in range(2):
        put(lake, "call", calls_at("2026-03-20", number=number))
        before = lake.snapshot
        list(roll_up(lake))
        made.append(States.read(lake).of(family.name, mark).snapshot)
        assert before <= made[-1] <= lake.snapshot
    assert made[0] < before <= made[1]


@pytest.mark.usefixtures("only_records")
def test_by_agent_and_in_all_surveys_are_counted_as_from_rows(lake):
    """By agent those answered without a name do not count, and in all they do.

    Kept by agent, they were in neither.
    """
    kept = replace(lake, settings=lake.settings.model_copy(update={"roll_up": BY_AGENT}))
    asked = {
        "source": "a",
        "received_at": START,
        "sent_at": START,
        "status": "answered",
        "agent_id": "ann",
    }
    rows = [{**asked, "survey_id": str(i), "instrument": "esat"} for i in range(6)]
    put(kept, "survey", [*rows, {**asked, "survey_id": "6", "instrument": "csat"}])
    list(roll_up(kept))
    rate = (Asked(METRICS["survey_response_rate"], "answered"),)
    counts = [
        [(cell["group"], cell["n"]) for cell in asking.ask(kept, Question(rate, by=by)).cells()]
        for by in ((), ("agent_id",))
    ]
    assert counts == [[({}, 7)], [({"agent_id": "ann"}, 1)]]


def test_what_agents_answer_is_told_from_a_roll_up(lake, monkeypatch):
    """The batches in which answers are told are kept; without them a large lake told nothing."""
    rows = [
        {"source": "a", "survey_id": str(i), "instrument": "esat", "status": "answered"}
        | {"sent_at": START, "answered_at": START, "received_at": START + timedelta(days=60)}
        | {"scale_low": 1.0, "scale_high": 5.0, "answer": 5.0, "channel": "mail"}
        for i in range(9)
    ]
    put(lake, "survey", rows)
    asked = (Asked(METRICS["agent_satisfaction"], "satisfied"),)
    kept = [each for each in families(lake.settings) if asked[0] in each.asked]
    monkeypatch.setattr(rollup_build, "families", lambda _: kept)
    list(roll_up(lake))
    for by in ((), ("channel",)):
        assert agree(lake, Question(asked, by=by), monkeypatch) == 2  # and what is hidden
    assert asking.ask(lake, Question(asked)).cells()[0]["n"] == 9


BY_AGENT = RollUp(by=("agent_id",), from_rows=0)
