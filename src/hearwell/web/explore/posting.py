"""Post to an address that somebody typed in, without becoming a way into this network.

A name is resolved once, every address of it is checked, and the connection is made to one that was
checked: a name that leads elsewhere a moment later leads nowhere. Redirects are not followed.
"""

import socket
import ssl
from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

from hearwell.errors import WrongUse

Address = IPv4Address | IPv6Address

TIMEOUT = Timeout(connect=5, read=10)
TRANSLATED = ip_network("64:ff9b::/96")
"""Addresses of IPv4 as networks of IPv6 alone reach them (RFC 6052)."""


class Refused(WrongUse):
    """The address must not be posted to."""


def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Return the status of the answer; what else it says is not read.

    Raises:
        Refused, OSError, urllib3.exceptions.HTTPError.

    """
    parts = urlsplit(address)
    host, port, found = checked(address)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    pool: HTTPConnectionPool
    if parts.scheme == "https":
        pool = HTTPSConnectionPool(
            str(found),
            port,
            server_hostname=host,
            assert_hostname=host,
            ssl_context=ssl.create_default_context(),
        )
    else:
        pool = HTTPConnectionPool(str(found), port)
    with pool:
        answer = pool.urlopen(
            "POST",
            target,
            body=body,
            headers={**headers, "Host": parts.netloc},
            redirect=False,
            retries=False,
            timeout=TIMEOUT,
            preload_content=False,
        )
        answer.close()
        return answer.status


def checked(address: str) -> tuple[str, int, Address]:
    """Return the host, the port, and an address of the host that may be posted to.

    Raises:
        Refused, OSError: the name is not known.

    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or parts.scheme not in {"http", "https"} or parts.username or parts.password:
        raise Refused(_("The address must be like https://example.org/path."))
    port = port or (443 if parts.scheme == "https" else 80)
    told = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = [ip_address(str(each[4][0]).partition("%")[0]) for each in told]
    if not all(is_allowed(each) or is_public(each) for each in found):
        problem = _(
            "{host} lies in a private network. Whoever runs the server may allow it with "
            "HEARWELL_WEBHOOK_NETWORKS."
        )
        raise Refused(problem.format(host=host))
    if parts.scheme != "https" and not all(map(is_allowed, found)):
        raise Refused(
            _("The address must begin with https://, so that nobody reads it on its way.")
        )
    return host, port, found[0]


def is_allowed(address: Address) -> bool:
    """Did whoever runs the server allow the network of an address?"""
    return any(address in network for network in settings.WEBHOOK_NETWORKS)


def is_public(address: Address) -> bool:
    """Is this an address of the internet, also by whatever way IPv4 hides in it?"""
    if isinstance(address, IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in TRANSLATED:
            inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
        if any(each is not None and not is_public(each) for each in inner):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast
