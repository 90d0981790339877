"""Stretches of time: pairs of whole microseconds, from the first up to but not with the second.

The microseconds are counted from 1970-01-01 00:00, on the clock of UTC or on a wall clock.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Intervals: TypeAlias = NDArray[np.int64]
"""One row for each stretch: begin and end."""

EPOCH = datetime.fromisoformat("1970-01-01")
SECOND = 1_000_000
DAY = 86_400 * SECOND


def microseconds(reading: datetime) -> int:
    """Give the microseconds since 1970 that a clock without a zone has counted."""
    return (reading - EPOCH) // timedelta(microseconds=1)


def intervals(pairs: Iterable[tuple[int, int]]) -> Intervals:
    return np.array(list(pairs), dtype=np.int64).reshape(-1, 2)


def merged(stretches: Intervals) -> Intervals:
    """Sort, drop the empty, and join those that touch or overlap: no instant is counted twice."""
    kept = stretches[stretches[:, 0] < stretches[:, 1]]
    if not len(kept):
        return kept
    kept = kept[np.argsort(kept[:, 0], kind="stable")]
    reach = np.maximum.accumulate(kept[:, 1])
    starts = np.concatenate(([True], kept[1:, 0] > reach[:-1]))
    ends = np.concatenate((starts[1:], [True]))
    return np.column_stack((kept[starts, 0], reach[ends]))


def clipped(stretches: Intervals, begin: int, end: int) -> Intervals:
    """Give the parts between two instants."""
    inside = np.clip(stretches, begin, end)
    return inside[inside[:, 0] < inside[:, 1]]


def common(stretches: Intervals, others: Intervals) -> Intervals:
    """Give the parts that lie in both; quick when the others are few."""
    return merged(
        np.concatenate(
            [intervals(()), *(clipped(stretches, int(begin), int(end)) for begin, end in others)]
        )
    )


def elapsed(stretches: Intervals, until: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count the microseconds of merged stretches that have passed before each instant."""
    if not len(stretches):
        return np.zeros_like(until)
    begins, ends = stretches[:, 0], stretches[:, 1]
    passed = np.concatenate(([0], np.cumsum(ends - begins)))
    begun = np.searchsorted(begins, until)
    still_to_come = np.maximum(0, ends[begun - 1] - until) * (begun > 0)
    return np.asarray(passed[begun] - still_to_come)


def reached(stretches: Intervals, passed: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give the first instant before which so many microseconds of merged stretches have passed.

    It undoes `elapsed`, for amounts above zero. What the stretches are too short for is at the
    largest number there is.
    """
    counted = np.cumsum(stretches[:, 1] - stretches[:, 0])
    within = np.searchsorted(counted, passed)
    ends = np.append(stretches[:, 1], np.iinfo(np.int64).max)
    missing = np.append(counted, 0)[within] - passed
    return np.asarray(ends[within] - np.where(within < len(counted), missing, 0))
