import tomllib
from datetime import date, datetime, time

import numpy as np
import pytest
from pydantic import ValidationError

from hearwell.clock.holiday import UnknownCountry, holiday_dates
from hearwell.clock.schedule import WEEKDAYS, Block, Hours, Schedule, SpecialDay, open_intervals
from hearwell.clock.zone import steps


def schedule(**changes):
    """Make a schedule of London office hours, with changes."""
    office = {"days": WEEKDAYS[:5], "opens": "09:00", "closes": "17:00"}
    return Schedule(**{"name": "team", "zone": "Europe/London", "blocks": [office]} | changes)


def every_day(opens, closes, **changes):
    return schedule(blocks=[{"days": WEEKDAYS, "opens": opens, "closes": closes}], **changes)


def opened(hours, first, last):
    """Give the open stretches between two instants as text."""
    ends = datetime.fromisoformat(first), datetime.fromisoformat(last)
    found = open_intervals(hours, *ends).astype("datetime64[us]")
    return [tuple(np.datetime_as_string(pair, unit="m").tolist()) for pair in found]


def test_settings_text_becomes_a_schedule():
    """The models are the shape of the organisation's settings file."""
    text = """
        name = "night line"
        zone = "America/New_York"
        holidays = "US-CA"
        closed = [2024-08-01, "2024-08-02"]
        valid_from = 2024-01-01

        [[blocks]]
        days = ["monday", "tuesday"]
        opens = "22:00"
        closes = "06:00"

        [[blocks]]
        days = ["sunday"]
        opens = 09:00:00
        closes = "24:00"

        [[special]]
        date = 2024-12-24
        blocks = [{ opens = "08:00", closes = "12:00" }]
    """
    read = Schedule.model_validate(tomllib.loads(text))
    assert read == Schedule(
        name="night line",
        zone="America/New_York",
        blocks=(
            Block(days=("monday", "tuesday"), opens="22:00", closes="06:00"),
            Block(days=("sunday",), opens="09:00:00", closes="24:00"),
        ),
        holidays="US-CA",
        closed=(date(2024, 8, 1), date(2024, 8, 2)),
        special=(
            SpecialDay(date=date(2024, 12, 24), blocks=(Hours(opens="08:00", closes="12:00"),)),
        ),
        valid_from=date(2024, 1, 1),
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"zone": "Europe/Lonon"}, "Did you mean Europe/London"),
        ({"zones": "Europe/London"}, "Extra inputs are not permitted"),
        ({"name": ""}, "at least 1 character"),
        ({"blocks": []}, "at least 1 item"),
        ({"holidays": "Britain"}, 'write it like "GB" or "GB-SCT"'),
        ({"closed": ["2024-02-30"]}, "valid date"),
        ({"valid_from": "2024-02-02", "valid_to": "2024-02-01"}, "is after valid_to 2024-02-01"),
        (
            {"closed": ["2024-02-02"], "special": [{"date": "2024-02-02"}]},
            "2024-02-02 has more than one entry in closed and special: keep one",
        ),
        (
            {"special": [{"date": "2024-02-02"}, {"date": "2024-02-02"}]},
            "2024-02-02 has more than one entry",
        ),
    ],
)
def test_a_wrong_schedule_says_what_is_wrong(changes, message):
    """Each fault in the settings has a message that a person can act on."""
    with pytest.raises(ValidationError, match=message):
        schedule(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"opens": "9:00"}, "'9:00' is not a time of the day: write it like \"09:00\""),
        ({"opens": "24:00"}, "'24:00' is not a time of the day"),
        ({"closes": "24:01"}, "'24:01' is not a time of the day"),
        ({"closes": "12:60"}, "'12:60' is not a time of the day"),
        ({"closes": time(12, 0, 0, 5)}, "is not a time of the day"),
        ({"days": ["Monday"]}, "Input should be 'monday'"),
        ({"days": []}, "at least 1 item"),
    ],
)
def test_a_wrong_block_says_what_is_wrong(changes, message):
    """Times and weekdays that are not written as they should are refused."""
    with pytest.raises(ValidationError, match=message):
        Block(**{"days": ["monday"], "opens": "09:00", "closes": "17:00"} | changes)


def test_office_hours_follow_the_clock_of_the_zone():
    """In summer London opens at eight in UTC, and it is closed at the weekend."""
    assert opened(schedule(), "2024-03-28", "2024-04-02") == [
        ("2024-03-28T09:00", "2024-03-28T17:00"),
        ("2024-03-29T09:00", "2024-03-29T17:00"),
        ("2024-04-01T08:00", "2024-04-01T16:00"),
    ]


def test_only_what_lies_between_the_two_instants():
    """Stretches are cut at the first and the last instant."""
    assert opened(schedule(), "2024-01-02T16:00", "2024-01-03T10:00") == [
        ("2024-01-02T16:00", "2024-01-02T17:00"),
        ("2024-01-03T09:00", "2024-01-03T10:00"),
    ]
    assert opened(schedule(), "2024-01-02T18:00", "2024-01-02T18:00") == []


def test_the_night_that_clocks_go_forward_is_shorter():
    """A block from 01:00 to 05:00 lasts three hours: from one to two the clock did not read."""
    assert opened(every_day("01:00", "05:00"), "2024-03-31", "2024-04-01T00:00") == [
        ("2024-03-31T01:00", "2024-03-31T04:00")
    ]


def test_the_night_that_clocks_go_back_is_longer():
    """A block from 01:00 to 05:00 lasts five hours: the first one came twice."""
    assert opened(every_day("01:00", "05:00"), "2024-10-26T12:00", "2024-10-27T12:00") == [
        ("2024-10-27T00:00", "2024-10-27T05:00")
    ]


def test_a_reading_that_comes_twice_is_open_twice():
    """Open until 01:30: when clocks go back at two, half past one comes again an hour later."""
    assert opened(every_day("00:00", "01:30"), "2024-10-26T22:30", "2024-10-27T12:00") == [
        ("2024-10-26T23:00", "2024-10-27T00:30"),
        ("2024-10-27T01:00", "2024-10-27T01:30"),
    ]


def test_a_block_that_closes_before_it_opens_runs_over_midnight():
    """A night belongs to the date on which it begins: Friday's ends on Saturday morning."""
    night = Block(days=("friday",), opens="22:00", closes="06:00")
    assert opened(schedule(blocks=[night]), "2024-01-01", "2024-01-08") == [
        ("2024-01-05T22:00", "2024-01-06T06:00")
    ]


def test_a_block_may_last_a_whole_day():
    """Midnight to midnight is a day, and so is nine to nine; days that touch are one stretch."""
    whole = [("2024-01-02T00:00", "2024-01-04T00:00")]
    for opens, closes in (("00:00", "24:00"), ("00:00", "00:00"), ("09:00", "09:00")):
        assert opened(every_day(opens, closes), "2024-01-02", "2024-01-04") == whole


def test_seconds_are_kept():
    """Hours may be told to the second."""
    at = datetime.fromisoformat("2024-01-02"), datetime.fromisoformat("2024-01-03")
    begin, end = open_intervals(every_day("09:00:10", "09:00:11"), *at)[0]
    assert end - begin == 1_000_000
    assert begin % 86_400_000_000 == (9 * 3600 + 10) * 1_000_000


def test_overlapping_blocks_count_once():
    """Two teams under one schedule that are there at once make the time no longer."""
    early = Block(days=WEEKDAYS, opens="08:00", closes="14:00")
    late = Block(days=WEEKDAYS, opens="12:00", closes="20:00")
    assert opened(schedule(blocks=[late, early, late]), "2024-01-02", "2024-01-03") == [
        ("2024-01-02T08:00", "2024-01-02T20:00")
    ]


def test_no_block_begins_on_a_holiday():
    """The night before Christmas runs on until the morning; that of Christmas does not begin."""
    night = every_day("20:00", "04:00", holidays="GB-ENG")
    assert opened(night, "2024-12-24T12:00", "2024-12-27T12:00") == [
        ("2024-12-24T20:00", "2024-12-25T04:00")
    ]


def test_parts_of_a_country_have_holidays_of_their_own():
    """The second of January is a holiday in Scotland and not in England."""
    day = date(2024, 1, 2)
    assert holiday_dates("GB-SCT", day, day) == {day}
    assert not holiday_dates("GB-ENG", day, day)


@pytest.mark.parametrize(
    ("country", "near"), [("GB-SC", "GB-SCT"), ("UKK", "UK"), ("XQ", 'like "GB"|Did you mean')]
)
def test_an_unknown_country_is_named_with_its_neighbours(country, near):
    """Holidays of a place that the library does not know are an error, not an empty list."""
    with pytest.raises(UnknownCountry, match=near):
        opened(schedule(holidays=country), "2024-01-01", "2024-01-02")


def test_closed_dates_are_closed():
    """A date in the list has no blocks; its neighbours do."""
    assert opened(schedule(closed=["2024-01-03"]), "2024-01-02", "2024-01-05") == [
        ("2024-01-02T09:00", "2024-01-02T17:00"),
        ("2024-01-04T09:00", "2024-01-04T17:00"),
    ]


def test_a_special_day_replaces_the_blocks_even_on_a_holiday():
    """Christmas has the hours that were written for it; a special day without hours is closed."""
    special = [
        {"date": "2024-12-25", "blocks": [{"opens": "10:00", "closes": "12:00"}]},
        {"date": "2024-12-27"},
    ]
    team = schedule(holidays="GB", special=special)
    assert opened(team, "2024-12-24T18:00", "2024-12-28") == [
        ("2024-12-25T10:00", "2024-12-25T12:00")
    ]


def test_outside_its_validity_a_schedule_is_not_open():
    """Both days of the validity count whole, by the clock of the zone."""
    summer = every_day("00:00", "24:00", valid_from="2024-07-02", valid_to="2024-07-03")
    assert opened(summer, "2024-06-01", "2024-08-01") == [("2024-07-01T23:00", "2024-07-03T23:00")]


def test_the_night_before_the_validity_does_not_count():
    """A block belongs to the date on which it begins, and the last one ends with the validity."""
    night = every_day("22:00", "06:00", valid_from="2024-01-02", valid_to="2024-01-03")
    assert opened(night, "2024-01-01", "2024-01-08") == [
        ("2024-01-02T22:00", "2024-01-03T06:00"),
        ("2024-01-03T22:00", "2024-01-04T00:00"),
    ]
    assert opened(night, "2025-01-01", "2025-01-08") == []


def test_a_day_that_the_zone_skipped_has_no_hours():
    """Samoa had no 30 December 2011: a day of work was not open, nor was it missed."""
    team = every_day("09:00", "17:00", zone="Pacific/Apia")
    assert opened(team, "2011-12-29T12:00", "2011-12-31T12:00") == [
        ("2011-12-29T19:00", "2011-12-30T03:00"),
        ("2011-12-30T19:00", "2011-12-31T03:00"),
    ]


def test_a_century_of_hours_is_found_at_once():
    """The work depends on the days, and a hundred years of them are still quick."""
    ends = datetime.fromisoformat("1970-01-01"), datetime.fromisoformat("2070-01-01")
    found = open_intervals(schedule(holidays="GB"), *ends)
    assert 24_000 < len(found) < 26_100
    assert len(steps("Europe/London", *ends)) > 150
