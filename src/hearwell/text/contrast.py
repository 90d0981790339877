"""Which phrases two sets of texts differ by: those who are dissatisfied against the others.

Log odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words").
The share of a phrase in all texts is what is expected on each side, so that rare phrases need more
to stand out, and no list of stop words is needed. People are counted, not texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.text.phrases import FEWEST, MOST_SHARE, Phrases, phrases
from hearwell.text.words import PIECE

PRIOR = 500.0
"""So many phrases of what is usual are added to each side."""

MOST_MERGED = 200
"""So many of the strongest phrases of a side are looked through for those that say the same."""

SAME = 0.5
"""Phrases with a word in common are one if so much of the rarer stands with the other."""

TELLING = 0.4
"""A longer phrase is told in the place of a shorter one if it stands out at least so much."""


@dataclass(frozen=True)
class Contrasted:
    """A phrase, and how the two sides differ by it.

    Attributes:
        phrase: the phrase; also: weaker ones that overlap with it and say the same.
        language: of the texts.
        z: how far it stands out, in standard errors; above 0 on the first side.
        p: how likely chance alone gives as much.
        is_sure: beyond chance among all phrases of all languages.
        first, second: people who wrote it on each side, of first_of and second_of.
        texts: the places of the texts in which it stands.

    """

    phrase: str
    language: str
    z: float
    p: float
    first: int
    first_of: int
    second: int
    second_of: int
    texts: NDArray[np.int64]
    is_sure: bool = False
    also: tuple[str, ...] = ()


def log_odds(first: FloatArray, second: FloatArray, prior: FloatArray) -> FloatArray:
    """Return how far each phrase stands out, in standard errors.

    Args:
        first, second: how often each phrase is counted on the two sides.
        prior: how often it is added to both; above 0.

    """
    y1, y2 = first + prior, second + prior
    rest1, rest2 = first.sum() + prior.sum() - y1, second.sum() + prior.sum() - y2
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.log(y1 / rest1) - np.log(y2 / rest2)
        z = difference / np.sqrt(1 / y1 + 1 / y2)
    return np.where((rest1 > 0) & (rest2 > 0), z, 0.0)  # of one phrase alone nothing is told


def contrast(
    texts: Sequence[str],
    is_first: NDArray[np.bool_],
    people: NDArray[np.int64] | None = None,
    languages: Sequence[str] | None = None,
    rate: float = 0.05,
) -> list[Contrasted]:
    """Find what the texts of one side say more often than the others, in each language apart.

    Args:
        texts: scrubbed.
        is_first: on which side each is.
        people: a number for the writer of each; of somebody who wrote twice a phrase counts once.
        languages: of each text; one for all if not given.
        rate: how many of the phrases that are said to be sure may be chance.

    Returns:
        The sure ones, and others, overlapping ones merged; the strongest first.

    """
    language = np.array(languages if languages is not None else [""] * len(texts), dtype=object)
    writer = np.arange(len(texts)) if people is None else people
    strata = []
    for each in sorted(set(language.tolist())):
        here = np.flatnonzero(language == each)
        told = phrases([texts[i] for i in here.tolist()], FEWEST, MOST_SHARE)
        strata.append(held(told, each, here, is_first[here], writer[here]))
    sure = benjamini_hochberg(np.concatenate([np.zeros(0), *(each.p for each in strata)]), rate)
    found, begin = list[Contrasted](), 0
    for each in strata:
        found += without_twice(each, sure[begin : begin + len(each.p)])
        begin += len(each.p)
    return sorted(found, key=lambda each: (-abs(each.z), each.phrase))


@dataclass(frozen=True)
class Held:
    """The phrases of one language, held against each other; arrays by phrase.

    Attributes:
        here: the place of each text among all.
        p: nan for what too few people wrote: it is no member of the family, and is not told.

    """

    told: Phrases
    language: str
    here: NDArray[np.int64]
    first: FloatArray
    second: FloatArray
    first_of: int
    second_of: int
    z: FloatArray
    p: FloatArray

    def of(
        self, i: int, places: NDArray[np.int64], *, is_sure: bool, also: tuple[str, ...]
    ) -> Contrasted:
        return Contrasted(
            self.told.names[i],
            self.language,
            float(self.z[i]),
            float(self.p[i]),
            int(self.first[i]),
            self.first_of,
            int(self.second[i]),
            self.second_of,
            self.here[places],
            is_sure,
            also,
        )


def held(
    told: Phrases,
    language: str,
    here: NDArray[np.int64],
    is_first: NDArray[np.bool_],
    writer: NDArray[np.int64],
) -> Held:
    """Hold the two sides of one language against each other, by each of its phrases."""
    from scipy import special  # noqa: PLC0415  as in stats.interval

    first, first_of = people_of(told, writer, is_first)
    second, second_of = people_of(told, writer, ~is_first)
    every, _of = people_of(told, writer, np.ones(len(writer), dtype=bool))
    total = first + second
    z = log_odds(first, second, PRIOR * total / max(total.sum(), 1))
    p = np.where(every >= FEWEST, special.erfc(np.abs(z) / np.sqrt(2)), np.nan)
    return Held(told, language, here, first, second, first_of, second_of, z, p)


def people_of(
    told: Phrases, writer: NDArray[np.int64], among: NDArray[np.bool_]
) -> tuple[FloatArray, int]:
    """Return how many of these texts' people wrote each phrase, and how many they are."""
    from scipy import sparse  # noqa: PLC0415

    at = np.flatnonzero(among)
    different, number = np.unique(writer[at], return_inverse=True)
    shape = len(different), len(writer)
    wrote = sparse.csr_matrix((np.ones(len(at), np.int32), (number, at)), shape) @ told.stands_in
    wrote.data[:] = 1
    return np.asarray(wrote.sum(axis=0), dtype=np.float64).ravel(), len(different)


def without_twice(each: Held, sure: NDArray[np.bool_]) -> list[Contrasted]:
    """Put together phrases that overlap and stand in the same texts, on each side."""
    shown = []
    for sign in (1, -1):
        strength = np.where(np.isnan(each.p), 0.0, each.z * sign)
        order = np.argsort(-strength, kind="stable")[:MOST_MERGED]
        order = order[strength[order] > 0]
        own = each.told.stands_in[:, order].tocsc()
        together = np.asarray((own.T @ own).todense())
        pieces = [PIECE.findall(each.told.names[i]) for i in order]
        lead = leads(pieces, strength[order], together)
        for i in range(len(order)):
            if lead[i] == i:
                also = tuple(
                    each.told.names[order[j]] for j in range(len(order)) if lead[j] == i != j
                )
                places = np.sort(own.indices[own.indptr[i] : own.indptr[i + 1]])
                is_sure = bool(sure[order[i]])
                shown.append(each.of(int(order[i]), places, is_sure=is_sure, also=also))
    return shown


def leads(
    pieces: Sequence[Sequence[str]], strength: FloatArray, together: NDArray[np.int64]
) -> list[int]:
    """Return of each phrase the place of that which is told in its place, its own if it is told.

    Args:
        pieces: of what each phrase is made, the strongest first.
        together: in how many texts each stands with each.

    """
    sets = [set(each) for each in pieces]
    lead = list(range(len(pieces)))
    for i in range(len(pieces)):  # a word is told by what it is said with, if that stands out too
        enough = int(np.searchsorted(-strength, -TELLING * strength[i], side="right"))
        holding = (j for j in range(enough) if sets[j] > sets[i] and holds(pieces[j], pieces[i]))
        lead[i] = next(holding, i)
    told: list[int] = []
    for i in range(len(lead)):
        if lead[i] != i:
            continue
        near = (
            j
            for j in told
            if sets[i] & sets[j] and together[i, j] >= SAME * min(together[i, i], together[j, j])
        )
        lead[i] = next(near, i)
        if lead[i] == i:
            told.append(i)
    for i in range(len(lead)):
        while lead[lead[i]] != lead[i]:
            lead[i] = lead[lead[i]]
    return lead


def holds(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """Is the shorter phrase a part of the longer?"""
    size = len(shorter)
    return any(longer[b : b + size] == shorter for b in range(len(longer) - size + 1))
