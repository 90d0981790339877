"""Cover what is personal in texts, before they are looked at: addresses, numbers, known names.

What is covered becomes a sign that is no word of any language. Rather too much is covered than
too little: every run of seven digits goes, whatever it is.
"""

import re
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

import regex

from hearwell.text.language import country_of
from hearwell.text.words import PART, normal

COVERED = "•••"
"""What stands in the place of something personal."""

BETWEEN = "\x00"
"""Stands between texts that are looked through together; no pattern reaches over it."""

SHORTEST_NAME = 3
AT_ONCE = 20_000

ADDRESS = (
    r"(?<![\p{L}\p{M}\p{N}._%+'-])[\p{L}\p{M}\p{N}._%+'-]++@[\p{L}\p{M}\p{N}.-]+",  # e-mail
    r"(?i:(?<![a-z0-9])(?:[a-z][a-z0-9+.-]{1,9}://|www\.))[^\s<>\x00]+",  # of a page
    r"(?i:(?<![a-z0-9.-])(?:[a-z0-9-]++\.)+[a-z]{2,})(?:/[^\s<>\x00?]*)?\?[^\s<>\x00]+",  # query
)
NUMBER = (
    r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])",  # IP version 4
    r"(?<![\w:])(?=[0-9a-fA-F:]*(?:::|(?::[0-9a-fA-F]+){4}))[0-9a-fA-F:]*\d[0-9a-fA-F:]*",  # 6
    r"(?<!\d)\d{5}-\d{7}-\d(?!\d)",  # identity card of Pakistan
    r"(?<!\d)\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)",  # taxpayer of Brazil
    r"\+?\(?\d(?:[ ().-]{0,2}\d){8,}",  # nine digits or more, in groups
    r"\d{7,}",
)
HAS_ADDRESS, ADDRESSES = re.compile(r"[@/?]|www\.", re.IGNORECASE), regex.compile("|".join(ADDRESS))
HAS_NUMBER, NUMBERS = re.compile(r"\d"), regex.compile("|".join(NUMBER))
HAS_PHONE = re.compile(r"(?:\d[^\d\x00]{0,4}){7}")
"""What texts must have to be looked through for it; most have nothing of it."""

IBAN = regex.compile(r"(?<![\p{L}\p{N}])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?\w{1,3})?")
CARD = regex.compile(r"(?<!\d)\d(?:[ ./_-]{0,3}\d){12,18}(?!\d)")
TAXPAYER = regex.compile(r"(?<!\d)\d(?:[ ./_-]{0,3}\d){10}(?!\d)")
OTHER_DIGIT = regex.compile(r"[\p{Nd}--[0-9]]", regex.V1)

Span = tuple[int, int]


class Scrubber:
    """Covers what is personal in the texts of one organisation.

    Args:
        languages: of the organisation, as BCP 47 tags; telephone numbers are written as is usual
            where they are spoken.
        region: where numbers are from instead (ISO 3166), such as PK.
        names: of people known, such as agents; their parts are covered where they stand alone.

    """

    def __init__(
        self, languages: Sequence[str] = (), region: str | None = None, names: Iterable[str] = ()
    ) -> None:
        found = [region] if region else map(country_of, languages)
        self.regions: list[str | None] = list(dict.fromkeys(filter(None, found))) or [None]
        self.names = patterns_of(names)

    def scrub(self, text: str) -> str:
        return self.scrubbed([text])[0]

    def scrubbed(self, texts: Sequence[str]) -> list[str]:
        """Return the texts, normal, with everything personal covered."""
        if not texts:
            return []
        found = normal(BETWEEN.join(each.replace(BETWEEN, " ") for each in texts)).split(BETWEEN)
        found = cover(found, HAS_ADDRESS, addresses)
        found = cover(found, HAS_NUMBER, numbers)
        return self.without_names(cover(found, HAS_PHONE, self.phones))

    def without_names(self, texts: list[str]) -> list[str]:
        if not self.names or not texts:
            return texts
        joined = BETWEEN.join(texts)
        for pattern in self.names:
            joined = pattern.sub(COVERED, joined)
        return joined.split(BETWEEN)

    def phones(self, seen: str) -> Iterator[Span]:
        """Find telephone numbers, as they are written where the organisation is."""
        from phonenumbers import PhoneNumberMatcher  # noqa: PLC0415

        looked = 0
        for may_be in HAS_PHONE.finditer(seen):
            if may_be.start() < looked:
                continue
            begin = seen.rfind(BETWEEN, 0, may_be.start()) + 1
            end = seen.find(BETWEEN, may_be.start())
            looked = len(seen) if end < 0 else end
            for region in self.regions:
                for found in PhoneNumberMatcher(seen[begin:looked], region):
                    yield begin + found.start, begin + found.end


def addresses(seen: str) -> Iterator[Span]:
    return (found.span() for found in ADDRESSES.finditer(seen))


def numbers(seen: str) -> Iterator[Span]:
    """Find numbers by how they are written, some of them by their check digits."""
    from stdnum import iban, luhn  # noqa: PLC0415  only where texts are looked at
    from stdnum.br import cpf  # noqa: PLC0415

    yield from (found.span() for found in NUMBERS.finditer(seen))
    checks = ((IBAN, iban.is_valid), (CARD, luhn.is_valid), (TAXPAYER, cpf.is_valid))
    for pattern, is_valid in checks:
        for found in pattern.finditer(seen):
            pieces = found[0].split(" ")  # what follows may be a word
            for size in range(len(pieces), 0, -1):
                plain = "".join(filter(str.isalnum, "".join(pieces[:size])))
                if len(plain) > 10 and is_valid(plain):
                    yield found.start(), found.start() + len(" ".join(pieces[:size]))
                    break


def cover(
    texts: list[str], has: re.Pattern[str], spans: Callable[[str], Iterable[Span]]
) -> list[str]:
    """Cover what is found in the texts that may have it; many are looked through together."""
    may_have = [i for i, each in enumerate(texts) if has.search(each)]
    for begin in range(0, len(may_have), AT_ONCE):
        some = may_have[begin : begin + AT_ONCE]
        joined = BETWEEN.join(texts[i] for i in some)
        seen = joined.translate(western_digits()) if OTHER_DIGIT.search(joined) else joined
        pieces = covered(joined, sorted(set(spans(seen)))).split(BETWEEN)
        for i, each in zip(some, pieces, strict=True):
            texts[i] = each
    return texts


def covered(text: str, spans: Sequence[Span]) -> str:
    """Return a text with a sign in place of each span; spans that overlap are one."""
    pieces, kept = [], 0
    for begin, end in spans:
        if begin >= kept:
            pieces += [text[kept:begin], COVERED]
        kept = max(kept, end)
    return "".join([*pieces, text[kept:]])


def patterns_of(names: Iterable[str]) -> list[regex.Pattern[str]]:
    """Return what finds people's names: whole in any letters, their parts as they are written.

    A part is not looked for in small letters: Will is a name, will is none. Where there are no
    small letters, languages put endings to names: a word that begins with one is covered.
    """
    whole = {normal(name).strip() for name in names}
    parts = {part for name in whole for part in name.split() if len(part) >= SHORTEST_NAME}
    cased = {part for part in parts if part.lower() != part.upper()}
    found = (
        (whole - {""}, "", regex.IGNORECASE),
        ({part.title() if part.islower() else part for part in cased}, "", 0),
        (parts - cased, f"[{PART}]*", 0),
    )
    return [
        regex.compile(rf"(?<![{PART}])\L<names>{ending}(?![{PART}])", flags, names=sorted(each))
        for each, ending, flags in found
        if each
    ]


@cache
def western_digits() -> dict[int, str]:
    """Return the digits of all scripts, each with that of 0 to 9 which it is."""
    every = (point for point in range(0x80, sys.maxunicode + 1))
    return {
        point: str(unicodedata.decimal(chr(point)))
        for point in every
        if unicodedata.category(chr(point)) == "Nd"
    }
