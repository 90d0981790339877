"""Who sends a request: a page in somebody's browser, or a server of the organisation's."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address

from hearwell.sources.own.event import AnyEvent
from hearwell.web.collector.asgi import Headers, Scope
from hearwell.web.collector.known import Known
from hearwell.web.collector.refused import Refused
from hearwell.web.collector.site import origin_of
from hearwell.web.collector.visitor import visitor
from hearwell.web.people import secret

LATEST = timedelta(days=7)
AHEAD = timedelta(minutes=5)


@dataclass(frozen=True)
class Teller:
    """Who sent a request.

    Attributes:
        address: whence it came, for limits; it is kept nowhere.

    """

    site: Known
    is_server: bool
    visitor: str
    address: str
    origin: str | None


def teller_of(
    site: Known, headers: Headers, address: str, salt: bytes, *, is_pixel: bool
) -> Teller:
    """Decide who tells; nothing else is looked at before.

    Raises:
        Refused: neither a page of the site nor a server that shows its key.

    """
    agent = headers.get(b"user-agent", b"").decode("latin-1")
    shown = headers.get(b"authorization", b"").decode("latin-1")
    who = visitor(salt, site.key, address, agent)
    if shown:
        given = secret.hashed(shown.removeprefix("Bearer ").strip())
        if site.server_key_hash and hmac.compare_digest(given, site.server_key_hash):
            return Teller(site, is_server=True, visitor=who, address=address, origin=None)
        raise Refused(401, "key", "This key opens nothing here.")
    origin = headers.get(b"origin", b"").decode("latin-1")
    if is_pixel and not origin:
        origin = origin_of(headers.get(b"referer", b"").decode("latin-1"))
    if origin not in site.origins:
        told = "Pages of this address may not tell for this site. Add it to its addresses."
        raise Refused(403, "origin", told)
    return Teller(site, is_server=False, visitor=who, address=address, origin=origin)


def address_of(scope: Scope, headers: Headers, behind_proxies: int) -> str:
    """Return the address of who asks: of IPv6 the network, of which a home has a whole one."""
    client = scope.get("client")
    found: str = client[0] if client else ""
    if behind_proxies:
        passed = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
        if len(passed) >= behind_proxies:
            found = passed[-behind_proxies].strip()
    return network(found) if ":" in found else found


def network(address: str) -> str:
    try:
        return IPv6Address(address.partition("%")[0]).exploded[:19]  # the first 64 of 128 bits
    except ValueError:
        return address


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
    wanted = hmac.digest(site.secret, (event.customer or "").encode(), "sha256").hex()
    return hmac.compare_digest(wanted.encode(), (event.signature or "").encode())
