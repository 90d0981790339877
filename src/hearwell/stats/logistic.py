"""Regression of a yes or no, from counts of rows that are alike: the rows stay where they are."""

from dataclasses import dataclass

import numpy as np

from hearwell.stats.interval import FloatArray

MOST_ROUNDS = 100
ENOUGH = 1e-10
SMALL_STEP = 1e-8


@dataclass(frozen=True)
class Logistic:
    """Log odds for one more of each column, and how sure they are."""

    coefficients: FloatArray
    covariance: FloatArray

    @property
    def errors(self) -> FloatArray:
        found: FloatArray = np.sqrt(np.maximum(np.diagonal(self.covariance), 0))
        return found

    @property
    def p(self) -> FloatArray:
        """How likely chance alone gives a coefficient this far from 0 (Wald)."""
        return normal_p(self.coefficients, self.errors)

    def predicted(self, columns: FloatArray) -> FloatArray:
        return expected(columns @ self.coefficients)


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
    return fitted(columns, rows, hits, np.zeros(columns.shape[1]), bias=True)


def ridge(
    columns: FloatArray,
    rows: FloatArray,
    hits: FloatArray,
    penalty: FloatArray,
    start: FloatArray | None = None,
) -> Logistic:
    """Fit with a penalty on the square of each coefficient; half of it is added to the loss.

    Columns that say to which group a row belongs are then drawn towards the mean of the groups.

    Args:
        start: coefficients that are known to be near; it takes fewer rounds from there.

    """
    return fitted(columns, rows, hits, penalty, bias=False, start=start)


def fitted(  # noqa: PLR0913  rows that are alike, and how they are fitted
    columns: FloatArray,
    rows: FloatArray,
    hits: FloatArray,
    penalty: FloatArray,
    *,
    bias: bool,
    start: FloatArray | None = None,
) -> Logistic:
    """Fit by Newton's method, with steps halved as long as they lead away."""
    kinds = Kinds(columns, rows, hits, penalty, bias)
    found = np.zeros(columns.shape[1]) if start is None else start
    best = kinds.likelihood(found)
    for _ in range(MOST_ROUNDS):
        step = kinds.step(found)
        now = kinds.likelihood(found + step)
        while now < best - ENOUGH and np.abs(step).max() > ENOUGH:
            step = step / 2
            now = kinds.likelihood(found + step)
        found, best = found + step, now
        if np.abs(step).max() < SMALL_STEP:
            break
    covariance = np.linalg.pinv(kinds.information(found), hermitian=True)
    return Logistic(found, covariance.astype(np.float64))


@dataclass(frozen=True)
class Kinds:
    """Rows that are alike, and what is asked of a fit to them."""

    columns: FloatArray
    rows: FloatArray
    hits: FloatArray
    penalty: FloatArray
    bias: bool

    def weight(self, coefficients: FloatArray) -> FloatArray:
        chance = expected(self.columns @ coefficients)
        return self.rows * chance * (1 - chance)

    def information(self, coefficients: FloatArray) -> FloatArray:
        weighted = self.columns.T * self.weight(coefficients)
        found: FloatArray = weighted @ self.columns + np.diag(self.penalty)
        return found

    def step(self, coefficients: FloatArray) -> FloatArray:
        """Return the step of Newton's method."""
        chance = expected(self.columns @ coefficients)
        inverse = np.linalg.pinv(self.information(coefficients), hermitian=True)
        residual = self.hits - self.rows * chance
        if self.bias:
            leverage = ((self.columns @ inverse) * self.columns).sum(axis=1)
            residual = residual + self.weight(coefficients) * leverage * (0.5 - chance)
        found: FloatArray = inverse @ (self.columns.T @ residual - self.penalty * coefficients)
        return found

    def likelihood(self, coefficients: FloatArray) -> float:
        """Return the logarithm of the likelihood, with its penalties."""
        log_odds = self.columns @ coefficients
        told = float((self.hits * log_odds - self.rows * np.logaddexp(0, log_odds)).sum())
        told -= float((self.penalty * coefficients**2).sum()) / 2
        if self.bias:
            told += 0.5 * float(np.linalg.slogdet(self.information(coefficients))[1])
        return told
