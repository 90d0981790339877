"""Ten thousand made-up histories of each fact, held against plain Python.

It takes some ten minutes: `python -m pytest -m long tests/engine/test_ten_thousand.py`.
"""

import pytest
from engine import (
    test_agent_days,
    test_backlog,
    test_case_clocks,
    test_case_facts,
    test_contact_facts,
    test_deadlines,
    test_journeys,
)

HISTORIES = 10_000
FIRST_SEED = 1000

COMPARED = {
    "cases": (test_case_facts.differences, 1000),
    "durations by both clocks": (test_case_clocks.different_durations, 1000),
    "who had a case": (test_case_clocks.different_handlings, 1000),
    "waits for a reply": (test_case_clocks.different_waits, 1000),
    "promises": (test_deadlines.different_promises, 1000),
    "backlog": (test_backlog.different_backlogs, 1000),
    "agent days": (test_agent_days.made_up_days, 1000),
    # Customers come back in all channels: plain Python looks at each pair of their contacts.
    "contacts, episodes and issues": (test_contact_facts.differences, 150),
    "journeys": (test_journeys.different_journeys, 150),
}
"""How each fact is compared, and how many histories are told to one lake at once."""


@pytest.mark.long
@pytest.mark.parametrize("fact", COMPARED)
def test_ten_thousand_histories(lake, fact):
    differences, size = COMPARED[fact]
    for seed in range(FIRST_SEED, FIRST_SEED - (-HISTORIES // size)):
        assert differences(lake, seed, size) == [], f"seed {seed}"
