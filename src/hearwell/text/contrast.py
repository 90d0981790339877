"""Which phrases two sets of texts differ by: those who are dissatisfied against the others.

Log odds with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, "Fightin' Words").
The share of a phrase in all texts is what is expected on each side, so that rare phrases need more
to stand out, and no list of stop words is needed. People are counted, not texts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.text.phrases import FEWEST, MOST_SHARE, Phrases, phrases
from hearwell.text.words import PIECE

PRIOR = 500.0
"""So many phrases of what is usual are added to each side."""

MOST_MERGED = 300
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
    found: list[Contrasted] = []
    groups: list[tuple[Phrases, NDArray[np.int64], slice]] = []
    for each in sorted(set(language.tolist())):
        here = np.flatnonzero(language == each)
        told = phrases([texts[i] for i in here.tolist()], FEWEST, MOST_SHARE)
        begin = len(found)
        found += by_phrase(told, here, is_first[here], writer[here], each)
        groups.append((told, here, slice(begin, len(found))))
    sure = benjamini_hochberg(np.array([each.p for each in found]), rate)
    found = [replace(e, is_sure=bool(s)) for e, s in zip(found, sure, strict=True)]
    merged = [each for told, _here, part in groups for each in without_twice(told, found[part])]
    return sorted(merged, key=lambda each: (-abs(each.z), each.phrase))


def by_phrase(
    told: Phrases,
    here: NDArray[np.int64],
    is_first: NDArray[np.bool_],
    writer: NDArray[np.int64],
    language: str,
) -> list[Contrasted]:
    """Hold the two sides of one language against each other, by each of its phrases."""
    from scipy import special  # noqa: PLC0415  as in stats.interval

    if not told.names:
        return []
    first, first_of = people_of(told, writer, is_first)
    second, second_of = people_of(told, writer, ~is_first)
    every, _of = people_of(told, writer, np.ones(len(writer), dtype=bool))
    total = first + second
    z = log_odds(first, second, PRIOR * total / total.sum())
    p = special.erfc(np.abs(z) / np.sqrt(2))
    texts = told.stands_in.tocsc()
    return [
        Contrasted(
            name,
            language,
            float(z[i]),
            # Of too few people it is no member of the family, and is not told.
            float(p[i]) if every[i] >= FEWEST else np.nan,
            int(first[i]),
            first_of,
            int(second[i]),
            second_of,
            here[texts.indices[texts.indptr[i] : texts.indptr[i + 1]]],
        )
        for i, name in enumerate(told.names)
    ]


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


def without_twice(told: Phrases, found: Sequence[Contrasted]) -> list[Contrasted]:
    """Put together phrases that overlap and stand in the same texts, on each side."""
    shown = []
    for sign in (1, -1):
        order = [i for i, each in enumerate(found) if each.z * sign > 0 and not np.isnan(each.p)]
        order = sorted(order, key=lambda i: -abs(found[i].z))[:MOST_MERGED]
        own = told.stands_in[:, order]
        together = np.asarray((own.T @ own).todense())
        pieces = [PIECE.findall(found[i].phrase) for i in order]
        lead = {i: i for i in range(len(order))}
        z = [abs(found[i].z) for i in order]
        for i in lead:  # a word is told by what it is said with, if that stands out as well
            holding = [j for j in lead if z[j] >= TELLING * z[i] and holds(pieces[j], pieces[i])]
            if holding:
                lead[i] = max(holding, key=lambda j: z[j])
        leads: list[int] = []
        for i in sorted(lead, key=lambda i: (lead[i] != i, i)):
            near = (
                j
                for j in leads
                if set(pieces[i]) & set(pieces[j])
                and together[i, j] >= SAME * min(together[i, i], together[j, j])
            )
            lead[i] = next(near, i) if lead[i] == i else lead[lead[i]]
            if lead[i] == i:
                leads.append(i)
        for i in leads:
            also = tuple(found[order[j]].phrase for j in lead if lead[j] == i and j != i)
            shown.append(replace(found[order[i]], also=also))
    return shown


def holds(longer: Sequence[str], shorter: Sequence[str]) -> bool:
    """Is the shorter phrase a part of the longer?"""
    size = len(shorter)
    begins = range(len(longer) - size + 1) if len(longer) > size else ()
    return any(list(longer[b : b + size]) == list(shorter) for b in begins)
