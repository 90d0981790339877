"""Events are taken of those who may tell, are on disk when they are acknowledged, and no others."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from asking import ask

from hearwell.web.collector import sent
from hearwell.web.collector.known import Known
from hearwell.web.collector.receive import Receiver
from hearwell.web.people import secret

ORIGIN = "https://help.example.org"
PAGE = {"Origin": ORIGIN, "User-Agent": "Reader/1.0"}
KEY = "hearwell_site_test"
SERVER = {"Authorization": f"Bearer {KEY}"}
VIEW = {"kind": "view", "id": "one", "article": "returns"}
SITE = Known("help", frozenset({ORIGIN}), b"the secret", secret.hashed(KEY))


@pytest.fixture
def receiver(tmp_path):
    made = Receiver(tmp_path / "collected", tmp_path / "lake")
    made.sites.sites, made.sites.read_at = {SITE.key: SITE}, float("inf")
    made.note = lambda key, reason: made.refused.update([(key, reason)])
    yield made
    made.commits.thread.shutdown()
    if made.commits.journal:
        made.commits.journal.close()


def lines(receiver):
    files = sorted(receiver.commits.folder.glob("[0-9a-f]*-*"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_an_event_is_on_disk_when_it_is_acknowledged(receiver):
    status, headers, _ = ask(receiver, "POST", "/collect/help", VIEW, PAGE)
    assert (status, headers["access-control-allow-origin"]) == (204, ORIGIN)
    (kept,) = lines(receiver)
    assert kept["e"] == VIEW
    assert kept["s"] == "help"


def test_addresses_are_not_kept_and_visitors_are_told_apart(receiver):
    for client in ("192.0.2.7", "192.0.2.7", "192.0.2.8"):
        ask(receiver, "POST", "/collect/help", VIEW, PAGE, client=client)
    visitors = [line["v"] for line in lines(receiver)]
    assert visitors[0] == visitors[1] != visitors[2]
    everything = b"".join(file.read_bytes() for file in receiver.commits.folder.iterdir())
    assert b"192.0.2" not in everything
    assert b"Reader" not in everything


@pytest.mark.parametrize(
    ("path", "headers", "status", "reason"),
    [
        ("/collect/nobody", PAGE, 404, "unknown_site"),
        ("/collect/help", {}, 403, "origin"),
        ("/collect/help", {"Origin": "https://evil.example"}, 403, "origin"),
        ("/collect/help", {"Origin": "null"}, 403, "origin"),
        ("/collect/help", {"Origin": ORIGIN + ".evil.example"}, 403, "origin"),
        ("/collect/help", {"Referer": ORIGIN + "/page"}, 403, "origin"),
        ("/collect/help", {"Authorization": "Bearer wrong"}, 401, "key"),
        ("/collect/help", {"Authorization": "Bearer wrong", **PAGE}, 401, "key"),
    ],
)
def test_strangers_are_refused_before_what_they_say_is_read(
    receiver, path, headers, status, reason
):
    found, answer, body = ask(receiver, "POST", path, b"{", headers)
    assert (found, json.loads(body)["refused"]) == (status, reason)
    assert "access-control-allow-origin" not in answer or headers.get("Origin") == ORIGIN
    assert lines(receiver) == []
    assert sum(receiver.refused.values()) == 1


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"kind": "view", "id": "x"}, "form"),
        ({"kind": "money", "id": "x"}, "form"),
        ({**VIEW, "id": ""}, "form"),
        ({**VIEW, "id": "x" * 65}, "form"),
        ({**VIEW, "read_seconds": -1}, "form"),
        ({**VIEW, "read_seconds": 1e9}, "form"),
        ({**VIEW, "scroll_share": 2}, "form"),
        ({**VIEW, "title": "x" * 301}, "form"),
        ({**VIEW, "at": "2026-11-01T09:00:00Z"}, "at"),
        ({**VIEW, "customer": "anna"}, "signature"),
        ({**VIEW, "customer": "anna", "signature": "0" * 64}, "signature"),
    ],
)
def test_a_wrong_event_is_refused_and_stops_no_other(receiver, event, reason):
    status, _, body = ask(receiver, "POST", "/collect/help", [VIEW, event], PAGE)
    told = json.loads(body)
    assert (status, told["kept"]) == (200, 1)
    assert told["refused"][0]["event"] == 1
    assert told["refused"][0]["reason"].startswith(reason)
    assert len(lines(receiver)) == 1
    assert receiver.refused["help", reason] == 1


def test_a_signed_customer_is_believed(receiver):
    signature = hmac.new(b"the secret", b"anna", hashlib.sha256).hexdigest()
    event = {**VIEW, "customer": "anna", "signature": signature}
    assert ask(receiver, "POST", "/collect/help", event, PAGE)[0] == 204
    (kept,) = lines(receiver)
    assert kept["c"] == "anna"
    assert "signature" not in kept["e"]


def test_a_server_tells_of_others_and_of_earlier_times(receiver):
    at = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    event = {"kind": "cart", "id": "c", "visitor": "app-9", "customer": "anna", "at": at}
    assert ask(receiver, "POST", "/collect/help", event, SERVER)[0] == 204
    (kept,) = lines(receiver)
    assert (kept["v"], kept["c"]) == ("app-9", "anna")
    for days, status in ((-8, 422), (1, 422)):
        at = (datetime.now(UTC) + timedelta(days=days)).isoformat()
        assert ask(receiver, "POST", "/collect/help", event | {"at": at}, SERVER)[0] == status


def test_oversized_bodies_are_refused_unread_and_while_they_come(receiver):
    told = {**PAGE, "content-length": str(10**9)}
    assert ask(receiver, "POST", "/collect/help", b"", told)[0] == 413
    told = {**PAGE, "content-length": "10"}
    pieces = [b"x" * 100_000] * 4
    assert ask(receiver, "POST", "/collect/help", b"", told, pieces=pieces)[0] == 413
    assert ask(receiver, "POST", "/collect/help", [VIEW] * 1001, SERVER)[0] == 413


def test_slow_clients_are_let_go(receiver, monkeypatch):
    monkeypatch.setattr(sent, "SLOWEST_SECONDS", 0.2)
    told = {**PAGE, "content-length": "10"}
    assert ask(receiver, "POST", "/collect/help", b"", told, pieces=[b"{"])[0] == 408


def test_whoever_floods_is_told_when_to_come_again(receiver):
    found = [ask(receiver, "POST", "/collect/help", [VIEW] * 50, PAGE) for _ in range(4)]
    assert [status for status, *_ in found] == [204, 204, 429, 429]
    assert int(found[-1][1]["retry-after"]) > 0
    assert ask(receiver, "POST", "/collect/help", [VIEW], PAGE, client="192.0.2.9")[0] == 204
    assert ask(receiver, "POST", "/collect/help", [VIEW] * 900, SERVER)[0] == 204


def test_a_full_disk_acknowledges_nothing(receiver, monkeypatch):
    def full(_lines):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(receiver.commits, "put", full)
    status, headers, _ = ask(receiver, "POST", "/collect/help", VIEW, PAGE)
    assert (status, headers["retry-after"]) == (503, "5")


def test_a_picture_tells_of_a_reading_without_scripts(receiver):
    told = {"Referer": ORIGIN + "/returns", "User-Agent": "Reader/1.0"}
    status, headers, body = ask(
        receiver, "GET", "/collect/help/pixel.gif?article=returns", b"", told
    )
    assert (status, headers["content-type"], body[:6]) == (200, "image/gif", b"GIF89a")
    assert lines(receiver)[0]["e"]["article"] == "returns"


def test_the_script_is_small_and_asks_nobody_else(receiver):
    status, headers, body = ask(
        receiver, "GET", "/hearwell.js", b"", {"Accept-Encoding": "gzip, br"}
    )
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert len(body) <= 2048
    assert b"://" not in receiver.script.body
    assert b"cookie" not in receiver.script.body.lower()
    again = ask(receiver, "GET", "/hearwell.js", b"", {"If-None-Match": headers["etag"]})
    assert again[0] == 304
