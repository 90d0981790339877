"""What is entered by hand stands in the lake as it was meant, and who did it is written down."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client

from hearwell.engine.benchmarks import benchmarks, shipped
from hearwell.engine.question import find
from hearwell.evidence.events import events
from hearwell.lake.lake import create, open_lake
from hearwell.web import lakes
from hearwell.web.people.audit import Action
from hearwell.web.people.models import Audit
from hearwell.web.people.person import Role
from hearwell.web.people.token import Scope, Token

EVENT = {
    "kind": "release", "title": "Camera 2.1", "started_at": "2026-03-27T09:30",
    "dimension": "product", "value": "camera",
}  # fmt: skip
FIGURE = {
    "metric": "CSAT:satisfied", "who": "a competitor", "period": "2026", "value": "81",
    "low": "79", "high": "83", "n": "412", "comparability": "similar_rules",
    "source_text": "its annual report",
}  # fmt: skip


@pytest.fixture
def own(tmp_path, monkeypatch):
    """Give an empty lake of Minsk, which pages write to."""
    path = tmp_path / "lake"
    create(path, "Europe/Minsk").close()
    pool = lakes.Pool(path)
    monkeypatch.setattr(lakes, "POOL", pool)
    yield path
    pool.close()


def kept(path):
    with open_lake(path) as lake, lake.reading():
        figures = benchmarks(lake, find("CSAT"))
        return events(lake, None), [each for each in figures if each not in shipped()]


def test_an_event_is_kept_in_the_zone_of_the_organisation(own, signed_in):
    bob = signed_in("bob")
    answer = bob.post("/data/events/", EVENT)
    assert answer.status_code == 302, answer.content.decode()
    ((event,), _) = kept(own)
    assert (event.title, event.kind, event.value) == ("Camera 2.1", "release", "camera")
    with open_lake(own) as lake:
        query = "select started_at, source from lake.event"
        assert lake.connection.execute(query).fetchall() == [
            (datetime(2026, 3, 27, 6, 30), "entered")
        ]
    page = bob.get("/data/events/").content.decode()
    assert "2026-03-27 09:30" in page
    told = Audit.objects.get(action=Action.ENTERED)
    assert told.who == "bob@example.org"
    assert "Camera 2.1" in told.about


def test_what_was_entered_can_be_taken_back_and_nothing_else(own, signed_in):
    bob = signed_in("bob")
    bob.post("/data/events/", EVENT)
    with open_lake(own, writable=True) as lake, lake.writing("another source"):
        lake.connection.execute(
            "insert into lake.event (source, received_at, event_id, started_at) "
            "select 'import', received_at, event_id, started_at from lake.event"
        )
    with open_lake(own) as lake:
        query = "select distinct event_id from lake.event"
        ((key,),) = lake.connection.execute(query).fetchall()
    bob.post("/data/events/", {"remove": "1", "key-event_id": key})
    with open_lake(own) as lake:
        assert lake.connection.execute("select source from lake.event").fetchall() == [("import",)]
    assert Audit.objects.filter(action=Action.ENTERED).count() == 2


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"started_at": "soon"}, "is no day such as"),
        ({"ended_at": "2026-03-26T10:00"}, "ends before it begins"),
        ({"value": ""}, "go together"),
        ({"kind": "miracle"}, "miracle"),
    ],
)
def test_a_wrong_event_is_told(own, signed_in, wrong, told):
    page = signed_in("bob").post("/data/events/", EVENT | wrong)
    assert told in page.content.decode()
    assert kept(own)[0] == []


def test_a_figure_of_others_is_kept_in_the_unit_of_the_metric(own, signed_in):
    bob = signed_in("bob")
    assert bob.post("/data/benchmarks/", FIGURE).status_code == 302
    assert bob.post("/data/benchmarks/", FIGURE | {"n": "500"}).status_code == 302  # changed
    _, (found,) = kept(own)
    assert (found.value, found.low, found.high, found.n) == (0.81, 0.79, 0.83, 500)
    assert (found.metric, found.comparability) == (
        "customer_satisfaction.satisfied", "similar_rules",
    )  # fmt: skip
    assert "81.0" in bob.get("/data/benchmarks/").content.decode()
    wrong = bob.post("/data/benchmarks/", FIGURE | {"low": "90"}).content.decode()
    assert "does not hold the value" in wrong
    assert "metric" in bob.post("/data/benchmarks/", FIGURE | {"metric": "nps2"}).content.decode()


def test_who_sees_some_teams_only_enters_nothing(own, signed_in, people):
    people["carol"].role = Role.LEAD
    people["carol"].save()
    page = signed_in("carol").post("/data/events/", EVENT).content.decode()
    assert "may see all teams" in page
    assert kept(own)[0] == []


def test_a_program_tells_an_event_with_a_token_that_may_write(own, people):
    def told(scope, body=None):
        secret = Token.issue(people["bob"], "ci", scope, timedelta(days=1))[1]
        program = Client(headers={"Authorization": f"Bearer {secret}"})
        event = {**EVENT, "event_id": "camera-2.1"}
        return program.post("/api/v1/events", event | (body or {}), content_type="application/json")

    assert told(Scope.READ).status_code == 403
    assert told(Scope.WRITE).json() == {"event_id": "camera-2.1"}
    assert told(Scope.WRITE, {"title": "Camera 2.1.0"}).status_code == 200
    ((event,), _) = kept(own)
    assert event.title == "Camera 2.1.0"
    wrong = told(Scope.WRITE, {"started_at": "soon"})
    assert wrong.status_code == 422
    assert "is no day" in wrong.json()["detail"]
    assert told(Scope.WRITE, {"kind": "miracle"}).status_code == 422
    assert {each.token for each in Audit.objects.filter(action=Action.ENTERED)} != {""}


def test_programs_are_told_what_was_entered_if_they_may_see_all(own, people, program, signed_in):
    bob = signed_in("bob")
    bob.post("/data/events/", EVENT)
    bob.post("/data/benchmarks/", FIGURE)
    (event,) = program("bob").get("/api/v1/events").json()["events"]
    assert (event["title"], event["started_at"]) == ("Camera 2.1", "2026-03-27T06:30:00Z")
    (figure,) = program("bob").get("/api/v1/benchmarks").json()["benchmarks"]
    assert {name: figure[name] for name in ("metric", "value", "n", "who")} == {
        "metric": "customer_satisfaction.satisfied",
        "value": 0.81,
        "n": 412,
        "who": "a competitor",
    }
    people["carol"].role = Role.LEAD
    people["carol"].save()
    for name in ("events", "benchmarks"):
        assert program("carol").get(f"/api/v1/{name}").status_code == 403


def test_programs_enter_figures_and_take_back_what_was_entered(own, people, program):
    bob = program("bob", Scope.WRITE)
    figure = {"metric": "CSAT", "who": "a competitor", "period": "2025", "value": 0.81, "low": 0.79}
    figure |= {"high": 0.83, "comparability": "similar_rules", "source_text": "their report"}

    def sent(given):
        return bob.post("/api/v1/benchmarks", given, content_type="application/json")

    key = sent(figure).json()
    assert key == {
        "metric": "customer_satisfaction.satisfied",
        "who": "a competitor",
        "period": "2025",
    }
    (found,) = bob.get("/api/v1/benchmarks").json()["benchmarks"]
    assert (found["value"], found["low"], found["high"]) == (0.81, 0.79, 0.83)
    wrong = sent(figure | {"low": 0.9})
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "body.low")
    assert "quewe" in sent(figure | {"metric": "quewe"}).json()["detail"]
    event = {"event_id": "a/b c", "kind": "other", "title": "x", "started_at": "2026-03-27"}
    bob.post("/api/v1/events", event, content_type="application/json")
    for address in (f"benchmarks?{urlencode(key)}", f"events?{urlencode({'event_id': 'a/b c'})}"):
        assert program("bob").delete(f"/api/v1/{address}").status_code == 403
        assert bob.delete(f"/api/v1/{address}").status_code == 204
        assert bob.delete(f"/api/v1/{address}").status_code == 404
    assert kept(own) == ([], [])
    people["carol"].role = Role.LEAD
    people["carol"].save()
    carol = program("carol", Scope.WRITE)
    assert carol.delete("/api/v1/events?event_id=x").status_code == 403
    answer = carol.post("/api/v1/benchmarks", figure, content_type="application/json")
    assert answer.status_code == 403
