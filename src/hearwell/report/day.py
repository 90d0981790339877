"""Days as people read them, in the language that is spoken, whatever their machine speaks."""

from datetime import date, datetime

from hearwell.engine.period import Grain
from hearwell.language.date import (
    day,
    day_of_year,
    moment,
    month,
    month_of_year,
    quarter,
    quarter_of_year,
    year,
)


def told(text: str) -> str:
    """Return an instant that the engine gave as text."""
    return moment(datetime.fromisoformat(text))


def asked(text: str) -> str:
    """Return a day or an instant as it was asked for."""
    return told(text) if len(text) > len("2026-01-31") else day(date.fromisoformat(text))


def cell(at: date, grain: Grain) -> str:
    """Return the name of the cell that begins on a day."""
    match grain:
        case "year":
            return year(at)
        case "quarter":
            return quarter(at)
        case "month":
            return month(at)
    return day(at)


def short(at: date, grain: Grain) -> str:
    """Return the name of a cell for an axis, where the year is told once."""
    match grain:
        case "year":
            return year(at)
        case "quarter":
            return quarter_of_year(at)
        case "month":
            return month_of_year(at)
    return day_of_year(at)
