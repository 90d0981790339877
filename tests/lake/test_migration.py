"""A lake of an older version opens in a newer one; a lake of a newer version is left alone."""

import sqlite3
from types import MappingProxyType
from typing import Annotated, Any

import pytest

from hearwell.lake import tables
from hearwell.lake.errors import LakeDamaged, LakeTooNew
from hearwell.lake.lake import create, open_lake
from hearwell.lake.upkeep import checkpoint
from hearwell.records import RECORDS
from hearwell.records.call import Call
from hearwell.records.record import Column, Dimension, Key, Record

CALL = {"source": "pbx", "received_at": "2026-01-31", "call_id": "1", "leg": 1}


class OldCall(Record):
    """What a call was before it had most of its columns."""

    table_name = "call"

    call_id: Key
    leg: Annotated[Any, Column("int64", is_key=True, required=True)]
    queue: Dimension


@pytest.fixture
def old_lake(tmp_path, monkeypatch, bring):
    """Make a lake with a Hearwell that knew one record of few columns; its file is adopted."""
    with monkeypatch.context() as older:
        older.setattr(tables, "TABLES", MappingProxyType({"call": OldCall}))
        older.setattr("hearwell.lake.merge.MANY", 1)
        with create(tmp_path / "lake") as lake:
            rows = [CALL | {"call_id": str(n), "queue": "sales"} for n in range(20)]
            bring(lake, rows, record=OldCall)
    assert list((tmp_path / "lake").rglob("hearwell-*.parquet"))
    return tmp_path / "lake"


def columns(lake, table):
    found = lake.connection.execute(f"describe lake.{tables.identifier(table)}").fetchall()
    return {name: dtype.lower() for name, dtype, *_ in found}


def test_read_before_it_is_widened(old_lake):
    """Columns and records that it has not are null and empty; reading changes nothing in it."""
    before = (old_lake / "catalog.sqlite").read_bytes()
    with open_lake(old_lake) as lake:
        for record in RECORDS.values():
            name = lake.use(record)
            found = lake.connection.execute(f'select count(*) from "{name}"').fetchall()
            assert found == [(20 if name == "call" else 0,)]
        found = lake.connection.execute("select distinct queue, topic, holds from call").fetchall()
        assert found == [("sales", None, None)]
        types = lake.connection.execute("select typeof(quality_flags), typeof(holds) from call")
        assert types.fetchone() == ("VARCHAR[]", "BIGINT")
    assert (old_lake / "catalog.sqlite").read_bytes() == before


def test_widened_when_it_is_opened_for_writing(old_lake, bring):
    """It gains what the records have gained; old rows stay, and can get the new columns' values."""
    with open_lake(old_lake, writable=True) as lake:
        for name, record in RECORDS.items():
            there = columns(lake, name)
            assert set(there) == set(record.columns())
        assert list(columns(lake, "call"))[5:] == [
            name for name in Call.columns() if name not in OldCall.columns()
        ]
        lake.use(Call)
        found = lake.connection.execute("select queue, topic, count(*) from call group by all")
        assert found.fetchall() == [("sales", None, 20)]
        assert bring(lake, [CALL | {"topic": "refund"}]).changed == 1
        checkpoint(lake, at_once=True)
        found = lake.connection.execute(
            "select queue, topic, count(*) from call group by all order by all"
        )
        assert found.fetchall() == [("sales", "refund", 1), ("sales", None, 19)]
        widened = lake.snapshot
    with open_lake(old_lake, writable=True) as lake:
        assert lake.snapshot == widened  # nothing is done a second time
    with open_lake(old_lake, as_of="2") as lake:
        lake.use(Call)
        found = lake.connection.execute("select queue, topic, count(*) from call group by all")
        assert found.fetchall() == [("sales", None, 20)]


def test_nothing_is_taken_away(place):
    """A column or table that this version does not know, of a newer one, stays."""
    with open_lake(place, writable=True) as lake:
        lake.connection.execute("alter table lake.call add column mood varchar")
        lake.connection.execute("create table lake.robot (name varchar)")
    with open_lake(place, writable=True) as lake:
        assert "mood" in columns(lake, "call")
        assert columns(lake, "robot") == {"name": "varchar"}


def test_opening_for_writing_needs_no_lock_when_nothing_is_lacking(place, program):
    """A long import does not keep others from opening; they wait when they write."""
    holder = program("hold", place, "a long import")
    assert holder.stdout.readline() == "holding\n"
    with open_lake(place, writable=True) as lake:
        assert lake.snapshot == 1


def newer_format(place):
    with open_lake(place, writable=True) as lake:
        lake.connection.execute("insert into lake.hearwell_format values (2)")


def newer_ducklake(place):
    with sqlite3.connect(place / "catalog.sqlite") as catalog:
        catalog.execute("update ducklake_metadata set value = '1.10' where key = 'version'")
    catalog.close()


@pytest.mark.parametrize("newer", [newer_format, newer_ducklake])
@pytest.mark.parametrize("how", [{}, {"writable": True}, {"as_of": "1"}])
def test_a_lake_of_a_newer_version_is_left_alone(place, newer, how):
    """Not a byte of its catalog changes, and the error says what to install."""
    newer(place)
    before = (place / "catalog.sqlite").read_bytes()
    with pytest.raises(LakeTooNew, match="Install the newer Hearwell"):
        open_lake(place, **how)
    assert (place / "catalog.sqlite").read_bytes() == before


def test_a_catalog_of_an_ancient_ducklake_is_not_called_newer(place):
    with sqlite3.connect(place / "catalog.sqlite") as catalog:
        catalog.execute("update ducklake_metadata set value = '0.3' where key = 'version'")
    catalog.close()
    with pytest.raises(LakeDamaged, match=r"DuckLake 0\.3"):
        open_lake(place)


def test_every_column_has_a_type_of_the_lake():
    """A record with a type that the lake cannot keep would fail at the user's."""
    for record in RECORDS.values():
        assert set(tables.typed(record).values()) <= set(tables.TYPES.values())
