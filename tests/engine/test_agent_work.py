"""Cases and calls for each agent and day: drawn by hand, and by a walk over rows."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from engine.tables import cell, cells, holding, utc
from engine.test_agent_days import call, shift

from hearwell.engine.derived import readable
from hearwell.metrics.facts.agent_day import AgentDay
from hearwell.settings import Settings

NO_REPLIES, NO_CALLS, NEITHER = (
    f"no {what} of the agent are told, or not of that day"
    for what in ("replies", "calls", "replies and calls")
)
NINE_TO_FIVE = ("2026-01-05 09:00", "2026-01-05 17:00")


def reply(at, case="1", agent="ann", **more):
    usual = {"author_kind": "agent", "author_id": agent, "sent_at": utc(at), "case_id": case}
    return usual | {"message_id": f"{at} {case} {agent}", "source": "desk"} | more


def answered(at, **more):
    return call(at, **{"direction": "inbound", "source": "pbx"} | more)


def per_agent(lake, variant="cases", *, shifts=(), messages=(), calls=(), cases=(), **asked):
    held = holding(lake, shift=shifts, message=messages, call=calls, case=cases)
    found = cell(held, "cases_per_agent", variant, **asked)
    return found["value"], found["n"], found["left_out"]


def test_a_case_counts_once_a_day_however_often_the_agent_writes(lake):
    """Three replies in one case and one in another are two cases of one agent."""
    messages = [reply(f"2026-01-05 1{hour}:00") for hour in range(3)] + [
        reply("2026-01-05 13:00", "2")
    ]
    assert per_agent(lake, shifts=[shift(*NINE_TO_FIVE)], messages=messages) == (2.0, 1, {})


def test_nothing_multiplies(lake):
    """Two shifts, three replies in two cases, two calls: one agent and day with 2, 2 and 4."""
    rows = {
        "shifts": [
            shift("2026-01-05 09:00", "2026-01-05 12:00", source="roster"),
            shift("2026-01-05 11:00", "2026-01-05 17:00", source="pbx"),
        ],
        "messages": [
            reply("2026-01-05 10:00"),
            reply("2026-01-05 10:01"),
            reply("2026-01-05 10:02", "2"),
        ],
        "calls": [answered("2026-01-05 11:00"), answered("2026-01-05 11:30")],
    }
    assert per_agent(lake, "cases", **rows) == (2.0, 1, {})
    assert per_agent(lake, "calls", **rows) == (2.0, 1, {})
    assert per_agent(lake, "requests", **rows) == (4.0, 1, {})


def test_who_was_there_and_wrote_nothing_counts(lake):
    """Two agents who write, of whom one handled three cases on Monday: one and a half each.

    Cid only takes calls, and is no part of it; nor is his silence.
    """
    messages = [reply("2026-01-05 10:00", str(number)) for number in range(3)]
    messages += [reply("2026-01-06 10:00", agent="bob")]
    calls = [answered("2026-01-05 10:00", agent_id="cid")]
    shifts = [shift(*NINE_TO_FIVE, agent_id=agent) for agent in ("ann", "bob", "cid")]
    told = {"shifts": shifts, "messages": messages, "calls": calls, "ends": "2026-01-05"}
    assert per_agent(lake, **told) == (1.5, 2, {NO_REPLIES: 1})
    assert per_agent(lake, "calls", **told) == (1.0, 1, {NO_CALLS: 2})
    assert per_agent(lake, "requests", **told) == (pytest.approx(4 / 3), 3, {})


def test_who_wrote_without_a_known_shift_is_told(lake):
    """Nobody knows that they were staffed, so neither side counts them."""
    messages = [reply("2026-01-05 10:00"), reply("2026-01-05 10:00", "2", agent="bob")]
    found = per_agent(lake, shifts=[shift(*NINE_TO_FIVE)], messages=messages)
    assert found == (1.0, 1, {"no staffed time known": 1})


def test_notes_bots_customers_and_the_nameless_are_no_agents_work(lake):
    messages = [
        reply("2026-01-05 10:00"),
        reply("2026-01-05 10:01", "2", is_public=False),
        reply("2026-01-05 10:02", "3", author_kind="bot"),
        reply("2026-01-05 10:03", "4", author_kind="customer"),
        reply("2026-01-05 10:04", "5", agent=None),
        reply("2026-01-05 10:05", None),
        reply("2026-01-05 10:06", "6", author_kind=None, direction="outbound"),
        reply("2026-01-05 10:07", "7", author_kind=None, direction="inbound"),
    ]
    assert per_agent(lake, shifts=[shift(*NINE_TO_FIVE)], messages=messages)[0] == 2.0


def test_merged_cases_are_one(lake):
    """What was written in both is work on the survivor."""
    cases = [
        {"source": "desk", "case_id": "1", "opened_at": utc("2026-01-05 08:00")},
        {"source": "desk", "case_id": "2", "opened_at": utc("2026-01-05"), "merged_into": "1"},
    ]
    messages = [reply("2026-01-05 10:00", "1"), reply("2026-01-05 10:01", "2")]
    found = per_agent(lake, shifts=[shift(*NINE_TO_FIVE)], messages=messages, cases=cases)
    assert found[0] == 1.0


def test_cases_of_two_systems_with_one_number_are_two(lake):
    messages = [reply("2026-01-05 10:00"), reply("2026-01-05 10:00", source="chat")]
    assert per_agent(lake, shifts=[shift(*NINE_TO_FIVE)], messages=messages)[0] == 2.0


def test_a_case_of_two_days_is_work_on_both(lake):
    """The day is the organisation's: one minute before its midnight, and one after."""
    zone = Settings(zone="Asia/Kathmandu")
    shifts = [shift("2026-01-05 16:00", "2026-01-05 20:00")]
    messages = [reply("2026-01-05 18:14"), reply("2026-01-05 18:16")]
    held = holding(lake, zone, shift=shifts, message=messages)
    found = [(c["value"], c["n"]) for c in cells(held, "cases_per_agent", grain="day")]
    assert found == [(1.0, 1), (1.0, 1)]


def test_days_of_which_nothing_is_told_are_left_out(lake):
    """The roster goes on; replies and calls are told until the fifth."""
    shifts = [shift(f"2026-01-0{day} 09:00", f"2026-01-0{day} 17:00") for day in (5, 6)]
    messages, calls = [reply("2026-01-05 10:00")], [answered("2026-01-05 10:00")]
    told = {"shifts": shifts, "messages": messages, "calls": calls}
    assert per_agent(lake, **told) == (1.0, 1, {NO_REPLIES: 1})
    assert per_agent(lake, "calls", **told) == (1.0, 1, {NO_CALLS: 1})
    assert per_agent(lake, "requests", **told) == (2.0, 1, {NEITHER: 1})
    assert per_agent(lake, shifts=shifts, calls=calls)[:2] == (None, 0)


def test_calls_that_we_made_are_no_customers_requests(lake):
    calls = [
        answered("2026-01-05 10:00"),
        answered("2026-01-05 10:10", direction="callback"),
        answered("2026-01-05 10:20", direction="outbound"),
        answered("2026-01-05 10:30", direction="internal"),
        answered("2026-01-05 10:40", connected_at=None),
    ]
    assert per_agent(lake, "calls", shifts=[shift(*NINE_TO_FIVE)], calls=calls)[0] == 2.0


# --- by a walk over rows drawn at random -------------------------------------------------------

START = datetime(2026, 3, 27)
AGENTS = ("ann", "bob", "cid")


def drawn(seed):
    draw = random.Random(seed)

    def at():
        return START + timedelta(minutes=draw.randrange(4 * 24 * 60))

    shifts = [
        shift(str(begins := at()), str(begins + timedelta(hours=8)), agent_id=agent)
        for agent in AGENTS
        for _ in range(draw.randrange(3))
    ]
    messages = [
        reply(
            str(at()),
            draw.choice(["1", "1", "2", "3", None]),
            draw.choice([*AGENTS, "zoe", None]),
            message_id=str(number),
            source=draw.choice(["desk", "chat"]),
            author_kind=draw.choice(["agent", "agent", "customer", "bot", None]),
            direction=draw.choice([None, "inbound", "outbound"]),
            is_public=draw.choice([None, True, True, False]),
        )
        for number in range(draw.randrange(25))
    ]
    calls = [
        answered(
            str(at()),
            call_id=str(number),
            agent_id=draw.choice([*AGENTS, "zoe", None]),
            direction=draw.choice([None, "inbound", "callback", "outbound"]),
        )
        for number in range(draw.randrange(15))
    ]
    cases = [
        {"source": "desk", "case_id": number, "opened_at": START, "merged_into": into}
        for number, into in (("1", None), ("2", draw.choice([None, "1"])), ("3", "2"))
    ]
    return shifts, messages, calls, cases


def survivor(cases, source, number):
    by_key = {(case["source"], case["case_id"]): case["merged_into"] for case in cases}
    while by_key.get((source, number)) is not None:
        number = by_key[source, number]
    return source, number


def walked(zone, shifts, messages, calls, cases):  # noqa: C901  one step for each table
    def day(moment):
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()

    wrote, took, days = {}, {}, set()
    sent = [
        m
        for m in messages
        if m["author_id"]
        and m["is_public"] is not False
        and (
            m["author_kind"] == "agent"
            or (m["author_kind"] is None and m["direction"] == "outbound")
        )
    ]
    for m in sent:
        if m["case_id"]:
            key = m["author_id"], day(m["sent_at"])
            wrote.setdefault(key, set()).add(survivor(cases, m["source"], m["case_id"]))
    named = [c for c in calls if c["agent_id"]]
    for c in named:
        key = c["agent_id"], day(c["connected_at"])
        took[key] = took.get(key, 0) + (c["direction"] != "outbound")
    for s in shifts:
        moment = s["started_at"]
        while moment < s["ended_at"]:
            days.add((s["agent_id"], day(moment)))
            moment += timedelta(minutes=1)

    def done(key, counts, moments):
        """None where the agent never does it, or nobody tells of the day."""
        if not any(agent == key[0] and number for (agent, _), number in counts.items()):
            return None
        if key in counts or day(min(moments)) <= key[1] <= day(max(moments)):
            return counts.get(key, 0)
        return None

    def does(key, counts):
        return any(agent == key[0] and number for (agent, _), number in counts.items())

    wrote = {key: len(numbers) for key, numbers in wrote.items()}
    found = {}
    for key in days | set(wrote) | set(took):
        cases_ = done(key, wrote, [m["sent_at"] for m in sent])
        calls_ = done(key, took, [c["entered_at"] for c in named])
        kinds = [
            number for number, counts in ((cases_, wrote), (calls_, took)) if does(key, counts)
        ]
        requests = sum(kinds) if kinds and None not in kinds else None
        found[key] = (cases_, calls_, requests)
    return found


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("zone", ["UTC", "Europe/London"])
def test_as_walked(lake, seed, zone):
    """One row for each agent and day of which anything is told; clocks go forward on the 29th."""
    shifts, messages, calls, cases = rows = drawn(seed)
    settings = Settings(zone=zone)
    held = holding(lake, settings, shift=shifts, message=messages, call=calls, case=cases)
    with readable(held, AgentDay):
        found = held.connection.execute(
            "select agent_id, day_began_at, cases, calls, requests from agent_day"
        ).fetchall()
    by_day = {
        (agent, began.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()): tuple(rest)
        for agent, began, *rest in found
    }
    assert len(by_day) == len(found)
    assert by_day == walked(zone, *rows)
