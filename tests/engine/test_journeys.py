"""Journeys: every touch of a customer in order, and what it says of how it was for them."""

from collections import Counter

import pytest
from engine.contact_oracle import World
from engine.tables import holding, utc
from engine.test_contact_facts import NAMES, world

from hearwell.engine.derived import readable
from hearwell.metrics.facts.journey_point import JourneyPoint

DAY = "2026-01-05 "


def journeys(lake, **rows):
    """Return of each customer the touches in their order: kind, reference and signal."""
    held = holding(lake, **rows)
    with readable(held, JourneyPoint):
        found = held.connection.execute(
            "select customer_id, kind, reference, signal, order_in_journey from journey_point "
            "order by customer_id, order_in_journey"
        ).fetchall()
    people = {}
    for person, kind, reference, signal, place in found:
        people.setdefault(person, []).append((kind, reference, signal))
        assert place == len(people[person])
    return people


def call(number, at, **more):
    known = {"call_id": number, "leg": 1, "caller": "7", "entered_at": utc(at)}
    return known | {"outcome": "abandoned"} | more


def test_a_journey_over_all_channels(lake):
    """A search, a cart, an order that comes late, a call that is lost, a case, an answer."""
    found = journeys(
        lake,
        search=[{"search_id": "s", "at": utc(DAY + "08:00"), "results": 0, "visitor_id": "v"}],
        article_view=[
            {
                "view_id": "r",
                "opened_at": utc(DAY + "08:05"),
                "visitor_id": "v",
                "customer_id": "ann",
                "found_helpful": True,
            }
        ],
        cart=[
            {"cart_id": "left", "created_at": utc(DAY + "08:30"), "visitor_id": "v"},
            {"cart_id": "new", "created_at": utc("2026-01-09 08:30"), "visitor_id": "v"},
        ],
        order=[
            {
                "order_id": "o",
                "customer_id": "ann",
                "ordered_at": utc(DAY + "09:00"),
                "promised_at": utc("2026-01-06 09:00"),
                "delivered_at": utc("2026-01-06 10:00"),
            }
        ],
        call=[
            call("1", "2026-01-06 11:00", customer_id="ann"),
            call("2", "2026-01-06 11:10", outcome="answered"),
        ],
        case=[{"case_id": "c", "customer_id": "ann", "opened_at": utc("2026-01-07 09:00")}],
        message=[
            {
                "message_id": "m",
                "case_id": "c",
                "author_kind": "customer",
                "sent_at": utc("2026-01-07 09:00"),
            },
            {
                "message_id": "reply",
                "case_id": "c",
                "author_kind": "agent",
                "sent_at": utc("2026-01-07 09:30"),
            },
        ],
        survey=[
            {
                "survey_id": "a",
                "instrument": "csat",
                "customer_id": "ann",
                "answered_at": utc("2026-01-08 09:00"),
                "answer": 4,
                "scale_low": 1,
                "scale_high": 5,
            },
            {
                "survey_id": "work",
                "instrument": "esat",
                "customer_id": "ann",
                "answered_at": utc("2026-01-08 09:00"),
                "answer": 1,
                "scale_low": 1,
                "scale_high": 5,
            },
        ],
    )
    assert found == {
        "ann": [
            ("search", "s", 0.0),
            ("article_view", "r", 1.0),
            ("cart_abandoned", "left", 0.0),
            ("order", "o", None),
            ("delivery", "o", 0.0),
            ("contact", "call 1", None),
            ("call", "1", 0.0),
            ("call", "2", None),
            ("contact", "case c 2026-01-07 09:00:00", 0.0),
            ("message", "m", None),
            ("survey_answer", "a", 0.75),
        ]
    }


def test_people_who_are_not_known_have_no_journey(lake):
    """A visitor who was two customers is nobody; nor is a caller who withheld the number."""
    views = [
        {"view_id": str(i), "opened_at": utc(DAY + "08:00"), "visitor_id": "v", "customer_id": who}
        for i, who in enumerate(["ann", "bob", None])
    ]
    search = {"search_id": "s", "at": utc(DAY + "08:00"), "visitor_id": "v"}
    found = journeys(
        lake,
        article_view=views,
        search=[search],
        call=[call("1", DAY + "09:00", caller=None)],
    )
    assert found == {"ann": [("article_view", "0", None)], "bob": [("article_view", "1", None)]}


def different_journeys(lake, seed, size):
    """Compare contacts and messages: those that there are too many of, and those that lack."""
    rows = world(seed, size)
    known = World(*(rows[name] for name in NAMES))
    wanted, last = [], {}
    for contact in known.all_contacts:
        line = contact["owner"], contact["topic"]
        soon = line in last and (contact["began_at"] - last[line]).total_seconds() <= 7 * 86400
        last[line] = contact["began_at"]
        if contact["person"] is not None:
            wanted.append((contact["person"], contact["contact_id"], 0.0 if soon else None))
    written = [
        (known.person_of(key), message["message_id"], None)
        for key, said in known.spoken.items()
        for message, who in said
        if who == "customer" and known.person_of(key) is not None
    ]
    found = journeys(lake, **rows)
    told = Counter(
        (kind, person, reference, signal)
        for person, points in found.items()
        for kind, reference, signal in points
        if kind in {"contact", "message"}
    )
    expected = Counter(("contact", *each) for each in wanted)
    expected.update(("message", *each) for each in written)
    return [told - expected, expected - told] if told != expected else []


@pytest.mark.parametrize("seed", range(3))
def test_contacts_and_messages_of_made_up_histories(lake, seed):
    """Each contact of a known customer once, with a signal where it came too soon; messages too."""
    assert different_journeys(lake, seed, 60) == []
