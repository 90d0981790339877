"""Numbers as people read them on a page: as in the terminal, in the typography of print."""

from collections.abc import Sequence

from hearwell.language import gettext
from hearwell.language.convention import SPACE, isolated
from hearwell.language.duration import TimeUnit, lasting
from hearwell.language.number import decimal, percent, percent_sign, sign, whole, written
from hearwell.metrics.metric import Unit

__all__ = [
    "NOTHING",
    "SPACE",
    "count",
    "difference",
    "differences",
    "interval",
    "marks",
    "number",
    "share_of",
]

NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3600, 86400


def number(value: float | None, unit: Unit) -> str:
    """Return a value with its unit; a dash where there is none."""
    return NOTHING if value is None else isolated(signed(value, unit))


def count(rows: float) -> str:
    """Return a number of rows."""
    return whole(rows)


def interval(low: float | None, high: float | None, unit: Unit) -> str:
    if low is None and high is None:
        return NOTHING
    lowest, highest = (NOTHING if end is None else signed(end, unit) for end in (low, high))
    if unit is Unit.SHARE:
        lowest = lowest.removesuffix(percent_sign())
    return isolated(f"{lowest} … {highest}")


def difference(value: float | None, unit: Unit) -> str:
    """Return a change with its sign; shares change by points."""
    if value is None:
        return NOTHING
    told = sign(value, always=True) + size(abs(value), unit)
    if unit is Unit.SHARE:
        points = gettext("{number} pts").replace(" ", SPACE)
        told = points.format(number=told.removesuffix(percent_sign()))
    return isolated(told)


def differences(low: float, high: float, unit: Unit) -> str:
    """Return the interval of a change."""
    return isolated(f"{difference(low, unit)} … {difference(high, unit)}")


def signed(value: float, unit: Unit) -> str:
    return sign(value) + size(abs(value), unit)


def size(value: float, unit: Unit) -> str:
    match unit:
        case Unit.SHARE:
            return percent(decimal(100 * value, 1))
        case Unit.SECONDS:
            return duration(value)
        case Unit.COUNT:
            return whole(value)
        case Unit.POINTS:
            return decimal(value, 1)
        case Unit.SCALE | Unit.EACH:
            return decimal(value, 2)


def duration(seconds: float) -> str:
    if seconds < MINUTE:
        return lasting(f"{seconds:.1f}", "second")
    if seconds < HOUR:
        minutes, rest = divmod(round(seconds), MINUTE)
        within = f"{lasting(str(minutes), 'minute')}{SPACE}{lasting(str(rest), 'second')}"
        return within if minutes < MINUTE else lasting("1.0", "hour")
    if seconds < 2 * DAY:
        return lasting(f"{seconds / HOUR:.1f}", "hour")
    return lasting(f"{seconds / DAY:.1f}", "day")


def share_of(level: float) -> str:
    """Return a level of confidence, such as 95 %."""
    return isolated(percent(written(f"{100 * level:g}", grouped=False)))


def marks(values: Sequence[float], unit: Unit) -> list[str]:
    """Return the values at which an axis has lines, as round as they are, all in one unit."""
    match unit:
        case Unit.SHARE:
            return [isolated(sign(v) + percent(rounded(100 * v))) for v in values]
        case Unit.SECONDS:
            length, name = unit_of(values)
            return [
                isolated(sign(v) + lasting(digits(v / length), name, grouped=True)) if v else "0"
                for v in values
            ]
    return [isolated(sign(v) + rounded(v)) for v in values]


def unit_of(values: Sequence[float]) -> tuple[int, TimeUnit]:
    """Return the largest unit of time that tells the values with few decimals: 1.5 h, 2.25 d."""
    highest = max(map(abs, values))
    units: tuple[tuple[int, TimeUnit, int], ...] = (
        (DAY, "day", 100),
        (HOUR, "hour", 10),
        (MINUTE, "minute", 10),
    )
    for length, name, parts in units:
        counted = [parts * value / length for value in values]
        if highest >= length and all(abs(each - round(each)) < 1e-6 for each in counted):
            return length, name
    return 1, "second"


def rounded(value: float) -> str:
    """Return the size of a round value as it is: 0.5, 1,500."""
    return written(digits(value), grouped=True)


def digits(value: float) -> str:
    return f"{abs(value):.3f}".rstrip("0").removesuffix(".")
