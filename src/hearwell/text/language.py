"""In which of an organisation's languages a text is written.

First the script decides: of two languages only one of which is written in Gurmukhi, a text in
Gurmukhi is in that. Then a model does (py3langid: naive Bayes over pieces of UTF-8), and only
among the languages that the organisation has. What has no three letters is of no language (und).
"""

import sys
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import regex
from numpy.typing import NDArray

from hearwell.errors import WrongUse
from hearwell.stats.interval import FloatArray

UNKNOWN, ROMANISED = "und", "und-Latn"
"""Of no language; and in Latin letters, but in none of the languages usually written in them."""

FEWEST_LETTERS = 3
MOST_BYTES = 300
"""More of a text tells nothing more about its language."""

AT_ONCE = 20_000
WRITTEN_IN_LATIN_TOO = frozenset(
    ("bn", "gu", "hi", "kn", "ml", "mr", "ne", "pa", "si", "ta", "te", "ur")
)
"""Languages with a script of their own that many people type in Latin letters."""

SCRIPTS = {"Jpan": ("Hira", "Kana", "Hani"), "Kore": ("Hang", "Hani")}
SCRIPTS |= dict.fromkeys(("Hans", "Hant"), ("Hani",))
"""The scripts that ISO 15924 puts together under one name."""

LEAST_LIKELY = 0.02
"""In Latin letters, and less likely than this to be one of the languages written in them."""


class UnknownLanguage(WrongUse):
    def __init__(self, tag: str, known: Sequence[str]) -> None:
        super().__init__(
            f"{tag!r} is no language that can be told from others. Write its code, such as "
            f"pa or pt-BR; known are {', '.join(sorted(known))}."
        )


class Languages:
    """The languages of an organisation, as BCP 47 tags; none means that they are not told apart.

    Raises:
        UnknownLanguage.

    """

    def __init__(self, tags: Sequence[str]) -> None:
        self.tags = tuple(dict.fromkeys(tags))
        self.scripts = [scripts_of(tag) for tag in self.tags]
        self.names = sorted({"Latn", *(name for each in self.scripts for name in each)})
        for tag in self.tags:
            if len(self.tags) > 1 and base(tag) not in model().classes:
                raise UnknownLanguage(tag, model().classes)

    def of(self, texts: Sequence[str]) -> list[str]:
        """Return the language of each text."""
        if not self.tags:
            return [UNKNOWN] * len(texts)
        letters = np.concatenate(
            [
                self.letters(texts[begin : begin + AT_ONCE])
                for begin in range(0, max(len(texts), 1), AT_ONCE)
            ]
        )
        found = np.full(len(texts), UNKNOWN, dtype=object)
        enough = letters.sum(axis=1) >= FEWEST_LETTERS
        script = letters.argmax(axis=1)
        for number, name in enumerate(self.names):
            here = np.flatnonzero(enough & (script == number))
            for begin in range(0, len(here), AT_ONCE):
                some = here[begin : begin + AT_ONCE]
                found[some] = self.in_script(name, [texts[i] for i in some])
        return list(map(str, found))

    def letters(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Count the letters of each text by script; those of other scripts in the last column."""
        sizes = np.fromiter(map(len, texts), np.int64, len(texts))
        points = np.frombuffer("".join(texts).encode("utf-32-le", "replace"), dtype="<u4")
        kind = script_table(tuple(self.names))[points].astype(np.int64)
        kinds = len(self.names) + 2
        place = np.repeat(np.arange(len(texts)), sizes) * kinds + kind
        counts = np.bincount(place, minlength=len(texts) * kinds)
        return counts.reshape(len(texts), kinds)[:, 1:]

    def in_script(self, script: str, texts: Sequence[str]) -> NDArray[np.object_]:
        """Return the language of texts that are written in one of the scripts."""
        tags = [tag for tag, own in zip(self.tags, self.scripts, strict=True) if script in own]
        may_be_other = script == "Latn" and any(
            base(tag) in WRITTEN_IN_LATIN_TOO for tag in self.tags
        )
        other = ROMANISED if script == "Latn" else UNKNOWN
        if not tags or (len(tags) == 1 and not may_be_other):
            return np.full(len(texts), tags[0] if tags else other, dtype=object)
        named = [(i, t) for t in tags for i, c in enumerate(model().classes) if c == base(t)]
        own = [place for place, _tag in named]
        scores = model().scores(texts, None if may_be_other else own)
        if may_be_other:
            every, scores = scores, scores[:, own]
        found: NDArray[np.object_] = np.array([tag for _, tag in named], dtype=object)
        found = found[scores.argmax(axis=1)]
        if may_be_other:
            found[likelihood(every, texts, scores) < LEAST_LIKELY] = other
        return found


def base(tag: str) -> str:
    return tag.partition("-")[0].lower()


def scripts_of(tag: str) -> tuple[str, ...]:
    """Return the scripts of a language, as its tag says, else as is usual for it."""
    named = [part.title() for part in tag.split("-")[1:] if len(part) == 4 and part.isalpha()]
    script = named[0] if named else usual(tag)[1]
    return SCRIPTS.get(script, (script,))


def country_of(tag: str) -> str:
    """Return the country of a language, as its tag says, else where most of its people live."""
    named = [part.upper() for part in tag.split("-")[1:] if len(part) == 2]
    return named[0] if named else usual(tag)[2]


def usual(tag: str) -> tuple[str, str, str]:
    """Return language, script and country as CLDR has them."""
    from babel.core import get_global  # noqa: PLC0415  only where texts are looked at

    known = get_global("likely_subtags")
    country = "_".join((base(tag), *(p.upper() for p in tag.split("-")[1:] if len(p) == 2)))
    found = known.get(country) or known.get(base(tag)) or f"{base(tag)}_Latn_ZZ"
    language, script, where = found.split("_")
    return language, script, where


@cache
def script_table(names: tuple[str, ...]) -> NDArray[np.uint8]:
    """Return of each letter and mark the place of its script, from 1; 0 for all else."""
    every = "".join(map(chr, (*range(0xD800), *range(0xE000, sys.maxunicode + 1))))
    table = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
    for place, letters in (
        (len(names) + 1, r"\p{L}+"),
        *((i, rf"[[\p{{L}}\p{{M}}]&&\p{{Script={name}}}]+") for i, name in enumerate(names, 1)),
    ):
        for found in regex.finditer(letters, every, regex.V1):
            table[ord(found[0][0]) : ord(found[0][-1]) + 1] = place
    return table


def likelihood(scores: FloatArray, texts: Sequence[str], own: FloatArray) -> FloatArray:
    """How likely the languages are together, among all; py3langid's own scale by length."""
    size = np.sqrt([max(len(encoded(text)), 1) for text in texts])
    best = scores.max(axis=1, keepdims=True)
    every = np.exp((scores - best) / size[:, None]).sum(axis=1)
    return np.asarray(np.exp((own - best) / size[:, None]).sum(axis=1) / every)


class Model:
    """py3langid's model, walked for many texts at once: a hundred times as fast as one by one."""

    def __init__(self) -> None:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415  takes 0.3 s

        found = LanguageIdentifier.from_model_file(MODEL_FILE)
        self.classes = list(found.nb_classes)
        self.weights, self.prior = found.nb_ptc, found.nb_pc
        self.next = np.asarray(found.tk_nextmove)
        self.row = np.asarray(found.tk_row, dtype=np.int64) << 8
        self.feature = np.asarray(found.tk_output, dtype=np.int64)

    def scores(self, texts: Sequence[str], among: Sequence[int] | None = None) -> FloatArray:
        """Return the log probability of each text in each language, but for a constant.

        Args:
            among: the places of the languages, if not of all.

        """
        from scipy import sparse  # noqa: PLC0415  as in stats.interval

        raw = [encoded(text) for text in texts]
        sizes = np.fromiter(map(len, raw), np.int64, len(raw))
        order = np.argsort(-sizes, kind="stable")
        flat = np.frombuffer(b"".join(raw[i] for i in order), dtype=np.uint8)
        sizes = sizes[order]
        begins = np.cumsum(sizes) - sizes
        state = np.zeros(len(raw), dtype=np.int64)
        rows, features = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for step in range(int(sizes.max(initial=0))):
            left = int(np.searchsorted(-sizes, -step, side="left"))  # those longer than step
            state[:left] = self.next[self.row[state[:left]] + flat[begins[:left] + step]]
            feature = self.feature[state[:left]]
            seen = np.flatnonzero(feature >= 0)
            rows.append(seen)
            features.append(feature[seen])
        place = np.concatenate(rows), np.concatenate(features)
        shape = len(raw), len(self.weights)
        counts = sparse.coo_matrix((np.ones(len(place[0]), np.float32), place), shape).tocsr()
        counts.data = np.log1p(counts.data)
        chosen = list(range(len(self.classes))) if among is None else list(among)
        scores = np.empty((len(raw), len(chosen)))
        scores[order] = counts @ self.weights[:, chosen] + self.prior[chosen]
        return scores


def encoded(text: str) -> bytes:
    """Return the beginning of a text as the model was taught: NFC, and not in capitals alone."""
    text = unicodedata.normalize("NFC", text[:MOST_BYTES])
    return (text.lower() if text.isupper() else text).encode("utf-8", "replace")[:MOST_BYTES]


@cache
def model() -> Model:
    return Model()
