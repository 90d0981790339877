"""Further questions of a survey: what kinds there are, and what may be answered to each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_TEXT = 4000
MOST_OPTIONS = 20


class Kind(models.TextChoices):
    """What can be answered. Names are kept in the database."""

    SCALE = "scale", _("the same scale")
    CHOICE = "choice", _("one of a list")
    CHOICES = "choices", _("several of a list")
    MATRIX = "matrix", _("several things on the same scale")
    TEXT = "text", _("text")


class After(models.TextChoices):
    """After which answers to the first question another one is asked."""

    ANY = "", _("any answer")
    LOW = "low", _("a low answer")
    MIDDLE = "middle", _("one in the middle")
    HIGH = "high", _("a high answer")


LISTED = {Kind.CHOICE, Kind.CHOICES, Kind.MATRIX}
SCALED = {Kind.SCALE, Kind.MATRIX}
SAID = {Kind.CHOICE, Kind.CHOICES, Kind.TEXT}
"""Kinds whose answers are words, and not places on the scale."""


@dataclass(frozen=True)
class Question:
    """A question after the first, in one language.

    Attributes:
        key: under which answers are kept; it never changes.
        options: what can be chosen; of a matrix, the things that are judged.

    """

    key: str
    kind: str
    after: str
    question: str
    options: tuple[str, ...] = ()

    @property
    def items(self) -> list[tuple[str, str]]:
        """What is answered on the scale: the name of each, and what it asks."""
        if self.kind == Kind.MATRIX:
            return [(f"{self.key}.{at}", row) for at, row in enumerate(self.options)]
        return [(self.key, self.question)] if self.kind == Kind.SCALE else []

    def said(self, form: Any) -> str | list[int] | None:
        """Return what a form says to a question that is answered in words; None for nothing."""
        given = form.getlist(f"said-{self.key}")
        if self.kind == Kind.TEXT:
            return cleaned(given[0])[:LONGEST_TEXT] if given and cleaned(given[0]) else None
        places = range(len(self.options))
        chosen = sorted({at for at in map(whole, given) if at is not None and at in places})
        return chosen[: 1 if self.kind == Kind.CHOICE else None] or None

    def told(self, said: Any) -> str:
        """Return an answer in words, as records have it: of several choices a line for each."""
        if self.kind == Kind.TEXT:
            return str(said)
        return "\n".join(self.options[at] for at in said if at < len(self.options))


def asked(further: list[dict[str, Any]], language: str) -> Iterator[Question]:
    """Give the further questions of a version as they are asked in a language."""
    for each in further:
        own = each["texts"].get(language) or next(iter(each["texts"].values()))
        yield Question(
            each["key"], each["kind"], each["after"], own["question"], tuple(own["options"])
        )


def most_asked(further: Sequence[Mapping[str, str]]) -> int:
    """Return how many questions somebody is asked at most, the first among them."""
    always = sum(not each["after"] for each in further)
    branches = [sum(each["after"] == part for each in further) for part in After.values if part]
    return 1 + always + max(branches)


def cleaned(text: str) -> str:
    """Return a text as it is kept: without signs that databases do not take."""
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 3 else None
