"""What is usual on a day: a level, with more or less of it on each weekday and on holidays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hearwell.stats.interval import FloatArray

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Baseline:
    """A model of quiet days, fitted by weighted least squares on some of them.

    Attributes:
        design: of shape (days, columns): the level, six weekdays against their mean, holidays.
        hat: of shape (columns, days): what makes the coefficients of the values of all days; 0 for
            days on which nothing was fitted.
        told: may the model be asked about a day? Not about a holiday if none was fitted.

    """

    design: FloatArray
    hat: FloatArray
    told: BoolArray

    def usual(self, values: FloatArray) -> FloatArray:
        """Return what is usual on each day; days go along the last axis of the values."""
        found: FloatArray = np.nan_to_num(values) @ self.hat.T @ self.design.T
        return found

    def effects(self, values: FloatArray) -> FloatArray:
        """Return by how much each day usually lies above the level."""
        coefficients = np.nan_to_num(values) @ self.hat.T
        found: FloatArray = coefficients[..., 1:] @ self.design[:, 1:].T
        return found


def baseline(
    weekday: NDArray[np.int64], is_holiday: BoolArray, weights: FloatArray, fitted: BoolArray
) -> Baseline:
    """Return the model.

    Weekdays are told apart if each that was fitted at all was fitted at least twice, and holidays
    if two of them were.

    Args:
        weekday: 0 to 6.
        weights: of each day: rows, or one over the variance; 0 for days without any.
        fitted: the days of the baseline.

    """
    used = np.where(fitted, weights, 0.0)
    seen = np.bincount(weekday, (used > 0) & ~is_holiday, minlength=7)
    columns = [np.ones(len(weekday))]
    there = np.flatnonzero(seen)
    by_weekday = len(there) > 1 and seen[there].min() >= 2
    if by_weekday:
        *others, last = there
        columns += [(weekday == each) - 1.0 * (weekday == last) for each in others]
    has_holidays = int(((used > 0) & is_holiday).sum()) >= 2
    if has_holidays:
        columns.append(is_holiday.astype(np.float64))
    design = np.stack(columns, axis=1)
    if has_holidays and by_weekday:
        design[is_holiday, 1:-1] = 0.0  # a holiday is a holiday, whatever its weekday
    weighted = design * used[:, None]
    ridge = np.diag(np.append(0.0, np.full(design.shape[1] - 1, 1e-6))) * used.sum()
    hat = np.linalg.solve(design.T @ weighted + ridge, weighted.T)
    told = (has_holidays | ~is_holiday) & (np.isin(weekday, there) | is_holiday | (not by_weekday))
    return Baseline(design, hat, told)


def dispersion(residual: FloatArray, variance: FloatArray, columns: int) -> float:
    """Return how much more days scatter than the variances of their values say; at least 1.

    Args:
        residual, variance: of the days fitted.
        columns: how many coefficients were fitted.

    """
    known = ~np.isnan(residual) & (variance > 0)
    degrees = int(known.sum()) - columns
    if degrees < 1:
        return 1.0
    return max(float((residual[known] ** 2 / variance[known]).sum()) / degrees, 1.0)
