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


def instant(dice, base):
    """An instant that lies on an edge of a day, an hour or a period, or just beside it."""
    days = dice.choice(NEAR) + dice.choice(AGO)
    return base + timedelta(days=days, seconds=dice.choice(TIMES))


def call(dice, base):
    one_of = dice.choice
    return {
        "leg": one_of([1, 1, 1, 2]),
        "source": one_of(["pbx", "cloud"]),
        "direction": one_of([None, *["inbound"] * 6, "outbound", "callback", "internal"]),
        "queue": one_of([None, "billing", "billing", "support"]),
        "team": one_of([None, "red", "blue"]),
        "entered_at": instant(dice, base),
        "wait_seconds": one_of(
            [None, 0.0, 0.25, 5.0, 5.000001, 12.5, 19.9, 20.0, 20.0, 20.000001, 61.3, 900.0]
        ),
        "hold_seconds": one_of([None, 0.0, 0.0, 3.0, 90.5]),
        "talk_seconds": one_of([None, 0.0, 30.0, 181.75]),
        "connected_seconds": one_of([None, None, 0.0, 45.0, 272.25]),
        "wrap_up_seconds": one_of([None, 0.0, 10.0, 33.3]),
        "outcome": one_of([None, *["answered"] * 14, *["abandoned"] * 9, *OUTCOMES]),
        "ended_by": one_of([None, "caller", "agent", "transfer", "system"]),
        "transfer_kind": one_of([None, None, None, "blind", "attended", "unknown"]),
        "quality_flags": one_of(
            [None, [], ["stuck"], ["transfers_untrusted"], ["stuck", "transfers_untrusted"]]
        ),
    }


SCALES = {
    "csat": [(1, 5), (1, 5), (1, 5), (1, 7), (1, 10), (None, 5), (1, None), (3, 3)],
    "nps": [(0, 10), (0, 10), (0, 10), (1, 10), (0, None)],
    "ces": [(1, 7), (1, 7), (1, 5), (1, 5), (0, 10), (None, None)],
}


def survey(dice, base):
    one_of = dice.choice
    instrument = one_of([None, "csat", "csat", "csat", "nps", "nps", "ces", "ces", "esat", "enps",
                         "custom"])  # fmt: skip
    low, high = one_of(SCALES.get({"esat": "csat", "enps": "nps"}.get(instrument, instrument), [(1, 5)]))

    def sometimes():
        return one_of([None, *[instant(dice, base)] * 5])

    return {
        "instrument": instrument,
        "scale_low": low,
        "scale_high": high,
        "team": one_of([None, "red", "blue"]),
        "language": one_of([None, "en", "ur"]),
        "touchpoint": one_of([None, "after support"]),
        "status": one_of([None, *["answered"] * 4, *STATUSES]),
        "higher_is_better": one_of([None, None, True, False]),
        "satisfied_set": one_of([None, None, None, [5.0], [4.0, 5.0], [2.0, 9.0, 10.0], []]),
        "eligible_at": sometimes(),
        "sent_at": sometimes(),
        "answered_at": sometimes(),
        "answer": one_of([None, -1, 11, 4.5, 6.5, 8.5, *range(11), *range(1, 8), *range(1, 6)]),
        "weight": one_of([None, 0.0, 0.5, 1.0, 1.0, 2.25]),
    }


def case(dice, base):
    one_of = dice.choice
    opened = instant(dice, base)
    solved = one_of([None, 0.0, 0.5, 60, 3600, 86400 * 1.25, 86400 * 9 + 7.25])
    closed = one_of([None, 60, 86400 * 7, 86400 * 40 + 0.000001])
    return {
        "channel": one_of([None, "mail", "chat"]),
        "priority": one_of([None, "1", "2"]),
        "team": one_of([None, "red"]),
        "opened_at": opened,
        "reported_solved_at": None if solved is None else opened + timedelta(seconds=solved),
        "reported_closed_at": None if closed is None else opened + timedelta(seconds=closed),
        "merged_into": one_of([None, None, None, "other"]),
        "reported_sla_met": one_of([None, True, False]),
        "custom": one_of([None, {}, {"tier": "gold"}, {"tier": "basic", "it's": "odd"}]),
    }


RECORDS = {
    "call": (call, CALLS, ["queue", "team", "outcome", "direction", "source"]),
    "survey": (survey, SURVEYS, ["team", "language", "instrument", "status", "touchpoint"]),
    "case": (case, CASES, ["channel", "priority", "team", "custom.tier", "custom.it's"]),
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
    dice = draw(st.randoms(use_true_random=True, note_method_calls=False))
    rows = [RECORDS[name][0](dice, base) for _ in range(draw(st.sampled_from([60, 25, 5, 1, 0])))]
    copies = draw(st.sampled_from([1, 1, 4]))
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
    chosen = draw(st.lists(st.sampled_from(list(metrics)), min_size=1, max_size=2, unique=True))
    asked = [Asked(METRICS[metric], variant) for metric in chosen for variant in metrics[metric]]
    day = st.builds(
        lambda days: (base + timedelta(days=days)).date().isoformat(), st.sampled_from(NEAR)
    )
    month = st.builds(
        lambda days: (base + timedelta(days=days)).date().replace(day=1).isoformat(),
        st.sampled_from([-370, -60, -31, 0, 31]),
    )
    moment = st.builds(
        lambda days, seconds: (base + timedelta(days=days, seconds=seconds)).isoformat(),
        st.sampled_from(NEAR),
        st.sampled_from(TIMES),
    )
    shifted = moment.map(lambda text: f"{text}+05:45")
    edge = st.none() | day | day | month | moment | shifted
    begins, ends = draw(edge), draw(edge)
    if begins and ends and begins[:10] > ends[:10] and draw(st.integers(0, 9)):
        begins, ends = ends, begins
    where = st.tuples(st.sampled_from(dimensions), st.sampled_from(VALUES))
    filters = draw(st.sampled_from([0, 0, 0, 1, 2]))
    return Question(
        asked=tuple(asked),
        by=tuple(draw(st.permutations(dimensions))[: draw(st.sampled_from([0, 0, 1, 2, 3]))]),
        grain=draw(st.sampled_from(GRAINS)),
        begins=begins,
        ends=ends,
        where=tuple(draw(where) for _ in range(filters)),
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
        if at is None or not begins <= at < ends:
            continue
        judged = judge(row, rules)
        if judged is not NOT_ASKED and not isinstance(judged, Left):
            wanted.append((at, row["source"], row[KEYS[name]]))
    wanted.sort()
    found = rows_behind(held, question)
    place = [found.columns.index(column) for column in ("source", KEYS[name])]
    assert found.total == len(wanted)
    assert [tuple(row[i] for i in place) for row in found.rows] == [each[1:] for each in wanted]
    some = rows_behind(held, question, limit=2)
    assert (some.rows, some.total) == (found.rows[:2], found.total)
