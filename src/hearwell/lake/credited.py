"""To which article or campaign a call is credited: by the number it dialled and the day it came.

It is not kept with the calls but told whenever they are read, so that a table of numbers that is
changed holds for the past, too, from wherever the calls were brought in.
"""

from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hearwell.lake.extensions import quoted
from hearwell.records.article import Article
from hearwell.records.call import Call
from hearwell.records.record import Record
from hearwell.settings import Settings, TelephoneNumber

DIALLED = r"try_cast(regexp_replace(dialled_number, '[\s()./-]', '', 'g') as bigint)"
"""What was dialled as a number, without signs and leading zeros; null where it is a name."""


def credited(rows: str, record: type[Record], settings: Settings) -> str:
    """Return SQL for rows of a record with what the table of numbers tells of them.

    What a source says itself comes first.
    """
    numbers = settings.telephone_number
    if record is Call and numbers:
        article = [(each, each.article) for each in numbers if each.article]
        campaign = [(each, each.campaign) for each in numbers if each.campaign]
        return (
            f"select * exclude (dialled) replace ({of_call('article_id', article, settings.zone)}, "
            f"{of_call('campaign', campaign, settings.zone)}) "
            f"from (select *, {DIALLED} as dialled from ({rows}))"
        )
    if record is Article and any(each.article for each in numbers):
        return f"select * replace ({of_article(numbers)}) from ({rows})"
    return rows


def of_call(name: str, shown: list[tuple[TelephoneNumber, str]], zone: str) -> str:
    branches = " ".join(
        f"when dialled = {number.digits}{while_shown(number, zone)} then {quoted(told)}"
        for number, told in shown
    )
    told = f"coalesce({name}, case {branches} end)" if branches else name
    return f"{told} as {name}"


def while_shown(number: TelephoneNumber, zone: str) -> str:
    """Return SQL: and did the call come while the number was shown?"""
    first, last = number.days
    found = ""
    if first.year > MINYEAR:
        found += f" and entered_at >= {midnight(first, zone)}"
    if last.year < MAXYEAR:
        found += f" and entered_at < {midnight(last + timedelta(days=1), zone)}"
    return found


def midnight(day: date, zone: str) -> str:
    instant = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    return f"timestamp {quoted(str(instant.replace(tzinfo=None)))}"


def of_article(numbers: tuple[TelephoneNumber, ...]) -> str:
    """Return SQL for the number of an article: of several that which it showed last."""
    in_order = sorted((each for each in numbers if each.article), key=lambda each: each.days)
    latest = {each.article: each.number for each in in_order}
    branches = " ".join(f"when {quoted(name)} then {quoted(n)}" for name, n in latest.items())
    return f"coalesce(tracking_number, case article_id {branches} end) as tracking_number"
