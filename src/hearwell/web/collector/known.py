"""The sites as the receiver knows them: read from the database now and then, not at each event."""

import time
from dataclasses import dataclass

from asgiref.sync import sync_to_async

from hearwell.web.collector.site import Site

READ_EVERY_SECONDS = 5.0


@dataclass(frozen=True)
class Known:
    key: str
    origins: frozenset[str]
    secret: bytes
    server_key_hash: str


class Sites:
    def __init__(self) -> None:
        self.sites: dict[str, Known] = {}
        self.read_at = float("-inf")

    async def get(self, key: str) -> Known | None:
        if time.monotonic() - self.read_at > READ_EVERY_SECONDS:
            self.read_at = time.monotonic()
            self.sites = await sync_to_async(read, thread_sensitive=False)()
        return self.sites.get(key)


def read() -> dict[str, Known]:
    return {
        site.key: Known(
            site.key, frozenset(site.origins), site.secret.encode(), site.server_key_hash
        )
        for site in Site.objects.filter(is_active=True)
    }
