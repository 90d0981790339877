"""Nobody is asked too often, quotas hold, and every decision is counted: over simulated years."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.jobs.eligible import Eligible
from hearwell.web.surveys.rules import Known, Limits, decide, is_quiet

START = datetime(2024, 1, 1, 12, tzinfo=UTC)
PEOPLE = [f"p{number}" for number in range(12)]
limits = st.builds(
    Limits,
    seed=st.text(max_size=3),
    rests=st.just(timedelta(0)),
    share=st.sampled_from([0.3, 1.0]),
    quota=st.sampled_from([None, 1, 2]),
    quota_by=st.sampled_from(["", "team"]),
    left_out=st.sampled_from([frozenset(), frozenset({"spam"})]),
)


@settings(max_examples=20, deadline=None)
@given(
    programmes=st.lists(limits, min_size=1, max_size=3),
    rest_days=st.integers(1, 90),
    seed=st.integers(0, 2**32),
    step_hours=st.sampled_from([7, 24, 50]),
)
def test_over_two_years(programmes, rest_days, seed, step_hours):
    dice = random.Random(seed)  # thousands of draws are more than Hypothesis keeps
    stopped, reachable = {"p0"}, set(PEOPLE) - {"p1"}
    asked, last, eligible_of, decided = [], {}, Counter(), Counter()
    by_day = Counter()
    for look in range(2 * 365 * 24 // step_hours):
        now = START + timedelta(hours=look * step_hours)
        for number, each in enumerate(programmes):
            crowd = [
                Eligible(
                    about=f"{look}/{at}",
                    person=dice.choice([*PEOPLE, ""]),
                    at=now,
                    team=dice.choice(["a", "b"]),
                    topic=dice.choice(["spam", "delivery"]),
                    skip=dice.choice(["", "", "", "open again"]),
                )
                for at in range(dice.randrange(4))
            ]
            rules = Limits(**(vars(each) | {"rests": timedelta(days=rest_days)}))
            group = {name: by_day[number, now.date(), name] for name in ("a", "b", "")}
            for found in decide(crowd, rules, Known(last, stopped, reachable, group), now):
                decided[found.status, found.reason] += 1
                assert bool(found.reason) == (found.status != "sent")
                if found.status == "sent":
                    person = found.eligible.person
                    asked.append((person, now))
                    last = {**last, person: now}
                    name = found.eligible.team if each.quota_by else ""
                    by_day[number, now.date(), name] += 1
                    assert person in reachable - stopped
                    assert not found.eligible.skip
                    assert found.eligible.topic not in each.left_out
            eligible_of["all"] += len(crowd)
    assert sum(decided.values()) == eligible_of["all"]
    times = {}
    for person, at in asked:  # in the order in which they were asked
        if person in times:
            assert at - times[person] >= timedelta(days=rest_days)
        times[person] = at
    for (number, _, _), count in by_day.items():
        quota = programmes[number].quota
        assert quota is None or count <= quota


def test_two_matters_of_one_person_in_one_look_are_one_question():
    crowd = [Eligible(about=str(number), person="p5", at=START) for number in range(5)]
    known = Known({}, set(), {"p5"}, {})
    found = decide(crowd, Limits("", timedelta(days=1)), known, START)
    assert Counter(each.status for each in found) == {"sent": 1, "throttled": 4}


def test_the_part_that_is_chosen_is_about_as_large_as_wished():
    crowd = [Eligible(about=str(n), person=f"p{n}", at=START) for n in range(4000)]
    known = Known({}, set(), {each.person for each in crowd}, {})
    rules = Limits("x", timedelta(days=1), share=0.25)
    sent = sum(each.status == "sent" for each in decide(crowd, rules, known, START))
    assert 890 < sent < 1110  # four standard errors
    assert decide(crowd, rules, known, START) == decide(crowd, rules, known, START)


@pytest.mark.parametrize(
    ("quiet_from", "quiet_to", "quiet"),
    [(20, 8, {20, 23, 0, 7}), (8, 20, {8, 12, 19}), (None, 8, set()), (5, 5, set())],
)
def test_quiet_hours_may_pass_midnight(quiet_from, quiet_to, quiet):
    hours = {0, 7, 8, 12, 19, 20, 23}
    assert {each for each in hours if is_quiet(each, quiet_from, quiet_to)} == quiet
