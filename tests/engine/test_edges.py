"""Questions at the edges, with answers worked out by hand."""

import json
from datetime import timedelta

import pytest
from engine.tables import RECEIVED, calls, cell, cells, holding, named, surveys, utc

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion, UnknownDimension, UnknownMetric, UnknownVariant
from hearwell.engine.question import Question, find
from hearwell.engine.rows import rows
from hearwell.engine.score_model import NoScoreModel
from hearwell.lake.lake import create, open_lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.clock import NoBusinessTime
from hearwell.settings import Settings

LONDON = Settings(zone="Europe/London")
EVERY = [(name, variant) for name, metric in METRICS.items() for variant in metric.variants()]


def on(*days, **more):
    """Return a call for each day."""
    return [calls({"call_id": f"{i}"} | more, at=day)[0] for i, day in enumerate(days)]


def volume(lake, rows_, settings=None, **asked):
    """Return what call volume gives: the first day of each cell, and how many calls it has."""
    found = cells(holding(lake, settings, call=rows_), "call_volume", **asked)
    return {each["period"]["from"][:16]: each["value"] for each in found}


# --- little or nothing to count --------------------------------------------------------------


@pytest.mark.parametrize(("metric", "variant"), EVERY)
def test_an_empty_lake_gives_no_value(lake, metric, variant):
    """Nothing counted has no value and no interval; a total of nothing is zero."""
    if metric == "sentiment":  # without a model there is nothing that could be counted
        with pytest.raises(NoScoreModel, match="0/50"):
            cell(holding(lake), metric, variant)
        return
    found = cell(holding(lake), metric, variant)
    totals = {
        *("call_volume", "case_volume", "message_volume"),
        *("article_reads", "readers", "backlog"),
    }
    is_total = metric in totals and variant != "outside_hours"
    assert found["value"] == (0 if is_total else None)
    assert found["low"] == (0 if is_total else None)
    assert (found["n"], found["left_out"], found["compared"]) == (0, {}, None)


def test_an_empty_lake_has_no_cells_of_days_or_groups(lake):
    """Where no row is, there is no day or group to show, and no error."""
    assert cells(holding(lake), "wait_time", by=("queue",), compare="previous") == []
    assert cells(holding(lake), "wait_time", grain="day", compare="year") == []


def test_a_period_without_rows_has_no_value(lake):
    """There are calls, but none on these days: no value, and a total of 0 of at most 3.7."""
    held = holding(lake, call=on("2026-01-05", wait_seconds=9.0))
    period = {"begins": "2026-02-01", "ends": "2026-02-28"}
    assert cell(held, "wait_time", **period)["value"] is None
    found = cell(held, "call_volume", **period)
    assert (found["value"], found["low"], found["high"]) == (0, 0, pytest.approx(3.6889, abs=1e-4))


@pytest.mark.parametrize(
    ("metric", "variant"),
    [("wait_time", "mean"), ("wait_time", "p50"), ("service_level", "SL3"), ("hold_time", "p90")],
)
def test_one_row_has_a_value_and_no_interval(lake, metric, variant):
    """One row tells nothing of how much such rows differ."""
    held = holding(lake, call=calls({"wait_seconds": 9.0, "hold_seconds": 0.0}))
    found = cell(held, metric, variant)
    assert found["n"] == 1
    assert found["value"] is not None
    assert (found["low"], found["high"]) == (None, None)


def test_where_all_is_unknown_there_is_no_value(lake):
    """Three answered calls of unknown wait: no value, and three told."""
    found = cell(holding(lake, call=calls({}, {}, {})), "wait_time")
    assert (found["value"], found["n"], found["left_out"]) == (None, 0, {"wait not known": 3})


def test_one_group_of_unknowns_leaves_the_others_alone(lake):
    """A queue that measured nothing has no value; the other has its own. Rows without a queue are
    a group too, named null.
    """
    rows_ = calls(
        {"queue": "billing"}, {"queue": "support", "wait_seconds": 4.0}, {"wait_seconds": 7}
    )
    found = cells(holding(lake, call=rows_), "wait_time", by=("queue",))
    assert {each["group"]["queue"]: each["value"] for each in found} == {
        "billing": None,
        "support": 4.0,
        None: 7.0,
    }


# --- questions that are refused --------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "near"),
    [("wait_tme", "wait_time"), ("abandonment", "abandonment_rate"), ("CSTA", "CSAT")],
)
def test_an_unknown_metric_names_those_that_come_near(name, near):
    """A slip of the hand is answered with the name that was meant."""
    with pytest.raises(UnknownMetric, match=f"{name}.*Did you mean.*{near}"):
        find(name)


def test_a_metric_like_no_other_tells_where_to_look():
    """Where nothing comes near, the error says how to list all."""
    with pytest.raises(UnknownMetric, match="hearwell metrics"):
        find("xyzzy")


def test_an_unknown_variant_lists_those_there_are():
    """All variants are few enough to be named."""
    with pytest.raises(UnknownVariant, match=r"service_level has no variant 'SL9'.*SL3, SL1"):
        find("service_level", "SL9")


@pytest.mark.parametrize("part", [{"by": ("que",)}, {"where": (("que", "billing"),)}])
def test_an_unknown_dimension_names_those_that_come_near(part):
    """For groups and filters alike."""
    with pytest.raises(UnknownDimension, match=r"wait_time.*'que'.*Did you mean queue"):
        Question((named("wait_time"),), **part)


def test_only_records_with_dimensions_of_their_own_take_custom_ones():
    """Cases have custom dimensions, calls have none."""
    Question((named("case_volume"),), by=("custom.tier",))
    with pytest.raises(UnknownDimension):
        Question((named("wait_time"),), by=("custom.tier",))


def test_a_dimension_must_be_one_of_every_metric_asked():
    """A case has no queue."""
    with pytest.raises(UnknownDimension, match="case_volume"):
        Question((named("wait_time"), named("case_volume")), by=("queue",))


def test_four_dimensions_are_refused():
    """Three at most."""
    with pytest.raises(BadQuestion, match="at most 3"):
        Question((named("wait_time"),), by=("queue", "team", "outcome", "direction"))


def test_a_dimension_given_twice_is_refused():
    """It would be one column under two names."""
    with pytest.raises(BadQuestion, match="twice"):
        Question((named("wait_time"),), by=("queue", "queue"))


@pytest.mark.parametrize("level", [0, 1, 95])
def test_a_level_is_a_fraction(level):
    """0.95, and not 95."""
    with pytest.raises(BadQuestion, match="between 0 and 1"):
        Question((named("wait_time"),), level=level)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [("2026-02-01", "2026-01-31"), ("2026-02-01T10:00", "2026-02-01T10:00")],
)
def test_a_period_that_ends_before_it_begins_is_refused(lake, begins, ends):
    """And so is one of no length."""
    with pytest.raises(BadQuestion, match="ends before it begins"):
        cell(holding(lake, call=on("2026-01-05")), "call_volume", begins=begins, ends=ends)


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "31.01.2026", ""])
def test_what_is_no_day_is_refused(lake, text):
    """With an example of how to write one. An empty one is none at all."""
    if not text:
        assert cell(holding(lake), "call_volume", begins=text)["n"] == 0
        return
    with pytest.raises(BadQuestion, match=r"2026-01-31"):
        cell(holding(lake), "call_volume", begins=text)


def test_time_on_hold_has_no_business_time(lake):
    """The records say how long a caller was on hold, not when."""
    with pytest.raises(NoBusinessTime, match="hold_time"):
        cell(holding(lake), "hold_time", clock="business")


def test_the_business_clock_needs_opening_hours(lake):
    """Without a schedule the question is refused, with what to write where."""
    with pytest.raises(BadQuestion, match=r"\[\[schedule\]\]"):
        cell(holding(lake, call=on("2026-01-05")), "wait_time", clock="business")


# --- periods and cells -----------------------------------------------------------------------


def test_the_last_day_is_included_and_the_period_is_half_open(lake):
    """A call at the midnight that ends the last day belongs to the next."""
    moments = [
        "2026-01-04 23:59:59.999999",
        "2026-01-05",
        "2026-01-06 23:59:59.999999",
        "2026-01-07",
    ]
    assert volume(lake, on(*moments), begins="2026-01-05", ends="2026-01-06") == {
        "2026-01-05T00:00": 2
    }


def test_an_instant_as_the_end_is_not_included(lake):
    """`--to 2026-01-05T12:00` is up to noon."""
    moments = ["2026-01-05 11:59:59.999999", "2026-01-05 12:00"]
    assert volume(lake, on(*moments), begins="2026-01-05", ends="2026-01-05T12:00") == {
        "2026-01-05T00:00": 1
    }


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-06-01", 24), ("2026-10-25", 25)]
)
def test_a_day_on_which_clocks_change_has_its_own_calls(lake, day, hours):
    """A call each half hour of three days: 46, 48 or 50 are on the day in the middle."""
    start = utc(day) - timedelta(days=1)
    rows_ = on(*((start + timedelta(minutes=30 * i)).isoformat() for i in range(144)))
    assert volume(lake, rows_, LONDON, grain="day", begins=day, ends=day) == {
        f"{day}T00:00": 2 * hours
    }
    found = cell(holding(lake, LONDON, call=rows_), "call_volume", begins=day, ends=day)
    assert found["value"] == 2 * hours


def test_an_hour_of_the_week_that_came_twice_has_both(lake):
    """On the night when clocks go back the hour from one to two has calls of two hours."""
    moments = ["2026-10-25 00:10", "2026-10-25 01:10", "2026-10-25 02:10"]
    found = cells(holding(lake, LONDON, call=on(*moments)), "call_volume", grain="hour_of_week")
    assert {each["group"]["hour_of_week"]: each["value"] for each in found} == {
        "sunday 01": 2,
        "sunday 02": 1,
    }


@pytest.mark.parametrize(
    ("starts", "first"),
    [("monday", "2025-12-29"), ("sunday", "2025-12-28"), ("saturday", "2025-12-27")],
)
def test_a_week_crosses_the_new_year(lake, starts, first):
    """New Year's Eve and New Year's Day are in one week, whichever day it begins with."""
    settings = Settings(week_starts_on=starts)
    found = volume(
        lake,
        on("2025-12-31", "2026-01-01"),
        settings,
        grain="week",
        begins="2025-12-01",
        ends="2026-01-31",
    )
    assert found == {f"{first}T00:00": 2}


def test_months_quarters_and_years_end_where_they_end(lake):
    """The last microsecond of a month is in it, and the next is not; in the zone's own time."""
    moments = [
        "2026-03-31 22:59:59.999999",
        "2026-03-31 23:00",
        "2026-12-31 23:59:59.999999",
        "2027-01-01",
    ]
    period = {"begins": "2026-01-01", "ends": "2027-12-31"}
    assert volume(lake, on(*moments), LONDON, grain="month", **period) == {
        "2026-03-01T00:00": 1,
        "2026-04-01T00:00": 1,
        "2026-12-01T00:00": 1,
        "2027-01-01T00:00": 1,
    }
    assert volume(lake, on(*moments), LONDON, grain="quarter", **period) == {
        "2026-01-01T00:00": 1,
        "2026-04-01T00:00": 1,
        "2026-10-01T00:00": 1,
        "2027-01-01T00:00": 1,
    }
    assert volume(lake, on(*moments), LONDON, grain="year", **period) == {
        "2026-01-01T00:00": 3,
        "2027-01-01T00:00": 1,
    }


def test_zones_off_the_hour_have_days_of_their_own(lake):
    """In Kathmandu a day begins at a quarter past six in the evening, in UTC."""
    found = volume(
        lake,
        on("2026-01-05 18:14:59", "2026-01-05 18:15"),
        Settings(zone="Asia/Kathmandu"),
        grain="day",
        begins="2026-01-05",
        ends="2026-01-06",
    )
    assert found == {"2026-01-05T00:00": 1, "2026-01-06T00:00": 1}


def test_a_part_of_a_cell_says_so(lake):
    """The first and the last cell reach only as far as the period; the others are whole."""
    days = [f"2026-01-{day:02d} 12:00" for day in range(1, 32)]
    found = cells(
        holding(lake, call=on(*days)),
        "call_volume",
        grain="week",
        begins="2026-01-07",
        ends="2026-01-20",
        compare="previous",
    )
    told = [
        (c["period"]["from"][:10], c["period"]["to"][:10], c["value"], c["compared"] is None)
        for c in found
    ]
    assert told == [
        ("2026-01-07", "2026-01-12", 5, True),
        ("2026-01-12", "2026-01-19", 7, True),  # held against a part of a week: not at all
        ("2026-01-19", "2026-01-21", 2, True),
    ]


# --- comparisons -----------------------------------------------------------------------------


def compared_volume(lake, rows_, settings=None, **asked):
    found = cell(holding(lake, settings, call=rows_), "call_volume", **asked)
    return found["value"], found["compared"] and found["compared"]["value"]


def each_day(first, last):
    day, days = utc(first), []
    while day <= utc(last):
        days.append((day + timedelta(hours=12)).isoformat())
        day += timedelta(days=1)
    return on(*days)


@pytest.mark.parametrize(
    ("begins", "ends", "compare", "now", "before"),
    [
        ("2026-03-01", "2026-03-31", "previous", 31, 28),  # a month against the month before
        ("2026-02-01", "2026-03-31", "previous", 59, 62),  # two months against two
        ("2026-03-02", "2026-03-31", "previous", 30, 30),  # not a whole month: as many days
        ("2026-03-09", "2026-03-15", "previous", 7, 7),
        ("2024-02-01", "2024-02-29", "year", 29, 28),  # February against February
        ("2025-02-01", "2025-02-28", "year", 28, 29),
        ("2026-01-05", "2026-01-11", "year", 7, 7),
        ("2026-01-01", "2026-12-31", "year", 365, 365),
        ("2024-01-01", "2024-12-31", "previous", 366, 365),
    ],
)
def test_periods_are_held_against_the_right_days(lake, begins, ends, compare, now, before):
    """One call a day, so that the number of calls is the number of days."""
    rows_ = each_day("2022-12-01", "2027-01-31")
    asked = {"begins": begins, "ends": ends, "compare": compare}
    assert compared_volume(lake, rows_, **asked) == (now, before)


def test_whole_weeks_are_held_against_the_same_weekdays_a_year_ago(lake):
    """Monday to Sunday against the Monday to Sunday 364 days before."""
    only_mondays = on("2025-01-06", "2025-01-13", "2026-01-05")
    asked = {"begins": "2026-01-05", "ends": "2026-01-11", "compare": "year"}
    assert compared_volume(lake, only_mondays, **asked) == (1, 1)


def test_days_are_held_against_the_same_weekday_a_year_ago(lake):
    """Monday 5 January 2026 against Monday 6 January 2025."""
    rows_ = on("2025-01-05", "2025-01-06", "2025-01-06 10:00", "2026-01-05")
    asked = {"grain": "day", "begins": "2026-01-05", "ends": "2026-01-05", "compare": "year"}
    assert compared_volume(lake, rows_, **asked) == (1, 2)


def test_a_period_without_a_first_day_is_compared_with_nothing(lake):
    """All that there is has no period before it."""
    assert compared_volume(lake, on("2026-01-05", "2026-02-05"), compare="previous") == (2, None)


def test_a_group_that_was_not_there_is_compared_with_nothing(lake):
    """A queue that opened this month has no number of the month before."""
    rows_ = [*on("2026-01-01", "2026-02-05", queue="old"), *on("2026-02-06", queue="new")]
    for i, row in enumerate(rows_):
        row["call_id"] = str(i)
    found = cells(
        holding(lake, call=rows_),
        "call_volume",
        by=("queue",),
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )
    assert {c["group"]["queue"]: c["compared"] and c["compared"]["value"] for c in found} == {
        "old": 1,
        "new": None,
    }


def waits(share_in_time, count, day):
    """Return calls of one day, of which a part was answered in time."""
    in_time = round(share_in_time * count)
    return [
        {
            "call_id": f"{day} {i}",
            "entered_at": utc(day),
            "wait_seconds": 5.0 if i < in_time else 60.0,
        }
        for i in range(count)
    ]


@pytest.mark.parametrize(
    ("before", "now", "count", "verdict"),
    [
        (0.5, 0.9, 60, "better"),
        (0.9, 0.5, 60, "worse"),
        (0.5, 0.55, 60, "no evidence"),
        (0.0, 1.0, 29, "no evidence"),  # fewer than 30 rows: it could be chance
        (0.0, 1.0, 30, "better"),
    ],
)
def test_a_verdict_needs_a_change_beyond_chance_and_thirty_rows(lake, before, now, count, verdict):
    """Service level, higher is better; the difference is told also where there is no verdict."""
    rows_ = calls(*waits(before, count, "2026-01-05"), *waits(now, count, "2026-02-05"))
    found = cell(
        holding(lake, call=rows_),
        "service_level",
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )["compared"]
    assert found["verdict"] == verdict
    assert found["difference"] == pytest.approx(now - before, abs=0.02)
    assert found["low"] <= found["difference"] <= found["high"]


def test_thirty_rows_are_wanted_on_both_sides(lake):
    """29 rows a month ago are too few, however many there are now."""
    rows_ = calls(*waits(0, 29, "2026-01-05"), *waits(1, 300, "2026-02-05"))
    found = cell(
        holding(lake, call=rows_),
        "service_level",
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )
    assert found["compared"]["verdict"] == "no evidence"


@pytest.mark.parametrize(("before", "now", "verdict"), [(3, 20, "changed"), (9, 12, "no evidence")])
def test_a_total_changes_without_a_better_or_worse(lake, before, now, verdict):
    """More calls are neither good nor bad, and a count needs no thirty rows."""
    rows_ = on(*["2026-01-01"] * before, *["2026-02-05"] * now)
    found = cell(
        holding(lake, call=rows_),
        "call_volume",
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )
    assert found["compared"]["verdict"] == verdict
    assert found["compared"]["difference"] == now - before


@pytest.mark.parametrize(
    ("metric", "variant", "asked", "is_compared"),
    [
        ("call_volume", "calls", {"begins": "2026-02-01"}, False),
        ("call_volume", "calls", {"begins": "2026-01-01", "grain": "month"}, False),
        ("wait_time", "mean", {"begins": "2026-02-01"}, True),
        ("wait_time", "mean", {"begins": "2026-01-01", "grain": "month"}, True),
    ],
)
def test_a_total_is_not_held_against_days_before_the_first_row(
    lake, metric, variant, asked, is_compared
):
    """The lake begins on the second of January: January as a whole is not known, its waits are."""
    held = holding(lake, call=on("2026-01-02", "2026-01-03", "2026-02-05", wait_seconds=3.0))
    found = cells(held, metric, variant, compare="previous", ends="2026-02-28", **asked)
    assert (found[-1]["compared"] is not None) == is_compared


def test_lower_is_better_of_waits(lake):
    """Waiting less is better."""
    rows_ = calls(*waits(0.1, 60, "2026-01-05"), *waits(0.9, 60, "2026-02-05"))
    found = cell(
        holding(lake, call=rows_),
        "wait_time",
        begins="2026-02-01",
        ends="2026-02-28",
        compare="previous",
    )
    assert found["compared"]["verdict"] == "better"


# --- what stands beside the numbers ----------------------------------------------------------


def test_the_answer_as_json_is_the_contract(lake):
    """One object: the question, an answer for each cell, how fresh the rows are, the snapshot."""
    rows_ = calls(
        *waits(0.5, 40, "2026-01-05"),
        *waits(1, 40, "2026-02-05"),
        {"entered_at": utc("2026-02-06")},
    )
    for row in rows_:
        row["queue"] = "billing"
    held = holding(lake, LONDON, call=rows_)
    question = Question(
        (named("service_level", "SL1"),),
        by=("queue",),
        begins="2026-02-01",
        ends="2026-02-28",
        where=(("queue", "billing"),),
        compare="previous",
    )
    found = json.loads(json.dumps(ask(held, question).as_json()))
    (answer,) = found["answers"]
    compared = answer.pop("compared")
    assert found["question"] == {
        "metrics": [{"metric": "service_level", "variant": "SL1"}],
        "by": ["queue"],
        "grain": "none",
        "from": "2026-02-01",
        "to": "2026-02-28",
        "where": ["queue=billing"],
        "compare": "previous",
        "clock": "calendar",
        "standardise": [],
        "level": 0.95,
        "zone": "Europe/London",
    }
    assert answer == {
        "metric": "service_level",
        "variant": "SL1",
        "unit": "share",
        "period": {"from": "2026-02-01T00:00:00+00:00", "to": "2026-03-01T00:00:00+00:00"},
        "group": {"queue": "billing"},
        "value": 1.0,
        "low": pytest.approx(0.9124, abs=1e-4),
        "high": 1.0,
        "level": 0.95,
        "n": 40,
        "left_out": {"wait not known": 1},
        "hidden": None,
        "shrunken": None,
        "rank": None,
        "simulated": False,
    }
    assert compared.keys() == {"value", "difference", "low", "high", "verdict"}
    assert (compared["value"], compared["difference"]) == (0.5, 0.5)
    assert compared["verdict"] == "better"
    assert found["freshness"] == {
        "call": {"newest": "2026-02-06T00:00:00+00:00", "received": "2026-06-01T01:00:00+01:00"}
    }
    assert found["snapshot"] == lake.snapshot
    assert found.keys() == {"question", "answers", "freshness", "simulated", "snapshot"}


def test_json_has_null_where_there_is_no_value(lake):
    """No value, no ends, nothing to compare with; and never a NaN, which is not JSON."""
    question = Question((named("wait_time"),), compare="previous", begins="2026-01-01")
    text = json.dumps(ask(holding(lake), question).as_json(), allow_nan=False)
    (answer,) = json.loads(text)["answers"]
    assert [answer[name] for name in ("value", "low", "high", "compared")] == [None] * 4
    assert (answer["n"], answer["left_out"]) == (0, {})


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("wait_time", "s"),
        ("service_level", "share"),
        ("net_promoter_score", "points"),
        ("call_volume", "count"),
        ("customer_effort_score", "scale"),
    ],
)
def test_every_number_has_its_unit(lake, metric, unit):
    """Durations in seconds, shares from 0 to 1, scores in points."""
    assert cell(holding(lake), metric)["unit"] == unit


def test_freshness_tells_the_newest_row_of_each_record(lake):
    """By the date that the metric goes by, in the organisation's zone; null where there is none."""
    held = holding(lake, LONDON, call=on("2026-01-05", "2026-07-05 12:00"))
    answers = ask(held, Question((named("wait_time"), named("customer_satisfaction"))))
    assert answers.freshness == {
        "call": {"newest": "2026-07-05T13:00:00+01:00", "received": "2026-06-01T01:00:00+01:00"},
        "survey": {"newest": None, "received": None},
    }


def test_as_of_answers_from_the_lake_as_it_was(tmp_path):
    """An answer names the snapshot it is from; asked as of that one again, it is the same."""
    lake = create(tmp_path / "lake")
    question = Question((named("call_volume"),))

    def add(name):
        with lake.writing(name):
            lake.connection.execute(
                'insert into lake."call" by name select ? as source, ? as call_id, 1 as leg, '
                "? as entered_at, ? as received_at, 'answered' as outcome",
                ["test", name, utc("2026-01-05"), RECEIVED],
            )

    add("one")
    before = ask(lake, question)
    add("two")
    after = ask(lake, question)
    lake.close()
    then = open_lake(tmp_path / "lake", as_of=str(before.snapshot))
    again = ask(then, question)
    then.close()
    assert (before.cells()[0]["value"], after.cells()[0]["value"]) == (1, 2)
    assert before.snapshot < after.snapshot
    assert (again.cells(), again.snapshot) == (before.cells(), before.snapshot)


def test_metrics_are_answered_in_the_order_asked(lake):
    """Whatever is computed together behind the scenes."""
    asked = (
        named("customer_satisfaction"),
        named("wait_time"),
        named("survey_response_rate"),
        named("case_volume", "solved"),
        named("wait_time", "p90"),
        named("occupancy"),
    )
    assert [each.asked for each in ask(holding(lake), Question(asked)).answers] == list(asked)


# --- filters ---------------------------------------------------------------------------------


def test_a_filter_keeps_both_sides_of_a_rate(lake):
    """The share of one queue is of that queue's calls; two values of a dimension mean either."""
    rows_ = calls(
        {"queue": "a", "wait_seconds": 1.0},
        {"queue": "a", "wait_seconds": 90.0},
        {"queue": "b", "wait_seconds": 1.0},
        {"wait_seconds": 90.0},
    )
    held = holding(lake, call=rows_)

    def share(*where):
        found = cell(held, "service_level", where=where)
        return found["value"], found["n"]

    assert share(("queue", "a")) == (0.5, 2)
    assert share(("queue", "a"), ("queue", "b")) == (pytest.approx(2 / 3), 3)
    assert share(("queue", "")) == (0, 1)  # without a queue
    assert share(("queue", "a"), ("queue", "")) == (pytest.approx(1 / 3), 3)
    assert share(("queue", "nowhere")) == (None, 0)
    assert share(("queue", "a"), ("outcome", "abandoned")) == (None, 0)


def test_a_value_that_looks_like_sql_is_a_value(lake):
    """Quotes in a filter or a custom dimension's name are characters like any other."""
    case = {"case_id": "1", "opened_at": utc("2026-01-05"), "custom": {'it\'s "odd"': "o'clock"}}
    held = holding(lake, case=[case])
    name = 'custom.it\'s "odd"'
    (found,) = cells(held, "case_volume", by=(name,), where=((name, "o'clock"),))
    assert (found["group"], found["value"]) == ({name: "o'clock"}, 1)


# --- the rows behind a number ----------------------------------------------------------------


def test_rows_show_what_decided_oldest_first(lake):
    """The key, the date, the groups and what the formula reads; a limit cuts the end."""
    rows_ = calls(
        {"call_id": "late", "entered_at": utc("2026-01-07"), "wait_seconds": 1.0, "queue": "a"},
        {"call_id": "early", "entered_at": utc("2026-01-05"), "wait_seconds": 2.0, "queue": "b"},
        {"call_id": "gone", "outcome": "abandoned", "wait_seconds": 3.0},
        {"call_id": "old", "entered_at": utc("2025-12-31"), "wait_seconds": 4.0},
    )
    held = holding(lake, call=rows_)
    question = Question((named("wait_time"),), by=("queue",), begins="2026-01-01")
    found = rows(held, question)
    assert found.total == 2
    assert {"source", "call_id", "leg", "entered_at", "queue", "outcome", "wait_seconds"} <= {
        *found.columns
    }
    names = [dict(zip(found.columns, row, strict=True))["call_id"] for row in found.rows]
    assert names == ["early", "late"]
    first = rows(held, question, limit=1)
    assert (first.total, first.rows) == (2, found.rows[:1])


def test_rows_of_the_same_instant_have_an_order(lake):
    """By key, so that a limit shows the same rows each time."""
    held = holding(lake, call=calls(*[{}] * 50))
    found = rows(held, Question((named("call_volume"),)), limit=9)
    place = found.columns.index("call_id")
    assert [row[place] for row in found.rows] == sorted(map(str, range(50)))[:9]


# --- surveys ---------------------------------------------------------------------------------


def test_a_share_of_satisfied_answers_goes_by_the_set_of_its_question(lake):
    """4 and 5 of 1 to 5, unless the question's version says otherwise; each row by its own."""
    rows_ = surveys(
        {"answer": 4},
        {"answer": 3},
        {"answer": 3, "satisfied_set": [3.0]},
        {"answer": 5, "satisfied_set": [3.0]},
        {"answer": 2, "higher_is_better": False},
        {"answer": 6, "scale_high": 7},
        {"answer": 5, "scale_high": 7},
        {"answer": 8, "scale_high": 10},
    )
    found = cell(holding(lake, survey=rows_), "customer_satisfaction")
    assert (found["value"], found["n"]) == (pytest.approx(5 / 8), 8)


def test_the_published_net_score_and_its_interval(lake):
    """20 detractors, 30 passives and 50 promoters: 30, from 14.0511 to 44.2013 (Rocks 2016)."""
    ten = {"instrument": "nps", "scale_low": 0, "scale_high": 10}
    answers = [0] * 10 + [6] * 10 + [7] * 15 + [8] * 15 + [9] * 25 + [10] * 25
    rows_ = surveys(*(ten | {"answer": answer} for answer in answers))
    found = cell(holding(lake, survey=rows_), "net_promoter_score")
    assert found["value"] == 30
    assert (found["low"], found["high"]) == pytest.approx((14.0511, 44.2013), abs=1e-4)


def test_the_published_service_levels(lake):
    """Cisco's own example: of 100 calls 70 are answered in time and 20 late, 10 hang up in time."""
    rows_ = calls(
        *[{"wait_seconds": 10.0}] * 70,
        *[{"wait_seconds": 30.0}] * 20,
        *[{"wait_seconds": 10.0, "outcome": "abandoned"}] * 10,
    )
    held = holding(lake, call=rows_)
    found = {
        level: cell(held, "service_level", level)["value"]
        for level in ("SL1", "SL2", "SL3", "SL4", "SL5")
    }
    assert found == pytest.approx(
        {"SL1": 70 / 90, "SL2": 0.80, "SL3": 0.70, "SL4": 70 / 90, "SL5": 0.70}
    )


def test_in_time_is_up_to_and_with_the_limit(lake):
    """Answered after exactly twenty seconds is in time; both limits are the organisation's own."""
    waits_ = [19.0, 20.0, 20.000001]
    short = [{"outcome": "abandoned", "wait_seconds": wait} for wait in (5.0, 5.000001)]
    held = holding(lake, call=calls(*({"wait_seconds": wait} for wait in waits_), *short))
    assert cell(held, "service_level", "SL3")["value"] == pytest.approx(2 / 5)
    assert cell(held, "service_level", "SL5")["value"] == pytest.approx(2 / 4)
    assert cell(held, "abandonment_rate", "without_short")["value"] == pytest.approx(1 / 4)
    stricter = Settings(service_level={"answer_within_seconds": 19, "short_abandon_seconds": 0})
    held = holding(lake, stricter, call=calls(*({"wait_seconds": wait} for wait in waits_), *short))
    assert cell(held, "service_level", "SL3")["value"] == pytest.approx(1 / 5)
