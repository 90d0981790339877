"""The telephone numbers that pages show in place of the usual one, so that calls can be credited.

A number is the same for all readers of a page, so that it tells nothing of any of them.
"""

import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from hearwell.settings import BadSettings, Settings, read
from hearwell.web.collector.asgi import Scope, Send, answered

READ_EVERY_SECONDS = 5.0
TEXT = b"text/plain; charset=utf-8"
ANYBODY = "*"
MAY_BE_KEPT = [(b"cache-control", b"public, max-age=300")]
LOG = logging.getLogger("hearwell.collector")


class Numbers:
    """Answers which number a page shows. It is read from the organisation's settings."""

    def __init__(self, lake: Path) -> None:
        self.lake = lake
        self.settings = Settings()
        self.read_at = float("-inf")

    async def __call__(self, scope: Scope, send: Send) -> None:
        query = parse_qs(scope["query_string"].decode("latin-1"))
        article, campaign = (query.get(name, [""])[0] for name in ("article", "campaign"))
        number = self.shown(article, campaign)
        if number is None:
            await answered(send, 204, b"", None, ANYBODY, MAY_BE_KEPT)
        else:
            await answered(send, 200, number.encode(), TEXT, ANYBODY, MAY_BE_KEPT)

    def shown(self, article: str, campaign: str) -> str | None:
        if time.monotonic() - self.read_at > READ_EVERY_SECONDS:
            self.read_at = time.monotonic()
            try:
                self.settings = read(self.lake)
            except BadSettings as problem:  # the last that could be read hold
                LOG.warning("telephone numbers are as before: %s", problem)
        today = datetime.now(UTC).astimezone(ZoneInfo(self.settings.zone)).date()
        return self.settings.shown_on(today, article=article, campaign=campaign)
