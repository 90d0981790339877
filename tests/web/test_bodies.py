"""Nothing large is kept on disk for people who are not signed in, whatever they say of its size."""

import asyncio

import pytest
from django.conf import settings

from hearwell.web.project import bodies
from hearwell.web.project.bodies import Bounded

PIECE = b"x" * 100_000


class Taker:
    """An application that takes a whole body."""

    def __init__(self):
        self.took, self.was_left = 0, False

    async def __call__(self, _scope, receive, send):
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.was_left = True
                break
            self.took += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def posted(size, *, told=None, cookie=None):
    """Send a body of a size; return the status, and what the application got of it."""
    headers = [(b"content-length", str(told).encode())] if told is not None else []
    headers += [(b"cookie", cookie)] if cookie is not None else []
    pieces = [PIECE] * (size // len(PIECE))
    sent, taker = [], Taker()

    async def receive():
        return {
            "type": "http.request",
            "body": pieces.pop() if pieces else b"",
            "more_body": bool(pieces),
        }

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "headers": headers}
    asyncio.run(Bounded(taker)(scope, receive, send))
    assert len(sent) == 2
    return sent[0]["status"], taker


@pytest.mark.parametrize("told", [None, 0, 10])
def test_a_body_is_counted_as_it_comes(told):
    status, taker = posted(20_000_000, told=told)
    assert (status, taker.was_left) == (413, True)
    assert taker.took <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE


@pytest.mark.parametrize("told", [10**12, "-1", "1e3", ""])
def test_a_size_that_is_too_large_or_none_is_refused_unread(told):
    status, taker = posted(100_000, told=told)
    assert (status, taker.took) == (413, 0)


def test_what_is_small_is_taken_of_anybody():
    assert posted(4_000_000, told=4_000_000)[0] == 204
    assert posted(4_000_000)[1].took == 4_000_000


@pytest.mark.parametrize(
    "cookie", [b"hearwell=" + b"a" * 32, b"hearwell=", b"\xff;=;hearwell", b""]
)
@pytest.mark.django_db(transaction=True)
def test_a_cookie_that_was_made_up_is_no_session(cookie):
    assert posted(20_000_000, cookie=cookie)[0] == 413


@pytest.mark.django_db(transaction=True)
def test_people_who_are_signed_in_may_send_files(signed_in, monkeypatch):
    key = signed_in("alice").cookies[settings.SESSION_COOKIE_NAME].value
    cookie = f"{settings.SESSION_COOKIE_NAME}={key}".encode()
    assert posted(20_000_000, told=20_000_000, cookie=cookie)[1].took == 20_000_000
    monkeypatch.setattr(bodies, "OF_PEOPLE", 10_000_000)
    assert posted(20_000_000, cookie=cookie)[0] == 413
