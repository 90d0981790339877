"""Programs are told why numbers are as they are: as the pages are, and no more."""

from shutil import copytree

import pytest
from programs import showing, shown, told

from hearwell.engine.period import Period, instant
from hearwell.insights.journeys.paths import paths_to
from hearwell.insights.journeys.person import known_as
from hearwell.lake.lake import open_lake
from hearwell.web import lakes
from hearwell.web.people.audit import Action, Audit
from hearwell.web.people.person import Role
from hearwell.web.people.token import Scope

TEAM = "billing phone"


@pytest.fixture
def bob(company, program):
    return program("bob")


@pytest.fixture
def carol(people):
    """Give a program of Carol's, who leads one team."""
    people["carol"].role, people["carol"].teams = Role.LEAD, [TEAM]
    people["carol"].save()
    return showing(shown(people, "carol", Scope.WRITE)[1])


@pytest.fixture
def teller(company):
    """Give a customer who answered surveys, the most of all, and how often."""
    with open_lake(company) as lake:
        return lake.connection.execute(
            "select customer_id, count(*) from lake.survey where answered_at is not null "
            "and customer_id is not null group by 1 order by 2 desc, 1 limit 1"
        ).fetchone()


def post(client, address, body):
    return client.post(f"/api/v1/{address}", body, content_type="application/json")


def test_everyones_score_is_told_beside_that_of_those_who_answered(company, bob):
    found = told(bob.get("/api/v1/metrics/CSAT/why/everyone?from=2000-01-01&to=2100-01-01"))
    with open_lake(company) as lake:
        ((answers, satisfied),) = lake.connection.execute(
            "select count(*), avg((answer >= 4)::int) from lake.survey "
            "where instrument = 'csat' and answered_at is not null"
        ).fetchall()
    assert found["n"] == answers
    assert found["measured"]["value"] == pytest.approx(satisfied)
    assert found["worst"] <= found["measured"]["value"] <= found["best"]


def test_staffing_is_told_for_another_target(bob):
    usual, higher = (
        bob.get(f"/api/v1/staffing?from=2026-05-10&to=2026-06-20{more}").json()
        for more in ("", "&in_time=0.99&shrinkage=0.5")
    )
    assert (usual["target"]["in_time"], higher["target"]["in_time"]) == (0.8, 0.99)
    needed = [sum(each["needed"] for each in got["half_hours"]) for got in (usual, higher)]
    assert needed[0] < needed[1]


def test_deal_breakers_are_looked_for_after_each_outcome(bob):
    answer = bob.get("/api/v1/metrics/CSAT/why/deal-breakers?outcome=contact")
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        assert "days are over" in answer.json()["detail"]
    answer = bob.get(
        "/api/v1/metrics/CSAT/why/deal-breakers?outcome=contact&within=7&topic=complaint"
    )
    assert "whose 7 days are over" in answer.json()["detail"]
    assert "did so: 0." in answer.json()["detail"]
    assert bob.get("/api/v1/metrics/call_volume/why/deal-breakers").status_code == 422


@pytest.fixture
def reviewed(company, tmp_path, monkeypatch):
    """Give a copy of the company in which customers of two teams judged two products."""
    copy = copytree(company, tmp_path / "lake", ignore=lambda *_: ["web", "write.lock"])
    with open_lake(copy, writable=True) as lake, lake.writing("answers"):
        lake.connection.execute(
            "insert into lake.survey by name select source, received_at, sent_at, answered_at, "
            "instrument, scale_low, scale_high, product, team, 'more ' || n as survey_id, "
            "'c' || n as customer_id, if(n % 10 < bad, 1, 5) as answer from "
            "(select source, received_at, max(answered_at) as sent_at, max(answered_at) as "
            "answered_at, 'csat' as instrument, 1 as scale_low, 5 as scale_high from lake.survey "
            "group by 1, 2 limit 1), (values ('toaster', 8), ('stool', 1)) as p(product, bad), "
            f"(values ('{TEAM}', 0), ('another', 40)) as t(team, after), "
            "range(40) as r(i), lateral (select i + after + 100 * bad as n)"
        )
    pool = lakes.Pool(copy)
    monkeypatch.setattr(lakes, "POOL", pool)
    monkeypatch.setattr(lakes, "ANSWERED", lakes.Answered(most=10))
    yield copy
    pool.close()


def test_products_are_held_as_by_hand_and_by_team(reviewed, bob, carol):
    for client, n in ((bob, 80), (carol, 40)):
        found = told(client.get("/api/v1/products?metric=CSAT&by=team"))
        products = {each["product"]: each for each in found["products"]}
        assert (products["toaster"]["n"], products["toaster"]["value"]) == (n, pytest.approx(0.2))
        assert (products["stool"]["n"], products["stool"]["value"]) == (n, pytest.approx(0.9))
        assert "products.poor" in {each["kind"] for each in found["findings"]}
        assert "another" not in str(found)


@pytest.mark.parametrize(
    "address", ["metrics/CSAT/why/deal-breakers", "metrics/CSAT/why/drivers", "sentiment"]
)
def test_what_is_of_no_team_is_not_told_to_who_sees_some(company, carol, address):
    answer = carol.get(f"/api/v1/{address}")
    assert answer.status_code == 403
    assert "not told by team" in answer.json()["detail"]


def test_it_is_told_how_texts_are_judged(bob):
    found = told(bob.get("/api/v1/sentiment"))
    assert [each["kind"] for each in found["findings"]] in (
        ["sentiment.learnt"],
        ["sentiment.off"],
    )


@pytest.mark.parametrize("address", ["digest", "guardrails"])
def test_a_filter_that_is_misspelled_is_not_taken_for_nothing_found(bob, address):
    answer = bob.get(f"/api/v1/{address}?where=chann=phone")
    assert answer.status_code == 422
    assert "Did you mean channel?" in answer.json()["detail"]


# Journeys


def test_ways_and_funnel_are_those_of_the_insight(company, bob):
    asked = "path_to=order&stage=search&stage=contact&from=2026-06-01&to=2026-06-20"
    found = told(bob.get(f"/api/v1/journeys?{asked}"))
    with open_lake(company) as lake:
        zone = lake.settings.zone
        span = Period(instant("2026-06-01", zone), instant("2026-06-20", zone, last=True))
        by_hand = paths_to(lake, "order", span)
    assert [each["times"] for each in found["paths"]] == [each.times for each in by_hand]
    assert [each["kind"] for each in found["funnel"]] == ["search", "contact"]
    assert bob.get("/api/v1/journeys?path_to=dream").status_code == 422
    assert bob.get("/api/v1/journeys?stage=search").status_code == 422


def test_one_customer_is_looked_up_by_whoever_may_and_that_is_written_down(
    company, bob, carol, teller
):
    customer, answers = teller
    found = told(post(bob, "journey", {"customer": customer}))
    assert [each["kind"] for each in found["touches"]].count("survey_answer") == answers
    (entry,) = Audit.objects.filter(action=Action.JOURNEY)
    assert entry.about != customer
    assert entry.token.startswith("test")
    nobody = post(bob, "journey", {"customer": "+375 29 000-00-00"})
    assert nobody.status_code == 404
    assert "Nothing is known" in nobody.json()["detail"]
    assert post(carol, "journey", {"customer": customer}).status_code == 403
    assert carol.get("/api/v1/journeys").status_code == 403


def test_what_a_key_joins_is_split_off_and_joined_again(company, program, carol):
    with open_lake(company) as lake:
        ((customer, visitor),) = lake.connection.execute(
            "select customer_id, visitor_id from lake.article_view join lake.search "
            "using (visitor_id) where customer_id is not null order by all limit 1"
        ).fetchall()
    key = {"joined_by": "visitor", "joined_key": visitor, "customer_id": customer}
    asked = key | {"customer": customer, "is_split": True}
    bob = program("bob", Scope.WRITE)
    off = told(post(bob, "journey/split", asked))
    again = told(post(bob, "journey/split", asked | {"is_split": False}))
    assert off["splits"] == [key]
    assert again["splits"] == []
    assert len(off["touches"]) < len(again["touches"])
    assert Audit.objects.filter(action=Action.IDENTITY).count() == 2
    assert post(bob, "journey/split", asked | {"customer": "another"}).status_code == 422
    assert post(carol, "journey/split", asked).status_code == 403
    with open_lake(company) as lake:
        assert known_as(lake, customer)[0] == customer
