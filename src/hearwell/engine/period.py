"""Periods and the cells that a grain cuts them into, in the organisation's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from hearwell.engine.errors import BadQuestion
from hearwell.language import gettext_noop

Grain = Literal["none", "hour_of_week", "day", "week", "month", "quarter", "year"]
Compare = Literal["previous", "year"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = {"month": 1, "quarter": 3, "year": 12}
YEAR_OF_WEEKS = timedelta(days=364)
"""A year back for days and weeks: the same weekday, so that Mondays are held against Mondays."""
YEARS = range(1900, 2201)
"""Beyond these a calendar date is a slip of the hand, or stands for no date at all."""


@dataclass(frozen=True)
class Period:
    """From one instant up to, and without, another; naive UTC."""

    begins: datetime
    ends: datetime

    def text(self, zone: str) -> dict[str, str]:
        return {"from": shown(self.begins, zone), "to": shown(self.ends, zone)}


def shown(instant: datetime, zone: str) -> str:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).isoformat()


def to_utc(local: datetime, zone: str) -> datetime:
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def to_local(instant: datetime, zone: str) -> datetime:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def instant(text: str, zone: str, *, last: bool = False) -> datetime:
    """Read a day or an instant; a day given as the last one is included.

    Raises:
        BadQuestion: it is neither.

    """
    moment = day_or_moment(text)
    if moment.year not in YEARS:
        problem = gettext_noop("{given} lies outside the years {first} to {last}.")
        first, latest = str(YEARS.start), str(YEARS.stop - 1)
        raise BadQuestion(problem, given=text, first=first, last=latest)
    if not isinstance(moment, datetime):
        day = moment + timedelta(days=1 if last else 0)
        return to_utc(datetime.combine(day, time()), zone)
    if moment.tzinfo is None:
        return to_utc(moment, zone)
    return moment.astimezone(UTC).replace(tzinfo=None)


def day_or_moment(text: str) -> date | datetime:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    problem = gettext_noop(
        "{given} is no day such as 2026-01-31 and no instant such as 2026-01-31T09:00."
    )
    raise BadQuestion(problem, given=repr(text))


def period(begins: datetime, ends: datetime) -> Period:
    if ends <= begins:
        problem = gettext_noop("The period ends before it begins. Let --from be the earlier day.")
        raise BadQuestion(problem)
    return Period(begins, ends)


def months_later(local: datetime, months: int) -> datetime:
    """Move a time by whole months; the 31st becomes the last day of a shorter month."""
    month = local.month - 1 + months
    year, month = local.year + month // 12, month % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return local.replace(year=year, month=month, day=min(local.day, last))


def compared(now: Period, compare: Compare, zone: str) -> Period:
    """Return the period to compare with.

    The one before has the same length, and whole months are held against whole months. A year
    ago means the same dates, the last day included; whole weeks are held against the same
    weekdays, 364 days before.

    Raises:
        BadQuestion: a year ago is not another period.

    """
    begins, ends = to_local(now.begins, zone), to_local(now.ends, zone)
    months = whole_months(begins, ends)
    if compare == "previous":
        if months:
            return Period(to_utc(months_later(begins, -months), zone), now.begins)
        return Period(to_utc(begins - (ends - begins), zone), now.begins)
    if not months and (ends - begins) % timedelta(days=7) == timedelta():
        earlier = begins - YEAR_OF_WEEKS, ends - YEAR_OF_WEEKS
    else:
        days = begins.time() == ends.time() == time() and not months
        last = timedelta(days=1 if days else 0)
        earlier = months_later(begins, -12), months_later(ends - last, -12) + last
    found = Period(to_utc(earlier[0], zone), to_utc(earlier[1], zone))
    if not found.begins < found.ends <= now.begins:
        problem = gettext_noop(
            "A year ago overlaps with this period, which is longer than a year or ends on "
            "29 February. Ask for less, or cut it with --grain."
        )
        raise BadQuestion(problem)
    return found


def whole_months(begins: datetime, ends: datetime) -> int:
    """Return how many calendar months the local times span exactly, or 0."""
    if (begins.day, begins.time(), ends.day, ends.time()) != (1, time(), 1, time()):
        return 0
    return (ends.year - begins.year) * 12 + ends.month - begins.month


def cell_before(cell: datetime, grain: Grain, compare: Compare) -> datetime:
    """Return the beginning of the cell that a cell is compared with; local times."""
    if grain in MONTHS:
        return months_later(cell, -12 if compare == "year" else -MONTHS[grain])
    if compare == "year":
        return cell - YEAR_OF_WEEKS
    return cell - timedelta(days=7 if grain == "week" else 1)


def cell_after(cell: datetime, grain: Grain) -> datetime:
    """Return the end of a cell; local times."""
    if grain in MONTHS:
        return months_later(cell, MONTHS[grain])
    return cell + timedelta(days=7 if grain == "week" else 1)


def first_cell(local: datetime, grain: Grain, week_starts_on: str) -> datetime:
    """Return the beginning of the cell in which a local time lies."""
    day = datetime.combine(local.date(), time())
    if grain == "week":
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(week_starts_on)) % 7)
    if grain in MONTHS:
        months = MONTHS[grain]
        return day.replace(day=1, month=(day.month - 1) // months * months + 1)
    return day


def organisation_days(
    zone: str, first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the beginning and end, in UTC, of each of the organisation's days in a span."""
    begins = to_local(first, zone).date()
    count = (to_local(last, zone).date() - begins).days + 1
    midnights = [
        to_utc(datetime.combine(begins + timedelta(days=i), time()), zone) for i in range(count + 1)
    ]
    return list(pairwise(midnights))


def organisation_months(
    zone: str, first: datetime, last: datetime
) -> list[tuple[datetime, datetime]]:
    """Return the beginning and end, in UTC, of each of the organisation's months in a span."""
    begins = to_local(max(first, datetime(YEARS.start, 1, 2)), zone)  # noqa: DTZ001  naive UTC
    ends = to_local(last, zone)
    month = datetime(begins.year, begins.month, 1)  # noqa: DTZ001  local
    count = (ends.year - month.year) * 12 + ends.month - month.month + 1
    firsts = [to_utc(months_later(month, i), zone) for i in range(count + 1)]
    return list(pairwise(firsts))


def days_of(period: Period, zone: str) -> tuple[date, date]:
    """Return the first and last day of a period, on the organisation's clock."""
    last = to_local(period.ends - timedelta(microseconds=1), zone)
    return to_local(period.begins, zone).date(), last.date()
