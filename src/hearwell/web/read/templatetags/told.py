"""How templates write numbers, days and instants: as all else that Hearwell tells."""

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone

from hearwell.language import date as written
from hearwell.language.convention import comma, listed, semicolon
from hearwell.report import number
from hearwell.report.name import spaced

register = template.Library()
register.filter(spaced)
register.filter(listed)
register.simple_tag(comma)
register.simple_tag(semicolon)


@register.filter
def count(value: Any) -> str:
    """Return a number of rows; nothing where there is none."""
    return number.count(value) if isinstance(value, int | float) else ""


@register.filter
def day(at: date | None) -> str:
    return "" if at is None else written.day(local(at))


@register.filter
def moment(at: datetime | None) -> str:
    """Return a day with its time."""
    return "" if at is None else written.moment(local(at), always=True)


@register.filter
def second(at: datetime | None) -> str:
    """Return a day with its time to the second."""
    return "" if at is None else written.second(local(at))


@register.filter
def day_of_week(at: date) -> str:
    return written.day_of_week(at)


@register.filter
def time(at: datetime | None) -> str:
    return "" if at is None else written.time(local(at))


def local(at: Any) -> Any:
    is_aware = isinstance(at, datetime) and timezone.is_aware(at)
    return timezone.localtime(at) if is_aware else at
