"""Connections that are let go when the head of a request is too large or comes too slowly.

uvicorn itself has no bounds for either, so that a few thousand open connections would do.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 64 * 1024
HEAD_SECONDS = 10.0


class Connection(HttpToolsProtocol):
    """A connection as uvicorn has it, with bounds for what comes before a body."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.head_bytes = 0
        self.is_head = True
        self.last_call: asyncio.TimerHandle | None = None
        self.wait()

    def data_received(self, data: bytes) -> None:
        self.head_bytes += len(data) if self.is_head else 0
        super().data_received(data)
        if self.is_head and self.head_bytes > MOST_HEAD_BYTES:
            self.transport.close()
        elif self.is_head and self.head_bytes and self.last_call is None:
            self.wait()

    def on_headers_complete(self) -> None:
        self.is_head = False
        self.head_bytes = 0
        self.wait_no_more()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self.is_head = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self.wait_no_more()
        super().connection_lost(exc)

    def wait(self) -> None:
        self.last_call = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def wait_no_more(self) -> None:
        if self.last_call is not None:
            self.last_call.cancel()
            self.last_call = None
