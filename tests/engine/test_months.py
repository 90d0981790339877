"""Who was there when a month began, and left in it: drawn by hand, and by a walk over months."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from engine.tables import cell, cells, holding, utc

from hearwell.engine.derived import readable
from hearwell.metrics.facts.agent_month import AgentMonth
from hearwell.metrics.facts.customer_month import CustomerMonth
from hearwell.settings import Settings

RECEIVED = utc("2026-06-01")  # as tables.py says


def agents(*spans, **more):
    """Return agents, each with the day on which they joined and left."""
    return [
        {"agent_id": str(i), "joined_at": joined and utc(joined), "left_at": left and utc(left)}
        | more
        for i, (joined, left) in enumerate(spans)
    ]


def told_until(text):
    """Somebody who was seen then, and who was not there when any month began."""
    return {"source": "test", "agent_id": "x", "state": "staffed", "started_at": utc(text)}


def attrition(lake, rows, until="2026-05-31", variant="monthly", **asked):
    held = holding(lake, agent=rows, shift=[told_until(until)])
    found = cell(held, "attrition_rate", variant, **asked)
    return found["value"], found["n"], found["left_out"]


def test_left_over_those_who_were_there_at_the_start(lake):
    """Of four in March one left; who joined in March is not one of them."""
    rows = agents(
        ("2025-01-01", "2026-03-15"),
        ("2025-01-01", None),
        ("2025-01-01", None),
        ("2026-02-27", "2026-04-30"),
        ("2026-03-02", "2026-03-20"),
    )
    march = {"begins": "2026-03-01", "ends": "2026-03-31"}
    assert attrition(lake, rows, **march) == (0.25, 4, {})


def test_months_follow_on_each_other(lake):
    """Those there when a month ends are those there when the next begins: also at midnight."""
    rows = agents(
        ("2025-01-01", "2026-03-01"),  # there before midnight; leaves in March
        ("2026-03-01", None),  # comes at midnight: not there before it
        ("2025-01-01", None),
    )
    held = holding(lake, agent=rows, shift=[told_until("2026-05-31")])
    found = cells(held, "attrition_rate", grain="month", begins="2026-02-01", ends="2026-04-30")
    assert [(c["value"], c["n"]) for c in found] == [(0.0, 2), (0.5, 2), (0.0, 2)]


def test_a_month_is_the_organisations(lake):
    """It is March in Kathmandu at six in the evening of the last of February in UTC."""
    rows = agents(("2025-01-01", "2026-02-28 18:20"), ("2025-01-01", None))
    zone = Settings(zone="Asia/Kathmandu")
    held = holding(lake, zone, agent=rows, shift=[told_until("2026-05-31")])
    found = cells(held, "attrition_rate", grain="month", begins="2026-02-01", ends="2026-03-31")
    assert [(c["value"], c["n"]) for c in found] == [(0.0, 2), (0.5, 2)]


def test_a_month_that_is_not_over_is_left_out(lake):
    """One has left by the tenth, and the others have three weeks for it."""
    rows = agents(("2025-01-01", "2026-03-10"), ("2025-01-01", None), ("2025-01-01", None))
    march = {"begins": "2026-03-01", "ends": "2026-03-31"}
    assert attrition(lake, rows, "2026-03-10", **march) == (None, 0, {"month not over": 3})
    assert attrition(lake, rows, "2026-04-01", **march) == (pytest.approx(1 / 3), 3, {})


def test_a_source_that_never_tells_who_left_does_not_say_that_nobody_did(lake):
    rows = agents(("2025-01-01", None), ("2025-01-01", None))
    march = {"begins": "2026-03-01", "ends": "2026-03-31"}
    told = attrition(lake, rows, **march)
    assert told == (None, 0, {"the source tells of nobody who left": 2})


def test_what_is_planned_tells_nothing(lake):
    """Contracts that end, and shifts, in years to come do not make the years until then quiet."""
    rows = agents(("2025-01-01", "2030-01-01"), ("2025-01-01", "2026-03-10"))
    shifts = [told_until("2026-04-15"), told_until("2027-01-01")]
    held = holding(lake, agent=rows, shift=shifts)
    found = cells(held, "attrition_rate", grain="month", begins="2026-03-01")
    assert [(c["value"], c["n"], c["left_out"]) for c in found] == [
        (0.5, 2, {}),
        (None, 0, {"month not over": 1}),
    ]


def test_bots_do_not_leave(lake):
    rows = agents(("2025-01-01", None), ("2025-01-01", "2026-03-02"))
    rows += [rows[1] | {"agent_id": "bot", "is_bot": True}]
    march = {"begins": "2026-03-01", "ends": "2026-03-31"}
    assert attrition(lake, rows, **march)[:2] == (0.5, 2)


def test_a_year_at_the_pace_of_the_period(lake):
    """Of ten one leaves at the end of each half-year: two leavers over 9.5 on average, a year."""
    rows = agents(*[("2025-01-01", None)] * 8)
    rows += [
        agents(("2025-01-01", left))[0] | {"agent_id": left}
        for left in ("2025-08-31", "2026-02-20")
    ]
    year = {"begins": "2025-03-01", "ends": "2026-02-28"}
    value, n, _ = attrition(lake, rows, variant="yearly", **year)
    assert (value, n) == (pytest.approx(2 / 9.5), 6 * 10 + 6 * 9)


def test_attrition_by_team(lake):
    rows = agents(("2025-01-01", "2026-03-02"), team="red")
    rows += [{**rows[0], "agent_id": "other", "left_at": None, "team": "blue"}]
    held = holding(lake, agent=rows, shift=[told_until("2026-05-31")])
    march = {"begins": "2026-03-01", "ends": "2026-03-31"}
    found = cells(held, "attrition_rate", by=("team",), **march)
    assert {c["group"]["team"]: c["value"] for c in found} == {"red": 1.0, "blue": 0.0}


def customers(*spans, **more):
    return [
        {"customer_id": str(i), "first_seen_at": came and utc(came), "left_at": left and utc(left)}
        | more
        for i, (came, left) in enumerate(spans)
    ]


def test_monthly_churn(lake):
    """Of three customers one left in March; one came in March and left at once."""
    rows = customers(
        ("2025-01-01", "2026-03-15"),
        ("2025-01-01", None),
        ("2025-01-01", None),
        ("2026-03-02", "2026-03-03"),
        ("2026-04-02", None),
        (None, "2026-03-03"),
    )
    held = holding(lake, customer=rows)
    march = {"begins": "2026-03-01", "ends": "2026-03-31"}
    found = cell(held, "monthly_churn_rate", **march)
    assert (found["value"], found["n"], found["left_out"]) == (pytest.approx(1 / 3), 3, {})


def test_a_shop_that_fell_silent_keeps_nobody(lake):
    """Its last word was in March: of April nothing is known, though another shop goes on."""
    rows = customers(("2025-01-01", "2026-03-15"), ("2025-01-01", None), source="closed")
    rows += customers(("2025-01-01", None), ("2026-05-20", "2026-05-21"), source="open")
    held = holding(lake, customer=rows)
    found = cells(held, "monthly_churn_rate", grain="month", begins="2026-02-01")
    assert [(c["value"], c["n"], c["left_out"]) for c in found] == [
        (0.0, 3, {}),
        (0.0, 1, {"month not over": 2}),
        (0.0, 1, {}),
        (None, 0, {"month not over": 1}),
    ]


# --- by a walk over months ---------------------------------------------------------------------


def drawn(seed, came):
    draw = random.Random(seed)

    def at():
        return datetime(2025, 11, 1) + timedelta(
            days=draw.choice([draw.randrange(240), *[30, 61, 92]]), hours=draw.choice([0, 0, 5, 23])
        )

    rows = []
    for number in range(draw.randrange(20)):
        begins = draw.choice([None, *[at()] * 9])
        rows.append(
            {
                "source": draw.choice("ab"),
                came: begins,
                "left_at": draw.choice([None, None, at(), begins]),
                "agent_id": str(number),
                "customer_id": str(number),
                "is_bot": draw.choice([None, False, False, True]) if came == "joined_at" else None,
            }
        )
    shifts = [
        {"source": draw.choice("ab"), "agent_id": "x", "state": "staffed", "started_at": at()}
        for _ in range(draw.randrange(3))
    ]
    return rows, shifts if came == "joined_at" else []


def walked(zone, rows, shifts, came):
    told = {}
    for row in (*rows, *shifts):
        for name in (came, "left_at", "started_at"):
            moment = row.get(name)
            if moment is not None and moment <= RECEIVED:
                told[row["source"]] = max(told.get(row["source"], moment), moment)
    found = set()
    for row in rows:
        if row[came] is None or row["is_bot"]:
            continue
        leaving = any(
            each["left_at"]
            for each in rows
            if each["source"] == row["source"] and not each["is_bot"]
        )
        for number in range(2025 * 12 + 9, 2026 * 12 + 8):
            begins, ends = (
                datetime(n // 12, n % 12 + 1, 1, tzinfo=ZoneInfo(zone))
                .astimezone(UTC)
                .replace(tzinfo=None)
                for n in (number, number + 1)
            )
            left = row["left_at"]
            there = row[came] < begins and (left is None or left >= begins)
            if there and row["source"] in told and begins <= told[row["source"]]:
                gone = left is not None and left < ends
                found.add(
                    (row["source"], row["agent_id"], begins, gone, leaving, told[row["source"]])
                )
    return found


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("zone", ["UTC", "Europe/London"])
@pytest.mark.parametrize(
    ("record", "came", "key"),
    [(AgentMonth, "joined_at", "agent_id"), (CustomerMonth, "first_seen_at", "customer_id")],
)
def test_as_walked(lake, seed, zone, record, came, key):
    """One row for each one and month at whose beginning they were there."""
    rows, shifts = drawn(seed, came)
    whose = "agent" if came == "joined_at" else "customer"
    held = holding(lake, Settings(zone=zone), **{whose: rows}, shift=shifts)
    with readable(held, record):
        found = held.connection.execute(
            f"select source, {key}, month_began_at, has_left, is_leaving_told, known_until "
            f"from {record.table_name}"
        ).fetchall()
    assert len(set(found)) == len(found)
    assert set(found) == walked(zone, rows, shifts, came)
