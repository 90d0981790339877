"""Regression of a yes or no, from counts of rows that are alike: the rows stay where they are."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hearwell.stats.design import Dense, Design
from hearwell.stats.interval import FloatArray

MOST_ROUNDS = 100
ENOUGH = 1e-10
SMALL_STEP = 1e-8


@dataclass(frozen=True)
class Logistic:
    """Log odds for one more of each column, and how sure they are."""

    at: "Point"

    @property
    def coefficients(self) -> FloatArray:
        return self.at.coefficients

    @cached_property
    def covariance(self) -> FloatArray:
        inverse = np.linalg.pinv(self.at.information, hermitian=True)
        return inverse.astype(np.float64)

    @property
    def errors(self) -> FloatArray:
        found: FloatArray = np.sqrt(np.maximum(np.diagonal(self.covariance), 0))
        return found

    @property
    def p(self) -> FloatArray:
        """How likely chance alone gives a coefficient this far from 0 (Wald)."""
        return normal_p(self.coefficients, self.errors)


def normal_p(value: FloatArray, error: FloatArray) -> FloatArray:
    """How likely chance alone gives a value this far from 0; 1 where nothing is known of it."""
    from scipy import special  # noqa: PLC0415  0.3 s, as in stats.interval

    errors = np.divide(np.abs(value), error, out=np.zeros_like(value), where=error > 0)
    found: FloatArray = special.erfc(errors / np.sqrt(2))
    return found


def expected(log_odds: FloatArray) -> FloatArray:
    found: FloatArray = 1 / (1 + np.exp(-np.clip(log_odds, -500, 500)))
    return found


def firth(columns: FloatArray, rows: FloatArray, hits: FloatArray) -> Logistic:
    """Fit with Firth's penalty (1993), which stays finite where a column tells all.

    With few events the usual fit runs away from 0; this one does not, and with many both agree.

    Args:
        columns: what is known of each kind of row, the first a column of ones: (kinds, columns).
        rows, hits: how many rows there are of each kind, and of how many the answer is yes.

    """
    return fitted(Kinds(Dense(columns), rows, hits, np.zeros(columns.shape[1]), columns))


def ridge(
    design: Design,
    rows: FloatArray,
    hits: FloatArray,
    penalty: FloatArray,
    start: FloatArray | None = None,
) -> Logistic:
    """Fit with a penalty on the square of each coefficient; half of it is added to the loss.

    Columns that say to which group a row belongs are then drawn towards the mean of the groups.

    Args:
        design: what is known of each kind of row.
        start: coefficients that are known to be near; it takes fewer rounds from there.

    """
    return fitted(Kinds(design, rows, hits, penalty), start)


def fitted(kinds: "Kinds", start: FloatArray | None = None) -> Logistic:
    """Fit by Newton's method, with steps halved as long as they lead away."""
    here = Point(kinds, np.zeros(kinds.design.width) if start is None else start)
    for _ in range(MOST_ROUNDS):
        step = here.step
        there = Point(kinds, here.coefficients + step)
        while there.likelihood < here.likelihood - ENOUGH and np.abs(step).max() > ENOUGH:
            step = step / 2
            there = Point(kinds, here.coefficients + step)
        here = there
        if np.abs(step).max() < SMALL_STEP:
            break
    return Logistic(here)


@dataclass(frozen=True)
class Kinds:
    """Rows that are alike, and what is asked of a fit to them.

    Attributes:
        bias: all columns, if the bias shall be taken away by Firth's penalty.

    """

    design: Design
    rows: FloatArray
    hits: FloatArray
    penalty: FloatArray
    bias: FloatArray | None = None


@dataclass(frozen=True)
class Point:
    """Coefficients, and what the rows tell of them; each is worked out once, if it is needed."""

    kinds: Kinds
    coefficients: FloatArray

    @cached_property
    def log_odds(self) -> FloatArray:
        return self.kinds.design.times(self.coefficients)

    @cached_property
    def chance(self) -> FloatArray:
        return expected(self.log_odds)

    @cached_property
    def weight(self) -> FloatArray:
        return self.kinds.rows * self.chance * (1 - self.chance)

    @cached_property
    def information(self) -> FloatArray:
        return self.kinds.design.products(self.weight) + np.diag(self.kinds.penalty)

    @property
    def step(self) -> FloatArray:
        """The step of Newton's method."""
        columns = self.kinds.bias
        inverse = np.linalg.pinv(self.information, hermitian=True)
        residual = self.kinds.hits - self.kinds.rows * self.chance
        if columns is not None:
            leverage = ((columns @ inverse) * columns).sum(axis=1)
            residual = residual + self.weight * leverage * (0.5 - self.chance)
        slope = self.kinds.design.summed(residual) - self.kinds.penalty * self.coefficients
        found: FloatArray = inverse @ slope
        return found

    @cached_property
    def likelihood(self) -> float:
        """The logarithm of the likelihood, with its penalties."""
        kinds = self.kinds
        told = kinds.hits * self.log_odds - kinds.rows * np.logaddexp(0, self.log_odds)
        found = float(told.sum()) - float((kinds.penalty * self.coefficients**2).sum()) / 2
        if kinds.bias is not None:
            found += 0.5 * float(np.linalg.slogdet(self.information)[1])
        return found
