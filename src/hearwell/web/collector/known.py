"""The sites as the receiver knows them: read from the database now and then, not at each event."""

import asyncio
import logging
import time
from dataclasses import dataclass

from asgiref.sync import sync_to_async
from django.db import DatabaseError

from hearwell.web.collector.refused import Refused
from hearwell.web.collector.site import Site

LOG = logging.getLogger("hearwell.collector")

READ_EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Known:
    key: str
    origins: frozenset[str]
    secret: bytes
    server_key_hash: str


class Sites:
    """Nobody waits while they are read, but for the first time."""

    def __init__(self) -> None:
        self.sites: dict[str, Known] | None = None
        self.read_at = float("-inf")
        self.reading: asyncio.Task[None] | None = None

    async def get(self, key: str) -> Known | None:
        """Return a site.

        Raises:
            Refused: it is not known yet which there are.

        """
        if time.monotonic() - self.read_at > READ_EVERY_SECONDS:
            self.read_at = time.monotonic()
            self.reading = asyncio.create_task(self.read())
        if self.sites is None and self.reading is not None:
            await asyncio.wait([self.reading])
        if self.sites is None:
            raise Refused(503, "busy", "Sites cannot be looked up just now. Come again.", after=5)
        return self.sites.get(key)

    async def read(self) -> None:
        try:
            self.sites = await sync_to_async(read, thread_sensitive=False)()
        except DatabaseError:
            LOG.exception("sites could not be read; those known before hold")


def read() -> dict[str, Known]:
    return {
        site.key: Known(
            site.key, frozenset(site.origins), site.secret.encode(), site.server_key_hash
        )
        for site in Site.objects.filter(is_active=True)
    }
