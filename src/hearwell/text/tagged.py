"""What agents' tags would say of texts without one: a classifier that may be unsure.

It learns from the organisation's own tags and is judged by texts that it did not see. What it
tells is a suggestion; a text of which it is not sure stays without.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWEST_TAGS = 30
MOST_TAGGED = 20_000
"""Of more texts, with a tag or without, a part drawn at random is looked at."""

SEED = 20260101
FOLDS = 5
GOAL = 0.8
"""So many of the suggestions are to be right; what falls short is told as unsure."""


@dataclass(frozen=True)
class Tagged:
    """How well tags are told from texts, and what they would be.

    Attributes:
        tags: those with enough examples.
        learnt_from: texts with one of them.
        right: share of texts not seen whose tag is told rightly, if it had to tell all.
        sure_right, sure_share: of those it is sure of: how many are right, and how many it is.
        suggested: for texts without a tag, the place of its tag in `tags`; -1 is unsure.

    """

    tags: tuple[str, ...]
    learnt_from: int
    right: float
    sure_right: float | None
    sure_share: float
    suggested: NDArray[np.int64]


def tagged(
    texts: Sequence[str], tags: Sequence[str | None], people: NDArray[np.int64]
) -> Tagged | None:
    """Learn tags, and suggest them where they are missing; None where there are too few.

    Args:
        texts: scrubbed.
        tags: of each text; None where it has none.
        people: a number for the writer of each, so that nobody is learnt from and judged by.

    """
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  takes a second
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.model_selection import GroupKFold, cross_val_predict  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415

    given = np.array([each if each is not None else "" for each in tags], dtype=object)
    names, counts = np.unique(given[given != ""].astype(str), return_counts=True)
    enough = names[counts >= FEWEST_TAGS]
    at = np.flatnonzero(np.isin(given.astype(str), enough) & (given != ""))
    if len(enough) < 2 or len(np.unique(people[at])) < FOLDS * len(enough):
        return None
    at, without = (drawn(each) for each in (at, np.flatnonzero(given == "")))
    model = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True),
        LogisticRegression(C=5, max_iter=200),
    )
    learnt, own = [texts[i] for i in at.tolist()], given[at].astype(str)
    unseen = cross_val_predict(
        model, learnt, own, groups=people[at], cv=GroupKFold(FOLDS), method="predict_proba"
    )
    classes = np.unique(own)
    is_right = classes[unseen.argmax(axis=1)] == own
    line = sure_from(unseen.max(axis=1), is_right)
    is_sure = unseen.max(axis=1) >= line
    suggested = np.full(len(without), -1, dtype=np.int64)
    if len(without):
        model.fit(learnt, own)
        likely = model.predict_proba([texts[i] for i in without.tolist()])
        suggested = np.where(likely.max(axis=1) >= line, likely.argmax(axis=1), -1)
    return Tagged(
        tuple(map(str, classes)),
        len(at),
        float(is_right.mean()),
        float(is_right[is_sure].mean()) if is_sure.any() else None,
        float(is_sure.mean()),
        suggested,
    )


def drawn(places: NDArray[np.int64]) -> NDArray[np.int64]:
    if len(places) <= MOST_TAGGED:
        return places
    return np.sort(np.random.default_rng(SEED).choice(places, MOST_TAGGED, replace=False))


def sure_from(likely: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    """Return from which probability on as many are right as is the goal; above 1 if none is."""
    order = np.argsort(-likely, kind="stable")
    right = np.cumsum(is_right[order]) / np.arange(1, len(order) + 1)
    good = np.flatnonzero(right >= GOAL)
    return float(likely[order[good[-1]]]) if len(good) else float("inf")
