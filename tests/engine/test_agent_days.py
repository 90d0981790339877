"""Occupancy: how long agents were staffed, paused and busy on each day of the organisation."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from engine.tables import cell, cells, holding, named, utc
from hypothesis import given
from hypothesis import strategies as st

from hearwell.engine.derived import readable
from hearwell.engine.question import Question
from hearwell.engine.rows import rows as rows_behind
from hearwell.metrics.facts.agent_day import AgentDay
from hearwell.settings import Settings

HOUR = 3600.0
LONDON = Settings(zone="Europe/London")


def shift(begins, ends, state="staffed", **more):
    ended = None if ends is None else utc(ends)
    return {"agent_id": "ann", "started_at": utc(begins), "state": state, "ended_at": ended} | more


def call(connected, **seconds):
    known = {"connected_seconds": 0.0, "agent_id": "ann", "outcome": "answered", "leg": 1}
    at = utc(connected)
    return known | {"call_id": connected, "entered_at": at, "connected_at": at} | seconds


def days(lake, settings=None, call=(), shift=()):
    """Return for each agent and day: staffed, paused and busy seconds."""
    held = holding(lake, settings, call=call, shift=shift)
    with readable(held, AgentDay):
        rows = held.connection.execute(
            "select agent_id, day_began_at, staffed_seconds, paused_seconds, busy_seconds "
            "from agent_day"
        ).fetchall()
    assert len({row[:2] for row in rows}) == len(rows)
    return {(agent, began.isoformat(" ", "minutes")): tuple(rest) for agent, began, *rest in rows}


def occupancy(lake, *, settings=None, call=(), shift=(), **asked):
    return cell(holding(lake, settings, call=call, shift=shift), "occupancy", **asked)


def test_a_shift_over_midnight_is_shared_between_its_days(lake):
    """From ten at night to two in the morning: two hours on each day."""
    found = days(lake, shift=[shift("2026-01-05 22:00", "2026-01-06 02:00")])
    assert found == {
        ("ann", "2026-01-05 00:00"): (2 * HOUR, 0.0, None),
        ("ann", "2026-01-06 00:00"): (2 * HOUR, 0.0, None),
    }


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-06-01", 24), ("2026-10-25", 25)]
)
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(lake, day, hours):
    """Staffed around the clock: 23, 24 or 25 hours, by the day."""
    begins, ends = utc(day) - timedelta(days=3), utc(day) + timedelta(days=3)
    always = shift(begins.isoformat(), ends.isoformat())
    found = days(lake, LONDON, shift=[always])
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/London")).astimezone(UTC)
    assert found["ann", f"{midnight:%Y-%m-%d %H:%M}"][0] == hours * HOUR


def test_pauses_are_taken_from_the_staffed_time_and_wrap_up_is_not(lake):
    """Eight hours, of which one is a pause and one is wrap-up: seven are there for calls."""
    found = occupancy(
        lake,
        shift=[
            shift("2026-01-05 09:00", "2026-01-05 17:00"),
            shift("2026-01-05 12:00", "2026-01-05 13:00", "paused"),
            shift("2026-01-05 15:00", "2026-01-05 16:00", "wrap_up"),
        ],
        call=[call("2026-01-05 10:00", connected_seconds=6 * HOUR, wrap_up_seconds=1 * HOUR)],
    )
    assert (found["value"], found["n"]) == (1.0, 1)


def test_an_open_shift_counts_up_to_the_last_instant_known(lake):
    """An agent who has not left was there until the newest thing that the lake knows of."""
    open_shift = shift("2026-01-05 09:00", None)
    later = call("2026-01-05 10:00", connected_seconds=60.0, ended_at=utc("2026-01-05 11:30"))
    assert days(lake, shift=[open_shift], call=[later]) == {
        ("ann", "2026-01-05 00:00"): (2.5 * HOUR, 0.0, 60.0)
    }


def test_two_sources_that_tell_of_the_same_time_count_it_once(lake):
    """The roster says nine to five, the telephone system half past nine to six: nine hours.

    They were added to sixteen and a half, which halved the occupancy.
    """
    found = days(
        lake,
        shift=[
            shift("2026-01-05 09:00", "2026-01-05 17:00", source="roster"),
            shift("2026-01-05 09:30", "2026-01-05 18:00", source="pbx"),
            shift("2026-01-05 10:00", "2026-01-05 10:30", "paused", source="roster"),
            shift("2026-01-05 10:15", "2026-01-05 11:00", "paused", source="pbx"),
        ],
    )
    assert found == {("ann", "2026-01-05 00:00"): (9 * HOUR, 1 * HOUR, None)}


def test_calls_and_shifts_of_different_sources_meet_in_the_agent(lake):
    """Shifts come from the roster and calls from the telephone system; the agent is one."""
    found = occupancy(
        lake,
        shift=[shift("2026-01-05 09:00", "2026-01-05 10:00", source="roster")],
        call=[call("2026-01-05 09:10", connected_seconds=HOUR / 4, source="pbx")],
    )
    assert (found["value"], found["n"], found["left_out"]) == (0.25, 1, {})


def test_busy_is_ringing_talk_hold_and_wrap_up(lake):
    """All that keeps an agent: 10 s of ringing, 60 of talk, 20 on hold, 30 of wrap-up."""
    parts = {"connected_seconds": None, "talk_seconds": 60.0, "hold_seconds": 20.0}
    found = days(
        lake,
        shift=[shift("2026-01-05 09:00", "2026-01-05 10:00")],
        call=[call("2026-01-05 09:10", ring_seconds=10.0, wrap_up_seconds=30.0, **parts)],
    )
    assert found == {("ann", "2026-01-05 00:00"): (HOUR, 0.0, 120.0)}


def test_a_call_belongs_to_the_day_on_which_it_was_answered(lake):
    """Also when it goes on after midnight; and calls that never met an agent keep nobody busy."""
    found = days(
        lake,
        shift=[shift("2026-01-05 22:00", "2026-01-06 02:00")],
        call=[
            call("2026-01-05 23:59:59", connected_seconds=600.0),
            call("2026-01-06 00:00", connected_seconds=60.0),
            call("2026-01-06 01:00", connected_seconds=None, connected_at=None),
            call("2026-01-06 01:10", connected_seconds=5.0, agent_id=None),
        ],
    )
    assert [busy for _, (_, _, busy) in sorted(found.items())] == [600.0, 60.0]


def test_agents_without_a_known_shift_are_told(lake):
    """Nobody knows how long they were there: left out of both sides, and told."""
    found = occupancy(
        lake,
        shift=[shift("2026-01-05 09:00", "2026-01-05 10:00")],
        call=[
            call("2026-01-05 09:00", connected_seconds=HOUR / 2),
            call("2026-01-05 09:01", connected_seconds=HOUR, agent_id="bob"),
        ],
    )
    assert (found["value"], found["n"]) == (0.5, 1)
    assert found["left_out"] == {"no staffed time known": 1}


def test_a_day_of_nothing_but_pauses_is_told(lake):
    """Of a day without time for calls there is no occupancy; it was dropped without a word."""
    found = occupancy(
        lake,
        shift=[
            shift("2026-01-05 09:00", "2026-01-05 10:00"),
            shift("2026-01-05 09:00", "2026-01-05 10:00", "paused"),
        ],
        call=[call("2026-01-05 09:30", connected_seconds=60.0)],
    )
    assert (found["value"], found["n"]) == (None, 0)
    assert found["left_out"] == {"no staffed time but pauses": 1}


def test_without_a_staffed_state_the_others_make_it_up(lake):
    """Available, paused and wrapping up: an agent was staffed in each, and once where they meet."""
    found = days(
        lake,
        shift=[
            shift("2026-01-05 09:00", "2026-01-05 11:00", "available"),
            shift("2026-01-05 11:00", "2026-01-05 12:00", "paused"),
            shift("2026-01-05 11:30", "2026-01-05 12:30", "wrap_up"),
        ],
    )
    assert found == {("ann", "2026-01-05 00:00"): (3.5 * HOUR, 1 * HOUR, None)}


def test_more_than_full_is_shown_as_it_is(lake):
    """Above 1 is a fault of the data, which nobody mends by hiding it."""
    found = occupancy(
        lake,
        shift=[shift("2026-01-05 09:00", "2026-01-05 10:00")],
        call=[call("2026-01-05 09:00", connected_seconds=2 * HOUR)],
    )
    assert found["value"] == 2.0


def test_occupancy_by_agent_and_day(lake):
    """Each agent and day has its own; together it is all busy time over all staffed time."""
    rows = {
        "shift": [
            shift("2026-01-05 09:00", "2026-01-05 10:00"),
            shift("2026-01-06 09:00", "2026-01-06 13:00"),
            shift("2026-01-05 09:00", "2026-01-05 11:00", agent_id="bob", team="red"),
        ],
        "call": [
            call("2026-01-05 09:00", connected_seconds=HOUR),
            call("2026-01-06 09:00", connected_seconds=HOUR),
            call("2026-01-05 09:01", connected_seconds=HOUR, agent_id="bob"),
        ],
    }
    held = holding(lake, **rows)
    by_agent = {
        each["group"]["agent_id"]: each["value"]
        for each in cells(held, "occupancy", by=("agent_id",))
    }
    by_day = [each["value"] for each in cells(held, "occupancy", grain="day")]
    assert by_agent == {"ann": pytest.approx(2 / 5), "bob": 0.5}
    assert by_day == [pytest.approx(2 / 3), 0.25]
    assert cell(held, "occupancy")["value"] == pytest.approx(3 / 7)


def test_the_rows_behind_occupancy_are_days(lake):
    """One for each agent and day, oldest first; the day is the date and part of the key."""
    rows = [shift(f"2026-01-0{day} 09:00", f"2026-01-0{day} 10:00") for day in (6, 5)]
    talks = [call(f"2026-01-0{day} 09:00", connected_seconds=60.0) for day in (6, 5)]
    found = rows_behind(holding(lake, shift=rows, call=talks), Question((named("occupancy"),)))
    place = found.columns.index("day_began_at")
    assert [row[place] for row in found.rows] == [utc("2026-01-05"), utc("2026-01-06")]


def test_without_calls_and_shifts_there_is_nothing(lake):
    """An empty lake gives no value, and no error."""
    assert occupancy(lake)["value"] is None


# --- against a walk from minute to minute ----------------------------------------------------

START = datetime(2026, 3, 28, 12)  # clocks go forward in London on the 29th
ZONES = ["UTC", "Europe/London", "Asia/Kathmandu"]
STATES = ["staffed", "staffed", "paused", "available", "wrap_up"]
minutes = st.integers(0, 48 * 60)


def midnight_of(day, zone):
    """Return when a date begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@given(
    zone=st.sampled_from(ZONES),
    spans=st.lists(
        st.tuples(
            st.sampled_from(["ann", "bob"]),
            st.sampled_from(STATES),
            minutes,
            st.none() | st.integers(1, 900),
        ),
        max_size=8,
        unique_by=lambda span: span[:3],
    ),
)
def test_staffed_and_paused_time_as_walked_minute_by_minute(lake, zone, spans):
    """Each minute counts once for its agent and day, however many intervals cover it."""
    assert different_days(lake, zone, spans) == []


def different_days(lake, zone, spans, talks=()):
    """Compare staffed, paused and busy seconds: `talks` are an agent, a minute and the seconds."""
    end = START + timedelta(days=3)

    def date_of(minute):
        return minute.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()

    covered, busy = {}, {}
    for agent, state, begin, length in spans:
        minute = START + timedelta(minutes=begin)
        until = end if length is None else minute + timedelta(minutes=length)
        while minute < until:
            states = covered.setdefault((agent, date_of(minute)), {})
            states.setdefault(state, set()).add(minute)
            minute += timedelta(minutes=1)
    talks = [("zoe", 3 * 24 * 60, 0.0), *talks]  # the newest thing that is known
    for agent, begin, seconds in talks:
        busy.setdefault((agent, date_of(START + timedelta(minutes=begin))), []).append(seconds)
    told = [day for _, day in busy]
    wanted = {}
    for agent, day in covered.keys() | busy.keys():
        states = covered.get((agent, day))
        staffed = paused = None
        if states is not None:
            others = set().union(*(m for state, m in states.items() if state != "staffed"))
            staffed = 60.0 * len(states.get("staffed", others))
            paused = 60.0 * len(states.get("paused", ()))
        took = busy.get((agent, day))
        if took is None:  # none, where the agent has calls at all and some are told of the day
            is_none = agent in {who for who, _ in busy} and min(told) <= day <= max(told)
            seconds = 0.0 if is_none else None
        else:
            seconds = None if None in took else sum(took)
        wanted[agent, f"{midnight_of(day, zone):%Y-%m-%d %H:%M}"] = (staffed, paused, seconds)
    shifts = [
        {
            "agent_id": agent,
            "state": state,
            "started_at": START + timedelta(minutes=begin),
            "ended_at": None if length is None else START + timedelta(minutes=begin + length),
        }
        for agent, state, begin, length in spans
    ]
    calls = [
        call(
            (START + timedelta(minutes=begin)).isoformat(),
            call_id=str(number),
            agent_id=agent,
            connected_seconds=seconds,
        )
        for number, (agent, begin, seconds) in enumerate(talks)
    ]
    found = days(lake, Settings(zone=zone), shift=shifts, call=calls)
    return [
        (key, found.get(key), wanted.get(key))
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    ]


def made_up_days(lake, seed, agents):
    """Compare the days of many agents at once."""
    draw = random.Random(seed)
    names = [f"agent {agent}" for agent in range(agents)]
    spans = {
        (agent, draw.choice(STATES), draw.randrange(48 * 60)): draw.choice(
            [None, *range(1, 900, 9)]
        )
        for agent in names
        for _ in range(draw.randrange(8))
    }
    talks = [
        (agent, draw.randrange(12 * 60, 60 * 60), draw.choice([None, *range(60, 600, 60)]))
        for agent in names
        for _ in range(draw.choice([0, 0, 1, 3]))
    ]
    spans = [(*key, length) for key, length in spans.items()]
    return different_days(lake, ZONES[seed % len(ZONES)], spans, talks)


def test_the_days_of_many_agents(lake):
    assert made_up_days(lake, 0, 50) == []
