"""Which phrases stand in which texts: counted once for each text, whatever the language."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import regex
from numpy.typing import NDArray

from hearwell.text.words import SYLLABLE, WORD, is_syllable, normal, syllables

FEWEST = 5
"""A phrase of fewer texts is not looked at: it could be told who wrote it."""

MOST_SHARE = 0.3
"""What stands in more of the texts is no phrase of its own, but how the language is written."""

MOST_WORDS, MOST_SYLLABLES = 2, 6
"""Of so many a phrase is made at most."""

BETWEEN, GLUE, EDGE = "\x00", "\x01", "\x02"
"""Stand between two texts, and between two syllables that no blank separates: of one word, and of
two."""

TOKEN = regex.compile(
    rf"{SYLLABLE}|{WORD}|[\x00-\x02]|[^\s\p{{L}}\p{{M}}\p{{N}}\x00-\x02]+", regex.V1
)
MAY_BE_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\U0003ffff]")
UNSPACED = regex.compile(rf"{SYLLABLE}(?:{SYLLABLE})+", regex.V1)
NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]", regex.V1)

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Phrases:
    """Phrases, and in which texts each stands.

    Attributes:
        names: the phrases.
        sizes: of how many words, or syllables, each is made.
        stands_in: sparse, shape (texts, phrases): 1 where a phrase stands in a text.

    """

    names: list[str]
    sizes: IntArray
    stands_in: Any


@dataclass(frozen=True)
class Tokens:
    """The words of all texts, one after the other.

    Attributes:
        names: the different words.
        word: which of them each is.
        text: in which text it stands.
        blank, glued: does the next follow after a blank, or as the next syllable?
        begins, ends: is it the first, the last syllable of a word; else always so.

    """

    names: list[str]
    word: IntArray
    text: IntArray
    blank: NDArray[np.bool_]
    glued: NDArray[np.bool_]
    begins: NDArray[np.bool_]
    ends: NDArray[np.bool_]


def tokens_of(texts: Sequence[str]) -> Tokens:
    joined = BETWEEN.join(texts)
    if joined.count(BETWEEN) >= max(len(texts), 1) or GLUE in joined or EDGE in joined:
        joined = BETWEEN.join(each.translate({0: " ", 1: " ", 2: " "}) for each in texts)
    joined = normal(joined).lower()
    if MAY_BE_UNSPACED.search(joined):
        joined = UNSPACED.sub(lambda found: parted(found[0]), joined)
    number, names = numbered(joined)
    is_word = np.array([NO_WORD.match(each) is None for each in names])
    syllable = np.array([is_syllable(each) for each in names])
    text = np.cumsum(number == 0)
    after = np.append(number[1:], 0)
    at = np.flatnonzero(is_word[number])
    word, follows = number[at], np.diff(at, append=len(number) + 9)
    is_glued = (after[at] >= 1) & (after[at] <= 2) & (follows == 2)
    one_of = syllable[word]
    next_one_of = np.append(one_of[1:], False)
    return Tokens(
        names,
        word,
        text[at],
        blank=(follows == 1) & ~one_of & ~next_one_of,
        glued=is_glued & one_of,
        begins=np.append(0, number[:-1])[at] != 1,
        ends=after[at] != 1,
    )


def parted(run: str) -> str:
    """Set a mark between the syllables of a stretch without blanks."""
    told = [piece + (EDGE if is_last else GLUE) for piece, is_last in syllables(run)]
    return "".join(told)[:-1]


def numbered(joined: str) -> tuple[IntArray, list[str]]:
    """Return which word, mark or sign each is, one after the other, and what these are.

    What stands between two blanks is taken to pieces once, however often it is written.
    """
    told = joined.replace(BETWEEN, f" {BETWEEN} ").split()
    parts: defaultdict[str, int] = defaultdict(count().__next__)
    part = np.fromiter(map(parts.__getitem__, told), np.int64, len(told))
    place = defaultdict(count(3).__next__, {BETWEEN: 0, GLUE: 1, EDGE: 2})
    pieces = [[place[each] for each in TOKEN.findall(whole)] for whole in parts]
    sizes = np.fromiter(map(len, pieces), np.int64, len(pieces))
    flat = np.fromiter((each for piece in pieces for each in piece), np.int64, int(sizes.sum()))
    begins, size = (np.cumsum(sizes) - sizes)[part], sizes[part]
    moved = np.repeat(begins - (np.cumsum(size) - size), size)
    return flat[np.arange(len(moved)) + moved], [*place]


def phrases(texts: Sequence[str], fewest: int = FEWEST, most_share: float = MOST_SHARE) -> Phrases:
    """Find the phrases of one and two words; of syllables, where no blanks are written.

    Phrases do not reach over a punctuation mark, nor over what was covered, and none begins or
    ends within a word.

    Args:
        texts: in one language.
        fewest: texts in which a phrase stands at least.
        most_share: of the texts, in which it stands at most.

    """
    from scipy import sparse  # noqa: PLC0415  as in stats.interval

    tokens = tokens_of(texts)
    most = max(most_share * len(texts), fewest)
    gram, names = frequent(tokens.word, tokens.names, tokens.text, fewest)
    words, word_names = gram, names
    gram = np.where(tokens.begins, gram, -1)
    found, sizes = list[str](), list[int]()
    rows, columns = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for size in range(1, MOST_SYLLABLES + 1):
        is_whole = np.append(tokens.ends[size - 1 :], np.zeros(size - 1, dtype=bool))[: len(gram)]
        text, number = pairs(tokens.text, np.where(is_whole, gram, -1), len(names))
        times = np.bincount(number, minlength=len(names))
        is_told = (times >= fewest) & (times <= most)
        place = np.cumsum(is_told) - 1 + len(found)
        rows.append(text[is_told[number]])
        columns.append(place[number[is_told[number]]])
        found += [name for name, told in zip(names, is_told, strict=True) if told]
        sizes += [size] * int(is_told.sum())
        gram, names = longer(tokens, gram, names, words, word_names, size, fewest)
        gram, names = frequent(gram, names, tokens.text, fewest)
        if not names:
            break
    row, column = np.concatenate(rows), np.concatenate(columns)
    stands_in = sparse.csr_matrix(
        (np.ones(len(row), np.int32), (row, column)), (len(texts), len(found))
    )
    return Phrases(found, np.array(sizes, dtype=np.int64), stands_in)


def pairs(text: IntArray, gram: IntArray, size: int) -> tuple[IntArray, IntArray]:
    """Return which text has which phrase, each pair once; a phrase of -1 is none."""
    known = gram >= 0
    place = np.sort(text[known] * max(size, 1) + gram[known])  # np.unique takes five times as long
    place = place[np.diff(place, prepend=-1) > 0]
    return place // max(size, 1), place % max(size, 1)


def frequent(
    gram: IntArray, names: list[str], text: IntArray, fewest: int
) -> tuple[IntArray, list[str]]:
    """Keep the phrases of enough texts, and number them anew; the others become -1."""
    _text, number = pairs(text, gram, len(names))
    is_kept = np.bincount(number, minlength=len(names)) >= fewest
    place = np.append(np.where(is_kept, np.cumsum(is_kept) - 1, -1), -1)  # that of -1 stays
    return place[gram], [name for name, kept in zip(names, is_kept, strict=True) if kept]


def longer(  # noqa: PLR0913, PLR0917  phrases, and the words by which they grow
    tokens: Tokens,
    gram: IntArray,
    names: list[str],
    words: IntArray,
    word_names: list[str],
    size: int,
    fewest: int,
) -> tuple[IntArray, list[str]]:
    """Make phrases of `size` words longer by the next: words to two, syllables to six.

    Those that are not written `fewest` times are left out.
    """
    most = len(gram) - size
    longer_by_one = np.full(len(gram), -1, dtype=np.int64)
    if most <= 0:
        return longer_by_one, []
    joined = tokens.glued[size - 1 : size - 1 + most]
    if size < MOST_WORDS:
        joined = joined | tokens.blank[size - 1 : size - 1 + most]
    at = np.flatnonzero((gram[:most] >= 0) & (words[size:] >= 0) & joined)
    key = gram[at] * max(len(word_names), 1) + words[at + size]
    different, first, number, times = np.unique(
        key, return_index=True, return_inverse=True, return_counts=True
    )
    often = times >= fewest
    longer_by_one[at] = np.where(often, np.cumsum(often) - 1, -1)[number]
    different, first = different[often], first[often]
    blank = tokens.blank[at[first] + size - 1]
    made = [
        names[each // len(word_names)] + " " * bool(is_blank) + word_names[each % len(word_names)]
        for each, is_blank in zip(different.tolist(), blank.tolist(), strict=True)
    ]
    return longer_by_one, made
