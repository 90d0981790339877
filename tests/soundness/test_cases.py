"""Wrong numbers of cases that were once seen. None of these may be weakened."""

import pytest
from engine.tables import cells, holding
from engine.test_case_facts import case, event, only, word

from hearwell.engine.derived import readable
from hearwell.metrics.facts.contact import Contact

HOUR = 3600.0


def by(lake, name, metric, variant, **rows):
    found = cells(holding(lake, **rows), metric, variant, by=(name,))
    return {each["group"][name]: (each["value"], each["left_out"]) for each in found}


def test_a_first_response_is_that_of_whoever_replied(lake):
    """Ann of the first line replied within the hour; Bob of the second solved it a week later.

    It was credited to Bob and his team, who had nothing to do with it.
    """
    rows = {
        "case": [case(team="second"), case("2", team="second")],
        "message": [
            word("customer", "2026-01-05 09:00"),
            word("agent", "2026-01-05 10:00", author_id="ann"),
            word("agent", "2026-01-06 10:00", author_id="bob"),
            word("customer", "2026-01-05 09:00", "2"),
        ],
        "case_event": [
            event("assigned", "2026-01-06 09:00", to="bob"),
            event("moved", "2026-01-06 09:00", to="second", from_value="first"),
            event("solved", "2026-01-12 09:00"),
        ],
    }
    nobody = (None, {"not answered yet": 1})
    asked = ("first_response_time", "p50")
    assert by(lake, "agent_id", *asked, **rows) == {"ann": (HOUR, {}), None: nobody}
    assert by(lake, "team", *asked, **rows) == {"first": (HOUR, {}), "second": nobody}
    assert by(lake, "agent_id", "full_resolution_time", "p50", **rows).keys() == {"bob"}


@pytest.mark.parametrize("numbers", ["12", "21"])
def test_of_two_moves_at_one_instant_the_later_number_is_the_last(lake, numbers):
    """Whichever came into the lake first. The team was now that of the one, now of the other."""
    events = [
        event("moved", "2026-01-05 10:00", to=f"team {n}", from_value=f"before {n}")
        for n in numbers
    ] + [event("assigned", "2026-01-05 10:00", to=f"agent {n}") for n in numbers]
    for each in events:
        each["event_id"] = each["to_value"]
    events.append(event("solved", "2026-01-05 11:00"))
    fact = only(lake, [case()], events=events)
    assert (fact["team"], fact["agent_id"]) == ("team 2", "agent 2")
    words = [word("customer", "2026-01-05 09:00"), word("agent", "2026-01-05 09:30")]
    rows = {"case": [case()], "message": words, "case_event": events}
    assert by(lake, "team", "first_response_time", "p50", **rows) == {"before 1": (HOUR / 2, {})}


def test_a_case_that_was_taken_from_its_agent_is_nobodys(lake):
    """Solved by nobody who is told. It was credited to the agent who has it today."""
    events = [
        event("assigned", "2026-01-05 10:00", to="bob"),
        event("assigned", "2026-01-05 11:00"),
        event("solved", "2026-01-05 12:00"),
    ]
    assert only(lake, [case(agent_id="cid")], events=events)["agent_id"] is None
    words = [word("customer", "2026-01-05 09:00")]
    held = holding(lake, case=[case(agent_id="cid")], message=words, case_event=events)
    with readable(held, Contact):  # its contact was credited to Cid all the same
        assert held.connection.execute("select agent_id from contact").fetchall() == [(None,)]
