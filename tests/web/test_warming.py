"""The scorecard is asked before anybody comes."""

import threading

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
