"""Numbers as people read them: 12.3 %, 3 min 7 s, 24.6 h."""

from hearwell.metrics.metric import Unit

NOTHING = "–"
MINUTE, HOUR, DAY = 60, 3600, 86400


def number(value: float | None, unit: str) -> str:
    """Return a value with its unit; a dash where there is none."""
    if value is None:
        return NOTHING
    match Unit(unit):
        case Unit.SHARE:
            return f"{100 * value:.1f} %"
        case Unit.SECONDS:
            return duration(value)
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.POINTS:
            return f"{value:.1f}"
        case Unit.SCALE:
            return f"{value:.2f}"


def duration(seconds: float) -> str:
    size, sign = abs(seconds), "-" if seconds < 0 else ""
    if size < MINUTE:
        return f"{sign}{size:.1f} s"
    if size < HOUR:
        minutes, rest = divmod(round(size), MINUTE)
        return f"{sign}{minutes} min {rest} s" if minutes < MINUTE else f"{sign}1.0 h"
    if size < 2 * DAY:
        return f"{sign}{size / HOUR:.1f} h"
    return f"{sign}{size / DAY:.1f} d"


def interval(low: float | None, high: float | None, unit: str) -> str:
    if low is None and high is None:
        return NOTHING
    ends = [NOTHING if end is None else number(end, unit) for end in (low, high)]
    shared = "" if unit != Unit.SHARE.value else " %"
    return f"{ends[0].removesuffix(shared)} … {ends[1]}"


def difference(value: float | None, unit: str) -> str:
    """Return a change with its sign; shares change by points."""
    if value is None:
        return NOTHING
    sign = "+" if value >= 0 else "−"
    text = number(abs(value), unit)
    return sign + (text.replace(" %", " pts") if unit == Unit.SHARE.value else text)
