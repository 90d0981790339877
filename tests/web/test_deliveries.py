"""What is sent reaches whom it is for, tells them what they may see, and goes nowhere else."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from django.core import mail
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import escape

from hearwell.engine.question import Question, find
from hearwell.engine.scorecard import last_days
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import day, sentence, word
from hearwell.evidence.turns import COINCIDES
from hearwell.jobs.digest import changed
from hearwell.lake.lake import open_lake
from hearwell.web.explore import posting
from hearwell.web.explore.board import Board
from hearwell.web.explore.channel import Channel, Kind
from hearwell.web.explore.delivery import Delivery
from hearwell.web.explore.jobs import send_messages, write
from hearwell.web.explore.message import WAITS, Message, State
from hearwell.web.explore.posting import Refused, checked, is_public
from hearwell.web.explore.view import View
from hearwell.web.explore.weekly import line, words_of
from hearwell.web.explore.words import Part, Row, Words
from hearwell.web.read.address import Address

WORDS = Words("Calls", ["A line."], "http://127.0.0.1/", "delivery", [Part("P", [Row("n", "1")])])


class Receiver:
    """A server that answers as it is told, and remembers what was posted."""

    def __init__(self):
        self.posts, self.status, self.headers = [], 200, {}
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, dict(self.headers), body))
                self.send_response(receiver.status)
                for name, value in receiver.headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook?secret=hush"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def channel(people, receiver):
    return Channel.objects.create(
        title="Ours", kind=Kind.WEBHOOK, address=receiver.address, owner=people["bob"]
    )


def test_a_post_is_signed_as_standard_webhooks_say(channel, receiver):
    message = Message.write(channel, WORDS)
    send_messages()
    message.refresh_from_db()
    assert message.state == State.SENT
    (path, headers, body), *_ = receiver.posts
    named = {name.lower(): value for name, value in headers.items()}
    key = base64.b64decode(channel.secret.removeprefix("whsec_"))
    signed = f"{message.pk}.{named['webhook-timestamp']}.".encode() + body
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert path == "/hook?secret=hush"
    assert named["webhook-signature"] == f"v1,{proof}"
    assert json.loads(body)["parts"][0]["rows"][0]["value"] == "1"


@pytest.mark.parametrize(("kind", "part"), [(Kind.SLACK, "blocks"), (Kind.TEAMS, "attachments")])
def test_other_programs_get_what_they_take(channel, receiver, kind, part):
    channel.kind = kind
    channel.save()
    Message.write(channel, WORDS)
    send_messages()
    assert part in json.loads(receiver.posts[0][2])


def test_slack_takes_no_mention_from_a_customer():
    words = Words("t", ["<!channel> & <http://x|y>"], "http://127.0.0.1/", "alert")
    assert "<!channel>" not in json.dumps(words.as_slack())


def test_what_fails_is_tried_again_later_each_time_and_given_up(channel, receiver):
    receiver.status = 503
    message, now = Message.write(channel, WORDS), timezone.now()
    waited = []
    while message.state == State.WAITING:
        message.attempt(now)
        message.refresh_from_db()
        waited.append(message.next_at - now)
        now = message.next_at
    assert waited[: len(WAITS)] == list(WAITS)
    assert message.state == State.FAILED
    assert len(receiver.posts) == len(WAITS) + 1
    assert {each.status for each in message.attempts.all()} == {503}


def test_what_was_refused_for_good_is_not_tried_again(channel, receiver):
    receiver.status = 410
    message = Message.write(channel, WORDS)
    message.attempt(timezone.now())
    assert message.state == State.FAILED


def test_no_redirect_is_followed(channel, receiver):
    receiver.status, receiver.headers = 302, {"Location": receiver.address + "&again"}
    message = Message.write(channel, WORDS)
    message.attempt(timezone.now())
    assert len(receiver.posts) == 1
    assert message.state == State.FAILED


def test_two_processes_send_a_message_once(channel, receiver):
    message = Message.write(channel, WORDS)
    same = Message.objects.get(pk=message.pk)
    message.attempt(timezone.now())
    same.attempt(timezone.now())
    assert len(receiver.posts) == 1


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  not bound to
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "fd00::1",
        "fe80::1",
        "ff0e::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::",
    ],
)
def test_private_addresses_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/",
        "https://localhost/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://[::1]/",
        "https://user:word@192.0.2.1/",
        "http://93.184.216.34/",
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
        "https://",
        "https://[",
    ],
)
def test_no_private_network_is_posted_to(address):
    with pytest.raises(Refused):
        checked(address)


def test_the_address_that_was_checked_is_the_one_connected_to(channel, receiver, monkeypatch):
    """A name that means another machine at a second look leads nowhere."""
    seen = []
    real = socket.getaddrinfo

    def once(host, *arguments, **named):
        seen.append(host)
        return real(host, *arguments, **named)

    monkeypatch.setattr(posting.socket, "getaddrinfo", once)
    channel.address = receiver.address.replace("127.0.0.1", "localhost")
    assert channel.send("1", WORDS) == 200
    assert seen.count("localhost") == 1


MONDAY_AT_8 = datetime(2026, 11, 23, 5, tzinfo=UTC)  # in Minsk, three hours ahead


@pytest.mark.parametrize(
    ("later", "done_before", "is_due"),
    [
        (timedelta(minutes=-1), timedelta(days=7), False),
        (timedelta(), timedelta(days=7), True),
        (timedelta(hours=2), timedelta(), False),  # it was sent
        (timedelta(days=1), timedelta(days=7), True),  # the server stood still
        (timedelta(days=3), timedelta(days=7), False),  # for too long
    ],
)
def test_a_delivery_is_due_once_a_week_at_its_local_hour(later, done_before, is_due):
    delivery = Delivery(weekday=0, hour=8, done_for=MONDAY_AT_8 - done_before)
    found = delivery.due(MONDAY_AT_8 + later, "Europe/Minsk")
    assert found == (MONDAY_AT_8 if is_due else None)


def test_a_time_of_the_week_is_taken_once(people):
    made = Delivery.objects.create(owner=people["bob"], done_for=timezone.now())
    later = timezone.now() + timedelta(hours=1)
    assert made.take(later)
    assert not Delivery.objects.get(pk=made.pk).take(later)


def test_each_person_is_sent_their_own_numbers_with_pictures(company, people):
    with open_lake(company) as lake:
        team, mine = lake.connection.execute(
            "select team, count(*) from lake.call where team is not null group by team order by 2"
        ).fetchone()
        total = lake.connection.execute("select count(*) from lake.call").fetchone()[0]
    people["carol"].teams = [team]
    people["carol"].save()
    board = Board.objects.create(title="Mornings", owner=people["alice"])
    board.add(View.of("metric=call_volume:calls&from=2000-01-01&to=2100-01-01"), "All")
    board.add(View.of("metric=call_volume:calls&from=2000-01-01&to=2100-01-01&grain=week"), "Weeks")
    board.readers.add(people["carol"])
    made = Delivery.objects.create(owner=people["alice"], board=board)
    made.people.set([people["alice"], people["carol"], people["dave"]])
    assert write(made) == 2  # Dave may not open the board
    send_messages()
    sent = {each.to[0]: each for each in mail.outbox}
    assert set(sent) == {"alice@example.org", "carol@example.org"}
    for name, count in (("alice", total), ("carol", mine)):
        one = sent[f"{name}@example.org"]
        assert f": {count:,} (" in one.body
        html = one.alternatives[0][0]
        assert "cid:picture-0" in html
        (picture,) = one.attachments
        assert picture.get_payload(decode=True).startswith(b"\x89PNG")
    assert f": {total:,} (" not in sent["carol@example.org"].body


def test_the_weekly_mail_says_first_what_changed_of_what_its_reader_may_see(company, people):
    board = Board.objects.create(title="Mornings", owner=people["alice"])
    made = Delivery.objects.create(owner=people["alice"], board=board)
    for teams in (None, ("billing phone",)):
        with open_lake(company) as lake:
            ends = date.fromisoformat(last_days(lake, teams)[1])
            question = Question(
                (),
                begins=(ends - timedelta(days=6)).isoformat(),
                ends=ends.isoformat(),
                compare="previous",
                teams=teams,
            )
            expected = changed(lake, question)
        first, *_ = words_of(made, teams).parts
        assert first.title == "What changed"
        assert len(first.lines) == max(len(expected), 1)
        told = [line.partition(" http")[0] for line in first.lines]
        assert not any(sign in line for line in told for sign in "<>&")
        message = Words("t", [], "http://127.0.0.1/", "delivery", [first])
        assert first.lines[0] in Words.read(message.kept()).text()
        assert first.lines[0] in json.dumps(message.as_teams(), ensure_ascii=False)


def test_a_finding_is_mailed_with_its_events_and_a_link():
    opens = Question(find("CSAT")[:1], where=(("product", "camera"),))
    says, note = sentence("{it}.", it=word("Cameras > lamps")), sentence("Learnt from a year.")
    event = sentence(COINCIDES, event=word("R & D 5"), day=day(date(2026, 6, 25)))
    found = Finding("turned.change", says, 1, 1, 1, notes=(event, note), opens=opens)
    told = line(found, Address(last=None, begins="2026-06-24", ends="2026-06-30"))
    text, _, address = told.rpartition(" ")
    assert text == "Cameras > lamps. It coincides with R & D 5 (2026-06-25)."
    assert address.endswith(
        "/metric/customer_satisfaction/?from=2026-06-24&to=2026-06-30"
        "&where.product=camera&variant=satisfied"
    )
    words = Words("t", [], "http://127.0.0.1/", "delivery", [Part("What changed", lines=[told])])
    page = render_to_string("explore/mail.html", {"words": words, "parts": [(words.parts[0], [])]})
    assert f'href="{escape(address)}"' in page


def test_the_log_tells_no_secret(people, channel, signed_in):
    Message.write(channel, WORDS)
    send_messages()
    page = signed_in("bob").get("/deliveries/log/").content.decode()
    assert "Ours" in page
    assert "hush" not in page
    assert "hush" not in signed_in("bob").get("/deliveries/").content.decode()


def test_viewers_send_nothing_and_leads_only_what_is_theirs(people, channel, signed_in):
    for address in ("", "new/", "log/", "channels/new/"):
        assert signed_in("carol").get(f"/deliveries/{address}").status_code == 403
    made = Delivery.objects.create(owner=people["alice"])
    assert signed_in("bob").get(f"/deliveries/{made.pk}/").status_code == 404
    assert signed_in("bob").post(f"/deliveries/{made.pk}/act/", {"remove": ""}).status_code == 404


def test_a_private_address_is_refused_where_it_is_typed(people, signed_in):
    form = {"title": "x", "kind": "webhook", "address": "https://169.254.169.254/latest/"}
    page = signed_in("bob").post("/deliveries/channels/new/", form).content.decode()
    assert "private network" in page
    assert not Channel.objects.exists()


def test_the_example_of_the_documentation_knows_our_posts_from_others(channel):
    text = (Path(__file__).parents[2] / "docs/how-to/deliveries.md").read_text("utf-8")
    found = {}
    exec(text.partition("```python\n")[2].partition("```")[0], found)  # noqa: S102  our own words
    body, now = b'{"a": 1}', int(time.time())
    genuine = found["is_genuine"]
    headers = channel.signed("1", now, body)
    assert genuine(headers, body, channel.secret)
    assert not genuine(headers, body + b" ", channel.secret)
    assert not genuine(channel.signed("1", now - 600, body), body, channel.secret)
    channel.nonce = "another"
    assert not genuine(headers, body, channel.secret)
