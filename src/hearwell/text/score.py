"""The organisation's own score model: how likely whoever wrote a text is satisfied.

It is learnt from the comments that came with a score, by words and by pieces of words, which need
no list of stop words, no stems and, for scripts without blanks, no segmentation. What is learnt
elsewhere does not carry over, so that nothing is shipped; with too few comments there is no model.

Customers are in five folds. A text is judged by what was learnt from the other four, so that no
judgement rests on what the same customer scored, and how well texts are judged is known from the
scored ones.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np

from hearwell.stats.classification import Flags, Numbers, area_under_curve, calibration_error
from hearwell.stats.interval import FloatArray
from hearwell.stats.logistic import expected, firth
from hearwell.text.words import normal, words

FOLDS = 5
FEWEST = 50
FEWEST_OF_EACH = 15
"""Fewer low or high scores than so many say too little."""

FEWEST_ISOTONIC = 100
"""From so many scored comments on chances follow their own steps, below a logistic curve."""

LOWEST_AREA = 0.75
"""Of which the lower end of the interval of the area under the curve must not be below."""

LEVEL = 0.95
REGULARISATION = 5.0
MOST_FEATURES = 60_000
"""Of pieces of words, and of words; the most frequent."""


def fold_of(person: str) -> int:
    """Return the fold of a customer, the same on every machine."""
    return crc32(person.encode()) % FOLDS


@dataclass(frozen=True)
class Scored:
    """Comments that came with a score.

    Attributes:
        texts: as they were written, without what tells who wrote them.
        is_high: whether the score was high; those in between are left out.
        persons: who wrote each.
        languages: the language of each.

    """

    texts: Sequence[str]
    is_high: Flags
    persons: Sequence[str]
    languages: Sequence[str]

    @property
    def fewer(self) -> int:
        """How many there are of the rarer of low and high."""
        return fewer(self.is_high)


def fewer(is_high: Flags) -> int:
    return int(min(is_high.sum(), (~is_high).sum()))


@dataclass(frozen=True)
class Quality:
    """How well texts are judged, by comments that the judgement was not learnt from.

    Attributes:
        n, fewer: scored comments, and the rarer of low and high among them.
        area, area_low, area_high: under the curve, with its interval; None below the fewest.
        calibration: how far chances are from how often it was so, on average.

    """

    n: int
    fewer: int
    area: float | None = None
    area_low: float | None = None
    area_high: float | None = None
    calibration: float | None = None

    @property
    def is_enough(self) -> bool:
        return self.n >= FEWEST and self.fewer >= FEWEST_OF_EACH

    @property
    def is_good(self) -> bool:
        return self.area_low is not None and self.area_low >= LOWEST_AREA


@dataclass(frozen=True)
class Curve:
    """How a decision value becomes a chance: straight lines between points.

    A logistic curve has no points, and a slope and place instead.
    """

    at: FloatArray
    chance: FloatArray
    place: float = 0.0
    slope: float = 0.0

    def __call__(self, value: FloatArray) -> FloatArray:
        if not len(self.at):
            return expected(self.place + self.slope * value)
        found: FloatArray = np.interp(value, self.at, self.chance)
        return found


@dataclass(frozen=True)
class ScoreModel:
    """What was learnt, as plain arrays.

    Attributes:
        pieces, terms: the pieces of words, and the words and pairs of words, that are counted.
        rarity: how much one of each weighs by how rare it is (inverse document frequency).
        weights: of each fold, what one of each adds to the log odds: (folds, pieces and terms).
        base: of each fold, the log odds of a text that has none.
        curves: of each fold, how log odds become chances.
        quality: of all, and by language.

    """

    pieces: Sequence[str]
    terms: Sequence[str]
    rarity: FloatArray
    weights: FloatArray
    base: FloatArray
    curves: Sequence[Curve]
    quality: Quality
    by_language: dict[str, Quality]

    def chances(self, texts: Sequence[str], folds: Sequence[int]) -> FloatArray:
        """Return how likely each text is of somebody satisfied.

        Args:
            folds: of whoever wrote each.

        """
        value, fold = self.decisions(texts, folds), np.asarray(folds)
        found = np.zeros(len(value))
        for number, curve in enumerate(self.curves):
            own = fold == number
            found[own] = curve(value[own])
        return found

    def decisions(self, texts: Sequence[str], folds: Sequence[int]) -> FloatArray:
        """Return the log odds of each text, before they are made true chances."""
        value = np.asarray(self.counted(texts) @ self.weights.T) + self.base
        found: FloatArray = value[np.arange(len(texts)), np.asarray(folds, dtype=np.int64)]
        return found

    def counted(self, texts: Sequence[str]) -> Any:
        """Return how much of each piece and term a text has: a row for each text."""
        pieces, terms = counters({"vocabulary": self.pieces}, {"vocabulary": self.terms})
        return weighted((pieces.transform(texts), terms.transform(texts)), self.rarity)

    def judges(self, language: str) -> bool:
        """Are texts of this language judged well enough to be shown?"""
        known = self.by_language.get(language)
        return known is not None and known.is_enough and known.is_good


def counters(*options: dict[str, Any]) -> tuple[Any, Any]:
    """Return what counts pieces of words, and words and their pairs."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415  1 s

    pieces = CountVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), preprocessor=plain, **options[0]
    )
    terms = CountVectorizer(
        tokenizer=words,
        token_pattern=None,
        ngram_range=(1, 2),
        preprocessor=plain,
        **options[1],
    )
    return pieces, terms


def plain(text: str) -> str:
    return normal(text).lower()


def weighted(counts: Sequence[Any], rarity: FloatArray) -> Any:
    """Return what is rare as more, and the pieces of a text as much in all as its terms."""
    from scipy import sparse  # noqa: PLC0415  1 s, as above
    from sklearn.preprocessing import normalize  # noqa: PLC0415

    parts = np.split(rarity, [counts[0].shape[1]])
    made = [
        normalize(each.multiply(part).tocsr()) for each, part in zip(counts, parts, strict=True)
    ]
    return sparse.hstack(made, format="csr")


def rarity_of(counts: Any) -> FloatArray:
    """Return how much one of each weighs: more if fewer texts have it."""
    found_in = np.bincount(counts.indices, minlength=counts.shape[1])
    found: FloatArray = np.log((1 + counts.shape[0]) / (1 + found_in)) + 1
    return found


def learn(scored: Scored) -> ScoreModel | Quality:
    """Learn to tell high scores from low by what was written; or return why it cannot be done.

    The same comments in the same order give the same model.
    """
    enough = Quality(len(scored.texts), scored.fewer)
    if not enough.is_enough:
        return enough
    fold = np.array([fold_of(person) for person in scored.persons])
    if any(fewer(scored.is_high[fold != each]) == 0 for each in range(FOLDS)):
        return enough  # nearly all are of one customer
    options = {"min_df": 2, "max_features": MOST_FEATURES}
    pieces, terms = counters(options, options)
    counts = pieces.fit_transform(scored.texts), terms.fit_transform(scored.texts)
    rarity = np.concatenate([rarity_of(each) for each in counts])
    counted = weighted(counts, rarity)
    weights, base = fitted(counted, scored.is_high, fold)
    value = np.asarray(counted @ weights.T) + base
    value = value[np.arange(len(fold)), fold]
    make = isotonic if len(fold) >= FEWEST_ISOTONIC else logistic
    curves = [make(value[fold != each], scored.is_high[fold != each]) for each in range(FOLDS)]
    chance = np.zeros(len(fold))
    for each, curve in enumerate(curves):
        chance[fold == each] = curve(value[fold == each])
    model = ScoreModel(
        [str(each) for each in pieces.get_feature_names_out()],
        [str(each) for each in terms.get_feature_names_out()],
        rarity,
        weights,
        base,
        curves,
        quality(scored.is_high, scored.persons, value, chance),
        {
            language: quality(
                scored.is_high[own], np.array(scored.persons)[own].tolist(), value[own], chance[own]
            )
            for language in sorted(set(scored.languages))
            for own in [np.array(scored.languages) == language]
        },
    )
    return model if model.quality.is_good else model.quality


def fitted(counted: Any, is_high: Flags, fold: Numbers) -> tuple[FloatArray, FloatArray]:
    """Return for each fold what was learnt of the others."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  1 s

    weights, base = np.zeros((FOLDS, counted.shape[1])), np.zeros(FOLDS)
    for each in range(FOLDS):
        fit = LogisticRegression(solver="liblinear", C=REGULARISATION, random_state=0)
        fit.fit(counted[fold != each], is_high[fold != each])
        weights[each], base[each] = fit.coef_[0], fit.intercept_[0]
    return weights, base


def isotonic(value: FloatArray, is_high: Flags) -> Curve:
    """Return the curve that never falls and is nearest (Zadrozny and Elkan 2002)."""
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415  1 s

    fit = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(value, is_high)
    return Curve(fit.X_thresholds_, fit.y_thresholds_)


def logistic(value: FloatArray, is_high: Flags) -> Curve:
    """Return a logistic curve (Platt 1999), with a penalty that keeps it from certainty."""
    columns = np.column_stack([np.ones(len(value)), value])
    fit = firth(columns, np.ones(len(value)), is_high.astype(np.float64))
    place, slope = fit.coefficients.tolist()
    return Curve(np.empty(0), np.empty(0), place, slope)


def quality(
    is_high: Flags, persons: Sequence[str], value: FloatArray, chance: FloatArray
) -> Quality:
    """Say how well texts were judged by what was not learnt from their customers.

    Args:
        is_high, persons: the scores that came with them, and who gave each.
        value, chance: how they were judged, as log odds or otherwise in order, and as chances.

    """
    found = Quality(len(is_high), fewer(is_high))
    if not found.is_enough:
        return found
    _, person = np.unique(np.array(persons), return_inverse=True)
    area = area_under_curve(value, is_high, person)
    interval = area.interval(LEVEL)
    return Quality(
        found.n,
        found.fewer,
        area.value,
        float(interval.low),
        float(interval.high),
        calibration_error(chance, is_high),
    )
