from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pytest

from hearwell.clock.zone import (
    EARLIEST,
    LATEST,
    Step,
    UnknownZone,
    check_zone,
    local_problem_sql,
    local_time,
    local_to_utc_sql,
    steps,
)

FIRST, LAST = datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2027-01-01")
ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Nuuk",
    "America/New_York",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Volgograd",
    "Pacific/Apia",
    "Pacific/Chatham",
]
AROUND = [
    timedelta(seconds=seconds, microseconds=microseconds)
    for minutes in (-120, -61, -60, -59, -31, -30, -29, 0, 29, 30, 31, 59, 60, 61, 90, 120)
    for seconds in (60 * minutes - 1, 60 * minutes, 60 * minutes + 1)
    for microseconds in (-1, 0, 1)
]
MOMENTS = ibis.table({"number": "int64", "moment": "timestamp"}, name="moments")


def wall_clock(instant, zone):
    """Ask zoneinfo what the clock reads at an instant in UTC."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant_of(reading, zone):
    """Ask zoneinfo which instant a reading of the clock means, and what is wrong with it."""
    first = reading.replace(tzinfo=ZoneInfo(zone), fold=0)
    second = reading.replace(tzinfo=ZoneInfo(zone), fold=1)
    instant = first.astimezone(UTC).replace(tzinfo=None)
    if wall_clock(instant, zone) != reading:
        return None, "does not exist"
    return instant, None if first.utcoffset() == second.utcoffset() else "ambiguous"


def moments(first, last, changes):
    """Draw moments at random, and many around each change of the clock."""
    spread = [first + part * (last - first) for part in np.random.default_rng(7).random(500)]
    return spread + [change + distance for change in changes for distance in AROUND]


def register(engine, values):
    """Show timestamps to the engine as a numbered table."""
    column = np.array(values, dtype="datetime64[us]")
    engine.register("moments", {"number": np.arange(len(values)), "moment": column})


def answers(engine, zone, values, *ends):
    """Give the instant and the problem that the SQL names for each reading of the clock."""
    register(engine, values)
    instant = local_to_utc_sql("moment", zone, *ends)
    problem = local_problem_sql("moment", zone, *ends)
    return engine.execute(f"SELECT {instant}, {problem} FROM moments ORDER BY number").fetchall()


def local_times(engine, values, zone, first, last):
    """Give what the expression of the local time says for each instant."""
    query = MOMENTS.select("number", local=local_time(MOMENTS.moment, zone, first, last))
    register(engine, values)
    rows = engine.execute(ibis.to_sql(query, dialect="duckdb")).fetchall()
    return [local for _, local in sorted(rows)]


@pytest.mark.parametrize("zone", ZONES)
def test_steps_are_exact_to_the_second(zone):
    """Each step begins at the very second of the change, and none is missed in between."""
    found = steps(zone, FIRST, LAST)
    for step in found[1:]:
        before = step.begins - timedelta(seconds=1)
        assert wall_clock(step.begins, zone) - step.begins == step.offset
        assert wall_clock(before, zone) - before != step.offset
    for step, following in pairwise([*found, Step(LAST, 0)]):
        hours = (following.begins - step.begins) // timedelta(hours=3)
        between = [step.begins + number * timedelta(hours=3) for number in range(hours)]
        assert {wall_clock(instant, zone) - instant for instant in between} == {step.offset}


def test_a_change_to_the_same_offset_is_no_step():
    """Dublin calls its summer time standard and London does not: the steps are the same."""
    assert steps("Europe/Dublin", FIRST, LAST) == steps("Europe/London", FIRST, LAST)


def test_a_skipped_day_is_one_step():
    """Samoa left out 30 December 2011 and went from 10 hours behind to 14 hours ahead."""
    first, last = datetime.fromisoformat("2011-12-01"), datetime.fromisoformat("2012-01-31")
    skipped = datetime.fromisoformat("2011-12-30T10:00")
    assert steps("Pacific/Apia", first, last) == (Step(first, -36000), Step(skipped, 50400))


def test_the_shortest_summer_is_found():
    """Recife put its clocks forward on 8 October 2000 and gave up a week later."""
    first, last = datetime.fromisoformat("2000-07-01"), datetime.fromisoformat("2001-07-01")
    begins = [f"{step.begins:%m-%d %H}" for step in steps("America/Recife", first, last)]
    assert begins == ["07-01 00", "10-08 03", "10-15 02"]


def test_steps_at_the_ends_of_the_range():
    """A change at the last instant is a step; one at the first instant is the first step."""
    change = datetime.fromisoformat("2024-03-31T01:00")
    before = change - timedelta(microseconds=1)
    assert [s.offset_seconds for s in steps("Europe/London", FIRST, change)][-1] == 3600
    assert [s.offset_seconds for s in steps("Europe/London", FIRST, before)][-1] == 0
    assert steps("Europe/London", change, change) == (Step(change, 3600),)


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_is_that_of_zoneinfo(engine, zone):
    """The expression reads the same clock as Python, to the microsecond."""
    instants = moments(FIRST, LAST, [step.begins for step in steps(zone, FIRST, LAST)[1:]])
    expected = [wall_clock(instant, zone) for instant in instants]
    assert local_times(engine, instants, zone, FIRST, LAST) == expected


@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Apia", "Africa/Monrovia"])
def test_local_time_for_a_century(engine, zone):
    """Without a range the clock is right from 1970 to 2070."""
    instants = moments(EARLIEST, LATEST, [])
    expected = [wall_clock(instant, zone) for instant in instants]
    assert local_times(engine, instants, zone, EARLIEST, LATEST) == expected


def test_outside_the_range_the_nearest_offset_is_used(engine):
    """Known winter and summer of one year say nothing of others: their ends are prolonged."""
    first, last = datetime.fromisoformat("2024-02-01"), datetime.fromisoformat("2024-07-01")
    outside = [datetime.fromisoformat("2023-07-01"), datetime.fromisoformat("2024-12-01")]
    expected = [outside[0], outside[1] + timedelta(hours=1)]
    assert local_times(engine, outside, "Europe/London", first, last) == expected


def test_utc_costs_nothing():
    """The clock of UTC is the instant itself, and so is London's in winter."""
    winter = datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2024-02-01")
    assert local_time(MOMENTS.moment, "UTC").equals(MOMENTS.moment)
    assert local_time(MOMENTS.moment, "Europe/London", *winter).equals(MOMENTS.moment)
    assert local_to_utc_sql("moment", "UTC") == "moment"


@pytest.mark.parametrize("zone", ZONES)
def test_local_to_utc_is_that_of_zoneinfo(engine, zone):
    """A reading is taken for the earlier of two instants, or for none, and the problem is told."""
    changes = [
        reading
        for step in steps(zone, FIRST, LAST)[1:]
        for reading in (
            wall_clock(step.begins - timedelta(seconds=1), zone) + timedelta(seconds=1),
            wall_clock(step.begins, zone),
        )
    ]
    readings = moments(FIRST + timedelta(days=1), LAST - timedelta(days=1), changes)
    expected = [instant_of(reading, zone) for reading in readings]
    assert answers(engine, zone, readings, FIRST, LAST) == expected


@pytest.mark.parametrize(
    ("zone", "reading", "instant", "problem"),
    [
        ("Europe/London", "2024-03-31T00:59:59.999999", "2024-03-31T00:59:59.999999", None),
        ("Europe/London", "2024-03-31T01:00", None, "does not exist"),
        ("Europe/London", "2024-03-31T02:00", "2024-03-31T01:00", None),
        ("Europe/London", "2024-10-27T00:59:59", "2024-10-26T23:59:59", None),
        ("Europe/London", "2024-10-27T01:00", "2024-10-27T00:00", "ambiguous"),
        ("Europe/London", "2024-10-27T02:00", "2024-10-27T02:00", None),
        ("Pacific/Apia", "2011-12-30T12:00", None, "does not exist"),
        ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00", None),
        ("America/Sao_Paulo", "2018-11-04T00:30", None, "does not exist"),
        ("America/Sao_Paulo", "2019-02-16T23:30", "2019-02-17T01:30", "ambiguous"),
    ],
)
def test_readings_at_a_change_of_the_clock(engine, zone, reading, instant, problem):
    """The cases that a person would check by hand, with the default range."""
    expected = datetime.fromisoformat(instant) if instant else None
    assert answers(engine, zone, [datetime.fromisoformat(reading)]) == [(expected, problem)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "Asia/Kolkata"])
def test_an_absent_reading_stays_absent(engine, zone):
    """NULL is no instant, has no local time and is no problem either."""
    assert answers(engine, zone, [None]) == [(None, None)]
    assert local_times(engine, [None], zone, FIRST, LAST) == [None]


def test_the_types_of_the_sql_do_not_depend_on_the_zone(engine):
    """A zone without changes gives the same types as one with many."""
    register(engine, [FIRST])
    for zone in ("UTC", "Asia/Kolkata", "Europe/London"):
        instant, problem = local_to_utc_sql("moment", zone), local_problem_sql("moment", zone)
        sql = f"SELECT typeof({instant}), typeof({problem}) FROM moments"
        assert engine.execute(sql).fetchall() == [("TIMESTAMP", "VARCHAR")]


def test_an_unknown_zone_is_named_with_its_neighbours():
    """A misspelt zone gives an error that says which one may have been meant."""
    with pytest.raises(UnknownZone, match=r"'Europe/Londn'. Did you mean Europe/London"):
        check_zone("Europe/Londn")
    with pytest.raises(UnknownZone, match=r'Write it like "Europe/London"'):
        steps("?", FIRST, LAST)


@pytest.mark.parametrize("name", ["", "Europe", "localtime", "../etc/passwd", "europe/london"])
def test_what_is_no_zone_on_every_machine_is_refused(name):
    """Folders, paths and the machine's own setting are not zones."""
    with pytest.raises(UnknownZone):
        check_zone(name)


def test_a_known_zone_is_given_back():
    """The check can stand where the name is used."""
    assert check_zone("Asia/Kathmandu") == "Asia/Kathmandu"
