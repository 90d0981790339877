"""Days as people read them. A report is the same whatever language its machine speaks."""

from datetime import date, datetime

from hearwell.engine.period import Grain

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(at: date) -> str:
    return f"{at.day} {MONTHS[at.month - 1]} {at.year}"


def moment(at: datetime) -> str:
    """Return a day, with the time unless that is midnight."""
    time = f"{at:%H:%M}"
    return day(at) if time == "00:00" else f"{day(at)}, {time}"


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
            return str(at.year)
        case "quarter":
            return f"Q{(at.month + 2) // 3} {at.year}"
        case "month":
            return f"{MONTHS[at.month - 1]} {at.year}"
    return day(at)


def short(at: date, grain: Grain) -> str:
    """Return the name of a cell for an axis, where the year is told once."""
    return cell(at, grain).removesuffix(f" {at.year}")
