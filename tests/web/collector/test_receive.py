"""Events are taken of those who may tell, are on disk when they are acknowledged, and no others."""

import asyncio
import hashlib
import hmac
import json
import time
from datetime import UTC, date, datetime, timedelta

import pytest
from asking import ask
from asking import asked as asked_of

from hearwell.jobs.collected import bring_in_collected
from hearwell.lake.lake import create
from hearwell.settings import FILE
from hearwell.web.collector import commit, known
from hearwell.web.collector.known import Known
from hearwell.web.collector.receive import Receiver
from hearwell.web.collector.visitor import Salts
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


def test_a_request_that_is_broken_off_is_counted(receiver):
    told = {**PAGE, "content-length": "10"}
    gone = {"type": "http.disconnect"}
    assert ask(receiver, "POST", "/collect/help", b"", told, pieces=[b"{"], then=gone)[0] == 400
    assert receiver.refused["help", "broken_off"] == 1


def test_whoever_floods_is_told_when_to_come_again(receiver):
    found = [ask(receiver, "POST", "/collect/help", [VIEW] * 50, PAGE) for _ in range(4)]
    assert [status for status, *_ in found] == [204, 204, 429, 429]
    assert int(found[-1][1]["retry-after"]) > 0
    assert ask(receiver, "POST", "/collect/help", [VIEW], PAGE, client="192.0.2.9")[0] == 204
    assert ask(receiver, "POST", "/collect/help", [VIEW] * 900, SERVER)[0] == 204


def test_what_can_never_be_let_through_is_not_told_to_come_again(receiver):
    status, told, _ = ask(receiver, "POST", "/collect/help", [VIEW] * 121, PAGE)
    assert (status, "retry-after" in told) == (413, False)
    assert ask(receiver, "POST", "/collect/help", [VIEW] * 120, PAGE)[0] == 204


def test_a_full_disk_acknowledges_nothing(receiver, monkeypatch):
    def full(_lines):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(receiver.commits, "put", full)
    status, headers, _ = ask(receiver, "POST", "/collect/help", VIEW, PAGE)
    assert (status, headers["retry-after"]) == (503, "5")


def test_more_than_the_disk_takes_is_told_to_come_again(receiver, monkeypatch):
    monkeypatch.setattr(commit, "MOST_WAITING_BYTES", 1000)
    status, headers, _ = ask(receiver, "POST", "/collect/help", [VIEW] * 100, SERVER)
    assert (status, headers["retry-after"]) == (429, "5")
    assert receiver.refused["help", "busy"] == 1
    assert ask(receiver, "POST", "/collect/help", VIEW, SERVER)[0] == 204


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


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[null]",
        b"[[]]",
        b'"view"',
        b"\xff\xfe",
        b'{"kind": "view", "id": "\xff", "article": "x"}',
        b'{"kind": "view", "id": "\\ud800", "article": "x"}',
        b'{"kind": "view", "id": "x", "article": "x", "customer": "a", "signature": "\xc3\xa9"}',
        b'{"kind": "view", "id": "x", "article": "x", "customer": "\\u0000", "signature": ""}',
        b'[{"kind": "money"}, {',
        b'[{"kind": "money"}, ' + b"[" * 5000,
        b"[" * 100_000,
        b'{"kind":' * 20_000,
        b'{"kind": "view", "id": "x", "article": "x", "more": ' + b"[" * 5000 + b"]" * 5000 + b"}",
        b'{"kind": "view", "id": "x", "article": "x", "age": 1e400}',
        b'{"kind": "view", "id": "x", "article": "x", "read_seconds": NaN}',
    ],
)
def test_what_is_forged_or_broken_is_refused_and_counted(receiver, body):
    for path in ("/collect/help", "/collect/help/", "/collect/help/more"):
        status, _, told = ask(receiver, "POST", path, body, PAGE)
        assert status in {400, 422}, told
    assert lines(receiver) == []
    assert sum(receiver.refused.values()) == 3


def test_an_event_that_is_sent_again_is_kept_again_and_counts_once_in_the_lake(receiver, tmp_path):
    """Replay: whoever sends what was sent before changes nothing."""
    for _ in range(3):
        assert ask(receiver, "POST", "/collect/help", VIEW | {"read_seconds": 4}, PAGE)[0] == 204
    receiver.commits.journal.turn()
    with create(tmp_path / "there") as lake:
        assert bring_in_collected(lake, receiver.commits.folder).events == 3
        rows = lake.connection.execute("select view_id, views, read_seconds from lake.article_view")
        assert rows.fetchall() == [("one", 1, 4)]


def test_whatever_names_strangers_make_up_there_is_one_count_of_them(receiver):
    for number in range(50):
        ask(receiver, "POST", f"/collect/made-up-{number}", VIEW, PAGE)
    assert receiver.refused == {("", "unknown_site"): 50}


def test_refused_bodies_count_for_the_limit_too(receiver):
    found = [ask(receiver, "POST", "/collect/help", [{}] * 100, PAGE)[0] for _ in range(3)]
    assert found == [422, 429, 429]


def test_a_home_has_many_addresses_and_is_one(receiver):
    for client in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:3::1"):
        ask(receiver, "POST", "/collect/help", VIEW, PAGE, client=client)
    visitors = [line["v"] for line in lines(receiver)]
    assert visitors[0] == visitors[1] != visitors[2]


def test_the_address_is_the_one_that_our_own_proxy_saw(receiver):
    receiver.behind_proxies = 1
    for passed in ("198.51.100.1", "made up, 198.51.100.1", "198.51.100.2"):
        ask(receiver, "POST", "/collect/help", VIEW, PAGE | {"X-Forwarded-For": passed})
    visitors = [line["v"] for line in lines(receiver)]
    assert visitors[0] == visitors[1] != visitors[2]


def test_nobody_is_the_same_visitor_tomorrow(tmp_path):
    today = date(2026, 11, 1)
    salts = Salts(tmp_path)
    first = salts.of(today)
    assert Salts(tmp_path).of(today) == first  # of another process of this server
    assert salts.of(today + timedelta(days=1)) != first
    assert [each.name for each in tmp_path.iterdir()] == ["salt-2026-11-02"]


def test_who_may_tell_is_asked_before_the_body_is(receiver):
    status, headers, _ = ask(receiver, "OPTIONS", "/collect/help", b"", PAGE)
    assert (status, headers["access-control-allow-origin"]) == (204, ORIGIN)
    evil = {"Origin": "https://evil.example"}
    assert ask(receiver, "OPTIONS", "/collect/help", b"", evil)[0] == 403
    assert ask(receiver, "GET", "/collect/help", b"", PAGE)[0] == 405


def test_the_first_to_come_all_wait_until_the_sites_are_known(tmp_path, monkeypatch):
    """None is told that there is no such site while sites are read for the first time."""
    asked = []

    def read():
        asked.append(1)
        time.sleep(0.1)
        return {SITE.key: SITE}

    monkeypatch.setattr(known, "read", read)
    made = Receiver(tmp_path / "collected", tmp_path)

    async def all_at_once():
        body = json.dumps(VIEW).encode()
        each = [asked_of(made, "POST", "/collect/help", body, PAGE, "192.0.2.7") for _ in range(9)]
        return [status for status, *_ in await asyncio.gather(*each)]

    assert asyncio.run(all_at_once()) == [204] * 9
    assert len(asked) == 1
    made.commits.thread.shutdown()


def test_a_page_asks_which_number_it_shows(receiver, tmp_path):
    settings = tmp_path / "lake" / FILE
    settings.parent.mkdir()
    settings.write_text(
        """
        [[telephone_number]]
        number = "+44 20 7946 0123"
        article = "returns"
        valid_to = 2999-12-31
        [[telephone_number]]
        number = "0800 12345"
        campaign = "spring & sons"
        [[telephone_number]]
        number = "0800 11111"
        article = "old"
        valid_to = 2020-12-31
        """
    )

    def shown(query):
        status, headers, body = ask(receiver, "GET", f"/collect/help/number?{query}", b"", PAGE)
        assert headers["access-control-allow-origin"] == "*"
        return status, body

    assert shown("article=returns&campaign=") == (200, b"+44 20 7946 0123")
    assert shown("article=returns&campaign=spring+%26+sons") == (200, b"0800 12345")
    assert shown("article=old&campaign=") == shown("") == (204, b"")
    settings.write_text("[[telephone_number]]")
    receiver.numbers.read_at = float("-inf")
    assert shown("article=returns") == (200, b"+44 20 7946 0123")  # the last that could be read
