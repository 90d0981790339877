"""The scorecard is asked before anybody comes."""

import threading

from hearwell.web import lakes, warming


def test_the_page_finds_its_answers_there(company, signed_in, monkeypatch):
    answered = lakes.Answered(most=50)
    monkeypatch.setattr(lakes, "ANSWERED", answered)
    warming.ask()
    there = set(answered.found)
    bob = signed_in("bob")
    page = bob.get("/")
    bob.get(page.context["pictures"])
    asked = {about for about in answered.found if about[0][0] in {"answers", "trends"}}
    assert {about[0][0] for about in asked} == {"answers", "trends"}
    assert asked <= there


def test_it_is_asked_once_for_each_state_and_goes_on_after_a_fault(monkeypatch):
    states = iter([1, 1, 1, 2, 3, 3, 3])
    asked, stop, now = [], threading.Event(), [0]

    def state():
        now[0] = next(states, None)
        if now[0] is None:
            stop.set()
        return now[0]

    def ask():
        asked.append(now[0])
        if len(asked) == 1:
            message = "the first time it fails"
            raise RuntimeError(message)

    monkeypatch.setattr(warming, "state", state)
    monkeypatch.setattr(warming, "ask", ask)
    warming.keep_warm(stop, 0)
    assert asked == [1, 3]
