"""The engine gives what counting by hand gives, for every metric and any question."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from engine.asked import (
    DAYS,
    OpeningHours,
    Refused,
    World,
    asked_for,
    expected,
    kept,
    refuses_business,
    rules_for,
)
from engine.oracle import CALLS, CASES, NOT_ASKED, ORACLE, SURVEYS, Left, dated
from engine.tables import holding
from hypothesis import event, given, settings
from hypothesis import strategies as st

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Asked, Question
from hearwell.engine.rows import rows as rows_behind
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.clock import NoBusinessTime
from hearwell.records.call import OUTCOMES
from hearwell.records.survey import STATUSES
from hearwell.settings import Settings

ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
GRAINS = ["none", "hour_of_week", "day", "week", "month", "quarter", "year"]
WITHIN, SHORT = 20.0, 5.0

# Days around which clocks change, years and months end, and February has 29 days.
BASES = [datetime(2026, 3, 29), datetime(2026, 3, 8), datetime(2026, 4, 5), datetime(2026, 1, 1),
         datetime(2024, 3, 1), datetime(2025, 3, 1), datetime(2025, 11, 2)]  # fmt: skip
NEAR = [-31, -28, -8, -7, -2, -1, 0, 0, 0, 1, 2, 6, 7, 31]
AGO = [0, 0, 0, 0, -364, -365, -366, -371]
TIMES = [0, 1e-6, 1, 1800, 3599.999999, 3600, 7200, 18900, 36000, 37800, 43200, 86399.999999]


def instants(base):
    """Instants that lie on edges of days, hours and periods, and just beside them."""
    return st.builds(
        lambda days, ago, seconds: base + timedelta(days=days + ago, seconds=seconds),
        st.sampled_from(NEAR),
        st.sampled_from(AGO),
        st.sampled_from(TIMES),
    )


def maybe(*values):
    return st.sampled_from([None, *values])


def calls(base):
    return st.fixed_dictionaries(
        {
            "leg": st.sampled_from([1, 1, 1, 2]),
            "source": st.sampled_from(["pbx", "cloud"]),
            "direction": maybe("inbound", "inbound", "outbound", "callback", "internal"),
            "queue": maybe("billing", "support"),
            "team": maybe("red", "blue"),
            "entered_at": instants(base),
            "wait_seconds": maybe(0.0, 0.25, 5.0, 5.000001, 12.5, 20.0, 20.000001, 61.3, 900.0),
            "hold_seconds": maybe(0.0, 0.0, 3.0, 90.5),
            "talk_seconds": maybe(0.0, 30.0, 181.75),
            "connected_seconds": maybe(0.0, 45.0, 272.25),
            "wrap_up_seconds": maybe(0.0, 10.0, 33.3),
            "outcome": maybe(*["answered"] * 6, *["abandoned"] * 4, *OUTCOMES),
            "ended_by": maybe("caller", "agent", "transfer", "system"),
            "transfer_kind": maybe(None, "blind", "attended", "unknown"),
            "quality_flags": maybe([], ["transfers_untrusted"], ["stuck", "transfers_untrusted"]),
        }
    )


def surveys(base):
    return st.builds(
        lambda scale, row: row | {"scale_low": scale[0], "scale_high": scale[1]},
        st.sampled_from(
            [(1, 5), (1, 5), (0, 10), (0, 10), (1, 7), (1, 10), (None, 5), (1, None), (3, 3)]
        ),
        st.fixed_dictionaries(
            {
                "instrument": maybe("csat", "csat", "nps", "nps", "ces", "esat", "enps", "custom"),
                "team": maybe("red", "blue"),
                "language": maybe("en", "ur"),
                "touchpoint": maybe("after support"),
                "status": maybe(*["answered"] * 4, *STATUSES),
                "higher_is_better": maybe(True, None, False),
                "satisfied_set": maybe(None, None, [5.0], [4.0, 5.0], [9.0, 10.0], []),
                "eligible_at": st.none() | instants(base),
                "sent_at": st.none() | instants(base),
                "answered_at": st.none() | instants(base) | instants(base),
                "answer": maybe(*range(-1, 12), 4.5, 6.5, 8.5),
                "weight": maybe(0.0, 0.5, 1.0, 1.0, 2.25),
            }
        ),
    )


def after(instant, seconds):
    return None if seconds is None else instant + timedelta(seconds=seconds)


def cases(base):
    return st.builds(
        lambda row, solved, closed: row
        | {
            "reported_solved_at": after(row["opened_at"], solved),
            "reported_closed_at": after(row["opened_at"], closed),
        },
        st.fixed_dictionaries(
            {
                "channel": maybe("mail", "chat"),
                "priority": maybe("1", "2"),
                "team": maybe("red"),
                "opened_at": instants(base),
                "merged_into": maybe(None, None, "other"),
                "reported_sla_met": maybe(True, False),
                "custom": maybe({}, {"tier": "gold"}, {"tier": "basic", "it's": "odd"}),
            }
        ),
        maybe(0.0, 0.5, 60, 3600, 86400 * 1.25, 86400 * 9 + 7.25),
        maybe(60, 86400 * 7, 86400 * 40 + 0.000001),
    )


RECORDS = {
    "call": (calls, CALLS, ["queue", "team", "outcome", "direction", "source"]),
    "survey": (surveys, SURVEYS, ["team", "language", "instrument", "status", "touchpoint"]),
    "case": (cases, CASES, ["channel", "priority", "team", "custom.tier", "custom.it's"]),
}
VALUES = ["billing", "support", "red", "answered", "gold", "odd", "mail", "csat", "pbx", "", "no"]
KEYS = {"call": "call_id", "survey": "survey_id", "case": "case_id"}

OFFICE = {
    "name": "office",
    "zone": "Europe/London",
    "blocks": [
        {"days": DAYS[:5], "opens": "00:30", "closes": "10:15"},
        {"days": ["sunday"], "opens": "22:00", "closes": "02:00"},
    ],
}
NIGHTS = {
    "name": "nights",
    "zone": "America/New_York",
    "applies_to": {"queue": ["billing"]},
    "blocks": [{"days": DAYS, "opens": "20:00", "closes": "06:00"}],
}
HOURS = {
    schedule["name"]: OpeningHours(
        schedule["zone"], [(b["days"], b["opens"], b["closes"]) for b in schedule["blocks"]]
    )
    for schedule in (OFFICE, NIGHTS)
}


@st.composite
def worlds(draw, name):
    """Rows of one record, and the organisation that has them."""
    base = draw(st.sampled_from(BASES))
    rows = draw(st.lists(RECORDS[name][0](base), max_size=14))
    copies = draw(st.sampled_from([1, 1, 1, 2, 5, 40]))
    schedules = draw(st.sampled_from([[OFFICE], [NIGHTS, OFFICE], [NIGHTS]]))
    organisation = Settings(
        zone=draw(st.sampled_from(ZONES)),
        week_starts_on=draw(st.sampled_from(["monday", "sunday", "saturday"])),
        schedule=schedules,
    )

    def open_seconds(row, start, end):
        if len(schedules) == 2 and row.get("queue") == "billing":
            return HOURS["nights"].between(start, end)
        if OFFICE in schedules:
            return HOURS["office"].between(start, end)
        return HOURS["nights"].between(start, end) if row.get("queue") == "billing" else None

    numbered = [
        {"source": "test"} | row | {KEYS[name]: str(i)} for i, row in enumerate(rows * copies)
    ]
    world = World(
        numbered, organisation.zone, organisation.week_starts_on, WITHIN, SHORT, open_seconds
    )
    return base, organisation, world


@st.composite
def questions(draw, name, base):
    _, metrics, dimensions = RECORDS[name]
    known = [Asked(METRICS[m], variant) for m, variants in metrics.items() for variant in variants]
    asked = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    day = st.builds(
        lambda days: (base + timedelta(days=days)).date().isoformat(), st.sampled_from(NEAR)
    )
    month = st.builds(
        lambda days: (base + timedelta(days=days)).date().replace(day=1).isoformat(),
        st.sampled_from([-370, -60, -31, 0, 31]),
    )
    moment = instants(base).map(lambda instant: instant.isoformat(timespec="microseconds"))
    shifted = moment.map(lambda text: f"{text}+05:45")
    edge = st.none() | day | day | month | moment | shifted
    begins, ends = draw(edge), draw(edge)
    where = st.tuples(st.sampled_from(dimensions), st.sampled_from(VALUES))
    return Question(
        asked=tuple(asked),
        by=tuple(draw(st.lists(st.sampled_from(dimensions), max_size=3, unique=True))),
        grain=draw(st.sampled_from(GRAINS)),
        begins=begins,
        ends=ends,
        where=tuple(draw(st.lists(where, max_size=2))),
        compare=draw(st.sampled_from([None, "previous", "year"])),
        clock=draw(st.sampled_from(["calendar", "calendar", "business"])),
        level=draw(st.sampled_from([0.95, 0.8])),
    )


def close(left, right):
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-8, abs_tol=1e-7)


def identity(cell):
    return repr((sorted(cell["group"].items()), cell["period"]))


def assert_same(found, wanted):
    """The same cells; the numbers of each are alike to eight digits."""
    found = {identity(cell): cell for cell in found}
    wanted = {identity(cell): cell for cell in wanted}
    assert found.keys() == wanted.keys()
    for name, right in wanted.items():
        got = found[name]
        assert got["n"] == right["n"], name
        assert got["left_out"] == right["left_out"], name
        for part in ("value", "low", "high"):
            assert close(got[part], right[part]), (name, part, got[part], right[part])
        one, other = got["compared"], right["compared"]
        assert (one is None) == (other is None), (name, one, other)
        if one is not None:
            assert one["verdict"] == other["verdict"], (name, one, other)
            for part in ("value", "difference", "low", "high"):
                assert close(one[part], other[part]), (name, part, one, other)


def agree(lake, name, world, organisation, question):
    """Ask the engine and count by hand; both refuse, or both give the same."""
    asked_lake = holding(lake, organisation, **{name: world.rows})
    if refuses_business(question):
        with pytest.raises((NoBusinessTime, BadQuestion)):
            ask(asked_lake, question)
        return
    try:
        wanted = {asked: expected(question, asked, world) for asked in question.asked}
    except Refused:
        with pytest.raises(BadQuestion):
            ask(asked_lake, question)
        event("refused")
        return
    answers = ask(asked_lake, question)
    assert [each.asked for each in answers.answers] == list(question.asked)
    for each in answers.answers:
        found = each.cells(organisation.zone, question.level)
        for cell in found:
            assert (cell["metric"], cell["variant"]) == (each.asked.metric.name, each.asked.variant)
            cell["period"] = tuple(
                datetime.fromisoformat(cell["period"][side]).astimezone(UTC).replace(tzinfo=None)
                for side in ("from", "to")
            )
        assert_same(found, wanted[each.asked])


def test_the_oracle_knows_every_metric():
    """No metric or variant is without a count by hand, but occupancy, which has its own."""
    catalogue = {
        name: set(metric.variants()) for name, metric in METRICS.items() if name != "occupancy"
    }
    assert {name: set(variants) for name, variants in ORACLE.items()} == catalogue


@pytest.mark.parametrize("name", RECORDS)
@given(data=st.data())
def test_the_engine_counts_as_by_hand(lake, name, data):
    """Values, intervals, rows counted and left out, cells and comparisons are those by hand."""
    base, organisation, world = data.draw(worlds(name))
    agree(lake, name, world, organisation, data.draw(questions(name, base)))


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=30)
@given(data=st.data())
def test_the_rows_behind_a_number_are_those_that_count(lake, name, data):
    """As many as n, each counted by hand too, oldest first; a limit shows the first of them."""
    base, organisation, world = data.draw(worlds(name))
    drawn = data.draw(questions(name, base))
    question = replace(drawn, asked=drawn.asked[:1], grain="none", compare=None, clock="calendar")
    held = holding(lake, organisation, **{name: world.rows})
    (asked,) = question.asked
    try:
        begins, ends = asked_for(question, asked, world)
    except Refused:
        return
    _, judge = ORACLE[asked.metric.name][asked.variant]
    rules = rules_for(question, asked.metric.name, world)
    wanted = []
    for row in kept(world.rows, question.where):
        at = dated(asked.metric.name, asked.variant, row)
        counts = judge(row, rules) is not NOT_ASKED and not isinstance(judge(row, rules), Left)
        if at is not None and begins <= at < ends and counts:
            wanted.append((at, row["source"], row[KEYS[name]]))
    wanted.sort()
    found = rows_behind(held, question)
    place = [found.columns.index(column) for column in ("source", KEYS[name])]
    assert found.total == len(wanted)
    assert [tuple(row[i] for i in place) for row in found.rows] == [each[1:] for each in wanted]
    some = rows_behind(held, question, limit=2)
    assert (some.rows, some.total) == (found.rows[:2], found.total)
