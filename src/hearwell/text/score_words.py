"""Which words of a text weighed how much in its judgement."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from hearwell.stats.interval import FloatArray
from hearwell.text.score import ScoreModel, counters, plain
from hearwell.text.words import words

Weighed = tuple[str, float]
"""A word, and what it adds to the log odds that its writer is satisfied."""


def explained(model: ScoreModel, text: str, fold: int) -> list[Weighed]:
    """Return the words of a text as they are written, each with what it adds.

    What its pieces add is summed back onto the word; a pair of words adds half to each. Together
    with the base of the fold that is the decision value of the text.
    """
    written = plain(text).split()
    pieces, _ = counters({"vocabulary": model.pieces}, {})
    split = pieces.build_analyzer()
    of_pieces = [[(place, each) for each in split(word)] for place, word in enumerate(written)]
    whole = [(place, each) for place, word in enumerate(written) for each in words(word)]
    pairs = [((a, b), f"{x} {y}") for (a, x), (b, y) in pairwise(whole)]
    weights, cut = model.weights[fold], len(model.pieces)
    adds = np.zeros(len(written))
    single = [((place, place), each) for found in of_pieces for place, each in found]
    add(adds, single, model.pieces, model.rarity[:cut], weights[:cut])
    both = [((place, place), each) for place, each in whole] + pairs
    add(adds, both, model.terms, model.rarity[cut:], weights[cut:])
    return list(zip(written, adds.tolist(), strict=True))


def add(
    adds: FloatArray,
    found: Sequence[tuple[tuple[int, int], str]],
    known: Sequence[str],
    rarity: FloatArray,
    weights: FloatArray,
) -> None:
    """Add what each piece or term weighs to the two words it is of, which may be the same."""
    number = {each: place for place, each in enumerate(known)}
    counted = [(places, number[each]) for places, each in found if each in number]
    times = np.bincount([j for _, j in counted], minlength=len(known))
    length = float(np.linalg.norm(times * rarity))
    for (first, second), j in counted:
        amount = rarity[j] * weights[j] / length / 2
        adds[first] += amount
        adds[second] += amount
