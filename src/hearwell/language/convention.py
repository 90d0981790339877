"""What CLDR, the collection of the world's conventions, knows of the language that is spoken."""

from collections.abc import Iterable
from functools import cache, reduce
from unicodedata import bidirectional

from babel import Locale

from hearwell.language import RIGHT_TO_LEFT, gettext, spoken

SPACE = "\N{NO-BREAK SPACE}"  # a value and its unit stay on one line
LEFT_TO_RIGHT_MARK = "\N{LEFT-TO-RIGHT MARK}"
ISOLATE = {True: "\N{RIGHT-TO-LEFT ISOLATE}", False: "\N{LEFT-TO-RIGHT ISOLATE}"}
POP_ISOLATE = "\N{POP DIRECTIONAL ISOLATE}"

SEMICOLONS = {"ur": "؛ "}


def convention() -> Locale:
    return parsed(spoken.get())


@cache
def parsed(language: str) -> Locale:
    return Locale.parse(language)


def isolated(text: str) -> str:
    """Keep a figure together where the text around it goes from right to left.

    Else `84.0 … 86.2 %` would fall apart into pieces in another order.
    """
    if spoken.get() not in RIGHT_TO_LEFT:
        return text
    has_words = any(bidirectional(letter) in {"R", "AL"} for letter in text)
    return f"{ISOLATE[has_words]}{text}{POP_ISOLATE}"


def comma() -> str:
    """Return what stands between the parts of a list."""
    return str(convention().list_patterns["standard"]["middle"])[len("{0}") : -len("{1}")]


def united(parts: Iterable[str]) -> str:
    """Return a list of which everything is meant, such as call and survey."""
    return reduce(
        lambda one, other: gettext("{one} and {other}").format(one=one, other=other), parts
    )


def noted(notes: Iterable[str]) -> str:
    """Set remarks beside each other that are longer than words of a list."""
    return semicolon().join(notes)


def semicolon() -> str:
    """Return what stands between parts that have commas themselves."""
    return SEMICOLONS.get(spoken.get(), "; ")


def listed(parts: Iterable[str]) -> str:
    return comma().join(parts)
