"""Is a target missed? Told so seldom by chance as was wished, however often somebody looks.

Each look at an interval of a level L finds it wholly on the wrong side of a target that is just met
with a chance of (1 - L) / 2. Over a year these chances add up, whether or not the looks share data
(the mean of a sum is the sum of means), so that L = 1 - 2 r / looks keeps false alarms to r a year
on average: fewer where the number lies on the right side of its target, and fewer because one
alarm lasts over several looks.
"""

LOOKS_PER_YEAR = 365


def level_of(false_alarms_per_year: float, looks_per_year: int = LOOKS_PER_YEAR) -> float:
    """Return the level of the intervals to look at."""
    return 1 - 2 * false_alarms_per_year / looks_per_year


def is_missed(low: float | None, high: float | None, target: float, *, at_least: bool) -> bool:
    """Does the whole interval lie on the wrong side? An open end reaches any target."""
    if at_least:
        return high is not None and high < target
    return low is not None and low > target


def is_surely_met(low: float | None, high: float | None, target: float, *, at_least: bool) -> bool:
    """Does the whole interval lie on the right side?"""
    if at_least:
        return low is not None and low >= target
    return high is not None and high <= target


def is_met(value: float | None, target: float, *, at_least: bool) -> bool:
    """Does the value itself reach the target? It ends an alarm, which one interval began.

    So that a number near its target does not open and close an alarm every day.
    """
    return value is not None and (value >= target if at_least else value <= target)
