"""Where a value lies on a picture, and at which round values an axis has lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from hearwell.metrics.metric import Unit

LINES = 4
"""An axis has about so many lines: enough to read a value, few enough not to cover it."""

NEAR_ZERO = 0.5
"""Part of the highest value below which an axis of amounts begins at zero."""

ALIKE = 1e-6
"""Values that differ by less of themselves are one value to the eye."""

MINUTE, HOUR, DAY = 60, 3600, 86400
SIXTIETHS = (1, 2, 5, 10, 15, 20, 30)
STEPS = (*SIXTIETHS, *(MINUTE * each for each in SIXTIETHS), *(HOUR * h for h in (1, 2, 3, 6, 12)))
"""Steps of seconds that people count in; beyond and below them the usual 1, 2 and 5."""


@dataclass(frozen=True)
class Scale:
    """The span of values that a picture shows, in the unit of the metric."""

    low: float
    high: float
    lines: tuple[float, ...]

    def part(self, value: float | None, *, otherwise: float = 0.0) -> float:
        """Return how far along a value lies, from 0 to 1; beyond the ends it is held there."""
        if value is None:
            return otherwise
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def scale(values: Iterable[float | None], unit: Unit) -> Scale:
    """Return a scale with round ends that holds all of the values."""
    known = [each for each in values if each is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    if unit in {Unit.COUNT, Unit.SECONDS} and 0 <= low <= NEAR_ZERO * high:
        low = 0.0
    positive = low >= 0
    if high - low < ALIKE * max(1.0, abs(high)):
        slack = max(abs(high) / 10, 0.01 if unit is Unit.SHARE else 1.0)
        low, high = low - slack, high + slack
    step = step_for((high - low) / LINES, unit)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if unit is Unit.SHARE:
        first, last = max(first, 0), min(last, round(1 / step))
    if unit in {Unit.COUNT, Unit.SECONDS} and positive:
        first = max(first, 0)
    lines = tuple(round(i * step, 9) for i in range(first, last + 1))
    return Scale(lines[0], lines[-1], lines)


def step_for(least: float, unit: Unit) -> float:
    """Return the smallest round step that is no smaller than the least."""
    if unit is Unit.SECONDS and 1 <= least <= STEPS[-1]:
        return next(step for step in STEPS if step >= least)
    if unit is Unit.SECONDS and least > STEPS[-1]:
        return DAY * step_for(least / DAY, Unit.SCALE)
    power = 10.0 ** floor(log10(least))
    step = power * next(each for each in (1, 2, 5, 10) if power * each >= least * (1 - 1e-9))
    return max(step, 1.0) if unit is Unit.COUNT else step
