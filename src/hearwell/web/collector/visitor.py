"""Readers told apart for a day, without a cookie and without keeping their address.

A visitor is a hash of address, browser and site with a salt of the day. The salt is forgotten when
the day is over, so that yesterday's hashes can be made of nobody any more.
"""

import hmac
import secrets
from datetime import date
from pathlib import Path

from hearwell.lake.folder import write_private

BEGINS = "salt-"
DIGITS = 24


class Salts:
    """The salt of today, shared by all processes of this server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day: date | None = None
        self.salt = b""

    def of(self, today: date) -> bytes:
        if today != self.day:
            self.salt = self.read(today)
            self.day = today
        return self.salt

    def read(self, today: date) -> bytes:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = self.folder / f"{BEGINS}{today.isoformat()}"
        for other in self.folder.glob(f"{BEGINS}*"):
            if other.name < file.name:
                other.unlink(missing_ok=True)
        if not file.exists():
            write_private(file, secrets.token_hex(32))
        return bytes.fromhex(file.read_text("ascii"))


def visitor(salt: bytes, *parts: str) -> str:
    told = "\0".join(parts).encode("utf-8", "replace")
    return hmac.digest(salt, told, "sha256").hex()[:DIGITS]
