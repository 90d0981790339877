"""Take events in: decide who tells, what of it is an event, and answer once it is on disk.

It stands beside Django, not in it: the same server answers a few times as many events so.
"""

import asyncio
import logging
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from asgiref.sync import sync_to_async

from hearwell.sources.own.event import AnyEvent
from hearwell.web.collector.asgi import (
    JSON,
    NO_STORE,
    PREFLIGHT,
    Headers,
    Receive,
    Scope,
    Send,
    answered,
)
from hearwell.web.collector.commit import Busy, Commits
from hearwell.web.collector.known import Sites
from hearwell.web.collector.limits import Bucket
from hearwell.web.collector.refusal import NO_SITE, Refusal
from hearwell.web.collector.refused import Refused
from hearwell.web.collector.script import Script
from hearwell.web.collector.sent import Events, Faults, body_of, pixel_view, read_events
from hearwell.web.collector.shown import Numbers
from hearwell.web.collector.teller import Teller, address_of, fault, teller_of
from hearwell.web.collector.visitor import Salts

LOG = logging.getLogger("hearwell.collector")

PATH = "/collect/"
SCRIPT = "/hearwell.js"
PIXEL, NUMBER = "pixel.gif", "number"
NOTED_AFTER_SECONDS = 5

NOTHING_SEEN = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)
encode = msgspec.json.Encoder().encode


class Line(msgspec.Struct):
    """What is kept of an event: when it was received, its site, visitor and customer."""

    r: int  # microseconds since 1970
    s: str
    v: str
    c: str | None
    e: AnyEvent


class Receiver:
    """Answers `/collect/SITE` and what lies below. One for each process.

    Args:
        folder: for the journal.
        lake: whose settings have the telephone numbers of articles.
        behind_proxies: so many set X-Forwarded-For, and can be trusted.

    """

    def __init__(self, folder: Path, lake: Path, behind_proxies: int = 0) -> None:
        self.commits = Commits(folder)
        self.sites = Sites()
        self.salts = Salts(folder)
        self.behind_proxies = behind_proxies
        self.by_visitor = Bucket(per_second=5, at_once=120)
        self.by_address = Bucket(per_second=100, at_once=2000)
        self.refused: Counter[tuple[str, str]] = Counter()
        self.is_noting = False
        self.script = Script()
        self.numbers = Numbers(lake)

    def note(self, key: str, reason: str, events: int = 1) -> None:
        """Count what was refused; the counts are written down together, now and then."""
        self.refused[key, reason] += events
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
        headers: Headers = dict(scope["headers"])
        key, _, of = scope["path"].removeprefix(PATH).partition("/")
        if of == NUMBER and scope["method"] == "GET":
            await self.numbers(scope, send)
            return
        try:
            await self.answer(scope, headers, key, receive, send)
        except Refused as refused:
            site = (self.sites.sites or {}).get(key)
            self.note(site.key if site else NO_SITE, refused.reason)
            origin = headers.get(b"origin", b"").decode("latin-1")
            await answered(
                send,
                refused.status,
                encode({"refused": refused.reason, "told": str(refused)}),
                JSON,
                origin if site and origin in site.origins else None,
                [(b"retry-after", str(refused.after).encode())] if refused.after else [],
            )

    async def answer(
        self, scope: Scope, headers: Headers, key: str, receive: Receive, send: Send
    ) -> None:
        site = await self.sites.get(key)
        if site is None:
            raise Refused(404, "unknown_site", "There is no such site, or it is switched off.")
        method, is_pixel = scope["method"], scope["path"].endswith("/" + PIXEL)
        now = datetime.now(UTC)
        address = address_of(scope, headers, self.behind_proxies)
        salt = self.salts.of(now.date())
        teller = teller_of(site, headers, address, salt, is_pixel=is_pixel)
        if method == "OPTIONS":
            await answered(send, 204, b"", None, teller.origin, PREFLIGHT)
            return
        wrong: Faults
        if is_pixel and method == "GET":
            events, wrong = [pixel_view(scope, teller)], []
        elif method == "POST":
            events, wrong = read_events(await body_of(headers, receive))
        else:
            raise Refused(405, "method", "Events are sent by POST.")
        self.limit(teller, len(events) + len(wrong))
        kept = checked(events, teller, now, wrong)
        if kept:
            await self.keep(b"\n".join([*kept, b""]))
        for _, reason in wrong:
            self.note(site.key, reason.partition(":")[0])
        if is_pixel:
            await answered(send, 200, NOTHING_SEEN, b"image/gif", None, NO_STORE)
        elif wrong:
            refused = [{"event": place, "reason": reason} for place, reason in sorted(wrong)]
            summary = encode({"kept": len(kept), "refused": refused})
            await answered(send, 200 if kept else 422, summary, JSON, teller.origin)
        else:
            await answered(send, 204, b"", None, teller.origin)

    def limit(self, teller: Teller, events: int) -> None:
        if teller.is_server:
            return  # who has a key is held back by the disk alone
        if events > (most := int(self.by_visitor.at_once)):  # to come again later would not help
            told = f"Without the key at most {most} events come at once."
            raise Refused(413, "too_many_at_once", told)
        now = time.monotonic()
        wait = max(
            self.by_visitor.take(teller.visitor, events, now),
            self.by_address.take(teller.address, events, now),
        )
        if wait:
            raise Refused(429, "too_many", "Too many events at once.", after=wait)

    async def keep(self, lines: bytes) -> None:
        try:
            await self.commits.keep(lines)
        except Busy:
            told = "More comes than can be written. Send it again later."
            raise Refused(429, "busy", told, after=5) from None
        except OSError as error:
            LOG.warning("events could not be kept: %r", error)
            told = "Events cannot be kept just now. Send them again later."
            raise Refused(503, "not_kept", told, after=5) from None


def checked(events: Events, teller: Teller, now: datetime, wrong: Faults) -> list[bytes]:
    """Return the lines to keep; what is refused of the events is added to the faults."""
    kept = []
    received, site = int(now.timestamp() * 1_000_000), teller.site.key
    for place, event in events:
        reason = fault(event, teller, now)
        if reason:
            wrong.append((place, reason))
            continue
        who = event.visitor if teller.is_server and event.visitor else teller.visitor
        customer, event.customer = event.customer, None
        event.visitor = event.signature = None
        kept.append(encode(Line(received, site, who, customer, event)))
    return kept


def add_all(refused: Counter[tuple[str, str]]) -> None:
    today = datetime.now(UTC).date()
    for (key, reason), events in refused.items():
        Refusal.add(key, today, reason, events)
