"""The instruments that have a standard: their scale, and their words in each language."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hearwell.language import ENGLISH, LANGUAGES
from hearwell.records.survey import ANONYMOUS

TEXTS = Path(__file__).parent / "texts"

Words = Mapping[str, Any]


@dataclass(frozen=True)
class Instrument:
    """A question with its scale, as it is asked everywhere.

    Attributes:
        record: what the records call it.
        presentation: how the scale is shown unless somebody chooses otherwise.

    """

    key: str
    record: str
    label: str
    scale_low: int
    scale_high: int
    presentation: str

    @property
    def is_anonymous(self) -> bool:
        return self.record in ANONYMOUS


INSTRUMENTS = {
    each.key: each
    for each in (
        Instrument("csat", "csat", "CSAT", 1, 5, "symbols"),
        Instrument("nps", "nps", "NPS", 0, 10, "numbers"),
        Instrument("ces7", "ces", "CES (1–7)", 1, 7, "numbers"),
        Instrument("ces5", "ces", "CES (1–5)", 1, 5, "words"),
        Instrument("esat", "esat", "ESAT", 1, 5, "words"),
        Instrument("enps", "enps", "eNPS", 0, 10, "numbers"),
        Instrument("custom", "custom", "…", 1, 5, "numbers"),
    )
}


@cache
def texts(language: str) -> Words:
    """Return what is said in a language; English where a language is not known."""
    known = language if language in LANGUAGES else ENGLISH
    found: Words = tomllib.loads((TEXTS / f"{known}.toml").read_text("utf-8"))
    return found


def words(language: str) -> Words:
    """Return the words around every question."""
    found: Words = texts(language)["words"]
    return found


def standard(key: str) -> dict[str, dict[str, Any]]:
    """Return the texts of an instrument in every language, to begin a design with.

    The ends of the scale are always named: by the first and last label where each point has one.
    """
    made = {}
    for language in LANGUAGES:
        all_of_it = texts(language)
        own = dict(all_of_it.get(key, {}))
        if not own:
            continue
        labels = own.get("labels", [])
        made[language] = {
            "question": own["question"],
            "low": own.get("low") or labels[0],
            "high": own.get("high") or labels[-1],
            "labels": labels,
            **{f"follow_{part}": told for part, told in all_of_it["follow"].items()},
        }
    return made
