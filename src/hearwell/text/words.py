r"""Words of any script, whole: with their marks, and with what joins letters.

Python's own `\w` takes a vowel sign for the end of a word: of ਪੰਜਾਬੀ it leaves three pieces.
Khmer, Thai, Lao, Burmese, Chinese and Japanese write no blanks between words: there a piece is a
syllable, and a phrase is made of several. Where a word ends there, the dictionaries of ICU tell; a
word that they do not know is taken for as many as it has syllables.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate

import regex

BASE = r"[[\p{Khmer}\p{Thai}\p{Lao}\p{Myanmar}\p{Han}\p{Hiragana}\p{Katakana}]&&\p{L}]"
SYLLABLE = rf"{BASE}(?:[\u17d2\u1039]{BASE}|\p{{M}})*+"
"""A letter of a script without blanks, with the letters written below it and its marks."""

LETTER = r"\p{L}\p{M}\p{N}"
PART = rf"{LETTER}\u200c\u200d"
"""What a word is made of: also the joiners of Indic scripts and of Arabic."""

WORD = rf"[[{LETTER}]--{BASE}][[{PART}]--{BASE}]*(?:'[[{PART}]--{BASE}]+)*"
PIECE = regex.compile(rf"{SYLLABLE}|{WORD}", regex.V1)
ONE_SYLLABLE = regex.compile(SYLLABLE, regex.V1)

CHILLU = {"ണ": "ൺ", "ന": "ൻ", "ര": "ർ", "ല": "ൽ", "ള": "ൾ", "ക": "ൿ"}
"""A consonant of Malayalam without a vowel: three characters before Unicode 5.1, one since."""

CHILLU_OF_OLD = regex.compile(rf"([{''.join(CHILLU)}])\u0d4d\u200d")
APOSTROPHES = regex.compile("[\u2019\u02bc\uff07](?=[\\p{L}\\p{M}])")


def normal(text: str) -> str:
    """Return a text of which the same words are the same characters: NFC, and one apostrophe."""
    text = unicodedata.normalize("NFC", text)
    text = CHILLU_OF_OLD.sub(lambda found: CHILLU[found[1]], text)
    return str(APOSTROPHES.sub("'", text))


def words(text: str) -> list[str]:
    """Return the words of a text in small letters; of scripts without blanks, the syllables."""
    found: list[str] = PIECE.findall(normal(text).lower())
    return found


def ngrams(pieces: Sequence[str], most: int = 2) -> list[str]:
    """Return the phrases of one to `most` words that follow each other."""
    return [
        " ".join(pieces[begin : begin + size])
        for size in range(1, most + 1)
        for begin in range(len(pieces) - size + 1)
    ]


def syllables(run: str) -> Iterator[tuple[str, bool]]:
    """Return the syllables of a stretch without blanks, and whether each is the last of a word."""
    from icu4py.breakers import WordBreaker  # noqa: PLC0415  40 MB, for texts without blanks alone

    ends = set(accumulate(map(len, WordBreaker(run, "en"))))  # the same in every locale
    for found in ONE_SYLLABLE.finditer(run):
        yield found[0], found.end() in ends


def is_syllable(piece: str) -> bool:
    return ONE_SYLLABLE.fullmatch(piece) is not None
