"""Who lies outside of what chance and the mix of their work explain: a funnel plot in numbers."""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray

WINSORISED = 0.1
DRAWN_IN = 0.6787
"""What is left of the variance of a normal distribution whose outer tenths are drawn in."""

TINY = 1e-300


@dataclass(frozen=True)
class Funnel:
    """One element for each unit, such as an agent.

    Attributes:
        expected: the share that the same mix of rows has with all units together.
        high, low: p-values, one-sided, that a unit lies above or below it by chance.
        dispersion: how much more units differ than chance lets them.

    """

    n: FloatArray
    hits: FloatArray
    expected: FloatArray
    high: FloatArray
    low: FloatArray
    dispersion: float

    @property
    def share(self) -> FloatArray:
        return self.hits / self.n


@np.errstate(divide="ignore", invalid="ignore")
def funnel(hits: FloatArray, n: FloatArray) -> Funnel:
    """Hold each unit against all others, stratum by stratum.

    Units differ of themselves, and a funnel that does not know it finds too many: the scores are
    divided by how much they scatter, the outermost tenth on either side drawn in
    (Spiegelhalter 2005).

    Args:
        hits, n: of shape (units, strata).

    """
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    stratum = hits.sum(axis=0) / n.sum(axis=0)
    stratum = np.where(n.sum(axis=0) > 0, stratum, 0.0)
    rows, seen = n.sum(axis=1), hits.sum(axis=1)
    share = (n * stratum).sum(axis=1) / rows
    # Exact for one stratum; of several, the scatter is at most that of their mean.
    at_least = np.where(seen > 0, special.betainc(seen, rows - seen + 1, share), 1.0)
    at_most = np.where(seen < rows, special.betaincc(seen + 1, rows - seen, share), 1.0)
    score = np.where(
        seen >= rows * share, -special.ndtri(np.clip(at_least, TINY, 0.5)),
        special.ndtri(np.clip(at_most, TINY, 0.5)),
    )  # fmt: skip
    known = score[np.isfinite(score)]
    if len(known):
        ends = np.quantile(known, [WINSORISED, 1 - WINSORISED])
        scatter = max(float((np.clip(known, *ends) ** 2).mean()) / DRAWN_IN, 1.0)
    else:
        scatter = 1.0
    calm = score / np.sqrt(scatter)
    return Funnel(rows, seen, share, special.ndtr(-calm), special.ndtr(calm), scatter)
