"""Topics that texts may have: phrases that stand together. Suggestions, never truth.

Non-negative matrix factorisation over tf-idf (scikit-learn) found 0.2 of what people know of the
reasons of complaints; clusters of neural encoders no more. So somebody has to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hearwell.text.phrases import phrases

MOST_TEXTS = 20_000
SEED = 20260101
FEWEST_TEXTS = 100
WORDS_EACH = 6
MOST_SHARE = 0.1
"""What stands in more of the texts is of no topic."""


@dataclass(frozen=True)
class Suggestion:
    """Phrases that may be a topic, the most telling first; texts: how many have most of it."""

    phrases: tuple[str, ...]
    texts: int


def suggestions(texts: Sequence[str], count: int = 6) -> list[Suggestion]:
    """Suggest topics of texts of one language, those of the most texts first."""
    from sklearn.decomposition import NMF  # noqa: PLC0415  takes a second
    from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415

    if len(texts) > MOST_TEXTS:
        drawn = np.random.default_rng(SEED).choice(len(texts), MOST_TEXTS, replace=False)
        texts = [texts[i] for i in np.sort(drawn).tolist()]
    told = phrases(texts, most_share=MOST_SHARE)
    if len(texts) < FEWEST_TEXTS or len(told.names) < count * WORDS_EACH:
        return []
    weighted = TfidfTransformer(sublinear_tf=True).fit_transform(told.stands_in.astype(np.float64))
    model = NMF(count, init="nndsvd", max_iter=200, tol=1e-3, random_state=SEED)
    of_text = model.fit_transform(weighted)
    most = of_text.argmax(axis=1)
    texts_of = np.bincount(most[of_text.max(axis=1) > 0], minlength=count)
    found = [
        Suggestion(tuple(strongest(part, told.names)), int(texts_of[i]))
        for i, part in enumerate(model.components_)
        if part.max() > 0
    ]
    return sorted(found, key=lambda each: -each.texts)


def strongest(part: np.ndarray, names: Sequence[str]) -> list[str]:
    """Return the phrases of a part, without those that stand in a longer one of them."""
    order = np.argsort(-part)[: 3 * WORDS_EACH]
    found: list[str] = []
    for name in (names[i] for i in order.tolist() if part[i] > 0):
        if not any(f" {name} " in f" {other} " for other in found):
            found = [other for other in found if f" {other} " not in f" {name} "]
            found.append(name)
    return found[:WORDS_EACH]
