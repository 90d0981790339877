"""Numbers of the wrong days that were once seen. None of these may be weakened."""

import pytest
from engine.tables import calls, cell, cells, holding, utc

from hearwell.engine.errors import BadQuestion


def on(*days):
    return [calls({"call_id": f"{i} {day}"}, at=day)[0] for i, day in enumerate(days)]


@pytest.mark.parametrize("compare", [None, "previous", "year"])
@pytest.mark.parametrize("ends", ["2026-04-30", "2027-06-30"])
def test_a_comparison_does_not_change_the_number_compared(lake, compare, ends):
    """The first month of a period that begins on the 10th counts from the 10th on.

    Asked with a comparison it counted the whole month, because the rows to compare with reached
    up to the 10th and fell into the same cell.
    """
    days = ["2026-02-20", "2026-03-01", "2026-03-02", "2026-03-15", "2026-04-02", "2027-03-20"]
    found = cells(
        holding(lake, call=on(*days)),
        "call_volume",
        grain="month",
        begins="2026-03-10",
        ends=ends,
        compare=compare,
    )
    assert found[0]["period"]["from"] == "2026-03-10T00:00:00+00:00"
    assert found[0]["value"] == 1


@pytest.mark.parametrize(
    ("compare", "ends", "month"),
    [("previous", "2026-04-30", "2026-04"), ("year", "2027-03-31", "2027-03")],
)
def test_a_whole_month_is_not_held_against_a_part_of_one(lake, compare, ends, month):
    """A month is not compared with one of which the period has only the second half."""
    days = ["2026-03-01", "2026-03-15", "2026-04-02", "2027-03-20"]
    found = cells(
        holding(lake, call=on(*days)),
        "call_volume",
        grain="month",
        begins="2026-03-10",
        ends=ends,
        compare=compare,
    )
    (whole,) = [each for each in found if each["period"]["from"].startswith(month)]
    assert whole["compared"] is None


@pytest.mark.parametrize("grain", ["none", "hour_of_week"])
def test_a_period_that_overlaps_with_itself_a_year_ago_is_refused(lake, grain):
    """Two years cannot be held against the two years that began a year before.

    The days that belong to both were counted on one side only, so that the year ago missed half
    of its rows.
    """
    rows = on("2023-05-01", "2024-05-01", "2025-05-01")
    with pytest.raises(BadQuestion, match="year"):
        cells(
            holding(lake, call=rows),
            "call_volume",
            grain=grain,
            begins="2024-01-01",
            ends="2025-12-31",
            compare="year",
        )


@pytest.mark.parametrize(
    ("first", "last", "a_year_ago"),
    [
        ("2024-02-28", "2024-02-28", ["2023-02-28"]),
        ("2024-02-20", "2024-02-28", ["2023-02-20", "2023-02-28"]),
        ("2024-02-29", "2024-02-29", ["2023-02-28"]),
        ("2025-02-20", "2025-02-28", ["2024-02-20", "2024-02-28"]),
    ],
)
def test_the_last_day_of_february_has_a_year_ago(lake, first, last, a_year_ago):
    """The same dates a year ago include the last day, also on the edge of February.

    The end of 28 February 2024 is the 29th, which became the 28th of the year before: that day was
    lost, and of a period of one day nothing was left.
    """
    rows = on(first, "2023-02-19", "2023-02-28", "2023-03-01", "2024-02-29", *a_year_ago)
    wanted = sum(
        a_year_ago[0] <= row["entered_at"].date().isoformat() <= a_year_ago[-1] for row in rows
    )
    found = cell(holding(lake, call=rows), "call_volume", begins=first, ends=last, compare="year")
    assert found["compared"]["value"] == wanted


@pytest.mark.parametrize("day", ["2026-01-31", "20260131", "2026-W05-6"])
def test_the_last_day_is_included_however_it_is_written(lake, day):
    """`--to D` is the last day, and it is included: in every way in which ISO 8601 writes a day.

    Written without hyphens it was taken for the instant at which the day begins.
    """
    rows = on("2026-01-30 12:00", "2026-01-31 12:00", "2026-02-01 12:00")
    assert cell(holding(lake, call=rows), "call_volume", ends=day)["value"] == 2


def test_a_last_day_before_all_rows_counts_nothing(lake):
    """Up to a day on which there was nothing yet: zero calls, and no complaint about --from.

    It was refused, with the advice to move a --from that nobody had given.
    """
    found = cell(holding(lake, call=on("2026-01-31")), "call_volume", ends="2025-12-31")
    assert (found["value"], found["period"]["to"]) == (0, "2026-01-01T00:00:00+00:00")


@pytest.mark.parametrize("side", ["begins", "ends"])
@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "9999-12-31T23:59:59-05:00"])
def test_a_day_at_the_end_of_the_calendar_is_refused_in_words(lake, side, text):
    """A day that no calendar reaches past is refused by name. It was a crash: OverflowError."""
    with pytest.raises(BadQuestion, match=text):
        cell(holding(lake, call=on("2026-01-31")), "call_volume", **{side: text})


def test_the_last_microsecond_counts(lake):
    """Without a last day the period ends just after the newest row, which counts."""
    moments = [f"2026-01-31 12:{i:02d}:59.{999999 - i:06d}" for i in range(60)]
    for moment in moments:
        rows = calls({"entered_at": utc(moment)})
        assert cell(holding(lake, call=rows), "call_volume")["value"] == 1
