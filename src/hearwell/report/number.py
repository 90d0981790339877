"""Numbers as people read them on a page: as in the terminal, in the typography of print."""

from collections.abc import Sequence

from hearwell.metrics.metric import Unit

NOTHING = "–"
MINUS = "−"
SPACE = "\N{NO-BREAK SPACE}"  # a value and its unit stay on one line
MINUTE, HOUR, DAY = 60, 3600, 86400


def number(value: float | None, unit: Unit) -> str:
    """Return a value with its unit; a dash where there is none."""
    if value is None:
        return NOTHING
    sign, size = MINUS if value < 0 else "", abs(value)
    match unit:
        case Unit.SHARE:
            return f"{sign}{100 * size:.1f}{SPACE}%"
        case Unit.SECONDS:
            return sign + duration(size)
        case Unit.COUNT:
            return f"{sign}{size:,.0f}"
        case Unit.POINTS:
            return f"{sign}{size:.1f}"
        case Unit.SCALE | Unit.EACH:
            return f"{sign}{size:.2f}"


def duration(seconds: float) -> str:
    if seconds < MINUTE:
        return f"{seconds:.1f}{SPACE}s"
    if seconds < HOUR:
        minutes, rest = divmod(round(seconds), MINUTE)
        within = f"{minutes}{SPACE}min{SPACE}{rest}{SPACE}s"
        return within if minutes < MINUTE else f"1.0{SPACE}h"
    if seconds < 2 * DAY:
        return f"{seconds / HOUR:.1f}{SPACE}h"
    return f"{seconds / DAY:.1f}{SPACE}d"


def interval(low: float | None, high: float | None, unit: Unit) -> str:
    if low is None and high is None:
        return NOTHING
    shared = f"{SPACE}%" if unit is Unit.SHARE else ""
    return f"{number(low, unit).removesuffix(shared)} … {number(high, unit)}"


def difference(value: float | None, unit: Unit) -> str:
    """Return a change with its sign; shares change by points."""
    if value is None:
        return NOTHING
    sign = "+" if value >= 0 else MINUS
    text = number(abs(value), unit)
    return sign + (text.replace("%", "pts") if unit is Unit.SHARE else text)


def share_of(level: float) -> str:
    """Return a level of confidence, such as 95 %."""
    return f"{100 * level:g}{SPACE}%"


def marks(values: Sequence[float], unit: Unit) -> list[str]:
    """Return the values at which an axis has lines, as round as they are, all in one unit."""
    match unit:
        case Unit.SHARE:
            return [f"{signed(100 * value)}{SPACE}%" for value in values]
        case Unit.SECONDS:
            length, name = unit_of(values)
            return [f"{signed(value / length)}{SPACE}{name}" if value else "0" for value in values]
    return [signed(value) for value in values]


def unit_of(values: Sequence[float]) -> tuple[int, str]:
    """Return the largest unit of time that tells the values with few decimals: 1.5 h, 2.25 d."""
    highest = max(map(abs, values))
    for length, name, parts in ((DAY, "d", 100), (HOUR, "h", 10), (MINUTE, "min", 10)):
        counted = [parts * value / length for value in values]
        if highest >= length and all(abs(each - round(each)) < 1e-6 for each in counted):
            return length, name
    return 1, "s"


def signed(value: float) -> str:
    """Return a round value as it is: 0.5, 1,500, −20."""
    text = f"{abs(value):,.3f}".rstrip("0").removesuffix(".")
    return (MINUS if value < 0 else "") + text
