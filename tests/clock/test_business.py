import runpy
import tomllib
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import ibis
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from hearwell.clock.business import (
    TABLE,
    OverlappingSchedules,
    business_days,
    due,
    with_business_seconds,
)
from hearwell.clock.schedule import WEEKDAYS, Schedule

MINUTE = 60_000_000
DAY = 1440 * MINUTE
COUNTRIES = {
    "Europe/London": "GB-SCT",
    "America/New_York": "US",
    "Asia/Kolkata": "IN",
    "Australia/Lord_Howe": "AU-NSW",
    "Asia/Kathmandu": "NP",
    "Africa/Casablanca": "MA",
    "Pacific/Apia": "WS",
    "America/Sao_Paulo": "BR",
    "America/St_Johns": "CA-NL",
}
CALLS = ibis.table(
    {"number": "int64", "schedule": "string", "start": "timestamp", "end": "timestamp"},
    name="calls",
)


# The oracle: a person who walks from minute to minute and looks at the clock on the wall.


@cache
def wall_clock(zone, first, minutes):
    """Read the clock at each minute from midnight in UTC on a date."""
    midnight = datetime.combine(first, datetime.min.time(), UTC)
    return [
        (midnight + timedelta(minutes=minute)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for minute in range(minutes)
    ]


def minute_of_day(text):
    hours, minutes = map(int, text.split(":"))
    return 60 * hours + minutes


def is_valid(version, day):
    begun = version.valid_from is None or version.valid_from <= day
    return begun and (version.valid_to is None or day <= version.valid_to)


@cache
def holidays_of(country):
    code, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=range(2004, 2028)))


def hours_of(version, day):
    """List the hours that begin on a date, in minutes; an end on the next day is over 1440."""
    if not is_valid(version, day):
        return []
    special = {entry.date: entry.blocks for entry in version.special}
    blocks = [block for block in version.blocks if WEEKDAYS[day.weekday()] in block.days]
    if day in version.closed or (version.holidays and day in holidays_of(version.holidays)):
        blocks = []
    pairs = [
        (minute_of_day(block.opens), minute_of_day(block.closes))
        for block in special.get(day, blocks)
    ]
    return [(opens, closes if opens < closes else closes + 1440) for opens, closes in pairs]


class Walk:
    """What the oracle saw on its way through the days of the table."""

    def __init__(self, versions, first, last):
        self.is_open, self.is_known, hours = [], [], {}
        minutes = 1440 * ((last - first).days + 1)
        for reading in wall_clock(versions[0].zone, first, minutes) if versions else []:
            day, minute = reading.date(), 60 * reading.hour + reading.minute
            if day not in hours:
                hours[day] = [
                    (opens - 1440 * ago, closes - 1440 * ago)
                    for version in versions
                    for ago in (0, 1)
                    for opens, closes in hours_of(version, day - timedelta(days=ago))
                ]
            self.is_known.append(any(is_valid(version, day) for version in versions))
            within = any(opens <= minute < closes for opens, closes in hours[day])
            self.is_open.append(within and self.is_known[-1])
        self.passed = np.concatenate(([0], np.cumsum(self.is_open, dtype=np.int64))).tolist()

    def known(self, start, end):
        """Tell whether every minute between two instants is known; a moment needs a neighbour."""
        if start == end:
            around = {(start - 1) // MINUTE, start // MINUTE}
            return any(
                0 <= minute < len(self.is_known) and self.is_known[minute] for minute in around
            )
        first, last = start // MINUTE, (end - 1) // MINUTE
        return first >= 0 and last < len(self.is_known) and all(self.is_known[first : last + 1])

    def open_until(self, instant):
        minute, rest = divmod(instant, MINUTE)
        return self.passed[minute] * MINUTE + (self.is_open[minute] * rest if rest else 0)

    def seconds(self, start, end):
        """Count the open seconds between instants, told in microseconds from the first day."""
        if start is None or end is None or not self.known(min(start, end), max(start, end)):
            return None
        return (self.open_until(end) - self.open_until(start)) / 1_000_000


# What the oracle is asked about.


@cache
def turning_points(zone):
    """Find the dates on which the clock of a zone changes, and add some that matter elsewhere."""
    noon = datetime.fromisoformat("2005-01-01T12:00+00:00")
    offsets = {}
    for number in range(22 * 365):
        instant = noon + timedelta(days=number)
        offsets[instant.date()] = instant.astimezone(ZoneInfo(zone)).utcoffset()
    found = [day for day in offsets if offsets[day] != offsets.get(day + timedelta(days=1))][:-1]
    return [*found[-20:], *found[:6], date(2011, 12, 30), date(2023, 12, 25), date(2024, 2, 29)]


def clock_text(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


HOURS = st.fixed_dictionaries(
    {
        "opens": (st.integers(0, 180) | st.integers(0, 1439)).map(clock_text),
        "closes": (st.integers(1260, 1440) | st.integers(1, 1440)).map(clock_text),
    }
)
BLOCKS = st.lists(
    st.builds(
        lambda hours, days: {**hours, "days": days},
        HOURS,
        st.just(WEEKDAYS) | st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=5),
    ),
    min_size=1,
    max_size=4,
)


@st.composite
def versions_of(draw, name, zone, turning_point):
    """Draw one schedule, or two versions of it, that have something special around a date."""

    def some_day(earliest=-3, latest=3):
        return turning_point + timedelta(days=draw(st.integers(earliest, latest)))

    def version(**validity):
        dates = draw(st.sets(st.integers(-3, 3), max_size=3).map(sorted))
        closed, *special = [turning_point + timedelta(days=number) for number in dates] or [None]
        return Schedule(
            name=name,
            zone=zone,
            blocks=draw(BLOCKS),
            holidays=draw(st.sampled_from([None, COUNTRIES[zone]])),
            closed=[closed] if closed else [],
            special=[{"date": day, "blocks": draw(st.lists(HOURS, max_size=2))} for day in special],
            **validity,
        )

    match draw(st.sampled_from(["always", "always", "from", "to", "between", "versions"])):
        case "from":
            return [version(valid_from=some_day())]
        case "to":
            return [version(valid_to=some_day())]
        case "between":
            begins = some_day()
            ends = begins + timedelta(days=draw(st.integers(0, 3)))
            return [version(valid_from=begins, valid_to=ends)]
        case "versions":
            ends = some_day(-2, 1)
            begins = ends + timedelta(days=draw(st.integers(1, 3)))
            return [version(valid_from=begins), version(valid_to=ends)]
    return [version()]


@st.composite
def questions(draw, zone):
    """Draw a table of two schedules, and calls that start and end where it is hard."""
    turning_point = draw(st.sampled_from(turning_points(zone)))
    other_zone = draw(st.sampled_from(sorted(COUNTRIES)))
    versions = {
        "ours": draw(versions_of("ours", zone, turning_point)),
        "theirs": draw(versions_of("theirs", other_zone, turning_point)),
    }
    first, last = turning_point - timedelta(days=2), turning_point + timedelta(days=2)
    beside = st.sampled_from([-1, 0, 0, 0, 1])
    inside = [
        st.integers(0, 5 * DAY),
        *(
            st.builds(lambda n, off, every=every: n * every * MINUTE + off, numbers, beside)
            for every in (1, 30, 1440)
            for numbers in [st.integers(0, 5 * 1440 // every)]
        ),
    ]
    outside = st.integers(-DAY // 4, 5 * DAY + DAY // 4)
    instant = st.one_of(*inside, *inside, outside, st.none())
    name = st.sampled_from([*["ours"] * 6, *["theirs"] * 2, "nobody's", None])
    call = st.tuples(name, instant, instant) | st.tuples(name, instant).map(lambda c: (*c, c[1]))
    call = call | st.tuples(name, *inside[:2])
    return versions, first, last, draw(st.lists(call, min_size=20, max_size=60))


def register(engine, days, calls):
    """Show the days and the calls, with instants as numpy has them, to the engine."""
    names, starts, ends = zip(*calls, strict=True)
    engine.register(TABLE, days.columns)
    engine.register(
        "calls",
        {
            "number": np.arange(len(calls)),
            "schedule": np.array(names, dtype=object),
            "start": np.array(starts, dtype="datetime64[us]"),
            "end": np.array(ends, dtype="datetime64[us]"),
        },
    )


def answers(engine, days, calls, schedule=CALLS.schedule):
    """Give the business seconds of calls, from a real query."""
    register(engine, days, calls)
    spans = {"seconds": (CALLS.start, CALLS.end), "back": (CALLS.end, CALLS.start)}
    query = with_business_seconds(CALLS, days, schedule, spans)
    rows = engine.execute(ibis.to_sql(query.select("number", "seconds", "back"), dialect="duckdb"))
    _, forth, back = zip(*sorted(rows.fetchall()), strict=True)
    assert back == tuple(None if seconds is None else -seconds for seconds in forth)
    return list(forth)


@pytest.mark.parametrize("zone", sorted(COUNTRIES))
def test_business_seconds_are_those_that_a_clock_watcher_counts(engine, zone):
    """Any span under any schedule gives what a walk from minute to minute gives, exactly.

    Also over changes of the clock, at midnight, at the edges of validity, on holidays, with blocks
    that overlap or cross midnight, with two versions of a schedule and with absent values.
    """

    @settings(
        max_examples=15,
        deadline=None,
        phases=[Phase.reuse, Phase.generate],  # to shrink an example, the oracle walks for minutes
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(question=questions(zone))
    def agrees(question):
        versions, first, last, calls = question
        days = business_days([v for several in versions.values() for v in several], first, last)
        over = last + timedelta(days=1)  # a day is added
        walks = {name: Walk(several, first, over) for name, several in versions.items()}
        nothing = Walk([], first, over)
        midnight = datetime.combine(first, datetime.min.time())
        expected = [walks.get(name, nothing).seconds(start, end) for name, start, end in calls]
        instants = [
            (name, *(None if t is None else midnight + timedelta(microseconds=t) for t in ends))
            for name, *ends in calls
        ]
        answered = answers(engine, days, instants)
        assert [*zip(instants, answered, strict=True)] == [*zip(instants, expected, strict=True)]

    agrees()


def at(*texts):
    return [datetime.fromisoformat(text) for text in texts]


def schedule(opens="09:00", closes="17:00", days=WEEKDAYS, name="team", **changes):
    block = {"days": days, "opens": opens, "closes": closes}
    return Schedule(**{"name": name, "zone": "Europe/London", "blocks": [block]} | changes)


YEAR = date(2024, 1, 1), date(2024, 12, 31)


def test_the_example_of_the_documentation(engine):
    """The schedule in the documentation gives the three hours that are counted there."""
    page = Path(__file__).parents[2] / "docs" / "algorithms" / "business-time.md"
    text = page.read_text("utf-8").split("```toml")[1].split("```")[0]
    [support] = [Schedule.model_validate(entry) for entry in tomllib.loads(text)["schedule"]]
    call = ("support", *at("2024-03-28T16:00", "2024-04-02T09:30"))
    assert answers(engine, business_days([support], *YEAR), [call]) == [3 * 3600]


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2024-03-31T00:00", "2024-03-31T12:00", 3 * 3600),  # clocks go forward
        ("2024-10-26T20:00", "2024-10-27T12:00", 5 * 3600),  # and back
        ("2024-06-03T00:00", "2024-06-03T12:00", 4 * 3600),
        ("2024-06-03T03:59:59.999999", "2024-06-03T12:00", 0.000001),
        ("2024-06-03T00:00:00.25", "2024-06-03T00:00:01", 0.75),
        ("2024-01-01T00:00", "2025-01-01T00:00", 366 * 4 * 3600),
        ("2024-06-03T12:00", "2024-06-03T00:00", -4 * 3600),
        ("2024-06-03T12:00", "2024-06-03T12:00", 0),
    ],
)
def test_a_night_shift_counted_by_hand(engine, start, end, seconds):
    """From 01:00 to 05:00 in London, counted on paper."""
    days = business_days([schedule("01:00", "05:00")], *YEAR)
    assert answers(engine, days, [("team", *at(start, end))]) == [seconds]


@pytest.mark.parametrize(
    ("name", "start", "end"),
    [
        (None, "2024-06-03T00:00", "2024-06-04T00:00"),
        ("another", "2024-06-03T00:00", "2024-06-04T00:00"),
        ("team", "2024-02-29T12:00", "2024-03-01T12:00"),  # begins before the validity
        ("team", "2024-11-30T12:00", "2024-12-01T12:00"),  # ends after it
        ("team", "2024-11-30T12:00", "2024-12-01T00:00:00.000001"),
        ("team", "2024-01-03T12:00", "2024-01-03T12:00"),  # a moment outside it
        ("team", "2023-12-30T12:00", "2024-06-03T12:00"),  # begins before the table
        ("team", "2024-06-03T12:00", "2025-06-03T12:00"),  # ends after it
    ],
)
def test_unknown_is_null_and_not_zero(engine, name, start, end):
    """Where no schedule applies to some part of the span there is no answer."""
    team = schedule(valid_from=date(2024, 3, 1), valid_to=date(2024, 11, 30))
    days = business_days([team], *YEAR)
    assert answers(engine, days, [(name, *at(start, end))]) == [None]
    assert answers(engine, days, [(name, *at(end, start))]) == [None]


def test_a_span_may_fill_the_validity(engine):
    """From the first instant to the very end of the last day all is known."""
    team = schedule(valid_from=date(2024, 3, 1), valid_to=date(2024, 3, 2))
    calls = [
        ("team", *at("2024-03-01T00:00", "2024-03-03T00:00")),
        ("team", *at("2024-03-03T00:00", "2024-03-03T00:00")),
    ]
    assert answers(engine, business_days([team], *YEAR), calls) == [16 * 3600, 0]


def test_an_absent_instant_has_no_answer(engine):
    """A call that has not ended yet took neither no time nor all of it."""
    days = business_days([schedule()], *YEAR)
    calls = [("team", *at("2024-01-02"), None), ("team", None, *at("2024-01-02")), (None,) * 3]
    assert answers(engine, days, calls) == [None] * 3


def test_versions_of_a_schedule_follow_each_other(engine):
    """A span may run from one version into the next, and a night of the first runs on."""
    night = schedule("22:00", "06:00", valid_to=date(2024, 1, 2))
    day = schedule("09:00", "17:00", valid_from=date(2024, 1, 3))
    call = ("team", *at("2024-01-02T12:00", "2024-01-03T12:00"))
    assert answers(engine, business_days([day, night], *YEAR), [call]) == [11 * 3600]


def test_a_span_over_a_gap_between_two_versions_has_no_answer(engine):
    """Both ends are known but a day between them is not."""
    before = schedule(valid_to=date(2024, 1, 2))
    after = schedule(valid_from=date(2024, 1, 4))
    days = business_days([before, after], *YEAR)
    calls = [
        ("team", *at("2024-01-02T12:00", "2024-01-04T12:00")),
        ("team", *at("2024-01-02T12:00", "2024-01-03T00:00")),
        ("team", *at("2024-01-04T00:00", "2024-01-04T12:00")),
    ]
    assert answers(engine, days, calls) == [None, 5 * 3600, 3 * 3600]


def test_a_gap_inside_one_day_of_utc(engine):
    """The day that clocks go forward lasts 23 hours: as a gap it begins and ends in one UTC day."""
    before = schedule(valid_to=date(2024, 3, 30))
    after = schedule(valid_from=date(2024, 4, 1))
    days = business_days([before, after], *YEAR)
    calls = [
        ("team", *at("2024-03-30T12:00", "2024-03-31T00:00")),
        ("team", *at("2024-03-30T12:00", "2024-03-31T23:30")),
        ("team", *at("2024-03-31T12:00", "2024-03-31T12:00")),
        ("team", *at("2024-03-31T23:00", "2024-04-01T12:00")),
    ]
    assert answers(engine, days, calls) == [5 * 3600, None, None, 4 * 3600]


def test_versions_that_are_valid_at_once_are_refused():
    """Two truths about the same instant are an error that says where they meet."""
    before = schedule(valid_to=date(2024, 7, 2))
    after = schedule(valid_from=date(2024, 7, 2))
    with pytest.raises(OverlappingSchedules, match=r"'team' are valid at 2024-07-01 23:00 UTC"):
        business_days([before, after], *YEAR)


def test_one_schedule_for_all_rows(engine):
    """The name of a schedule may stand for a column of names."""
    days = business_days([schedule(), schedule("00:00", "24:00", name="always")], *YEAR)
    call = (None, *at("2024-01-02T00:00", "2024-01-03T00:00"))
    assert answers(engine, days, [call], "team") == [8 * 3600]
    assert answers(engine, days, [call], "always") == [24 * 3600]
    assert answers(engine, days, [call], "neither") == [None]


def test_without_schedules_nothing_is_known(engine):
    """An organisation that has no schedule gets nulls, not an error."""
    days = business_days([], *YEAR)
    assert answers(engine, days, [("team", *at("2024-01-02", "2024-01-03"))]) == [None]


def test_the_rows_and_columns_of_the_facts_are_kept(engine):
    """Each row stays once with all its columns; a span of the same name takes their place."""
    days = business_days([schedule(), schedule(name="other")], *YEAR)
    calls = [("team", *at("2024-01-02", "2024-01-03"))] * 3 + [(None, None, None)]
    register(engine, days, calls)
    facts = CALLS.mutate(waited=ibis.literal("long"))
    later = facts.start + ibis.interval(hours=10)
    spans = {"waited": (facts.start, later), "worked": (later, facts.end)}
    answer = with_business_seconds(facts, days, facts.schedule, spans)
    rows = engine.execute(ibis.to_sql(answer.order_by("number"), dialect="duckdb")).fetchall()
    assert answer.columns == ("number", "schedule", "start", "end", "waited", "worked")
    assert [row[0] for row in rows] == [0, 1, 2, 3]
    assert [row[4:] for row in rows] == [(3600, 7 * 3600)] * 3 + [(None, None)]


def test_no_span_leaves_the_facts_alone():
    """Without spans the table keeps its columns."""
    days = business_days([schedule()], *YEAR)
    assert with_business_seconds(CALLS, days, "team", {}).columns == CALLS.columns


def test_rows_find_their_days_by_hash_and_not_by_range(engine):
    """The plan joins on equality only, once for each instant, however many spans share it."""
    days = business_days([schedule()], *YEAR)
    register(engine, days, [("team", *at("2024-01-02", "2024-01-03"))])
    spans = {"there": (CALLS.start, CALLS.end), "back": (CALLS.end, CALLS.start)}
    query = ibis.to_sql(with_business_seconds(CALLS, days, CALLS.schedule, spans), dialect="duckdb")
    plan = engine.execute(f"EXPLAIN {query}").fetchall()[0][1]
    joins = [word for word in plan.split() if word.endswith("JOIN")]
    assert joins == ["HASH_JOIN", "HASH_JOIN"]


def test_a_century_stays_exact(engine):
    """After a hundred years of open time a microsecond still counts."""
    days = business_days([schedule("00:00", "24:00")], date(1970, 1, 1), date(2069, 12, 31))
    calls = [
        ("team", *at("2069-12-31T23:59:59.999998", "2069-12-31T23:59:59.999999")),
        ("team", *at("1970-01-01T00:00:00", "2069-12-31T23:59:59.999999")),
    ]
    assert answers(engine, days, calls) == [0.000001, 3155759999.999999]


def test_the_table_holds_only_days_on_which_a_schedule_is_valid():
    """The columns are as documented, and have the types that the query expects."""
    team = schedule("22:00", "06:00", valid_from=date(2024, 1, 2), valid_to=date(2024, 1, 3))
    days = business_days([team], *YEAR)
    hour = 3600 * 1_000_000
    assert {name: column.tolist() for name, column in days.columns.items() if name != "day"} == {
        "schedule": ["team", "team", "team"],
        "open_before": [0, 2 * hour, 10 * hour],
        "open_1": [22 * hour, 0, 0],
        "close_1": [24 * hour, 6 * hour, 0],
        "open_2": [0, 22 * hour, 0],
        "close_2": [0, 24 * hour, 0],
        "period": [0, 0, 0],
        "unknown_from_1": [24 * hour, 24 * hour, 1],
        "unknown_until_1": [24 * hour] * 3,
    }
    assert np.datetime_as_string(days.columns["day"], unit="D").tolist() == [
        "2024-01-02",
        "2024-01-03",
        "2024-01-04",
    ]
    assert set(days.unbound().columns) == set(days.columns)


def test_the_benchmark_runs():
    """The speed that the documentation tells can be measured again."""
    path = Path(__file__).parents[2] / "benchmarks" / "business_seconds.py"
    assert runpy.run_path(str(path))["measure"](rows=1000)["rows_per_second"] > 0


@pytest.mark.parametrize("first", [date(2026, 3, 23), date(2026, 10, 19)])
@given(begin=st.integers(0, 9 * 1440), minutes=st.integers(1, 3000))
@settings(max_examples=40, deadline=None)
def test_due_is_the_minute_to_which_somebody_counts(first, begin, minutes):
    """Walking from minute to minute over the change of clocks, as many open ones are passed."""
    schedule = Schedule(
        name="s",
        zone="Europe/London",
        blocks=[
            {"days": WEEKDAYS[:5], "opens": "09:00", "closes": "17:30"},
            {"days": ("saturday", "sunday"), "opens": "22:00", "closes": "03:00"},
        ],
    )
    midnight = datetime.combine(first, datetime.min.time())
    start = (midnight - datetime(1970, 1, 1)) // timedelta(minutes=1)
    found = due([schedule], np.array([(start + begin) * MINUTE]), np.array([60.0 * minutes]))[0]
    passed = 0
    for number, read in enumerate(wall_clock("Europe/London", first, 30 * 1440)):
        if number < begin:
            continue
        at = 60 * read.hour + read.minute
        weekend = read.weekday() >= 5
        evening = weekend and at >= 1320
        night = (read.weekday() == 6 or read.weekday() == 0) and at < 180
        passed += (not weekend and 540 <= at < 1050) or evening or night
        if passed == minutes:
            wanted = np.datetime64(midnight + timedelta(minutes=number + 1), "us")
            assert found == wanted
            return
    pytest.fail("the walk was too short")
