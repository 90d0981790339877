"""Secrets that are handed out once and recognised later; only a hash of each is kept."""

import hashlib
import secrets


def made() -> str:
    """Return a secret of 256 random bits, fit for an address."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits, so that no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()
