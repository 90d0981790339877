"""The language in which somebody is spoken to: its words, its direction, its numbers and dates.

One catalogue of words serves pages, reports and digests. It is kept as `django.po`, the name by
which Django looks for it too.
"""

import gettext as standard
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

ENGLISH = "en"

LANGUAGES = {
    ENGLISH: "English",
    "pa": "ਪੰਜਾਬੀ",
    "be": "Беларуская",
    "ml": "മലയാളം",
    "km": "ខ្មែរ",
    "ur": "اردو",
}
"""Each language by its own name, so that whoever speaks no other finds it."""

RIGHT_TO_LEFT = {"ur"}

CATALOGUES = Path(__file__).parent / "locale"

spoken: ContextVar[str] = ContextVar("spoken", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak this language until the end of the block; in place of one not known, English."""
    before = spoken.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        spoken.reset(before)


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


@cache
def catalogue(language: str) -> standard.NullTranslations:
    return standard.translation("django", CATALOGUES, [language], fallback=True)


def gettext(words: str) -> str:
    """Say words, or a template with names in braces, in the language that is spoken."""
    return catalogue(spoken.get()).gettext(words) if words else words


def ngettext(one: str, many: str, count: float) -> str:
    """Say what fits a count; languages differ in how many forms they have."""
    return catalogue(spoken.get()).ngettext(one, many, int(count))


def gettext_noop(words: str) -> str:
    """Mark words that are said later, where the language is known."""
    return words
