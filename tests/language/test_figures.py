"""Numbers, dates and durations: in each language by its own rules, and with the same digits."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.language import LANGUAGES, speaking
from hearwell.language.convention import comma, listed
from hearwell.language.date import weekday
from hearwell.metrics.metric import Unit
from hearwell.report import day
from hearwell.report.number import count, difference, interval, marks, number, share_of

NO_BREAK = "\N{NO-BREAK SPACE}"


def said(value, language, unit):
    with speaking(language):
        return bare(number(value, unit))


def bare(text):
    """Leave out the marks that keep figures together from right to left."""
    return "".join(each for each in text if each not in "\u200e\u2066\u2067\u2069")


@pytest.mark.parametrize(
    ("language", "share", "counted", "lasting"),
    [
        ("en", "84.0 %", "1,234,567", "3 min 20 s"),
        ("pa", "84.0%", "12,34,567", "3 ਮਿੰਟ 20 ਸਕਿੰਟ"),
        ("be", "84,0 %", "1 234 567", "3 хв 20 с"),
        ("ml", "84.0%", "12,34,567", "3 മി. 20 സെ."),
        ("km", "84.0%", "1,234,567", "3 នាទី 20 វិនាទី"),
        ("ur", "84.0%", "1,234,567", "3 منٹ 20 سیکنڈ"),
    ],
)
def test_each_language_writes_its_own_way(language, share, counted, lasting):
    """These are CLDR's; English is as the terminal has it."""
    told = [said(*each) for each in ((0.84, language, Unit.SHARE), (200, language, Unit.SECONDS))]
    assert told == [share.replace(" ", NO_BREAK), lasting.replace(" ", NO_BREAK)]
    with speaking(language):
        assert count(1234567) == counted.replace(" ", NO_BREAK)


@given(st.floats(-1e6, 1e6), st.sampled_from(Unit), st.sampled_from(sorted(LANGUAGES)))
def test_all_languages_tell_the_same_digits(value, unit, language):
    def digits(text):
        return [each for each in text if each.isdigit()]

    assert digits(said(value, language, unit)) == digits(said(value, "en", unit))


def test_plural_forms_of_units_are_those_of_the_language():
    with speaking("ur"):
        told = [bare(each).replace(NO_BREAK, " ") for each in marks([3600, 7200], Unit.SECONDS)]
    assert told == ["1 گھنٹہ", "2 گھنٹے"]


def test_figures_hold_together_from_right_to_left():
    """A sign stays left of its number, and an interval does not fall apart."""
    with speaking("ur"):
        assert difference(-0.032, Unit.SHARE).startswith("\u2067\u200e−3.2")
        assert interval(0.8, 0.9, Unit.SHARE) == "\u206680.0 … 90.0%\u2069"
        assert number(200, Unit.SECONDS)[0] == "\u2067"
    assert interval(0.8, 0.9, Unit.SHARE) == f"80.0 … 90.0{NO_BREAK}%"
    assert share_of(0.95) == f"95{NO_BREAK}%"


@pytest.mark.parametrize(
    ("language", "told", "moment", "quarter"),
    [
        ("en", "5 Sep 2026", "5 Sep 2026, 09:30", "Q3 2026"),
        ("pa", "5 ਸਤੰ 2026", "5 ਸਤੰ 2026, 09:30", "ਤਿਮਾਹੀ3 2026"),
        ("be", "5 вер 2026 г.", "5 вер 2026 г., 09:30", "3-ці кв. 2026"),
        ("ml", "2026, സെപ്റ്റം 5", "2026, സെപ്റ്റം 5 09:30", "2026 മൂന്നാം പാദം"),
        ("km", "5 កញ្ញា 2026", "5 កញ្ញា 2026, 09:30", "ត្រីមាសទី 3 2026"),
        ("ur", "5 ستمبر، 2026", "5 ستمبر، 2026 09:30", "تیسری سہ ماہی 2026"),
    ],
)
def test_days_are_named_in_each_language(language, told, moment, quarter):
    with speaking(language):
        found = (
            day.cell(date(2026, 9, 5), "day"),
            day.told("2026-09-05T09:30:00"),
            day.cell(date(2026, 7, 1), "quarter"),
        )
    assert [bare(each).replace("\u202f", " ") for each in found] == [told, moment, quarter]


def test_a_cell_on_an_axis_leaves_out_its_year():
    cells = [day.short(date(2026, 9, 5), grain) for grain in ("day", "month", "quarter", "year")]
    assert cells == ["5 Sep", "Sep", "Q3", "2026"]


def test_lists_and_weekdays():
    assert listed(["a", "b", "c"]) == "a, b, c"
    with speaking("ur"):
        assert comma() == "، "
        assert weekday(0) == "پیر"
    with speaking("be"):
        assert weekday(6) == "нядзеля"


def test_midnight_is_a_day_only():
    with speaking("be"):
        assert day.told(datetime(2026, 1, 5).isoformat()).replace("\u202f", " ") == "5 сту 2026 г."
