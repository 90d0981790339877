"""Contacts, episodes and issues that are kept are those of a full build, whatever came between."""

import random

import pytest
from engine.tables import utc
from engine.test_case_build import bring
from engine.test_contact_facts import NAMES, counted_by_hand, differences, found_by_engine, world

from hearwell.engine.care_facts import build_facts
from hearwell.lake.lake import create
from hearwell.lake.tables import identifier
from hearwell.lake.upkeep import checkpoint
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


@pytest.mark.parametrize("seed", range(5))
def test_what_is_kept_is_what_a_full_build_would_make(lake, seed):
    """Rows come late, change, move to other cases and people, are merged and deleted."""
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
            assert differences(found_by_engine(lake), counted_by_hand(now)) == []
    build_facts(lake)
    now = {name: list(found.values()) for name, found in kept.items()}
    assert differences(found_by_engine(lake), counted_by_hand(now)) == []
    assert build_facts(lake) is None


def call(number, at, **more):
    known = {"source": "pbx", "call_id": number, "leg": 1, "caller": "1", "entered_at": utc(at)}
    return known | {"outcome": "abandoned"} | more
