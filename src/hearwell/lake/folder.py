"""The folder of a lake: private to the account that made it."""

import os
import secrets
from pathlib import Path

from hearwell.lake.errors import BadFolderName, NoIdentityKey, NotEmpty

CATALOG = "catalog.sqlite"
DATA = "data"
KEY = "identity.key"
STAGING = "staging"
LOCK = "write.lock"
HOLDER = "write.holder"
SHOWN = "shown.snapshot"
SHOWN_LOCK = "shown.lock"

PART = ".part"

KEY_CHARACTERS = 32


def located(path: Path) -> Path:
    """Return the folder's full name, the same however it was reached.

    Raises:
        BadFolderName: DuckDB would take the name for a pattern. Looking for files to delete by
            such a pattern could find those of another lake.

    """
    full = path.absolute().resolve()
    if set(str(full)) & set("*?[]"):
        raise BadFolderName(full)
    return full


def make_private(path: Path, known: frozenset[str]) -> None:
    """Make the folder, or take an empty one, so that only this account can look into it.

    Args:
        known: names that an attempt which was broken off may have left.

    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for found in sorted(each.name for each in path.iterdir()):
        if found not in known:
            raise NotEmpty(path, found)
    if path.stat().st_mode & 0o077:
        path.chmod(0o700)


def write_private(file: Path, text: str) -> None:
    """Write a file that only this account can read: whole, or not at all."""
    part = file.with_name(file.name + PART)
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def new_key() -> str:
    return secrets.token_hex(KEY_CHARACTERS // 2)


def read_key(lake: Path) -> str:
    """Return the secret with which identifiers are hashed.

    Raises:
        NoIdentityKey: it is not there, not for this account, or not whole.

    """
    file = lake / KEY
    try:
        key = file.read_text("ascii").strip()
    except FileNotFoundError:
        raise NoIdentityKey(file, "it is not there.") from None
    except PermissionError:
        raise NoIdentityKey(file, "this account may not read it.") from None
    except UnicodeDecodeError:
        raise NoIdentityKey(file, "it is damaged.") from None
    if len(key) < KEY_CHARACTERS:
        raise NoIdentityKey(file, "it is not whole.")
    return key
