"""What a question should answer, cell by cell: periods, groups, filters and comparisons by hand."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from engine.oracle import ORACLE, TIMED, UNTIMED, Rules, change, counted, dated, known_until

from hearwell.metrics.catalog import METRICS

Row = dict[str, Any]
MICROSECOND = timedelta(microseconds=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Refused(Exception):
    """The question contradicts itself, and is to be refused."""


@dataclass(frozen=True)
class World:
    """The rows there are, and the organisation that asks."""

    rows: list[Row]
    zone: str
    week_starts_on: str
    within: float
    short: float
    open_seconds: Callable[[Row, datetime, datetime], float | None]


# --- the clock on the wall -------------------------------------------------------------------


def on_wall(instant: datetime, zone: str) -> datetime:
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def in_utc(wall: datetime, zone: str) -> datetime:
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).replace(tzinfo=None)


def midnight(day: date, zone: str) -> datetime:
    """The instant at which a day begins."""
    return in_utc(datetime(day.year, day.month, day.day), zone)


def read(text: str, zone: str, *, last: bool) -> datetime:
    """The instant that a period begins or ends with; the last day is included."""
    if "T" not in text:
        return midnight(date.fromisoformat(text) + timedelta(days=last), zone)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is not None:
        return moment.astimezone(UTC).replace(tzinfo=None)
    return in_utc(moment, zone)


def months_on(day: date, months: int) -> date:
    """The same day of another month, or its last if it has none such."""
    number = day.year * 12 + day.month - 1 + months
    for number_of_day in range(day.day, 0, -1):
        try:
            return date(number // 12, number % 12 + 1, number_of_day)
        except ValueError:
            continue
    raise AssertionError(day)


def cell_of(day: date, grain: str, week_starts_on: str) -> date:
    """The first day of the cell in which a day lies."""
    if grain == "day":
        return day
    if grain == "week":
        while DAYS[day.weekday()] != week_starts_on:
            day -= timedelta(days=1)
        return day
    while day.day != 1 or (day.month - 1) % MONTHS[grain]:
        day -= timedelta(days=1)
    return day


def next_cell(first: date, grain: str) -> date:
    if grain in MONTHS:
        return months_on(first, MONTHS[grain])
    return first + timedelta(days=7 if grain == "week" else 1)


def compared_cell(first: date, grain: str, compare: str) -> date:
    """The cell before, or the one a year ago: of days and weeks that with the same weekdays."""
    if compare == "year":
        return months_on(first, -12) if grain in MONTHS else first - timedelta(days=364)
    if grain in MONTHS:
        return months_on(first, -MONTHS[grain])
    return first - timedelta(days=7 if grain == "week" else 1)


def compared_period(begins: datetime, ends: datetime, compare: str, zone: str):
    """The period before, of the same length; or the same dates a year ago.

    Whole months are held against as many whole months, and whole weeks against the same weekdays,
    364 days ago.
    """
    first, end = on_wall(begins, zone), on_wall(ends, zone)
    whole_days = first.time() == end.time() == datetime.min.time()
    whole_months = whole_days and first.day == end.day == 1
    months = (end.year - first.year) * 12 + end.month - first.month
    if compare == "previous":
        if whole_months:
            return midnight(months_on(first.date(), -months), zone), begins
        return in_utc(first - (end - first), zone), begins

    def year_before(wall: datetime) -> datetime:
        return datetime.combine(months_on(wall.date(), -12), wall.time())

    if whole_months:
        found = year_before(first), year_before(end)
    elif (end - first) % timedelta(days=7) == timedelta():
        found = first - timedelta(days=364), end - timedelta(days=364)
    elif whole_days:
        last_day = end - timedelta(days=1)
        found = year_before(first), year_before(last_day) + timedelta(days=1)
    else:
        found = year_before(first), year_before(end)
    earlier = in_utc(found[0], zone), in_utc(found[1], zone)
    if earlier[1] > begins or earlier[1] <= earlier[0]:
        raise Refused
    return earlier


# --- opening hours ---------------------------------------------------------------------------


class OpeningHours:
    """A schedule, walked minute by minute."""

    def __init__(
        self,
        zone: str,
        blocks: list[tuple[tuple[str, ...], str, str]],
        closed: frozenset[date] = frozenset(),
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.closed = closed
        self.blocks = [
            (days, *(int(text[:2]) * 60 + int(text[3:]) for text in (opens, closes)))
            for days, opens, closes in blocks
        ]
        self.minutes = lru_cache(maxsize=None)(self._minutes)

    def is_open(self, minute: datetime) -> bool:
        wall = minute.replace(tzinfo=UTC).astimezone(self.zone)
        now = wall.hour * 60 + wall.minute
        today, yesterday = (
            None
            if (day := (wall - timedelta(days=ago)).date()) in self.closed
            else DAYS[day.weekday()]
            for ago in (0, 1)
        )
        for days, opens, closes in self.blocks:
            over_night = closes <= opens
            if today in days and opens <= now and (over_night or now < closes):
                return True
            if over_night and yesterday in days and now < closes:
                return True
        return False

    def _minutes(self, day: date) -> list[float]:
        """Open seconds from the midnight of UTC until each minute of the day, and its end."""
        begins = datetime(day.year, day.month, day.day)
        passed = [0.0]
        for number in range(24 * 60):
            is_open = self.is_open(begins + timedelta(minutes=number))
            passed.append(passed[-1] + 60 * is_open)
        return passed

    def until(self, instant: datetime) -> float:
        passed = self.minutes(instant.date())
        minute = instant.hour * 60 + instant.minute
        seconds = instant.second + instant.microsecond / 1e6
        is_open = passed[minute + 1] > passed[minute]
        return passed[minute] + (seconds if is_open else 0)

    def between(self, start: datetime, end: datetime) -> float:
        if end < start:
            return -self.between(end, start)
        days = (end.date() - start.date()).days
        whole = sum(self.minutes(start.date() + timedelta(days=i))[-1] for i in range(days))
        return whole + self.until(end) - self.until(start)


# --- the answer ------------------------------------------------------------------------------


def value_of(row: Row, dimension: str) -> str | None:
    if dimension.startswith("custom."):
        return (row["custom"] or {}).get(dimension.removeprefix("custom."))
    return row[dimension]


def kept(rows: list[Row], where) -> list[Row]:
    """The rows that have one of the values of each dimension; an empty one means unknown."""
    wanted: dict[str, set[str | None]] = {}
    for name, value in where:
        wanted.setdefault(name, set()).add(value or None)
    return [
        row for row in rows if all(value_of(row, name) in any_of for name, any_of in wanted.items())
    ]


def expected(  # noqa: C901
    question, asked, world: World
) -> list[dict[str, Any]]:
    """The cells of one metric of a question, in no order."""
    metric, variant = asked.metric.name, asked.variant
    zone, grain = world.zone, question.grain
    begins, ends = asked_for(question, asked, world)
    rows = [
        row for row in kept(world.rows, question.where) if dated(metric, variant, row) is not None
    ]

    def at(row: Row) -> datetime:
        return dated(metric, variant, row)

    rules = rules_for(question, metric, world)
    first_day = midnight(on_wall(min(map(at, rows), default=begins), zone).date(), zone)
    is_total = ORACLE[metric][variant][0] == "total"

    def among(first: datetime, last: datetime, group, hour=None) -> list[Row]:
        return [
            row
            for row in rows
            if first <= at(row) < last
            and tuple(value_of(row, name) for name in question.by) == group
            and (hour is None or hour_of(at(row), zone) == hour)
        ]

    def cell(group, first, last, earlier, hour=None) -> dict[str, Any]:
        now = counted(metric, variant, among(first, last, group, hour), rules, question.level)
        before = None
        if earlier is not None and not (is_total and earlier[0] < first_day):
            found = among(*earlier, group, hour)
            if found:
                before = counted(metric, variant, found, rules, question.level)
        name = dict(zip(question.by, group, strict=True))
        if hour is not None:
            name["hour_of_week"] = f"{DAYS[hour // 24]} {hour % 24:02d}"
        meant = METRICS[metric].variants()[variant]
        better = (meant.better or METRICS[metric].better).value
        unit = (meant.unit or METRICS[metric].unit).value
        return {
            "group": name,
            "period": (first, last),
            "value": now.value,
            "low": now.low,
            "high": now.high,
            "n": now.n,
            "left_out": now.left_out,
            "compared": change(metric, variant, now, before, better, unit, question.level),
        }

    inside = [row for row in rows if begins <= at(row) < ends]
    groups = {tuple(value_of(row, name) for name in question.by) for row in inside}
    if grain in {"none", "hour_of_week"}:
        earlier = None
        if question.compare and question.begins:
            earlier = compared_period(begins, ends, question.compare, zone)
        if grain == "none":
            return [cell(g, begins, ends, earlier) for g in (groups if question.by else {()})]
        hours = {
            (tuple(value_of(row, name) for name in question.by), hour_of(at(row), zone))
            for row in inside
        }
        return [cell(group, begins, ends, earlier, hour) for group, hour in hours]
    cells = {
        (
            tuple(value_of(row, name) for name in question.by),
            cell_of(on_wall(at(row), zone).date(), grain, world.week_starts_on),
        )
        for row in inside
    }
    answer = []
    for group, first in cells:
        whole = midnight(first, zone), midnight(next_cell(first, grain), zone)
        shown = max(whole[0], begins), min(whole[1], ends)
        earlier = None
        if question.compare and shown == whole:
            other = compared_cell(first, grain, question.compare)
            earlier = midnight(other, zone), midnight(next_cell(other, grain), zone)
            if earlier[0] < begins < earlier[1]:  # a whole is not held against a part
                earlier = None
        answer.append(cell(group, *shown, earlier))
    return answer


def asked_for(question, asked, world: World) -> tuple[datetime, datetime]:
    """From the first day up to and with the last; what is not said is where the rows begin, end."""
    zone, epoch = world.zone, datetime(1970, 1, 1)
    dates = [
        dated(asked.metric.name, asked.variant, row) for row in kept(world.rows, question.where)
    ]
    known = [date for date in dates if date is not None]
    if question.begins:
        begins = read(question.begins, zone, last=False)
    else:
        begins = min(known, default=epoch)
    if question.ends:
        ends = read(question.ends, zone, last=True)
        if not question.begins and ends <= begins:
            begins = epoch
    else:
        ends = max([*known, begins]) + MICROSECOND
    if ends <= begins:
        raise Refused
    return begins, ends


def hour_of(instant: datetime, zone: str) -> int:
    wall = on_wall(instant, zone)
    return wall.weekday() * 24 + wall.hour


def rules_for(question, metric: str, world: World) -> Rules:
    def measured(row: Row, start: datetime, seconds: float) -> float | None:
        if question.clock == "calendar" or metric not in TIMED:
            return seconds
        end = start + timedelta(microseconds=round(seconds * 1e6))
        return world.open_seconds(row, start, end)

    def is_open(row: Row, instant: datetime) -> bool | None:
        seconds = world.open_seconds(row, instant, instant + MICROSECOND)
        return None if seconds is None else seconds > 0

    return Rules(world.within, world.short, measured, known_until(world.rows), is_open)


def refuses_business(question) -> bool:
    """Only the length of it is known, not when it was: there is no business time to tell."""
    (asked,) = question.asked if len(question.asked) == 1 else (None,)
    return question.clock == "business" and asked is not None and asked.metric.name in UNTIMED
