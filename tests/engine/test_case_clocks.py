"""The time of cases by both clocks, waits for replies, and who had a case: against plain Python."""

import random
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from engine.asked import DAYS, OpeningHours
from engine.case_oracle import facts as by_hand
from engine.tables import cell, holding, utc
from engine.test_case_facts import case, event, histories, word

from hearwell.engine.derived import readable
from hearwell.engine.errors import BadQuestion
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
        if begin == end:
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


@pytest.mark.parametrize("seed", range(5))
def test_made_up_histories_by_both_clocks(lake, seed):
    """Over nights, holidays, changes of the clock, and where no hours are known."""
    schedules = CHOICES[seed % len(CHOICES)]
    rows = histories(seed, 250, AROUND_MARCH)
    wanted = by_hand(*rows, open_seconds_of(schedules) if schedules else None)
    held = holding(
        lake, Settings(schedule=schedules), case=rows[0], message=rows[1], case_event=rows[2]
    )
    found = read(held, CaseFact, DURATIONS)
    assert len(found) == len(wanted)
    wrong = [
        (key, name, fact[name], wanted[key][name])
        for key, fact in found
        for name in DURATIONS
        if not near(fact[name], wanted[key][name])
    ]
    assert wrong == []
    if schedules:
        told = [fact["agent_work_business_seconds"] for fact in wanted.values()]
        assert any(told)  # some were worked on within opening hours
        assert any(
            fact["agent_work_seconds"] and fact["agent_work_business_seconds"] == 0
            for fact in wanted.values()
        )


@pytest.mark.parametrize("seed", range(4))
def test_made_up_handling_by_both_clocks(lake, seed):
    """How long each agent had each solved case; where nobody is told, one row without an agent."""
    schedules = CHOICES[seed]
    rows = histories(seed + 10, 250, AROUND_MARCH)
    wanted = []
    for key, fact in by_hand(*rows, open_seconds_of(schedules)).items():
        if fact["solved_at"] is not None:
            each = [(agent, *both) for agent, both in fact["handled"].items()]
            wanted += [(key, *agent) for agent in each or [(None, None, None)]]
    held = holding(
        lake, Settings(schedule=schedules), case=rows[0], message=rows[1], case_event=rows[2]
    )
    found = sorted(((key, *row.values()) for key, row in read(held, CaseHandling, HAD)), key=repr)
    wanted.sort(key=repr)
    assert [row[:3] for row in found] == [row[:3] for row in wanted]
    assert all(near(a[3], b[3]) for a, b in zip(found, wanted, strict=True))


@pytest.mark.parametrize("seed", range(4))
def test_made_up_waits(lake, seed):
    """Each wait of each case, since when, until when, whom the customer waited for."""
    rows = histories(seed + 20, 300)
    wanted = {
        (key, wait["waiting_since"]): {name: wait[name] for name in WAITS}
        for key, fact in by_hand(*rows).items()
        for wait in fact["waits"]
    }
    held = holding(lake, case=rows[0], message=rows[1], case_event=rows[2])
    found = read(held, ReplyWait, WAITS)
    assert len(found) == len(wanted)
    assert {(key, row["waiting_since"]): row for key, row in found} == wanted


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
