"""What a text speaks of, by words that stand for a topic: a pattern that any engine can search.

A pattern is for texts that are `comparable`, and has nothing that RE2 does not know.
"""

import re
from collections.abc import Iterable

from hearwell.text.words import PIECE, is_syllable, normal

ANY_ENDING = "*"
EDGE = "\\p{L}\\p{M}\\p{N}\u200c\u200d"
"""What a word is made of, as both engines write it: the joiners as they are."""


def comparable(text: str) -> str:
    """Return a text as patterns are made for: normal, in small letters."""
    return normal(text).lower()


def pattern(words: Iterable[str]) -> str:
    """Return a regular expression that finds any of these words or phrases as a whole.

    A word that ends in * has any ending, one that begins with it any beginning. Scripts without
    blanks have no words to be told apart: there whole syllables are looked for.
    """
    return "|".join(one(word) for each in words if (word := comparable(each).strip()))


def one(word: str) -> str:
    begins, ends = word.startswith(ANY_ENDING), word.endswith(ANY_ENDING)
    plain = word.strip(ANY_ENDING).strip()
    pieces = PIECE.findall(plain)
    middle = r"\s+".join(map(re.escape, plain.split()))
    left = "" if begins or (pieces and is_syllable(pieces[0])) else rf"(?:^|[^{EDGE}])"
    mark_or_letter = r"\p{M}" if pieces and is_syllable(pieces[-1]) else EDGE
    return f"{left}{middle}{'' if ends else rf'(?:$|[^{mark_or_letter}])'}"
