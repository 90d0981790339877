"""Opening hours of some days, as they are on the wall clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hearwell.clock.interval import EPOCH
from hearwell.clock.schedule import Schedule, open_intervals
from hearwell.report.markup import Html, element

DAY_MINUTES = 24 * 60
WIDTH, HEIGHT = 480.0, 14.0
EVERY_HOURS = 6


@dataclass(frozen=True)
class Day:
    """One date, and from which minute of it to which the schedule is open."""

    date: date
    open: tuple[tuple[int, int], ...]

    @property
    def told(self) -> str:
        """The hours in words, such as 09:00 – 17:30; nothing where it is closed."""
        return ", ".join(f"{clock(begin)} – {clock(end)}" for begin, end in self.open)

    def drawn(self) -> Html:
        """Draw the day from midnight to midnight."""
        scale = WIDTH / DAY_MINUTES
        lines = [
            element("line", x1=x, x2=x, y1=0, y2=HEIGHT, class_="grid")
            for x in (WIDTH * hour / 24 for hour in range(0, 25, EVERY_HOURS))
        ]
        bars = [
            element("rect", x=begin * scale, y=2, height=HEIGHT - 4, width=(end - begin) * scale)
            for begin, end in self.open
        ]
        box = f"0 0 {WIDTH:g} {HEIGHT:g}"
        return element("svg", lines, bars, class_="hours", viewBox=box, aria_hidden="true")


def days(schedule: Schedule, first: date, count: int) -> list[Day]:
    """Return when a schedule is open on some dates of its zone, to the minute."""
    zone = ZoneInfo(schedule.zone)
    begins, ends = (
        datetime.combine(first + timedelta(days=n), time(), zone).astimezone(UTC)
        for n in (0, count)
    )
    found = open_intervals(schedule, begins.replace(tzinfo=None), ends.replace(tzinfo=None))
    read: dict[date, list[tuple[int, int]]] = {
        first + timedelta(days=number): [] for number in range(count)
    }
    for begin, end in found.tolist():
        for day, *minutes in by_day(reading(begin, zone), reading(end, zone)):
            if day in read:
                read[day].append((minutes[0], minutes[1]))
    return [Day(day, tuple(stretches)) for day, stretches in read.items()]


def reading(microseconds: int, zone: ZoneInfo) -> datetime:
    instant = EPOCH + timedelta(microseconds=microseconds)
    return instant.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def by_day(begin: datetime, end: datetime) -> Iterator[tuple[date, int, int]]:
    """Cut a stretch of the wall clock at each midnight."""
    day = begin.date()
    while datetime.combine(day, time()) < end:
        midnight = datetime.combine(day, time())
        yield day, minute(begin - midnight), minute(end - midnight)
        day += timedelta(days=1)


def minute(since_midnight: timedelta) -> int:
    return round(min(max(since_midnight / timedelta(minutes=1), 0), DAY_MINUTES))


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
