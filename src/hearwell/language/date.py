"""Days, months and instants in the language that is spoken."""

from datetime import date, datetime

from babel.dates import format_date, format_time

from hearwell.language import ENGLISH, spoken
from hearwell.language.convention import convention, isolated

DAY, DAY_OF_YEAR = "d MMM y", "d MMM"
"""How English tells a day here: nobody can take 5 Jan for the first of May."""


def day(at: date) -> str:
    return isolated(plain_day(at))


def plain_day(at: date) -> str:
    return format_date(at, DAY if is_english() else "medium", convention())


def day_of_year(at: date) -> str:
    """Return a day without its year."""
    return skeleton(at, "MMMd") if not is_english() else format_date(at, DAY_OF_YEAR, convention())


def month(at: date) -> str:
    return skeleton(at, "yMMM")


def month_of_year(at: date) -> str:
    return format_date(at, "LLL", convention())


def quarter(at: date) -> str:
    return skeleton(at, "yQQQ")


def quarter_of_year(at: date) -> str:
    return format_date(at, "QQQ", convention())


def year(at: date) -> str:
    return format_date(at, "y", convention())


def weekday(number: int) -> str:
    """Return the name of a weekday, of which Monday is 0."""
    return str(convention().days["stand-alone"]["wide"][number])


def short_weekday(number: int) -> str:
    return str(convention().days["stand-alone"]["abbreviated"][number])


def day_of_week(at: date) -> str:
    """Return a day without its year, with its weekday."""
    return isolated(f"{short_weekday(at.weekday())} {day_of_year(at)}")


def time(at: datetime) -> str:
    return format_time(at, "HH:mm", locale=convention())


def second(at: datetime) -> str:
    """Return a day with its time to the second."""
    return joined(at, format_time(at, "HH:mm:ss", locale=convention()))


def moment(at: datetime, *, always: bool = False) -> str:
    """Return a day, with the time unless that is midnight, or always."""
    told = time(at)
    if not always and (at.hour, at.minute) == (0, 0):
        return day(at)
    return joined(at, told)


def joined(at: datetime, told: str) -> str:
    return isolated(str(convention().datetime_formats["medium"]).format(told, plain_day(at)))


def skeleton(at: date, fields: str) -> str:
    return isolated(convention().datetime_skeletons[fields].apply(at, convention()))


def is_english() -> bool:
    return spoken.get() == ENGLISH
