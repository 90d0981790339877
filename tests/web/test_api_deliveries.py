"""Programs set up deliveries, channels and links, as their people may; no secret is told twice."""

import pytest
from django.test import Client
from programs import sent, told

from hearwell.web.explore.board import Board, KioskLink
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.delivery import Delivery
from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope

DELIVERIES = "/api/v1/deliveries"
CHANNELS = f"{DELIVERIES}/channels"
GIVEN = {"weekday": "friday", "hour": 7, "people": ["carol@example.org"]}
ROOM = {"title": "Room", "kind": "webhook", "address": "https://192.0.2.1/hook?secret=hush"}

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def bob(program):
    return program("bob", Scope.WRITE)


@pytest.fixture
def room(people, monkeypatch):
    return Channel.objects.create(owner=people["bob"], **ROOM)


def test_a_delivery_is_made_changed_sent_and_deleted(bob, people, program, room, monkeypatch):
    sent_now = []
    monkeypatch.setattr("hearwell.web.explore.deliveries.send_now", sent_now.append)
    made = told(sent(bob, DELIVERIES, GIVEN | {"channels": [room.pk]}, idempotency_key="k"), 201)
    assert told(sent(bob, DELIVERIES, GIVEN | {"channels": [room.pk]}, idempotency_key="k"), 201)
    kept = Delivery.objects.get()
    assert (kept.owner, kept.weekday, kept.hour) == (people["bob"], 4, 7)
    assert told(bob.get(DELIVERIES))["deliveries"] == [made]
    address = f"{DELIVERIES}/{made['number']}"
    assert told(sent(bob, address, {"hour": 9, "is_on": False}, "put")) == made | {
        "weekday": "monday", "hour": 9, "people": [], "channels": [], "is_on": False,
    }  # fmt: skip
    told(sent(bob, f"{address}/send", {}), 202)
    assert sent_now == [kept.pk]
    assert bob.delete(address).status_code == 204
    assert bob.delete(address).status_code == 404
    entries = Audit.objects.filter(action="delivery changed")
    assert [each.token.startswith("test") for each in entries] == [True] * 4


def test_what_belongs_to_others_is_not_reached(bob, people, program, room):
    people["dave"].role = "lead"
    people["dave"].save()
    dave = program("dave", Scope.WRITE)
    theirs = Delivery.objects.create(owner=people["bob"])
    hidden = Board.objects.create(title="Mine", owner=people["bob"])
    for answer in (
        sent(dave, f"{DELIVERIES}/{theirs.pk}", GIVEN, "put"),
        sent(dave, f"{DELIVERIES}/{theirs.pk}/send", {}),
        dave.delete(f"{DELIVERIES}/{theirs.pk}"),
        dave.delete(f"{CHANNELS}/{room.pk}"),
        dave.post(f"{CHANNELS}/{room.pk}/secret"),
        dave.get(f"/api/v1/boards/{hidden.pk}/links"),
        sent(dave, f"/api/v1/boards/{hidden.pk}/links", {}),
    ):
        assert answer.status_code == 404
    for wrong in ({"board": hidden.pk}, {"channels": [room.pk]}, {"people": ["x@example.org"]}):
        answer = sent(dave, DELIVERIES, GIVEN | wrong)
        assert answer.status_code == 422
        assert [each["at"] for each in answer.json()["errors"]] == [f"body.{next(iter(wrong))}"]
    assert Delivery.objects.count() == 1


def test_the_secret_of_a_channel_is_told_only_when_it_is_made_anew(bob, room, monkeypatch):
    monkeypatch.setattr("hearwell.web.explore.deliveries.checked", lambda _: None)
    made = sent(bob, CHANNELS, ROOM | {"title": "Another"})
    assert told(made, 201)["host"] == "192.0.2.1"
    before = room.secret
    secret = told(bob.post(f"{CHANNELS}/{room.pk}/secret"))["secret"]
    assert secret == Channel.objects.get(pk=room.pk).secret != before
    for answer in (made, bob.get(DELIVERIES)):
        assert not any(each in answer.content.decode() for each in ("hush", "whsec", secret))
    assert bob.delete(f"{CHANNELS}/{room.pk}").status_code == 204
    assert not Channel.objects.filter(pk=room.pk).exists()


def test_an_address_within_the_network_is_refused(bob):
    answer = sent(bob, CHANNELS, ROOM | {"address": "https://127.0.0.1/"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["at"] == "body.address"
    assert "private network" in answer.json()["detail"]


def test_a_link_shows_a_board_until_it_is_ended_and_its_address_is_told_once(bob, people):
    board = Board.objects.create(title="Mornings", owner=people["bob"])
    address = f"/api/v1/boards/{board.pk}/links"
    made = told(sent(bob, address, {"days": 30}), 201)
    secret = made.pop("address").removeprefix("http://testserver")
    assert Client().get(secret).status_code == 200
    listed = bob.get(address)
    assert told(listed)["links"] == [made]
    assert secret.split("/")[-2] not in listed.content.decode()
    assert sent(bob, address, {"days": 10_000}).status_code == 422
    assert bob.delete(f"{address}/{made['number']}").status_code == 204
    assert Client().get(secret).status_code == 410
    assert not KioskLink.objects.exists()
    assert Audit.objects.filter(action="board changed").count() == 2


def test_a_viewer_makes_no_link_of_their_own_board(people, program):
    board = Board.objects.create(title="Mine", owner=people["carol"])
    carol = program("carol", Scope.WRITE)
    assert sent(carol, f"/api/v1/boards/{board.pk}/links", {}).status_code == 403
    assert told(carol.get(f"/api/v1/boards/{board.pk}/links"))["links"] == []
