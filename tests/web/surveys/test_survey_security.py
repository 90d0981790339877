"""What others try with the page on which people answer, and with the pages of those who ask."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from urllib.request import urlopen

import pytest
from django.test import Client
from django.utils import timezone

from hearwell.lake.lake import create
from hearwell.web.collector.site import Site
from hearwell.web.surveys import answering, link, mails, outbox
from hearwell.web.surveys.design import Design
from hearwell.web.surveys.invitation import Answer, Invitation
from hearwell.web.surveys.programme import Programme

INJECTED = '<script>alert("x")</script><img src=x onerror=a()>\u202e{{ 7|add:7 }}{% now "Y" %}'


@pytest.fixture(autouse=True)
def _reads_at_once(monkeypatch):
    monkeypatch.setattr(answering, "AT_ONCE", timedelta(seconds=-1))


def shown_on(page):
    return re.search(r'name="shown" value="([^"]+)"', page.content.decode()).group(1)


def another(programme):
    return Invitation.objects.create(
        programme=programme,
        version=programme.design.newest,
        about="case 2",
        person="p",
        status="sent",
        sent_at=timezone.now(),
    )


def test_what_was_shown_to_one_is_no_proof_for_another(invitation, programme):
    """A program that replays the proof of one page with many addresses is known by it."""
    other, browser = another(programme), Client()
    shown = shown_on(browser.get(link.of_invitation(invitation).path))
    browser.post(link.of_invitation(other).path, {"step": "answer", "score": 1, "shown": shown})
    other.refresh_from_db()
    assert (other.like_machine, other.status) == (True, "started")


def test_the_same_form_sent_again_later_changes_nothing(invitation):
    browser, path = Client(), link.of_invitation(invitation).path
    form = {"step": "answer", "score": 1, "shown": shown_on(browser.get(path))}
    browser.post(path, form)
    browser.post(path, form | {"score": 5})
    Invitation.objects.update(answered_at=timezone.now() - timedelta(days=2))
    for _ in range(2):
        browser.post(path, form)
        browser.post(path, {"step": "more", "comment": "replayed"})
    assert (Invitation.objects.get().answer, Invitation.objects.get().comment) == (5, "")
    assert Answer.objects.count() == 2


@pytest.mark.parametrize(
    "said",
    [
        {"step": "answer", "score": "3"},
        {"step": "more", "comment": "x"},
        {"step": "stop"},
        {"List-Unsubscribe": "One-Click"},
    ],
)
def test_another_site_that_lacks_the_address_can_do_nothing(invitation, signed_in, said):
    """There is no session here that it could use: the address is all there is, and it is signed."""
    foreign = {"origin": "https://evil.example", "referer": "https://evil.example/"}
    for token in ("i" + invitation.pk, f"i{invitation.pk}.forged", "s~~", "p.", "", "i.", "~"):
        done = signed_in("bob").post(f"/s/{token}/", said, headers=foreign)
        assert done.status_code == 404
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.status) == (None, "sent")


@pytest.mark.parametrize(
    "address", ["/surveys/", "/surveys/designs/{d}/", "/surveys/programmes/{p}/"]
)
def test_another_site_changes_no_survey_by_the_session_of_a_lead(signed_in, programme, address):
    bob = signed_in("bob")
    bob.handler.enforce_csrf_checks = True
    path = address.format(d=programme.design.pk, p=programme.pk)
    done = bob.post(path, {"name": "x"}, headers={"origin": "https://evil.example"})
    assert done.status_code == 403
    assert bob.get(path).headers["X-Frame-Options"] == "DENY"


@pytest.mark.django_db
def test_only_pages_of_our_sites_may_frame_a_survey_and_nobody_an_invitation(
    client, invitation, programme
):
    Site.objects.create(key="help", name="Help", origins=["https://help.example.org"])
    Site.objects.create(key="old", name="Old", origins=["https://o.example.org"], is_active=False)
    many = client.get(link.of_programme(programme).path, follow=True)
    assert "frame-ancestors https://help.example.org;" in many["Content-Security-Policy"] + ";"
    assert "X-Frame-Options" not in many
    assert "script-src 'self'" in many["Content-Security-Policy"]
    for path in (link.of_invitation(invitation).path, link.of_person("x").path, "/account/login/"):
        other = client.get(path)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
        assert other["X-Frame-Options"] == "DENY"


def test_what_is_injected_is_text_everywhere(company, signed_in, anonymous, tmp_path):
    """In titles, questions, options, names of programmes, comments and texts."""
    asks = {"en": {"question": INJECTED, "options": [INJECTED, INJECTED]}}
    design = Design.begin(INJECTED, "csat")
    version = design.newest
    version.texts = {
        "en": dict.fromkeys(("question", "low", "high", "follow_low"), INJECTED) | {"labels": []}
    }
    version.further = [
        {"key": "2", "kind": kind, "after": "", "texts": asks} for kind in ("choice", "text")
    ]
    version.save()
    programme = Programme.objects.create(name=INJECTED, design=design, touchpoint=INJECTED)
    row = another(programme)
    mail = mails.mail(row, "ann@example.org")
    row.keep(timezone.now(), answer=1, comment=INJECTED, like_machine=False, said={"2": [0]})
    row.keep(timezone.now(), said={"2": [0], "3": INJECTED})
    bob, path = signed_in("bob"), link.of_invitation(row).path
    pages = [
        bob.get(f"/surveys/designs/{design.pk}/"),
        bob.get(f"/surveys/programmes/{programme.pk}/"),
        bob.get("/surveys/"),
        bob.get("/surveys/programmes/new/"),
        *(bob.get(path + end) for end in ("", "?at=0", "?at=1", "?at=2", "?again=1", "2/")),
    ]
    for told in (*(page.content.decode() for page in pages), mail.alternatives[0][0]):
        assert "alert(" in told
        assert "<script>alert" not in told
        assert "<img src=x" not in told
        assert "14" not in re.findall(r"\{\{.*?\}\}(\d\d)", told)
    for page in pages:
        assert "'unsafe" not in page.headers["Content-Security-Policy"]
    assert "\n" not in mail.subject
    with create(tmp_path / "lake") as lake:
        outbox.bring_in(lake, timezone.now())
        ((comment,),) = lake.connection.execute("select comment from lake.survey").fetchall()
    assert comment == INJECTED


def test_what_is_too_large_is_refused_and_nothing_is_kept(invitation):
    browser, path = Client(), link.of_invitation(invitation).path
    form = {"step": "answer", "score": 3, "shown": shown_on(browser.get(path))}
    assert browser.post(path, form | {"comment": "x" * 3_000_000}).status_code in {400, 413}
    many = {f"field{number}": "x" for number in range(5000)}
    assert browser.post(path, form | many).status_code in {400, 413}
    assert browser.post(path, b"\xff\xfe" * 50, content_type="text/plain").status_code == 400
    assert browser.post(path, b"", content_type="text/plain").status_code in {400, 413}
    assert not Answer.objects.exists()
    browser.post(path, form)
    browser.post(path, {"step": "more", "comment": "x" * 50_000})
    assert len(Invitation.objects.get().comment) == 4000


SERVE = """
import sys
from pathlib import Path
from hearwell.web import serving
lake, port = Path(sys.argv[1]), int(sys.argv[2])
serving.ready(lake, f"http://127.0.0.1:{port}", print)
from hearwell.web.surveys import link
from hearwell.web.surveys.design import Design
from hearwell.web.surveys.programme import Programme
made = Programme.objects.create(name="care", design=Design.begin("Care", "csat"))
print("survey", link.of_programme(made).address, flush=True)
serving.serve("127.0.0.1", port)
"""


@pytest.mark.slow
def test_slow_clients_keep_nobody_from_answering(tmp_path):
    """Two hundred send a form byte by byte; meanwhile others answer."""
    with create(tmp_path / "lake") as lake:
        path = lake.path
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    environment = {
        **{n: v for n, v in os.environ.items() if not n.startswith(("HEARWELL_", "DJANGO_"))},
        "HEARWELL_HOME": str(tmp_path / "web"),
    }
    with (tmp_path / "told").open("w") as told:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(path), str(port)],
            env=environment,
            stdout=told,
            start_new_session=True,  # with what works in the background
        )
    slow = []
    try:
        address = told_in(tmp_path / "told", process)
        with answered_at(address) as page:
            sheet = page.url
        for number in range(200):
            one = socket.create_connection(("127.0.0.1", port))
            begun = f"POST /s/x{number}/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
            one.sendall(
                begun.encode() + b"Content-Type: application/x-www-form-urlencoded\r\n\r\ns"
            )
            slow.append(one)
        for _ in range(5):
            began = time.monotonic()
            with answered_at(sheet) as page:
                assert b"<form" in page.read()
            assert time.monotonic() - began < 10
            for one in slow:
                one.sendall(b"c")
    finally:
        for one in slow:
            one.close()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def told_in(file, process):
    for _ in range(600):
        found = re.search(r"^survey (\S+)$", file.read_text(), re.MULTILINE)
        if found:
            return found[1]
        assert process.poll() is None, "the server ended"
        time.sleep(0.1)
    pytest.fail("the server told of no survey")


def answered_at(address):
    for _ in range(100):
        try:
            return urlopen(address, timeout=20)  # noqa: S310  our own server
        except OSError:
            time.sleep(0.2)
    pytest.fail("the server did not answer")
