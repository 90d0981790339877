"""When a team is open: what the organisation writes in its settings, and the instants it means."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hearwell.clock.holiday import holiday_dates
from hearwell.clock.interval import DAY, SECOND, Intervals, common, intervals, merged, microseconds
from hearwell.clock.zone import check_zone, instants

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)


def _text(clock: object) -> object:
    """Take TOML's own times as well: `opens = 09:00:00`."""
    return clock.isoformat() if isinstance(clock, time) else clock


def _time_of_day(text: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text):
        message = f'{text!r} is not a time of the day: write it like "09:00"'
        raise ValueError(message)
    return text


def _end_of_day(text: str) -> str:
    return text if text in {"24:00", "24:00:00"} else _time_of_day(text)


def _country(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2,3}(-\w+)?", text):
        message = f'{text!r} is not a country code: write it like "GB" or "GB-SCT"'
        raise ValueError(message)
    return text


class Entry(BaseModel):
    """A part of the settings: it does not change, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Hours(Entry):
    """From one time of the day to another; an end at or before the start is on the next day."""

    opens: Annotated[str, BeforeValidator(_text), AfterValidator(_time_of_day)]
    closes: Annotated[str, BeforeValidator(_text), AfterValidator(_end_of_day)]

    def on(self, day: date) -> tuple[int, int]:
        """Give the stretch of the wall clock that begins on a date, in microseconds."""
        begin, end = _microseconds_of_day(self.opens), _microseconds_of_day(self.closes)
        midnight = microseconds(datetime.combine(day, time.min))
        return midnight + begin, midnight + end + (0 if begin < end else DAY)


class Block(Hours):
    """Hours on some days of the week. A block belongs to the date on which it begins."""

    days: tuple[Weekday, ...] = Field(min_length=1)


class SpecialDay(Entry):
    """A date with hours of its own, also when it is a holiday; no hours: closed."""

    date: date
    blocks: tuple[Hours, ...] = ()


class Schedule(Entry):
    """Opening hours on the wall clock of a zone; blocks that overlap count once.

    No block begins on a holiday or on a closed date. The schedule says nothing about the time
    before `valid_from` and after `valid_to`, which is its last day.
    """

    name: str = Field(min_length=1)
    zone: Annotated[str, AfterValidator(check_zone)]
    blocks: tuple[Block, ...] = Field(min_length=1)
    holidays: Annotated[str, AfterValidator(_country)] | None = None
    closed: tuple[date, ...] = ()
    special: tuple[SpecialDay, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_from > self.valid_to:
            message = (
                f"valid_from {self.valid_from} is after valid_to {self.valid_to}: "
                "no day would be left; swap them"
            )
            raise ValueError(message)
        mentions = Counter([*set(self.closed), *(day.date for day in self.special)])
        twice = sorted(day for day, times in mentions.items() if times > 1)
        if twice:
            message = (
                f"{', '.join(map(str, twice))} has more than one entry in closed and special: "
                "keep one"
            )
            raise ValueError(message)
        return self


def open_intervals(schedule: Schedule, first: datetime, last: datetime) -> Intervals:
    """Find when a schedule is open between two instants, all naive and in UTC.

    An instant is open when the wall clock reads a time inside a block, so a block from 01:00 to
    05:00 lasts three hours on the night that clocks go forward, and five when they go back.
    """
    return common(opening(schedule, first, last), validity(schedule, first, last))


def opening(schedule: Schedule, first: datetime, last: datetime) -> Intervals:
    """Like `open_intervals`; but the block of the last valid evening runs over midnight."""
    return instants(
        merged(intervals(_readings(schedule, first.date(), last.date()))),
        schedule.zone,
        first,
        last,
    )


def validity(schedule: Schedule, first: datetime, last: datetime) -> Intervals:
    """Find when the wall clock reads a date on which the schedule is valid."""
    around = timedelta(days=2)
    begins = schedule.valid_from or (first - around).date()
    ends = (schedule.valid_to or (last + around).date()) + timedelta(days=1)
    readings = intervals(
        [
            (
                microseconds(datetime.combine(begins, time.min)),
                microseconds(datetime.combine(ends, time.min)),
            )
        ]
    )
    return instants(readings, schedule.zone, first, last)


def _readings(schedule: Schedule, first: date, last: date) -> Iterator[tuple[int, int]]:
    """Yield the stretches of the wall clock that the blocks fill.

    Two days more at either end: the local date may differ by one, a night begins a day before.
    """
    around = timedelta(days=2)
    begins = max(first - around, schedule.valid_from or date.min)
    ends = min(last + around, schedule.valid_to or date.max)
    if begins > ends:
        return
    week = [tuple(b for b in schedule.blocks if weekday in b.days) for weekday in WEEKDAYS]
    hours: dict[date, tuple[Hours, ...]] = dict.fromkeys(schedule.closed, ())
    if schedule.holidays:
        hours |= dict.fromkeys(holiday_dates(schedule.holidays, begins, ends), ())
    hours |= {special.date: special.blocks for special in schedule.special}
    for number in range((ends - begins).days + 1):
        day = begins + timedelta(days=number)
        for block in hours.get(day, week[day.weekday()]):
            yield block.on(day)


def _microseconds_of_day(text: str) -> int:
    hours, minutes, seconds = (*map(int, text.split(":")), 0)[:3]
    return (hours * 3600 + minutes * 60 + seconds) * SECOND
