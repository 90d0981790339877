"""--as-of: the lake as it was, by a snapshot's number, a day of the organisation, or an instant."""

import shutil
import sqlite3
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.lake.as_of import when
from hearwell.lake.errors import BadMoment, NoSnapshot
from hearwell.lake.lake import open_lake
from hearwell.lake.upkeep import snapshots
from hearwell.records.call import Call
from hearwell.records.message import Message

CALL = {"source": "pbx", "received_at": "2026-01-31", "call_id": "1", "leg": 1}


def calls(lake):
    lake.use(Call)
    return lake.connection.execute("select count(*) from call").fetchall()[0][0]


def read(place, as_of):
    with open_lake(place, as_of=as_of) as lake:
        return calls(lake)


@pytest.fixture(scope="module")
def history(empty_lake, tmp_path_factory, bring):
    """Make five snapshots, and put them at known instants, in a place that can be read back.

    The lake is made (0 and 1) on the 1st; 10 calls come on the 2nd at 23:30 in Berlin, 10 more
    half an hour later, which is midnight there and still the 2nd in UTC; 10 more on the 5th.
    """
    place = shutil.copytree(empty_lake, tmp_path_factory.mktemp("history") / "lake")
    with open_lake(place, writable=True) as lake:
        for number in range(3):
            rows = [CALL | {"call_id": f"{number}-{n}"} for n in range(10)]
            bring(lake, rows, message=f"batch {number}")
        made = lake.snapshot
        instants = {
            0: "2026-03-01 08:00:00+00",
            1: "2026-03-01 08:00:00.5+00",
            made - 2: "2026-03-02 22:30:00+00",
            made - 1: "2026-03-02 23:00:00+00",
            made: "2026-03-05 12:00:00.123456+00",
        }
    with sqlite3.connect(place / "catalog.sqlite") as catalog:
        for number, instant in instants.items():
            catalog.execute(
                "update ducklake_snapshot set snapshot_time = ? where snapshot_id = ?",
                (instant, number),
            )
    catalog.close()
    return place


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("1", 0),  # the lake is there, and empty
        ("2", 10),
        ("4", 30),
        ("2026-03-01", 0),
        ("2026-03-02", 10),  # ends at midnight in Berlin, when the next batch came: not included
        ("2026-03-03", 20),
        ("2026-03-04", 20),
        ("2026-03-05", 30),
        ("2099-12-31", 30),  # that day has not ended: as it is now
        ("2026-03-02T23:29:59", 0),
        ("2026-03-02T23:30", 10),  # by the clock of Berlin; what came at that instant is included
        ("2026-03-02T22:30:00Z", 10),
        ("2026-03-02T23:00:00+00:00", 20),
        ("2026-03-03 00:00:00", 20),
        ("2026-03-02T18:00:00-05:00", 20),
        ("2026-03-05T12:00:00.123455Z", 20),
        ("2026-03-05T12:00:00.123456Z", 30),
        (" 2026-03-05 ", 30),
    ],
)
def test_the_lake_as_it_was(history, as_of, expected):
    """A number, a day that ends in the organisation's zone, an instant with or without a zone."""
    assert read(history, as_of) == expected


@pytest.mark.parametrize("as_of", ["2026-02-28", "2026-03-01T08:59:59", "99", "1999-01-01"])
def test_there_is_no_state_before_the_first_or_after_the_last_snapshot(history, as_of):
    """The error says from when to when there is one."""
    with pytest.raises(NoSnapshot) as caught:
        open_lake(history, as_of=as_of)
    said = str(caught.value)
    assert as_of in said
    assert "0 (2026-03-01 08:00:00 UTC) to 4 (2026-03-05 12:00:00 UTC)" in said


@pytest.mark.parametrize("as_of", ["yesterday", "", "2026-13-01", "-1", "²", "9999-12-31", "1.5"])
def test_what_is_no_moment_is_wrong_use(place, as_of):
    """The error shows how a moment is written."""
    with pytest.raises(BadMoment, match="Write a day such as 2026-01-31") as caught:
        open_lake(place, as_of=as_of)
    assert caught.value.exit_code == 2


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2060, 1, 1)),
    st.sampled_from(("UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia")),
)
def test_a_day_ends_when_the_next_begins(moment, zone):
    """Of any two instants of a zone, one is before the end of a day if its date is not later."""
    instant = moment.replace(tzinfo=UTC)
    day = instant.astimezone(ZoneInfo(zone)).date()
    assert instant < when(day.isoformat(), zone).before
    assert (instant >= when(f"{moment.date()}", "UTC").before) is False


def test_a_past_state_tells_its_number(history):
    """Answers from it can be asked for again by that number; the newest state has the last."""
    with open_lake(history, as_of="2026-03-03") as lake:
        assert lake.snapshot == 3
        assert lake.as_of == "2026-03-03"
    with open_lake(history) as lake:
        assert lake.snapshot == 4


def test_the_states_are_listed(history):
    with open_lake(history) as lake:
        found = snapshots(lake)
    assert [each.number for each in found] == [0, 1, 2, 3, 4]
    assert [each.message for each in found] == ["", "a new lake", "batch 0", "batch 1", "batch 2"]
    assert found[-1].taken_at == datetime(2026, 3, 5, 12, 0, 0, 123456)  # UTC


def test_the_past_cannot_be_written_to(place):
    with pytest.raises(ValueError, match="past"):
        open_lake(place, as_of="1", writable=True)


def test_a_state_of_an_older_schema(place, bring):
    """Columns that a table had not got yet are null, and so are tables; those of now are there."""
    with open_lake(place, writable=True) as lake:
        run = lake.connection.execute
        run("alter table lake.call drop column queue")
        run("drop table lake.message")
        bring(lake, [CALL | {"topic": "refund"}])
        old = lake.snapshot
        run("alter table lake.call add column queue varchar")
        bring(lake, [CALL | {"topic": "refund", "queue": "sales"}])
    with open_lake(place, as_of=str(old)) as lake:
        names = f"{lake.use(Call)}, {lake.use(Message)}"
        assert names == "call, message"
        assert lake.connection.execute("select topic, queue from call").fetchall() == [
            ("refund", None)
        ]
        assert lake.connection.execute("select * from message").fetchall() == []
    with open_lake(place) as lake:
        lake.use(Call)
        assert lake.connection.execute("select queue from call").fetchall() == [("sales",)]


def test_one_state_is_held_for_several_questions(place, bring):
    """What is committed meanwhile is seen afterwards, not between two answers."""
    with open_lake(place) as reader, open_lake(place, writable=True) as writer:
        with reader.reading() as snapshot:
            assert calls(reader) == 0
            bring(writer, [CALL])
            assert calls(reader) == 0
            assert reader.snapshot == snapshot
            with reader.reading() as inner:
                assert inner == snapshot
        assert calls(reader) == 1
        assert reader.snapshot == writer.snapshot > snapshot
