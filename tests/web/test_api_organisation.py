"""Programs are told of people, settings, inputs, promises and deliveries, as the pages tell."""

from datetime import timedelta

import pytest
from django.utils import timezone
from programs import showing, shown, told
from test_promises import promised  # noqa: F401  its fixture

from hearwell.engine.freshness import fed
from hearwell.lake.lake import open_lake
from hearwell.web.explore.channel import Channel, Kind
from hearwell.web.explore.delivery import Delivery
from hearwell.web.explore.message import Message
from hearwell.web.explore.words import Words
from hearwell.web.inputs.settings_change import SettingsChange
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role


@pytest.fixture
def carol(company, people):
    """Give a program of Carol's, who leads one team."""
    people["carol"].role, people["carol"].teams = Role.LEAD, ["billing phone"]
    people["carol"].save()
    return showing(shown(people, "carol")[1])


def all_of(client, address, name, limit):
    """Return what all pages hold, and how many pages there were."""
    found, pages, more = [], 0, {}
    while more is not None:
        page = told(client.get(f"/api/v1/{address}", {"limit": limit} | more))
        found += page[name]
        pages += 1
        more = {"cursor": page["next"]} if page["next"] else None
    return found, pages


# Inputs


def test_sources_are_told_as_they_were_counted_and_by_team(company, program, carol):
    sources = told(program("bob").get("/api/v1/sources"))["sources"]
    with open_lake(company) as lake:
        expected = [(each.record, each.source, each.rows) for each in fed(lake)]
        own = [(each.record, each.source, each.rows) for each in fed(lake, ("billing phone",))]
    assert [(each["record"], each["source"], each["rows"]) for each in sources] == expected
    sources = told(carol.get("/api/v1/sources"))["sources"]
    assert [(each["record"], each["source"], each["rows"]) for each in sources] == own
    assert own != expected


def test_it_is_told_what_metrics_need(company, program, carol):
    needs = {each["record"]: each for each in told(program("bob").get("/api/v1/needs"))["needs"]}
    assert "service_level" in needs["call"]["metrics"]
    assert needs["call"]["is_here"]
    told_carol = told(carol.get("/api/v1/needs"))["needs"]
    assert "late_delivery_rate" in needs["order"]["metrics"]
    assert not any("late_delivery_rate" in each["metrics"] for each in told_carol)


# Promises


def test_promises_run_in_pages_and_by_team(promised, people, program):  # noqa: F811  the fixture
    bob = program("bob")
    running, pages = all_of(bob, "promises/running", "running", 3)
    assert pages == 3
    assert [each["target"] for each in running] == ["first_response"] * 4 + ["resolution"] * 4
    due = [each["due_at"] for each in running]
    assert due == sorted(due)
    assert told(bob.get("/api/v1/promises/running?late=true"))["total"] == 0
    first = told(bob.get("/api/v1/promises/running?limit=3"))["next"]
    answer = bob.get("/api/v1/promises/running", {"late": "true", "cursor": first})
    assert answer.status_code == 422  # it is a page of another question
    targets = told(bob.get("/api/v1/promises"))["targets"]
    assert [each["within_seconds"] for each in targets] == [3600, 864000]
    people["bob"].sees_all_teams, people["bob"].teams = False, ["south"]
    people["bob"].save()
    own = told(program("bob").get("/api/v1/promises/running", {"cursor": first}))
    assert {each["team"] for each in own["running"]} <= {"south"}
    assert own["total"] == 2


# Deliveries


def test_deliveries_and_their_log_are_told_to_whom_they_belong(company, people, program):
    bobs = Channel.objects.create(
        title="Room",
        kind=Kind.SLACK,
        address="https://hooks.example.org/x?key=hush",
        owner=people["bob"],
    )
    theirs = Delivery.objects.create(owner=people["bob"], hour=7)
    theirs.channels.add(bobs)
    theirs.people.add(people["carol"])
    words = Words("Calls", [], "http://127.0.0.1/", "delivery", [])
    for receiver in (bobs, people["alice"], people["bob"], bobs, people["bob"]):
        message = Message.write(receiver, words)
    message.attempts.create(
        at=timezone.now(), milliseconds=12, status=503, told="It answered 503.", is_sent=False
    )
    bob = program("bob")
    found = told(bob.get("/api/v1/deliveries"))
    assert [(each["weekday"], each["hour"], each["board"]) for each in found["deliveries"]] == [
        ("monday", 7, None)
    ]
    assert found["deliveries"][0]["channels"] == [bobs.pk]
    assert found["channels"][0]["host"] == "hooks.example.org"
    assert "hush" not in bob.get("/api/v1/deliveries").content.decode()
    mine, pages = all_of(bob, "deliveries/log", "messages", 3)
    assert (len(mine), pages) == (4, 2)
    assert len({each["number"] for each in mine}) == 4
    assert mine[0]["attempts"][0]["trouble"] == "It answered 503."
    alice = program("alice")
    every, _pages = all_of(alice, "deliveries/log", "messages", 2)
    assert len(every) == 5
    (foreign,) = {each["number"] for each in every} - {each["number"] for each in mine}
    assert bob.get(f"/api/v1/deliveries/log?cursor={foreign}").status_code == 422


# The organisation


def test_people_are_told_with_what_they_may_see(company, people, program):
    found, pages = all_of(program("alice"), "people", "people", 3)
    assert pages == 2
    assert [each["email"].partition("@")[0] for each in found] == ["dave", "carol", "bob", "alice"]
    carol = found[1]
    assert (carol["role"], carol["sees_all_teams"], carol["teams"]) == (
        "viewer",
        False,
        ["billing phone"],
    )
    assert "billing phone" in told(program("alice").get("/api/v1/people"))["teams"]
    assert program("bob").get("/api/v1/people").status_code == 403


def test_settings_and_their_changes_are_told(company, people, program):
    alice = program("alice")
    assert told(alice.get("/api/v1/settings"))["settings"]["zone"] == "Europe/Minsk"
    for number in range(3):
        SettingsChange.objects.create(person=people["alice"], entry="minimum_n", after=str(number))
    found, pages = all_of(alice, "settings/changes", "changes", 2)
    assert ([each["after"] for each in found], pages) == (["2", "1", "0"], 2)
    assert found[0]["by"] == "Alice"


def test_the_audit_log_is_told_of_those_and_the_days_that_are_asked_for(company, people, program):
    alice = program("alice")
    for name in ("bob", "carol", "bob"):
        audit(None, Action.BOARD, name, by=people[name])
    found, pages = all_of(alice, "audit", "entries", 2)
    assert ([each["about"] for each in found], pages) == (["bob", "carol", "bob"], 2)
    asked = {"who": "BOB@", "action": "board changed", "from": "2000-01-01"}
    assert len(told(alice.get("/api/v1/audit", asked))["entries"]) == 2
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    assert told(alice.get("/api/v1/audit", {"from": tomorrow}))["entries"] == []
    assert len(told(alice.get("/api/v1/audit?to=9999-12-31"))["entries"]) == 3
    assert alice.get("/api/v1/audit?action=dreamt").status_code == 422
