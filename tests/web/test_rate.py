"""Nobody asks more than may be asked in a minute, however they spread it."""

from datetime import timedelta

import pytest
from django.conf import settings as chosen
from django.core.cache import cache
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from hearwell.web.api.rate import WINDOW_SECONDS, TooMany, count
from hearwell.web.people.token import Scope, Token

MOST = 5


@pytest.fixture(autouse=True)
def _nothing_counted():
    cache.clear()


def asked(at, who="x"):
    """Ask at an instant; return how long to wait, 0 if it was answered."""
    try:
        count(who, MOST, lambda: at)
    except TooMany as error:
        return error.wait_seconds
    return 0


@settings(max_examples=100, deadline=None)
@given(gaps=st.lists(st.floats(0, 40), min_size=1, max_size=30))
def test_whoever_waits_as_told_is_answered_and_no_minute_has_far_too_many(gaps):
    cache.clear()
    at, answered = 1_000_020.0, []
    for gap in gaps:
        at += gap
        wait = asked(at)
        if wait:
            assert wait <= 2 * WINDOW_SECONDS
            at += wait
            assert asked(at) == 0
        answered.append(at)
    for begin in answered:
        # Counts of the minute before are spread evenly over it, so that twice as many is the worst.
        assert sum(begin <= each < begin + WINDOW_SECONDS for each in answered) <= 2 * MOST
        minute = begin // WINDOW_SECONDS
        assert sum(each // WINDOW_SECONDS == minute for each in answered) <= MOST


@pytest.mark.parametrize("begins", [1_000_000.0, 1_000_020.0, 1_000_079.9])
def test_an_even_pace_of_one_less_than_the_limit_is_never_refused(begins):
    assert not any(asked(begins + i * WINDOW_SECONDS / (MOST - 1)) for i in range(50))


def test_each_has_a_limit_of_their_own():
    assert [bool(asked(1_000_020.0)) for _ in range(MOST + 1)] == [False] * MOST + [True]
    assert not asked(1_000_020.0, "y")


def test_refusals_do_not_count():
    for _ in range(100):
        wait = asked(1_000_020.0)
    assert not asked(1_000_020.0 + wait)
    assert wait <= 2 * WINDOW_SECONDS


@pytest.mark.django_db
def test_a_program_that_asks_too_much_is_told_how_long_to_wait(people, monkeypatch):
    few = chosen.ENVIRONMENT.model_copy(update={"api_requests_a_minute": 2})
    monkeypatch.setattr(chosen, "ENVIRONMENT", few)

    def program(name):
        _, text = Token.issue(people[name], "test", Scope.READ, timedelta(days=1))
        return Client(headers={"Authorization": f"Bearer {text}"})

    bob = program("bob")
    answers = [bob.get("/api/v1/ask") for _ in range(3)]
    assert [each.status_code for each in answers] == [422, 422, 429]
    assert answers[-1].headers["Content-Type"] == "application/problem+json"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 120
    assert program("bob").get("/api/v1/ask").status_code == 422  # another token of his
    assert bob.post("/mcp", "{}", content_type="application/json").status_code == 429
