"""Make the catalogues that programs read (django.mo) from those that people write (django.po).

Hatch runs this when it builds a wheel; `scripts/messages.py compile` does the same in a checkout.
"""

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE = "src/hearwell/language/locale"


class Catalogues(BuildHookInterface):
    """Puts compiled catalogues into the wheel, which otherwise leaves out what git ignores."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile before the files of the wheel are collected."""
        compile_catalogues(Path(self.root) / LOCALE)
        build_data["artifacts"].append(f"/{LOCALE}/*/LC_MESSAGES/django.mo")


def compile_catalogues(locale: Path) -> None:
    """Compile those that are newer than what was made of them."""
    for source in locale.glob("*/LC_MESSAGES/django.po"):
        made = source.with_suffix(".mo")
        if made.exists() and made.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        part = made.with_suffix(f".{os.getpid()}")  # another may do the same meanwhile
        with part.open("wb") as file:
            write_mo(file, catalogue)
        part.replace(made)
