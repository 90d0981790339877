"""Take events in: decide who tells, what of it is an event, and answer once it is on disk.

It stands beside Django, not in it: the same server answers a few times as many events so.
"""

import asyncio
import gzip
import hashlib
import hmac
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import msgspec
import rjsmin
from asgiref.sync import sync_to_async

from hearwell.sources.own.event import AnyEvent, View
from hearwell.web.collector.commit import Busy, Commits
from hearwell.web.collector.known import Known, Sites
from hearwell.web.collector.limits import Bucket
from hearwell.web.collector.refusal import Refusal
from hearwell.web.collector.site import origin_of
from hearwell.web.collector.visitor import Salts, visitor
from hearwell.web.people import secret

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

LOG = logging.getLogger("hearwell.collector")

PATH = "/collect/"
SCRIPT = "/hearwell.js"
MOST_BYTES = 256 * 1024
MOST_EVENTS = 1000
SLOWEST_SECONDS = 10
NOTED_AFTER_SECONDS = 5
LATEST = timedelta(days=7)
AHEAD = timedelta(minutes=5)

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)

decode_event = msgspec.json.Decoder(AnyEvent).decode
decode_events = msgspec.json.Decoder(list[AnyEvent]).decode
decode_raw = msgspec.json.Decoder(list[msgspec.Raw]).decode
encode = msgspec.json.Encoder().encode


class Refused(Exception):
    """A request of which nothing is taken."""

    def __init__(self, status: int, reason: str, told: str, after: int = 0) -> None:
        super().__init__(told)
        self.status, self.reason, self.told, self.after = status, reason, told, after


@dataclass(frozen=True)
class Teller:
    """Who sent a request: a page in somebody's browser, or a server of the organisation's."""

    site: Known
    is_server: bool
    visitor: str
    origin: str | None


class Receiver:
    """Answers `/collect/SITE`. One for each process."""

    def __init__(self, folder: Path, behind_proxies: int = 0) -> None:
        self.commits = Commits(folder)
        self.sites = Sites()
        self.salts = Salts(folder)
        self.behind_proxies = behind_proxies
        self.by_visitor = Bucket(per_second=5, at_once=120)
        self.by_address = Bucket(per_second=100, at_once=2000)
        self.refused: Counter[tuple[str, str]] = Counter()
        self.is_noting = False
        self.script = Script()

    def note(self, key: str, reason: str) -> None:
        """Count what was refused; the counts are written down together, now and then."""
        self.refused[key[:40], reason] += 1
        if not self.is_noting:
            self.is_noting = True
            asyncio.get_running_loop().call_later(
                NOTED_AFTER_SECONDS, lambda: asyncio.ensure_future(self.write_down())
            )

    async def write_down(self) -> None:
        self.is_noting = False
        refused, self.refused = self.refused, Counter()
        await sync_to_async(add_all, thread_sensitive=False)(refused)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["path"] == SCRIPT:
            await self.script(scope, send)
            return
        headers = dict(scope["headers"])
        key = scope["path"].removeprefix(PATH).partition("/")[0]
        origin = headers.get(b"origin", b"").decode("latin-1")
        try:
            await self.answer(scope, headers, key, receive, send)
        except Refused as refused:
            self.note(key, refused.reason)
            body = encode({"refused": refused.reason, "told": refused.told})
            more = [(b"retry-after", str(refused.after).encode())] if refused.after else []
            site = await self.sites.get(key)
            allowed = origin if site and origin in site.origins else None
            await answered(send, refused.status, body, JSON, allowed, more)

    async def answer(
        self, scope: Scope, headers: dict[bytes, bytes], key: str, receive: Receive, send: Send
    ) -> None:
        site = await self.sites.get(key)
        if site is None:
            raise Refused(404, "unknown_site", "There is no such site, or it is switched off.")
        method, is_pixel = scope["method"], scope["path"].endswith("/pixel.gif")
        teller = self.teller(scope, headers, site, is_pixel=is_pixel)
        if method == "OPTIONS":
            await answered(send, 204, b"", None, teller.origin, PREFLIGHT)
            return
        if is_pixel and method == "GET":
            events, wrong = [pixel_view(scope, teller)], list[tuple[int, str]]()
        elif method == "POST":
            events, wrong = read_events(await body_of(headers, receive))
        else:
            raise Refused(405, "method", "Events are sent by POST.")
        now = datetime.now(UTC)
        kept, more_wrong = self.checked(events, teller, now)
        wrong += more_wrong
        self.limit(teller, scope, headers, len(events))
        if kept:
            try:
                await self.commits.keep(b"".join(kept))
            except (Busy, OSError) as error:
                LOG.warning("events could not be kept: %r", error)
                told = "Events cannot be kept just now. Send them again later."
                raise Refused(503, "busy", told, after=5) from None
        for _, reason in wrong:
            self.note(site.key, reason.partition(":")[0])
        if is_pixel:
            await answered(send, 200, PIXEL, b"image/gif", None, NO_STORE)
        elif wrong:
            summary = {
                "kept": len(kept),
                "refused": [{"event": place, "reason": reason} for place, reason in wrong],
            }
            await answered(send, 200 if kept else 422, encode(summary), JSON, teller.origin)
        else:
            await answered(send, 204, b"", None, teller.origin)

    def teller(
        self, scope: Scope, headers: dict[bytes, bytes], site: Known, *, is_pixel: bool
    ) -> Teller:
        """Decide who tells; nothing else is looked at before.

        Raises:
            Refused: neither a page of the site nor a server that shows its key.

        """
        agent = headers.get(b"user-agent", b"").decode("latin-1")
        shown = headers.get(b"authorization", b"").decode("latin-1")
        who = visitor(
            self.salts.of(datetime.now(UTC).date()), site.key, self.address(scope, headers), agent
        )
        if shown:
            given = secret.hashed(shown.removeprefix("Bearer ").strip())
            if site.server_key_hash and hmac.compare_digest(given, site.server_key_hash):
                return Teller(site, is_server=True, visitor=who, origin=None)
            raise Refused(401, "key", "This key opens nothing here.")
        origin = headers.get(b"origin", b"").decode("latin-1")
        if is_pixel and not origin:
            origin = origin_of(headers.get(b"referer", b"").decode("latin-1"))
        if origin not in site.origins:
            told = "Pages of this address may not tell for this site. Add it to its addresses."
            raise Refused(403, "origin", told)
        return Teller(site, is_server=False, visitor=who, origin=origin)

    def address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Return the address of who asks; it goes into hashes only."""
        if self.behind_proxies:
            passed = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
            if len(passed) >= self.behind_proxies:
                return passed[-self.behind_proxies].strip()
        client = scope.get("client")
        return client[0] if client else ""

    def limit(self, teller: Teller, scope: Scope, headers: dict[bytes, bytes], events: int) -> None:
        if teller.is_server:
            return  # who has a key is held back by the disk alone
        now = time.monotonic()
        wait = max(
            self.by_visitor.take(teller.visitor, events, now),
            self.by_address.take(self.address(scope, headers), events, now),
        )
        if wait:
            raise Refused(429, "too_many", "Too many events at once.", after=wait)

    def checked(
        self, events: list[tuple[int, AnyEvent]], teller: Teller, now: datetime
    ) -> tuple[list[bytes], list[tuple[int, str]]]:
        """Return the lines to keep, and which events are refused and why."""
        kept, wrong = [], []
        received = int(now.timestamp() * 1_000_000)
        for place, event in events:
            reason = fault(event, teller, now)
            if reason:
                wrong.append((place, reason))
                continue
            who = event.visitor if teller.is_server and event.visitor else teller.visitor
            customer, event.customer = event.customer, None
            event.visitor = event.signature = None
            kept.append(
                encode({"r": received, "s": teller.site.key, "v": who, "c": customer, "e": event})
                + b"\n"
            )
        return kept, wrong


def fault(event: AnyEvent, teller: Teller, now: datetime) -> str | None:
    """Return why an event of a known form is refused; None if it is not."""
    if event.at is not None:
        if not teller.is_server:
            return "at: browsers tell how long ago, by age"
        if event.at.tzinfo is None:
            return "at: an instant needs its zone, such as 2026-01-31T09:00:00Z"
        if not now - LATEST <= event.at <= now + AHEAD:
            return "late: events are taken for 7 days"
    if event.customer is not None and not teller.is_server and not is_signed(event, teller.site):
        return "signature: the customer is not signed with the site's secret"
    return None


def is_signed(event: AnyEvent, site: Known) -> bool:
    wanted = hmac.new(site.secret, (event.customer or "").encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(wanted, event.signature or "")


def read_events(body: bytes) -> tuple[list[tuple[int, AnyEvent]], list[tuple[int, str]]]:
    """Return the events of a body, one or a list, with their places; and what is wrong with others.

    Raises:
        Refused: it is no JSON, or holds too many.

    """
    body = body.strip()
    try:
        if not body.startswith(b"["):
            return [(0, decode_event(body))], []
        found: list[AnyEvent] = decode_events(body)
    except msgspec.ValidationError:
        return one_by_one(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refused(400, "json", "The body is no JSON.") from None
    check_count(len(found))
    return list(enumerate(found)), []


def one_by_one(body: bytes) -> tuple[list[tuple[int, AnyEvent]], list[tuple[int, str]]]:
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


async def body_of(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """Read a body that is small enough, from who sends it soon enough."""
    told = headers.get(b"content-length", b"0")
    if not told.isdigit() or int(told) > MOST_BYTES:
        raise Refused(413, "too_large", f"At most {MOST_BYTES // 1024} kB come at once.")
    pieces, size = [], 0
    try:
        async with asyncio.timeout(SLOWEST_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refused(400, "broken_off", "The request was broken off.")
                pieces.append(message.get("body", b""))
                size += len(pieces[-1])
                if size > MOST_BYTES:
                    told_kb = MOST_BYTES // 1024
                    raise Refused(413, "too_large", f"At most {told_kb} kB come at once.")
                if not message.get("more_body"):
                    return b"".join(pieces)
    except TimeoutError:
        raise Refused(408, "too_slow", "The request took too long to arrive.") from None


JSON = b"application/json"
NO_STORE = [(b"cache-control", b"no-store"), (b"cross-origin-resource-policy", b"cross-origin")]
PREFLIGHT = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


async def answered(  # noqa: PLR0913, PLR0917  what an answer is made of
    send: Send,
    status: int,
    body: bytes,
    content_type: bytes | None,
    origin: str | None,
    more: list[tuple[bytes, bytes]] | None = None,
) -> None:
    headers = [(b"x-content-type-options", b"nosniff"), *(more or [])]
    if content_type:
        headers += [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    if origin:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"vary", b"Origin"),
        ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def add_all(refused: Counter[tuple[str, str]]) -> None:
    today = datetime.now(UTC).date()
    for (key, reason), events in refused.items():
        Refusal.add(key, today, reason, events)


class Script:
    """Serves `hearwell.js` to any page."""

    def __init__(self) -> None:
        source = files("hearwell.web.collector").joinpath("hearwell.js")
        self.body = rjsmin.jsmin(source.read_text("utf-8")).encode()
        self.packed = gzip.compress(self.body, 9)
        self.tag = b'"' + hashlib.sha256(self.body).hexdigest()[:16].encode() + b'"'

    async def __call__(self, scope: Scope, send: Send) -> None:
        asked = dict(scope["headers"])
        same = asked.get(b"if-none-match") == self.tag
        is_packed = b"gzip" in asked.get(b"accept-encoding", b"") and not same
        body = b"" if same else self.packed if is_packed else self.body
        headers = [
            (b"content-type", b"text/javascript; charset=utf-8"),
            (b"cache-control", b"public, max-age=3600"),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"x-content-type-options", b"nosniff"),
            (b"etag", self.tag),
            (b"vary", b"Accept-Encoding"),
            *([(b"content-encoding", b"gzip")] if is_packed else []),
        ]
        await send(
            {"type": "http.response.start", "status": 304 if same else 200, "headers": headers}
        )
        await send({"type": "http.response.body", "body": body})
