"""Time of cases by both clocks, waits for replies, and who had a case: against plain Python."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from engine.asked import DAYS, OpeningHours
from engine.case_oracle import facts as by_hand
from engine.tables import cell, cells, holding, named
from engine.test_case_facts import case, event, histories, word

from hearwell.engine.ask import ask
from hearwell.engine.derived import readable
from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Question
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.metrics.facts.case_handling import CaseHandling
from hearwell.metrics.facts.reply_wait import ReplyWait
from hearwell.settings import Settings

HOUR = 3600.0
AROUND_MARCH = datetime(2026, 2, 10)  # clocks in New York change on the 8th of March
PRESIDENTS_DAY = date(2026, 2, 16)
WORKDAYS = DAYS[:6]

KARACHI = {
    "name": "karachi",
    "zone": "Asia/Karachi",
    "applies_to": {"channel": ["mail"]},
    "closed": ["2026-02-25", "2026-03-23"],
    "blocks": [
        {"days": WORKDAYS, "opens": "09:00", "closes": "13:00"},
        {"days": WORKDAYS, "opens": "14:00", "closes": "18:30"},
    ],
}
NIGHTS = {  # for those who were with the first team in the end
    "name": "nights",
    "zone": "America/New_York",
    "applies_to": {"team": ["first"]},
    "holidays": "US",
    "blocks": [{"days": DAYS, "opens": "22:00", "closes": "06:00"}],
}
SINCE_MARCH = {
    "name": "since march",
    "zone": "Europe/London",
    "valid_from": "2026-03-01",
    "blocks": [{"days": DAYS, "opens": "08:00", "closes": "20:00"}],
}
HOURS = {
    each["name"]: OpeningHours(
        each["zone"],
        [(block["days"], block["opens"], block["closes"]) for block in each["blocks"]],
        frozenset(map(date.fromisoformat, each.get("closed", ())))
        | ({PRESIDENTS_DAY} if "holidays" in each else set()),
    )
    for each in (KARACHI, NIGHTS, SINCE_MARCH)
}
CHOICES = [
    [KARACHI, NIGHTS, SINCE_MARCH],
    [NIGHTS, KARACHI],
    [SINCE_MARCH],
    [KARACHI | {"applies_to": {}}],
    [],
]


def open_seconds_of(schedules):
    """Return the seconds of opening hours for a case, as its first fitting schedule has them."""

    def found(fact, begin, end):
        for each in schedules:
            if all(fact[name] in values for name, values in each.get("applies_to", {}).items()):
                break
        else:
            return None
        if begin is None:
            return 0.0
        valid = each.get("valid_from")
        if valid and begin < midnight(valid, each["zone"]):
            return None
        return HOURS[each["name"]].between(begin, end)

    return found


def midnight(day, zone):
    local = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    return local.astimezone(UTC).replace(tzinfo=None)


def read(lake, record, columns):
    """Return the rows of a fact, each by its source and case."""
    with readable(lake, record):
        rows = lake.connection.execute(
            f"select source, case_id, {', '.join(columns)} from {record.table_name}"
        ).fetchall()
    return [(row[:2], dict(zip(columns, row[2:], strict=True))) for row in rows]


DURATIONS = [
    f"{name}_{kind}"
    for name in ("requester_wait", "agent_wait", "agent_work", "on_hold")
    for kind in ("seconds", "business_seconds")
]
WAITS = ["waiting_since", "channel", "replied_at", "agent_id", "team", "is_first"]
HAD = ["agent_id", "handle_seconds", "handle_business_seconds"]


def near(found, wanted):
    return found == (wanted if wanted is None else pytest.approx(wanted, abs=1e-3))


def by_both_clocks(seed, size):
    """Return opening hours, histories, and what plain Python tells of them."""
    schedules = CHOICES[seed % len(CHOICES)]
    rows = histories(seed, size, AROUND_MARCH)
    return schedules, rows, by_hand(*rows, open_seconds_of(schedules) if schedules else None)


def held_by(lake, schedules, rows):
    settings = Settings(schedule=schedules)
    return holding(lake, settings, case=rows[0], message=rows[1], case_event=rows[2])


def different_durations(lake, seed, size):
    schedules, rows, wanted = by_both_clocks(seed, size)
    found = dict(read(held_by(lake, schedules, rows), CaseFact, DURATIONS))
    assert found.keys() == wanted.keys()
    return [
        (key, name, fact[name], wanted[key][name])
        for key, fact in found.items()
        for name in DURATIONS
        if not near(fact[name], wanted[key][name])
    ]


@pytest.mark.parametrize("seed", range(5))
def test_made_up_histories_by_both_clocks(lake, seed):
    """Over nights, holidays, changes of the clock, and where no hours are known."""
    assert different_durations(lake, seed, 250) == []


def test_the_made_up_histories_have_work_within_opening_hours_and_outside():
    """Or nothing would be compared."""
    told = by_both_clocks(0, 250)[-1].values()
    assert any(fact["agent_work_business_seconds"] for fact in told)
    assert any(
        fact["agent_work_seconds"] and fact["agent_work_business_seconds"] == 0 for fact in told
    )


def different_handlings(lake, seed, size):
    schedules, rows, facts = by_both_clocks(seed, size)
    wanted = []
    for key, fact in facts.items():
        if fact["solved_at"] is not None:
            each = [(agent, *both) for agent, both in fact["handled"].items()]
            wanted += [(key, *agent) for agent in each or [(None, None, None)]]
    told = read(held_by(lake, schedules, rows), CaseHandling, HAD)
    found = sorted(((key, *row.values()) for key, row in told), key=repr)
    wanted.sort(key=repr)
    assert len(found) == len(wanted)
    return [
        pair
        for pair in zip(found, wanted, strict=True)
        if pair[0][:3] != pair[1][:3] or not near(pair[0][3], pair[1][3])
    ]


@pytest.mark.parametrize("seed", range(10, 15))
def test_made_up_handling_by_both_clocks(lake, seed):
    """How long each agent had each solved case; where nobody is told, one row without an agent."""
    assert different_handlings(lake, seed, 250) == []


def different_waits(lake, seed, size):
    rows = histories(seed, size)
    wanted = {
        (key, wait["waiting_since"]): {name: wait[name] for name in WAITS}
        for key, fact in by_hand(*rows).items()
        for wait in fact["waits"]
    }
    rows_found = read(held_by(lake, [], rows), ReplyWait, WAITS)
    found = {(key, row["waiting_since"]): row for key, row in rows_found}
    assert len(found) == len(rows_found)
    return [
        (key, found.get(key), wanted.get(key))
        for key in found.keys() | wanted.keys()
        if found.get(key) != wanted.get(key)
    ]


@pytest.mark.parametrize("seed", range(20, 24))
def test_made_up_waits(lake, seed):
    """Each wait of each case, since when, until when, whom the customer waited for."""
    assert different_waits(lake, seed, 300) == []


@pytest.mark.parametrize("seed", range(3))
def test_first_waits_are_the_first_responses(lake, seed):
    """The two facts agree, case by case."""
    rows = histories(seed + 30, 300)
    held = holding(lake, case=rows[0], message=rows[1], case_event=rows[2])
    instants = ["first_contact_at", "first_reply_at"]
    told = {
        key: (fact["first_contact_at"], fact["first_reply_at"])
        for key, fact in read(held, CaseFact, instants)
        if fact["first_contact_at"] is not None
    }
    first = {
        key: (wait["waiting_since"], wait["replied_at"])
        for key, wait in read(held, ReplyWait, WAITS)
        if wait["is_first"]
    }
    assert first == told


# --- metrics -----------------------------------------------------------------------------------


def judged(metric, fact, clock, open_seconds):
    """Return what a case makes: pairs of an agent and a number, or a reason for leaving it out."""
    if metric == "next_response_time":
        yield from further_waits(fact, clock, open_seconds)
    elif fact["solved_at"] is None:
        return
    elif metric == "case_handle_time":
        for agent, both in fact["handled"].items():
            yield agent, known(both[clock == "business"])
        if not fact["handled"]:
            yield None, "not told who had it"
    elif fact["agent_work_seconds"] is None:
        yield fact["agent_id"], "status not told"
    else:
        name = {"case_on_hold_time": "on_hold"}.get(metric, metric.removesuffix("_time"))
        kind = "business_seconds" if clock == "business" else "seconds"
        yield fact["agent_id"], known(fact[f"{name}_{kind}"])


def further_waits(fact, clock, open_seconds):
    for wait in fact["waits"]:
        begin, end = wait["waiting_since"], wait["replied_at"]
        if wait["is_first"]:
            continue
        if end is None:
            yield wait["agent_id"], "not answered yet"
        elif clock == "business":
            dimensions = fact | {name: wait[name] for name in ("channel", "team")}
            yield wait["agent_id"], known(open_seconds(dimensions, begin, end))
        else:
            yield wait["agent_id"], (end - begin).total_seconds()


def known(seconds):
    return "not known" if seconds is None else seconds


@pytest.mark.parametrize("clock", ["calendar", "business"])
@pytest.mark.parametrize(
    "metric",
    [
        "requester_wait_time",
        "agent_wait_time",
        "agent_work_time",
        "case_on_hold_time",
        "next_response_time",
        "case_handle_time",
    ],
)
def test_durations_count_as_by_hand(lake, metric, clock):
    """By agent: mean, how many it rests on, and what is left out with the reason."""
    schedules = CHOICES[0]
    open_seconds = open_seconds_of(schedules)
    rows = histories(41, 250, AROUND_MARCH)
    for row in rows[2]:
        if row["kind"] == "assigned":  # few agents with many cases
            row["to_value"] = f"agent {row['at'].second}"
            row["from_value"] = None
    for row in rows[1]:
        row["author_id"] = row["author_id"] or "x"
    wanted = {}
    for fact in by_hand(*rows, open_seconds).values():
        for agent, found in judged(metric, fact, clock, open_seconds):
            wanted.setdefault(agent, []).append(found)
    held = holding(
        lake, Settings(schedule=schedules), case=rows[0], message=rows[1], case_event=rows[2]
    )
    found = {
        c["group"]["agent_id"]: c
        for c in cells(held, metric, "mean", by=("agent_id",), clock=clock)
    }
    assert found.keys() == wanted.keys()
    for agent, told in wanted.items():
        numbers = [each for each in told if isinstance(each, float)]
        reasons = [each for each in told if isinstance(each, str)]
        assert found[agent]["n"] == len(numbers)
        assert found[agent]["left_out"] == {each: reasons.count(each) for each in {*reasons}}
        assert near(found[agent]["value"], sum(numbers) / len(numbers) if numbers else None)


OFFICE = {
    "name": "office",
    "zone": "Europe/London",
    "blocks": [{"days": DAYS[:5], "opens": "09:00", "closes": "17:00"}],
}
OPEN = Settings(schedule=[OFFICE])


def test_a_case_over_a_weekend_waits_in_opening_hours_only(lake):
    """Opened on Friday at four, pending from five to Monday at ten, solved at eleven."""
    events = [
        event("status_changed", "2026-01-09 17:00", to="pending", from_value="new"),
        event("status_changed", "2026-01-12 10:00", to="open"),
        event("status_changed", "2026-01-12 11:00", to="solved"),
        event("status_changed", "2026-01-12 16:00", to="closed"),
    ]
    held = holding(lake, OPEN, case=[case(at="2026-01-09 16:00")], case_event=events)
    waited = {
        (metric, clock): cell(held, metric, "mean", clock=clock)["value"] / HOUR
        for metric in ("requester_wait_time", "agent_wait_time", "agent_work_time")
        for clock in ("calendar", "business")
    }
    assert waited == {
        ("requester_wait_time", "calendar"): 2,
        ("requester_wait_time", "business"): 2,
        ("agent_wait_time", "calendar"): 65,
        ("agent_wait_time", "business"): 1,
        ("agent_work_time", "calendar"): 2,
        ("agent_work_time", "business"): 2,
    }


def test_durations_told_in_business_time_say_so(lake):
    """The answer names its clock, also where the seconds were counted when the facts were made."""
    held = holding(lake, OPEN, case=[case()])
    asked = Question((named("agent_work_time"), named("message_volume")), clock="business")
    assert [answer.clock for answer in ask(held, asked).answers] == ["business", "calendar"]


@pytest.mark.parametrize("metric", ["agent_work_time", "next_response_time", "case_handle_time"])
def test_without_opening_hours_there_is_no_business_time(lake, metric):
    with pytest.raises(BadQuestion, match="opening hours"):
        cell(holding(lake, case=[case()]), metric, clock="business")


def test_a_chain_of_messages_is_one_wait(lake):
    """The customer writes twice and is answered an hour after the first: one wait of an hour."""
    words = [
        word("customer", "2026-01-05 09:00"),
        word("agent", "2026-01-05 09:30", author_id="bob"),
        word("customer", "2026-01-05 10:00"),
        word("bot", "2026-01-05 10:01"),
        word("automation", "2026-01-05 10:02"),
        word("agent", "2026-01-05 10:15", is_public=False, author_id="bob"),
        word("customer", "2026-01-05 10:50"),
        word("agent", "2026-01-05 11:00", author_id="cid"),
        word("agent", "2026-01-05 11:20", author_id="cid"),
        word("customer", "2026-01-05 12:00"),
    ]
    found = cells(
        holding(lake, case=[case()], message=words), "next_response_time", by=("agent_id",)
    )
    told = {each["group"]["agent_id"]: (each["value"], each["left_out"]) for each in found}
    assert told == {
        "bob": (None, {}),  # his was the first response, which is no further one
        "cid": (HOUR, {}),
        None: (None, {"not answered yet": 1}),
    }


def test_an_agent_is_credited_with_their_own_part_of_a_case(lake):
    """Ann has it for an hour, of which half is pending; Bob for two; nobody for one."""
    events = [
        event("status_changed", "2026-01-05 09:00", to="open"),
        event("assigned", "2026-01-05 09:00", to="ann"),
        event("status_changed", "2026-01-05 09:30", to="pending"),
        event("assigned", "2026-01-05 10:00"),
        event("status_changed", "2026-01-05 10:00", to="open"),
        event("assigned", "2026-01-05 11:00", to="bob"),
        event("status_changed", "2026-01-05 13:00", to="solved"),
        event("assigned", "2026-01-05 14:00", to="cid"),
    ]
    found = cells(
        holding(lake, case=[case()], case_event=events), "case_handle_time", by=("agent_id",)
    )
    assert {c["group"]["agent_id"]: c["value"] / HOUR for c in found} == {"ann": 0.5, "bob": 2}


def test_messages_outside_of_opening_hours(lake):
    """Before nine, at nine, before five, at five, on a Saturday; from us and notes do not count."""
    at = ["2026-01-05 08:59:59", "2026-01-05 09:00", "2026-01-05 16:59:59", "2026-01-05 17:00"]
    rows = [word("customer", each, direction="inbound") for each in (*at, "2026-01-10 12:00")] + [
        word("agent", "2026-01-05 20:00", direction="outbound"),
        word("customer", "2026-01-05 21:00", direction="inbound", is_public=False),
        word("customer", "2026-01-05 22:00"),
    ]
    held = holding(lake, OPEN, message=rows)
    for clock in ("calendar", "business"):
        found = cell(held, "message_volume", "outside_hours", clock=clock)
        assert (found["value"], found["n"]) == (3 / 5, 5)
        assert found["left_out"] == {"direction not known": 1}


@pytest.mark.parametrize(
    "settings", [Settings(), Settings(schedule=[OFFICE | {"applies_to": {"channel": ["mail"]}}])]
)
def test_without_hours_no_message_is_said_to_have_come_outside_of_them(lake, settings):
    rows = [word("customer", "2026-01-05 22:00", direction="inbound", channel="chat")]
    found = cell(holding(lake, settings, message=rows), "message_volume", "outside_hours")
    assert (found["value"], found["left_out"]) == (None, {"opening hours not known": 1})
    assert cell(holding(lake, settings, message=rows), "message_volume", "received")["value"] == 1
