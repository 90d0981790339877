"""Contacts, episodes and issues that are kept are those of a full build, whatever came between."""

import random

import pytest
from engine.tables import named, utc
from engine.test_case_build import bring
from engine.test_contact_facts import NAMES, compared, counted_by_hand, found_by_engine, world

from hearwell.engine import kept as kept_facts
from hearwell.engine.ask import ask
from hearwell.engine.derived import readable
from hearwell.engine.fact_build import build_facts
from hearwell.engine.kept import Step, together
from hearwell.engine.question import Question
from hearwell.lake.lake import create
from hearwell.lake.tables import identifier
from hearwell.lake.upkeep import checkpoint
from hearwell.metrics.facts.call_episode import CallEpisode
from hearwell.metrics.facts.contact import Contact
from hearwell.metrics.facts.issue import Issue
from hearwell.records import RECORDS


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made


def key(name, row):
    return tuple(row[column] for column in RECORDS[name].key())


def erase(lake, name, gone):
    """Delete a row, as somebody does who asks to be forgotten."""
    where = " and ".join(
        f"{column} = {value!r}" for column, value in zip(RECORDS[name].key(), gone, strict=True)
    )
    with lake.writing("erase"):
        lake.connection.execute(f"delete from lake.{identifier(name)} where {where}")


def changed(draw, name, row, rows):
    """Return a row as it may come again: moved to another case, customer or telephone."""
    if name == "case":
        into = draw.choice([None, None, draw.choice(rows)["case_id"]])
        return row | {"merged_into": into, "customer_id": draw.choice([None, "ann", "bob", "new"])}
    if name == "message":
        return row | {"case_id": draw.choice(rows)["case_id"]}
    if name == "call":
        return row | {name: draw.choice(rows)[name] for name in ("caller", "case_id", "outcome")}
    return row


@pytest.mark.parametrize("seed", range(1))
def test_what_is_kept_is_what_a_full_build_would_make(lake, seed):
    """Rows come late, change, move to other cases and people, are merged and deleted."""
    bring_in_batches(lake, seed)


@pytest.mark.parametrize(
    "seed", [12, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(13, 20))]
)
def test_what_is_made_a_part_at_a_time_is_the_same(lake, seed, monkeypatch):
    """As where more was brought in than fits into memory."""
    monkeypatch.setattr(kept_facts, "parts_of_all", lambda *_: 3)
    monkeypatch.setattr(kept_facts, "FEW_UNITS", 3)
    bring_in_batches(lake, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 12))
def test_what_is_kept_in_many_orders(lake, seed):
    bring_in_batches(lake, seed)


def bring_in_batches(lake, seed):
    draw = random.Random(seed)
    rows = world(seed, 30)
    kept = {name: {} for name in NAMES}
    for step in range(12):
        name = draw.choice(NAMES)
        batch = draw.sample(rows[name], min(draw.choice([3, 10, 40]), len(rows[name])))
        if step > 4:
            batch = [changed(draw, name, row, rows[name]) for row in batch]
        batch = list({key(name, row): row for row in batch}.values())
        bring(lake, name, batch)
        kept[name] |= {key(name, row): row for row in batch}
        if draw.random() < 0.2:
            gone = draw.choice(list(kept[name]))
            erase(lake, name, gone)
            del kept[name][gone]
        if draw.random() < 0.2:
            checkpoint(lake, at_once=draw.random() < 0.5)
        if draw.random() < 0.7:
            build_facts(lake)
        if draw.random() < 0.6:
            now = {name: list(found.values()) for name, found in kept.items()}
            assert compared(found_by_engine(lake), counted_by_hand(now)) == []
    build_facts(lake)
    now = {name: list(found.values()) for name, found in kept.items()}
    assert compared(found_by_engine(lake), counted_by_hand(now)) == []
    assert build_facts(lake) is None


# --- drawn by hand -------------------------------------------------------------------------------


def call(number, at, **more):
    known = {"source": "pbx", "call_id": number, "leg": 1, "caller": "1", "entered_at": utc(at)}
    return known | {"outcome": "abandoned"} | more


def case(number, at="2026-01-05 09:00", **more):
    known = {"source": "desk", "case_id": number, "opened_at": utc(at), "topic": "refund"}
    return known | {"customer_id": "ann"} | more


def word(number, at, who="customer", of="1"):
    known = {"source": "desk", "message_id": number, "case_id": of, "sent_at": utc(at)}
    return known | {"author_kind": who}


def number_of(lake, record):
    with readable(lake, record):
        (found,) = lake.connection.execute(f"select count(*) from {record.table_name}").fetchall()
    return found[0]


def test_a_late_call_joins_two_episodes(lake):
    """Two attempts thirty hours apart are one once the call between them is known."""
    bring(lake, "call", [call("1", "2026-01-05 09:00"), call("3", "2026-01-06 15:00")])
    build_facts(lake)
    assert number_of(lake, CallEpisode) == 2
    bring(lake, "call", [call("2", "2026-01-05 20:00")])
    assert number_of(lake, CallEpisode) == 1
    build_facts(lake)
    assert number_of(lake, CallEpisode) == 1


def test_a_late_message_ends_a_silence(lake):
    """The customer wrote again after thirty hours: to an answer that came in later."""
    bring(lake, "case", [case("1")])
    messages = [word("1", "2026-01-05 09:00"), word("3", "2026-01-06 15:00")]
    bring(lake, "message", messages)
    build_facts(lake)
    assert number_of(lake, Contact) == 2
    bring(lake, "message", [word("2", "2026-01-05 20:00", "agent")])
    assert number_of(lake, Contact) == 1
    build_facts(lake)
    assert number_of(lake, Contact) == 1


def test_a_late_case_joins_two_issues(lake):
    """Twelve days lie between two cases; a third one in the middle makes one matter of all."""
    bring(lake, "case", [case("1"), case("3", "2026-01-17 09:00")])
    build_facts(lake)
    assert number_of(lake, Issue) == 2
    bring(lake, "case", [case("2", "2026-01-11 09:00")])
    done = build_facts(lake)
    assert (done.units, done.is_full) == ({"cases": 1, "owners": 1}, False)
    assert number_of(lake, Issue) == 1


def test_a_case_that_changes_hands_takes_its_calls_along(lake):
    """The call is linked to Ann's case, which turns out to be Bob's, by way of a merge."""
    bring(lake, "case", [case("1"), case("2", customer_id="bob", topic="parcel")])
    bring(lake, "call", [call("1", "2026-01-06 09:00", case_id="1")])
    build_facts(lake)
    bring(lake, "case", [case("1", merged_into="2")])
    for _ in range(2):
        with readable(lake, Contact):
            found = lake.connection.execute(
                "select distinct customer_id, case_id, topic from contact where channel = 'phone'"
            ).fetchall()
        assert found == [("bob", "2", "parcel")]
        build_facts(lake)


def test_only_what_changed_is_made_anew(lake):
    """Of many customers one calls: one caller, and one owner of contacts."""
    rows = world(1, 60)
    for name in NAMES:
        bring(lake, name, [row | {"source": "s"} for row in rows[name]])
    assert build_facts(lake).is_full
    bring(lake, "call", [call("new", "2026-01-06 09:00", caller="new")])
    done = build_facts(lake)
    assert (done.units, done.is_full) == ({"callers": 1, "owners": 1}, False)
    view = {"source": "help", "view_id": "new", "opened_at": utc("2026-01-06 08:00")}
    bring(lake, "article_view", [view | {"customer_id": "new"}])
    assert build_facts(lake).units == {"owners": 1}
    bring(lake, "article_view", [view | {"view_id": "other"}])
    assert build_facts(lake) is None


def test_facts_that_are_asked_together_are_those_asked_alone(lake):
    """They share what is kept, and tables on the way: before a build, after it, and in between."""
    rows = world(5, 40)
    names = ("first_response_time", "bot_containment", "repeat_contact_rate", "backlog")
    names += ("callers_never_reached", "next_response_time", "case_volume", "new_case_instead")
    asked = [named(name, None) for name in names]

    def values(*some):
        return [each.estimate.value.tolist() for each in ask(lake, Question(some)).answers]

    for name in NAMES:
        bring(lake, name, rows[name][: len(rows[name]) // 2])
    for number in range(3):
        assert repr(values(*asked)) == repr([value for each in asked for value in values(each)])
        if number == 0:
            build_facts(lake)
            for name in NAMES:
                bring(lake, name, rows[name])
        elif number == 1:
            build_facts(lake)


def test_what_leads_to_one_table_alone_is_made_in_its_statement():
    """What two tables need is made once, and so is what one reads in two places."""
    steps = {
        "shared": Step("select * from record", frozenset({"record"})),
        "twice": Step('select n from "shared"', frozenset({"shared"})),
        "alone": Step('select n from "twice"', frozenset({"twice"})),
        "kept": Step('select * from "twice" join "alone" using (n)', frozenset({"twice", "alone"})),
        "other": Step('select * from "shared"', frozenset({"shared"})),
    }
    made = together(steps, {"kept", "other"})
    assert list(made) == ["shared", "kept", "other"]
    assert made["kept"].reads == {"shared"}
    assert made["kept"].query == (
        'with twice as materialized (select n from "shared"), alone as (select n from "twice") '
        'select * from "twice" join "alone" using (n)'
    )
    assert together(steps, steps) == steps
