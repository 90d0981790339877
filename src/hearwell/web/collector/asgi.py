"""How a server and an application speak with each other (ASGI), and what the receiver answers."""

from collections.abc import Awaitable, Callable
from typing import Any

Scope = dict[str, Any]
Headers = dict[bytes, bytes]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

JSON = b"application/json"
NO_STORE = [(b"cache-control", b"no-store"), (b"cross-origin-resource-policy", b"cross-origin")]
NO_SNIFF = (b"x-content-type-options", b"nosniff")
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
    """Answer; pages of an origin may read it."""
    headers = [NO_SNIFF, *(more or [])]
    if content_type:
        headers += [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    if origin:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"vary", b"Origin"),
        ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
