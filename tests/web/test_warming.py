"""The scorecard is asked before anybody comes."""

import threading

import duckdb

from hearwell.engine import scorecard
from hearwell.web import lakes, warming


def test_the_page_finds_its_answers_there(company, people, signed_in, monkeypatch):
    """Those of all teams, and of the team that Carol sees; Dave sees none, and Bob has left."""
    people["bob"].sees_all_teams, people["bob"].teams = False, ["sales phone"]
    people["bob"].is_active = False
    people["bob"].save()
    monkeypatch.setattr(scorecard, "SCORECARD", scorecard.SCORECARD[:4])  # all take a minute
    assert warming.views() == [None, ("billing phone",)]
    answered = lakes.Answered(most=50)
    monkeypatch.setattr(lakes, "ANSWERED", answered)
    for teams in warming.views():
        warming.ask(teams)
    there = set(answered.found)
    for name in ("alice", "carol"):
        browser = signed_in(name)
        browser.get(browser.get("/").context["pictures"])
    assert {about[0][0] for about in there} >= {"answers", "trends", "values"}
    assert {about for about in answered.found if about[0][0] != "page"} == there


def test_it_is_asked_once_for_each_state_and_goes_on_after_a_fault(monkeypatch):
    states = iter([1, 1, 1, 2, 3, 3, 3])
    asked, stop, now = [], threading.Event(), [0]

    def state():
        now[0] = next(states, None)
        if now[0] is None:
            stop.set()
        return now[0]

    def ask(teams):
        assert teams is None
        asked.append(now[0])
        if len(asked) == 1:
            message = "the first time it fails"
            raise RuntimeError(message)

    monkeypatch.setattr(warming, "state", state)
    monkeypatch.setattr(warming, "ask", ask)
    monkeypatch.setattr(warming, "views", lambda: [None])
    warming.keep_warm(stop, 0)
    assert asked == [1, 3]


LONG = "select sum(a.range * b.range) from range(10000000) as a, range(10000000) as b"


def test_what_is_asked_ahead_is_broken_off_at_the_end(company, monkeypatch, caplog):
    """The server does not wait for it, and nobody is told of a fault."""
    begun, broken = threading.Event(), []

    def ask(teams):
        with lakes.reading() as lake:
            begun.set()
            try:
                lake.connection.execute(LONG)
            except duckdb.InterruptException as error:
                broken.append(error)
                raise

    monkeypatch.setattr(lakes, "POOL", lakes.Pool(company))
    monkeypatch.setattr(warming, "ask", ask)
    monkeypatch.setattr(warming, "views", lambda: [None])
    stop = threading.Event()
    warmer = warming.warming(stop)
    assert begun.wait(60)
    stop.set()
    warming.end(warmer)
    assert len(broken) == 1
    assert not caplog.records
    lakes.POOL.close()
