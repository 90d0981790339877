"""What is kept of a state of the lake: told again, a little older where it was slow; not mixed."""

import re
from types import SimpleNamespace

import pytest

from hearwell.web import lakes

ABOUT = "about", "this"


@pytest.fixture
def kept(monkeypatch, settings, tmp_path):
    """Ask in a state; what is made is the state, and takes one second of a clock of our own."""
    settings.ANSWERS_REUSED = 10.0
    clock = [0.0]
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=3))
    monkeypatch.setattr(lakes, "POOL", lakes.Pool(tmp_path))
    monkeypatch.setattr(lakes.time, "monotonic", lambda: clock[0])

    def ask(state, about=ABOUT, *, after=0.0, as_of=None):
        clock[0] += after

        def made():
            clock[0] += 1
            return state

        return lakes.kept(SimpleNamespace(snapshot=state, as_of=as_of), *about, made)

    return ask


def test_the_same_state_is_asked_once(kept):
    assert [kept(1), kept(1, after=100)] == [1, 1]


def test_an_answer_may_be_older_by_ten_times_what_it_took(kept):
    assert [kept(1), kept(2, after=5), kept(2, after=6)] == [1, 1, 2]


def test_a_state_that_is_named_is_told_of_and_no_other(kept):
    assert [kept(1), kept(2, as_of="2"), kept(3)] == [1, 2, 1]
    with lakes.exactly():
        assert kept(4) == 4
    assert kept(4) == 4


def test_what_something_is_made_of_is_of_its_own_state(kept, monkeypatch):
    kept(1)
    lake = SimpleNamespace(snapshot=2, as_of=None)
    whole = lakes.kept(lake, "whole", "that", lambda: ("whole", kept(2)))
    assert whole == ("whole", 2)


def test_nothing_is_kept_of_a_failure(kept):
    lake = SimpleNamespace(snapshot=1, as_of=None)

    def fails():
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        lakes.kept(lake, *ABOUT, fails)
    assert kept(1) == 1


NUMBER = re.compile(r'figure-large"><data>([^<]+)</data>')


def test_a_page_is_kept_for_those_who_see_the_same_only(company, people, signed_in):
    """By team, by role and by language; what it is asked again for is the same."""
    people["carol"].teams = ["billing phone"]
    people["carol"].save()
    people["dave"].sees_all_teams = True
    people["dave"].save()
    path = "/metric/call_volume/?from=2000-01-01&to=2100-01-01"
    pages = {name: signed_in(name).get(path).content.decode() for name in people}
    numbers = {name: NUMBER.search(page).group(1) for name, page in pages.items()}
    assert numbers["alice"] == numbers["bob"] == numbers["dave"] != numbers["carol"]
    assert {name for name, page in pages.items() if "Rows behind it" in page} == {"alice", "bob"}
    browser = signed_in("alice")
    again = browser.get(path).content.decode()
    assert NUMBER.search(again).group(1) == numbers["alice"]
    browser.cookies["language"] = "ur"
    assert "Rows behind it" not in browser.get(path).content.decode()
