"""A table that never had a row is read as none, for as long as that is so and no longer."""

import duckdb
import pytest
from engine.test_rollups import calls_at, put

from hearwell.engine.ask import ask
from hearwell.engine.changes import History
from hearwell.engine.derived import readable
from hearwell.engine.question import Asked, Question
from hearwell.lake.lake import create, open_lake
from hearwell.lake.tables import identifier
from hearwell.metrics.catalog import METRICS
from hearwell.records import RECORDS
from hearwell.records.call import Call

VOLUME = Question((Asked(METRICS["call_volume"], "calls"),))


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        yield made


def volume(lake):
    return ask(lake, VOLUME).cells()[0]["value"]


def count(lake):
    return lake.connection.execute(f"select count(*) from {lake.use(Call)}").fetchall()[0][0]


def test_the_first_rows_are_seen_by_who_asked_before(lake):
    """Here, by a lake that was open already, and by one that has gone back in time."""
    with open_lake(lake.path) as other:
        assert volume(lake) == volume(other) == 0
        put(lake, "call", calls_at("2026-03-20", "2026-03-21"))
        assert volume(lake) == volume(other) == 2
        assert count(lake) == count(other) == 2


def test_nothing_is_asked_of_it(lake):
    """Each of its metrics is told as it would be of a table from which all rows have gone."""
    asked = tuple(Asked(each, next(iter(each.variants()))) for each in METRICS.values())
    question = Question(asked, begins="2026-03-01", ends="2026-03-28", compare="previous")
    none = ask(lake, question)
    assert not any(each.sql for each in none.answers)
    for name in RECORDS:
        with lake.writing("one row, and none"):
            run = lake.connection.execute
            run(f"insert into lake.{identifier(name)} (source) values ('a')")
            run(f"delete from lake.{identifier(name)}")
    assert not History.of(lake).unwritten.intersection(RECORDS)
    gone = ask(lake, question)
    assert all(each.sql for each in gone.answers)
    assert repr(none.cells()) == repr(gone.cells())


def test_rows_that_are_written_and_not_kept_yet_are_seen(lake):
    """What a transaction writes it reads, though an answer had none before."""
    assert volume(lake) == 0
    with lake.writing("calls"):
        lake.connection.execute("insert into lake.call (source, call_id) values ('a', '1')")
        assert count(lake) == 1


def test_a_table_is_known_to_have_had_rows(lake):
    """Few rows are kept in the catalog and many in files; those that went were there."""
    assert {"call", "message", "case"} <= set(History.of(lake).unwritten)
    put(lake, "call", calls_at("2026-03-20"))
    with lake.writing("many"):
        lake.connection.execute(
            "insert into lake.message (source, message_id) select 'a', i from range(5000) as t(i)"
        )
    assert {"call", "message"}.isdisjoint(History.of(lake).unwritten)
    with lake.writing("none"):
        lake.connection.execute("delete from lake.call")
    assert "call" not in History.of(lake).unwritten
    assert volume(lake) == 0


def test_what_is_read_as_none_is_so_for_one_reading(lake):
    """Two readings within each other both have it, and afterwards the name is free."""
    run = lake.connection.execute
    with lake.reading(), readable(lake, Call):
        with readable(lake, Call):
            assert not run("select * from call").fetchall()
        assert not run("select * from call").fetchall()
    with pytest.raises(duckdb.CatalogException):
        run("from call")
    assert count(lake) == 0


def test_a_record_in_use_stays_so(lake):
    """An answer between does not take the name from who goes on reading."""
    assert count(lake) == 0
    assert volume(lake) == 0
    assert lake.connection.execute("select count(*) from call").fetchall() == [(0,)]


def test_an_answer_that_fails_leaves_nothing_behind(lake):
    with pytest.raises(ZeroDivisionError), lake.reading(), readable(lake, Call):
        raise ZeroDivisionError
    put(lake, "call", calls_at("2026-03-20"))
    assert count(lake) == volume(lake) == 1
