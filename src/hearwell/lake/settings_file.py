"""Change the organisation's settings in their file: whole or not at all, its comments kept."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tomlkit
from filelock import FileLock
from pydantic import ValidationError
from tomlkit import TOMLDocument

from hearwell.errors import HearwellError
from hearwell.lake.faults import telling
from hearwell.lake.folder import write_private
from hearwell.language import gettext_noop
from hearwell.settings import FILE, Settings, read

LOCK = FILE + ".lock"
WAIT_SECONDS = 10.0

Place = tuple[str | int, ...]


class Change(NamedTuple):
    """What an entry was, and what it is now; empty where there was or is none."""

    entry: str
    before: str
    after: str


class Refused(HearwellError):
    """Settings that cannot be used; nothing was written."""

    def __init__(self, path: Path, problems: list[tuple[Place, str]]) -> None:
        self.problems = problems
        listed = "\n".join(f"  {'.'.join(map(str, place))}: {told}" for place, told in problems)
        super().__init__(f"{path} was left as it is:\n{listed}")


class ChangedMeanwhile(HearwellError):
    def __init__(self, path: Path) -> None:
        told = gettext_noop(
            "{path} was changed by somebody else meanwhile, and left as that is. Look at it again, "
            "and make your change once more."
        )
        super().__init__(told, path=str(path))


def text(lake: Path) -> str:
    """Return what the file says; nothing where there is none."""
    path = lake / FILE
    return path.read_text("utf-8") if path.exists() else ""


def edition(lake: Path) -> str:
    """Return a mark of what the file says, for `change`."""
    return hashlib.sha256(text(lake).encode()).hexdigest()


def change(
    lake: Path,
    edit: Callable[[TOMLDocument], None],
    seen: str,
    check: Callable[[Settings], object] | None = None,
) -> list[Change]:
    """Change the settings; return what is different.

    Args:
        edit: changes the document.
        seen: the `edition` that whoever changes it saw.
        check: raises what is wrong with settings that can be read.

    Raises:
        Refused: the settings could not be used.
        ChangedMeanwhile: the file is not what was seen.
        BadSettings: the file could not be used before.

    """
    path = lake / FILE
    with telling(lake), FileLock(lake / LOCK, timeout=WAIT_SECONDS):
        if edition(lake) != seen:
            raise ChangedMeanwhile(path)
        before = read(lake)
        document = tomlkit.parse(text(lake))
        edit(document)
        written = tomlkit.dumps(document)
        after = checked(path, tomllib.loads(written))
        if check:
            check(after)
        found = list(differences(before, after))
        if found:
            write_private(path, written)
    return found


def checked(path: Path, entries: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(entries)
    except ValidationError as error:
        found = [(each["loc"], plain(each["msg"])) for each in error.errors()]
        raise Refused(path, found) from error


def plain(message: str) -> str:
    """Return what pydantic says without its own manner of speaking."""
    return message.removeprefix("Value error, ")


def differences(before: Settings, after: Settings) -> Iterator[Change]:
    """Give the entries that are not the same, schedules and targets as wholes."""
    old, new = (dict(flat(each.model_dump(mode="json"))) for each in (before, after))
    for entry in sorted({*old, *new}):
        if old.get(entry, "") != new.get(entry, ""):
            yield Change(entry, old.get(entry, ""), new.get(entry, ""))


def flat(entries: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, str]]:
    for name, value in entries.items():
        if isinstance(value, dict):
            yield from flat(value, f"{inside}{name}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for number, each in enumerate(value, 1):
                yield f"{inside}{name} {number}", json.dumps(each, ensure_ascii=False)
        else:
            yield inside + name, json.dumps(value, ensure_ascii=False)


def listed(document: TOMLDocument, name: str) -> list[dict[str, Any]]:
    """Return the entries of an array of tables, to be changed and put back by `put`."""
    found: list[dict[str, Any]] = document.unwrap().get(name, [])
    return found


def put(document: TOMLDocument, name: str, entries: list[dict[str, Any]]) -> None:
    """Put an array of tables in the place of another."""
    if name in document:
        document.remove(name)
    if entries:
        tables = tomlkit.aot()
        for each in entries:
            tables.append(tomlkit.item(each))
        document.append(name, tables)
