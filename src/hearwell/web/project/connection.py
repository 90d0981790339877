"""Connections that are let go when a request comes too slowly, or its head is too large.

uvicorn has no bounds of its own for either, so that a few thousand connections on which a byte
comes now and then would hold all others off.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024
LOOK_SECONDS = 10.0
"""So long a head may take; and so often it is looked how much of a body has come."""

SLOWEST_BYTES_A_SECOND = 1000


class Connection(HttpToolsProtocol):
    """A connection as uvicorn has it, with bounds. What comes all at once costs nothing more."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.is_head, self.came_bytes = True, 0
        self.look: asyncio.TimerHandle | None = None
        self.look_later()

    def data_received(self, data: bytes) -> None:
        self.came_bytes += len(data)
        super().data_received(data)
        if self.is_head and self.came_bytes > MOST_HEAD_BYTES:
            self.transport.close()
        elif self.look is None and (self.came_bytes or not self.is_head):
            self.look_later()

    def on_headers_complete(self) -> None:
        self.begins(is_head=False)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.begins(is_head=True)
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self.begins(is_head=True)
        super().connection_lost(exc)

    def begins(self, *, is_head: bool) -> None:
        """Begin with a part of a request: nothing of it has come yet."""
        self.is_head, self.came_bytes = is_head, 0
        if self.look is not None:
            self.look.cancel()
            self.look = None

    def look_later(self) -> None:
        self.look = self.loop.call_later(LOOK_SECONDS, self.look_now)

    def look_now(self) -> None:
        self.look = None
        is_slow = self.is_head or self.came_bytes < LOOK_SECONDS * SLOWEST_BYTES_A_SECOND
        if is_slow and not self.flow.read_paused:  # then it is we who are slow
            self.transport.close()
        elif not self.transport.is_closing():
            self.came_bytes = 0
            self.look_later()
