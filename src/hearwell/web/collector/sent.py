"""What a request holds: its body, as far as it is small enough, and its events."""

import hashlib
import time
from urllib.parse import parse_qs

import msgspec

from hearwell.sources.own.event import AnyEvent, View
from hearwell.web.collector.asgi import Headers, Receive, Scope
from hearwell.web.collector.refused import Refused
from hearwell.web.collector.teller import Teller

MOST_BYTES = 256 * 1024
MOST_EVENTS = 1000

Events = list[tuple[int, AnyEvent]]
"""Events with their places in the body."""

Faults = list[tuple[int, str]]

decode_event = msgspec.json.Decoder(AnyEvent).decode
decode_events = msgspec.json.Decoder(list[AnyEvent]).decode
decode_raw = msgspec.json.Decoder(list[msgspec.Raw]).decode


async def body_of(headers: Headers, receive: Receive) -> bytes:
    """Read a body that is small enough."""
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told) > MOST_BYTES:
        raise too_large()
    pieces, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":  # or it came too slowly: see `connection.py`
            raise Refused(400, "broken_off", "The request was broken off.")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > MOST_BYTES:
            raise too_large()
        if not message.get("more_body"):
            return b"".join(pieces)


def too_large() -> Refused:
    return Refused(413, "too_large", f"At most {MOST_BYTES // 1024} kB come at once.")


def read_events(body: bytes) -> tuple[Events, Faults]:
    """Return the events of a body, one or a list, and what is wrong with others.

    Raises:
        Refused: it is no JSON, or holds too many.

    """
    body = body.strip()
    try:
        try:
            found = decode_events(body) if body.startswith(b"[") else [decode_event(body)]
        except msgspec.ValidationError:
            return one_by_one(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused(400, "json", "The body is no JSON.") from None
    check_count(len(found))
    return list(enumerate(found)), []


def one_by_one(body: bytes) -> tuple[Events, Faults]:
    raw = decode_raw(body) if body.startswith(b"[") else [body]
    check_count(len(raw))
    events, wrong = [], []
    for place, each in enumerate(raw):
        try:
            events.append((place, decode_event(each)))
        except msgspec.ValidationError as error:
            wrong.append((place, f"form: {error}"))
    return events, wrong


def check_count(events: int) -> None:
    if events > MOST_EVENTS:
        raise Refused(413, "too_many_at_once", f"At most {MOST_EVENTS} events come at once.")


def pixel_view(scope: Scope, teller: Teller) -> tuple[int, AnyEvent]:
    """Return the reading that a picture tells of, where there are no scripts."""
    query = parse_qs(scope["query_string"].decode("latin-1"))
    article = query.get("article", [""])[0][:300]
    if not article:
        raise Refused(422, "form", "The picture's address names no article: ?article=…")
    minute = int(time.time() // 60)  # the same reader in the same minute reads once
    told = f"{teller.visitor}{article}{minute}".encode()
    return 0, View(id="p" + hashlib.sha256(told).hexdigest()[:32], article=article)
