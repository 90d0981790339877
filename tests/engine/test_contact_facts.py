"""Contacts, call episodes and issues: against plain Python on made-up histories."""

import random
from datetime import datetime, timedelta

import pytest
from engine.contact_oracle import World
from engine.tables import holding
from engine.test_case_facts import histories

from hearwell.engine.derived import readable
from hearwell.metrics.facts.call_episode import THEN, CallEpisode
from hearwell.metrics.facts.case_after import CaseAfter
from hearwell.metrics.facts.contact import Contact
from hearwell.metrics.facts.issue import Issue
from hearwell.records.call import OUTCOMES

AFTER = ("customer_id", "next_case_at", "previous_solved_at", "next_contact_at", "next_message_at")
PEOPLE = [None, "ann", "bob", "cid", "dan", "eve", "fay"]
NAMES = ("call", "case", "message", "case_event", "article_view")


def world(seed, size):
    """Make up customers who write and call, from telephones of their own or shared ones."""
    draw = random.Random(seed)
    cases, messages, events = histories(seed, size)
    for row in cases:
        row |= {
            "customer_id": draw.choice(PEOPLE),
            "topic": draw.choice([None, "refund", "refund", "parcel"]),
            "product": draw.choice([None, "p", "q"]),
            "language": draw.choice([None, "en"]),
        }
    for row in messages:
        row |= {
            "customer_id": draw.choice([None, None, "ann", "bob", "cid"]),
            "channel": draw.choice([None, "mail", "chat"]),
            "language": draw.choice([None, "en", "ur"]),
        }
    calls = [call for number in range(size) for call in of_caller(draw, number, size)]
    begins = datetime(2026, 1, 5)
    views = [
        {
            "source": "help",
            "view_id": f"v{number}",
            "customer_id": draw.choice(PEOPLE),
            "opened_at": begins + timedelta(hours=draw.randrange(0, 42 * 24)),
        }
        for number in range(size)
    ]
    return dict(zip(NAMES, (calls, cases, messages, events, views), strict=True))


def of_caller(draw, number, size):
    """Make up some calls from one telephone, often less than a day one after the other."""
    at = datetime(2026, 1, 5) + timedelta(seconds=draw.randrange(0, 42 * 86400))
    caller = draw.choice([None, "1", "2", "3", "4", "ann"])
    for i in range(draw.choice([1, 1, 2, 3, 5])):
        direction = draw.choices([None, "inbound", "outbound", "callback"], [3, 6, 1, 2])[0]
        for leg in range(1, draw.choice([2, 2, 2, 3, 4])):
            outcome = draw.choice([*OUTCOMES, None, *["answered", "abandoned"] * 8])
            yield {
                "source": draw.choice(["pbx", "whole"]) if leg == 1 else "pbx",
                "call_id": f"k{number}-{i}",
                "leg": leg,
                "direction": direction,
                "caller": caller,
                "customer_id": draw.choice([None, None, None, None, *PEOPLE]),
                "case_id": draw.choice([None, None, f"c{draw.randrange(size)}", "none such"]),
                "queue": draw.choice([None, "one", "two"]),
                "topic": draw.choice([None, "refund", "parcel"]),
                "product": draw.choice([None, "p", "q"]),
                "language": draw.choice([None, "en", "ur"]),
                "agent_id": draw.choice([None, "zoe", "yan"]),
                "team": draw.choice([None, "first", "second"]),
                "article_id": draw.choice([None, None, None, "a"]),
                "entered_at": at,
                "ended_at": draw.choice([None, at + timedelta(seconds=draw.randrange(600))]),
                "wait_seconds": draw.choice([None, 5, 30]),
                "outcome": outcome,
            }
        at += timedelta(seconds=draw.choice([0, 60, 3600, 86400, 86401, 200_000]))


def rows_of(lake, record):
    columns = [name for name in record.columns() if name not in {"source", "received_at", "custom"}]
    with readable(lake, record):
        rows = lake.connection.execute(
            f"select source, {', '.join(columns)} from {record.table_name}"
        ).fetchall()
    found = {row[:2]: dict(zip(columns, row[1:], strict=True)) for row in rows}
    assert len(found) == len(rows)
    return found


def found_by_engine(lake):
    return {
        "contact": rows_of(lake, Contact),
        "call_episode": rows_of(lake, CallEpisode),
        "case": {
            key: {name: fact[name] for name in AFTER}
            for key, fact in rows_of(lake, CaseAfter).items()
        },
        "issue": rows_of(lake, Issue),
    }


def counted_by_hand(rows):
    known = World(*(rows[name] for name in NAMES))
    return {
        "contact": known.contacts(),
        "call_episode": known.episodes(),
        "case": known.after_cases(),
        "issue": known.issues(),
    }


def differences(lake, seed, size):
    rows = world(seed, size)
    return compared(found_by_engine(holding(lake, **rows)), counted_by_hand(rows))


def compared(found, wanted):
    """Return what differs, fact by fact."""
    return [
        (name, key, column, found[name].get(key, {}).get(column, "missing"), value)
        for name, facts in wanted.items()
        for key, fact in facts.items()
        for column, value in fact.items()
        if found[name].get(key, {}).get(column, "missing") != value
    ] + [(name, key) for name, facts in found.items() for key in facts.keys() - wanted[name].keys()]


@pytest.mark.parametrize("seed", range(4))
def test_made_up_histories(lake, seed):
    """Shared telephones, calls moved and cut, cases merged and linked, silences and returns."""
    assert differences(lake, seed, 60) == []


def test_the_made_up_histories_have_all_that_can_happen():
    """A fact that never comes in two kinds would be compared with nothing."""
    told = counted_by_hand(world(3, 150))
    seen = {
        (name, column): {fact[column] for fact in facts.values()}
        for name, facts in told.items()
        for column in next(iter(facts.values()))
    }
    assert seen["call_episode", "outcome"] == {None, *THEN}
    for flag in (
        ("contact", "is_reached"),
        ("contact", "came_back"),
        ("contact", "is_resolved"),
        ("contact", "article_read_before"),
        ("call_episode", "is_reached"),
        ("call_episode", "is_abandoned"),
        ("issue", "is_solved"),
        ("issue", "is_first_contact_resolved"),
    ):
        assert {True, False} <= seen[flag]
    constant = {key for key, values in seen.items() if len(values) == 1}
    assert constant <= {("call_episode", "known_until")}
