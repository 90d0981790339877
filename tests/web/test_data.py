"""The page that says whether the inputs can be trusted."""

from dataclasses import replace
from datetime import date, timedelta
from shutil import copytree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.engine.freshness import Gap, fed, gaps
from hearwell.engine.period import to_local
from hearwell.engine.rollup_build import roll_up
from hearwell.lake.lake import open_lake
from hearwell.lake.shown import showing
from hearwell.lake.upkeep import snapshots
from hearwell.settings import RollUp
from hearwell.web import lakes
from hearwell.web.inputs.data_page import newest_snapshots

MONDAY = date(2026, 1, 5)


def day(number):
    return MONDAY + timedelta(days=number)


WORKDAYS = [day(n) for n in range(70) if day(n).weekday() < 5]


def test_a_weekday_without_rows_is_a_gap_and_a_weekend_is_none():
    missing = {day(8), day(9), day(30)}  # Tuesday and Wednesday of the second week, and one more
    found = gaps(each for each in WORKDAYS if each not in missing)
    assert found == [Gap(day(8), day(9), 2), Gap(day(30), day(30), 1)]


def test_a_gap_goes_on_over_a_weekend():
    missing = {day(4), day(7)}  # Friday and the Monday after
    assert gaps(set(WORKDAYS) - missing) == [Gap(day(4), day(7), 2)]


def test_with_few_dates_nothing_is_usual():
    assert gaps([day(0), day(2), day(9)]) == []
    assert gaps([]) == []


@given(st.sets(st.integers(0, 100)))
def test_gaps_are_days_between_that_have_no_rows(numbers):
    seen = {day(number) for number in numbers}
    for gap in gaps(seen):
        assert min(seen) < gap.first <= gap.last < max(seen)
        assert gap.first not in seen
        assert gap.last not in seen
        assert 1 <= gap.days <= (gap.last - gap.first).days + 1


def test_sources_are_counted_as_by_hand(company):
    with open_lake(company) as lake:
        found = {(each.record, each.source): each for each in fed(lake)}
        by_hand = lake.connection.execute(
            "select source, count(*), min(entered_at), max(entered_at), max(received_at) "
            "from lake.call group by 1"
        ).fetchall()
        for source, *told in by_hand:
            each = found["call", source]
            assert [each.rows, each.oldest, each.newest, each.received_at] == told
        teams = [
            t for (t,) in lake.connection.execute("select distinct team from lake.call").fetchall()
        ]
        of_none = fed(lake, ())
        of_some = sum(each.rows for each in fed(lake, (teams[0] or "",)) if each.record == "call")
        (own,) = lake.connection.execute(
            "select count(*) from lake.call where team = ?", [teams[0] or ""]
        ).fetchone()
    assert of_none == []
    assert of_some == own


def test_what_was_derived_from_a_state_is_told_as_part_of_it(company, tmp_path):
    copy = copytree(company, tmp_path / "lake", ignore=lambda *_: ["web", "write.lock"])
    with open_lake(copy, writable=True) as lake:
        by_day = lake.settings.model_copy(update={"roll_up": RollUp(from_rows=1)})
        assert list(roll_up(replace(lake, settings=by_day)))
        found, every = newest_snapshots(lake), snapshots(lake)
    assert len(found) < len(every)
    assert found[0].message == "simulate 60 customers as simulated:3"
    assert found[0].number == every[-1].number  # where all that was derived is to be had
    simulated = next(each for each in every if each.message == found[0].message)
    assert found[0].taken_at == to_local(simulated.taken_at, "Europe/Minsk")


def test_a_lead_sees_sources_and_no_texts(company, signed_in):
    page = signed_in("bob").get("/data/").content.decode()
    assert "Can the inputs be trusted?" in page
    assert "simulated" in page
    assert "Upload" not in page


def test_the_page_says_while_more_is_brought_in(company, signed_in):
    bob, told = signed_in("bob"), "every page shows the state before"
    with open_lake(company, writable=True) as lake, showing(lake):
        assert told in bob.get("/data/").content.decode()
    assert told not in bob.get("/data/").content.decode()


@pytest.mark.parametrize(
    "address", ["/data/refused/?record=call", "/data/refused/rows.csv?record=call"]
)
def test_raw_text_is_for_administrators(company, signed_in, address):
    assert signed_in("bob").get(address).status_code == 403


def test_refused_rows_are_shown_and_taken_away_without_formulas(
    company, signed_in, monkeypatch, tmp_path
):
    copy = copytree(company, tmp_path / "lake", ignore=lambda *_: ["web", "write.lock"])
    with open_lake(copy, writable=True) as lake, lake.writing("refused"):
        lake.connection.execute(
            "insert into lake.rejected by name select 'pbx' as source, "
            "now()::timestamp as received_at, 'call' as record, 'a.csv' as file, n as row, "
            "'no time' as reason, "
            "'=1+1 row ' || n as raw from range(1, 151) as t(n)"
        )
    pool = lakes.Pool(copy)
    monkeypatch.setattr(lakes, "POOL", pool)
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=10))
    alice = signed_in("alice")
    page = alice.get("/data/").context["refusals"]
    assert [(each.told.reason, each.told.rows) for each in page] == [("no time", 150)]
    first = alice.get(f"/data/refused/?{page[0].query}")
    assert [row for row, _ in first.context["rows"]] == list(range(1, 101))
    second = alice.get(f"/data/refused/{first.context['after']}")
    assert [row for row, _ in second.context["rows"]] == list(range(101, 151))
    file = b"".join(alice.get(first.context["download"]).streaming_content).decode("utf-8-sig")
    lines = file.splitlines()
    assert len(lines) == 151
    assert lines[1] == '"pbx","call","a.csv",1,"no time","\'=1+1 row 1"'
    pool.close()


@pytest.mark.parametrize("page", ["0", "-1", "x", "9999999999", "²"])
def test_a_page_that_is_none_is_not_found(company, signed_in, page):
    assert signed_in("alice").get(f"/data/refused/?record=call&page={page}").status_code == 404
