"""A value of a finding in words, in the language that is spoken."""

from collections.abc import Callable

from hearwell.engine.period import WEEKDAYS
from hearwell.evidence.sentence import OTHERS, Value
from hearwell.language import gettext
from hearwell.language.convention import listed
from hearwell.language.date import weekday
from hearwell.metrics.catalog import METRICS
from hearwell.report.name import labelled, spaced


def in_words(value: Value, figure: Callable[[Value], str]) -> str:
    """Return a value as it is read.

    Args:
        figure: writes a number, a difference or a count.

    """
    found = value.value
    match value.kind:
        case "metric":
            return labelled(METRICS[str(found)], value.variant)
        case "group":
            pairs = found if isinstance(found, tuple) else ()
            return listed([f"{spaced(name)} {word(own)}" for name, own in pairs])
        case "dimension" | "factor":
            return spaced(str(found))
        case "weekday_time":
            day, _space, time = str(found).partition(" ")
            return f"{weekday(WEEKDAYS.index(day))} {time}"
        case "number" | "difference" | "count":
            return figure(value)
    return word(found if isinstance(found, str) else None)


def word(value: str | None) -> str:
    """Return a value of a dimension, or a day."""
    if value is None:
        return gettext("unknown")
    return gettext("all others") if value == OTHERS else value
