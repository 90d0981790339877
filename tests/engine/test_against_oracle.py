"""The engine gives what counting by hand gives, for every metric and any question."""

import math
import random
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
    midnight,
    read,
    refuses_business,
    rules_for,
)
from engine.oracle import (
    CALLS,
    CARTS,
    CASES,
    CUSTOMERS,
    MESSAGES,
    NOT_ASKED,
    ORACLE,
    ORDERS,
    READINGS,
    SEARCHES,
    SURVEYS,
    VIEWS,
    Left,
    dated,
    judged_together,
)
from engine.tables import holding
from hypothesis import event, given, settings
from hypothesis import strategies as st

from hearwell.engine.ask import ask
from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Asked, Question
from hearwell.engine.rows import rows as rows_behind
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.clock import NoBusinessTime
from hearwell.records import RECORDS as KEPT
from hearwell.records.call import OUTCOMES
from hearwell.records.survey import STATUSES
from hearwell.settings import Settings

ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]
GRAINS = ["none", "none", "none", "hour_of_week", "day", "week", "month", "quarter", "year"]
WITHIN, SHORT = 20.0, 5.0

# Days around which clocks change, years and months end, and February has 29 days.
BASES = [
    datetime(2026, 3, 29),
    datetime(2026, 3, 8),
    datetime(2026, 4, 5),
    datetime(2026, 1, 1),
    datetime(2024, 3, 1),
    datetime(2025, 3, 1),
    datetime(2025, 11, 2),
]
NEAR = [-31, -28, -8, -7, -2, -1, 0, 0, 0, 1, 2, 6, 7, 31]
AGO = [0, 0, 0, 0, 0, 0, -364, -365, -366, -371]
TIMES = [0, 1e-6, 1, 1800, 3599.999999, 3600, 7200, 18900, 36000, 37800, 43200, 86399.999999]


def some_instants(dice, base, organisation, question):
    """Instants on edges of periods, days and hours, and just beside them."""
    edges = [
        read(text, organisation.zone, last=is_last)
        for text, is_last in ((question.begins, False), (question.ends, True))
        if text
    ]
    midnights = [
        midnight((base + timedelta(days=days + ago)).date(), organisation.zone)
        for days in NEAR
        for ago in AGO
    ]

    def instant():
        beside = timedelta(microseconds=dice.choice([0, 0, -1, 1]))
        if edges and not dice.randrange(6):
            return dice.choice(edges) + beside
        if not dice.randrange(3):
            return dice.choice(midnights) + beside
        days = dice.choice(NEAR) + dice.choice(AGO)
        return base + timedelta(days=days, seconds=dice.choice(TIMES))

    return instant


def call(dice, instant, _):
    one_of = dice.choice
    return {
        "leg": one_of([1, 1, 1, 2]),
        "source": one_of(["pbx", "cloud"]),
        "direction": one_of([None, *["inbound"] * 6, "outbound", "callback", "internal"]),
        "queue": one_of([None, "billing", "billing", "support"]),
        "team": one_of([None, "red", "blue"]),
        "agent_id": one_of([None, None, "ann", "bob", "cy"]),
        "entered_at": instant(),
        "wait_seconds": one_of(
            [
                None,
                0.0,
                5.0,
                5.000001,
                20.0,
                20.000001,
                61.3,
                *(dice.uniform(0, 40) for _ in "12345"),
            ]
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
SCALES |= {"esat": SCALES["csat"], "enps": SCALES["nps"]}


INSTRUMENTS = {
    "customer_satisfaction": "csat",
    "net_promoter_score": "nps",
    "customer_effort_score": "ces",
}


def survey(dice, instant, question):
    one_of = dice.choice
    wanted = [INSTRUMENTS.get(each.metric.name, "csat") for each in question.asked]
    others = [None, "custom", "esat", "enps"]
    instrument = one_of([*others, *INSTRUMENTS.values(), *[one_of(wanted)] * 16])
    low, high = one_of(SCALES.get(instrument, [(1, 5)]))

    def sometimes():
        return one_of([None, *[instant()] * 5])

    return {
        "instrument": instrument,
        "scale_low": low,
        "scale_high": high,
        "team": one_of([None, "red", "blue"]),
        "customer_id": one_of([None, None, *"abcdefgh"]),
        "agent_id": one_of([None, None, "ann", "bob", "cy"]),
        "language": one_of([None, "en", "ur"]),
        "touchpoint": one_of([None, "after support"]),
        "status": one_of([None, *["answered"] * 4, *STATUSES]),
        "higher_is_better": one_of([None, None, True, True, True, False]),
        "satisfied_set": one_of([*[None] * 8, [5.0], [4.0, 5.0], [2.0, 9.0, 10.0], []]),
        "eligible_at": sometimes(),
        "sent_at": sometimes(),
        "answered_at": sometimes(),
        "answer": one_of(
            [None, -1, 11, 4.5, 6.5, 8.5, *range(11), *range(1, 8), *range(1, 6)] * 2 + [low, high]
        ),
        "weight": one_of([None, 0.0, 0.5, 1.0, 1.0, 2.25]),
    }


def case(dice, instant, _):
    one_of = dice.choice
    opened = instant()
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


def message(dice, instant, _):
    one_of = dice.choice
    return {
        "source": one_of(["desk", "chat"]),
        "channel": one_of([None, "mail", "whatsapp"]),
        "direction": one_of([None, "inbound", "inbound", "outbound"]),
        "author_kind": one_of([None, "customer", "agent", "bot", "automation"]),
        "language": one_of([None, "en", "ur"]),
        "is_public": one_of([None, True, True, False]),
        "sent_at": instant(),
    }


def article_view(dice, instant, _):
    one_of = dice.choice
    return {
        "article_id": one_of([None, "red", "blue"]),
        "language": one_of([None, "en", "ur"]),
        "came_from": one_of([None, "search", "link"]),
        "visitor_id": one_of([None, None, *"abcd"]),
        "asked_for_help": one_of([None, "none", "none", "chat", "call", "ticket"]),
        "opened_at": instant(),
        "views": one_of([None, 0, *[1] * 6, 7, 1200]),
        "read_seconds": one_of([None, 0.0, 9.999999, 10.0, 10.5, 61.25, dice.uniform(0, 300)]),
        "found_helpful": one_of([None, None, True, True, False]),
    }


ARTICLES = {  # words and language by number, as told below; None where it is not known
    "none such": (None, None),
    "short": (60, "en"),
    "long": (4_000, "en"),
    "german": (1_000, "DE-at"),
    "arabic": (1_000, "ar"),
    "urdu": (1_000, "ur"),
    "video": (0, "en"),
    "told twice": (500, "en"),
    "own first": (2_000, "en"),
    "at odds": (None, "en"),
    "nameless": (900, None),
}
TOLD = [  # by the web site, or by the system in which articles are written
    ("site", "short", 60, "en"),
    ("desk", "long", 4_000, "en"),
    ("desk", "german", 1_000, "DE-at"),
    ("site", "arabic", 1_000, "ar"),
    ("site", "urdu", 1_000, "ur"),
    ("site", "video", 0, "en"),
    ("desk", "told twice", 500, "en"),
    ("wiki", "told twice", 500, None),
    ("site", "own first", 2_000, "en"),
    ("desk", "own first", 100, "de"),
    ("desk", "at odds", 10, "en"),
    ("wiki", "at odds", 9_000, "en"),
    ("desk", "nameless", 900, None),
]


def article_reading(dice, instant, question):
    number = dice.choice([None, *ARTICLES])
    words, language = ARTICLES.get(number, (None, None))
    row = article_view(dice, instant, question) | {"source": "site", "article_id": number}
    expected = {"words": words, "text_language": language or row["language"]}
    a_tenth = (words or 100) * 60 / 238 / 10
    beside = a_tenth * dice.uniform(0.9, 1.1)
    read = dice.choice([row["read_seconds"], beside])
    return row | expected | {"read_seconds": read}


def search(dice, instant, _):
    one_of = dice.choice
    return {
        "source": one_of(["site", "app"]),
        "language": one_of([None, "en", "ur"]),
        "opened_article_id": one_of([None, "red"]),
        "at": instant(),
        "results": one_of([None, 0, 0, 1, 25]),
    }


BESIDE = [0, 0, 60, 86399.999999, 86400, 86400.000001, 86400 * 3]


def cart(dice, instant, _):
    """Carts whose window ends with, just before and just after the last that is known."""
    one_of = dice.choice
    created = instant()
    changed = one_of([None, created + timedelta(seconds=one_of(BESIDE))])
    ordered = one_of([None, None, (changed or created) + timedelta(seconds=one_of(BESIDE))])
    return {
        "source": one_of(["shop", "shop", "app"]),
        "step": one_of([None, "basket", "payment"]),
        "customer_id": one_of([None, None, *"abcd"]),
        "currency": one_of([None, "EUR"]),
        "created_at": created,
        "last_changed_at": changed,
        "ordered_at": ordered,
        "order_id": one_of([None, None, None, "order"] if ordered is None else [None, "order"]),
    }


def order(dice, instant, _):
    one_of = dice.choice
    ordered = instant()
    took = one_of([None, 0.0, 0.5, 3600, 86400 * 1.25, 86400 * 9 + 7.25])
    delivered = None if took is None else ordered + timedelta(seconds=took)
    beside = timedelta(seconds=one_of([-86400, -1e-6, 0, 1e-6, 86400]))
    return {
        "source": one_of(["shop", "app"]),
        "status": one_of([None, "delivered"]),
        "customer_id": one_of([None, None, *"abcd"]),
        "product": one_of([None, "red", "blue"]),
        "ordered_at": ordered,
        "promised_at": one_of([None, (delivered or ordered) + beside]),
        "delivered_at": delivered,
    }


def customer(dice, instant, _):
    """Customers who stay, and who left around the end of their first year."""
    one_of = dice.choice
    came = one_of([None, *[instant()] * 7])
    stayed = timedelta(days=one_of([0, 7, 364, 365, 366]), seconds=one_of([0, 0, 1e-6]))
    return {
        "source": one_of(["shop", "shop", "app"]),
        "segment": one_of([None, "gold"]),
        "plan": one_of([None, "red"]),
        "first_seen_at": came,
        "left_at": one_of([None, (came or instant()) + stayed]),
    }


RECORDS = {
    "call": (call, CALLS, ["queue", "team", "outcome", "direction", "source"]),
    "survey": (survey, SURVEYS, ["team", "language", "instrument", "status", "touchpoint"]),
    "case": (case, CASES, ["channel", "priority", "team", "custom.tier", "custom.it's"]),
    "message": (message, MESSAGES, ["channel", "language", "direction", "author_kind", "source"]),
    "article_view": (
        article_view,
        VIEWS,
        ["article_id", "language", "came_from", "asked_for_help"],
    ),
    "article_reading": (article_reading, READINGS, ["article_id", "language", "came_from"]),
    "search": (search, SEARCHES, ["language", "opened_article_id", "source"]),
    "cart": (cart, CARTS, ["step", "currency", "source"]),
    "order": (order, ORDERS, ["product", "status", "source"]),
    "customer": (customer, CUSTOMERS, ["plan", "segment", "source"]),
}
VALUES = ["billing", "support", "red", "blue", "en", "mail", "1", "no", "", "", ""]
KEYS = {name: f"{name}_id" for name in RECORDS} | {
    "article_view": "view_id",
    "article_reading": "view_id",
}
MADE_WITH = {  # what a derived fact is made of besides the rows that are drawn
    "article_reading": {
        "article": [
            dict(zip(("source", "article_id", "words", "language"), told, strict=True))
            for told in TOLD
        ]
    }
}


def holding_rows(lake, organisation, name, rows):
    """Hold the rows of a record, or those of which a derived fact has one row each."""
    table = "article_view" if name == "article_reading" else name
    return holding(lake, organisation, **{table: rows}, **MADE_WITH.get(name, {}))


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


def some_question(name, dice, base):
    """Any question about one or two metrics, in all their variants."""
    _, metrics, dimensions = RECORDS[name]

    def day():
        return (base + timedelta(days=dice.choice(NEAR))).date()

    def edge():
        match dice.choice(["none", "day", "day", "month", "instant", "offset"]):
            case "none":
                return None
            case "day":
                return day().isoformat()
            case "month":
                return (
                    (day() - timedelta(days=dice.choice([0, 31, 370]))).replace(day=1).isoformat()
                )
            case kind:
                moment = base + timedelta(days=dice.choice(NEAR), seconds=dice.choice(TIMES))
                return moment.isoformat() + ("+05:45" if kind == "offset" else "")

    begins, ends = edge(), edge()
    if begins and ends and begins[:10] > ends[:10] and dice.randrange(10):
        begins, ends = ends, begins
    if not dice.randrange(4):  # whole months
        first, last = sorted([day().replace(day=1), (day() + timedelta(days=31)).replace(day=1)])
        begins, ends = first.isoformat(), (last - timedelta(days=1)).isoformat()
    chosen = dice.sample(sorted(metrics), min(dice.choice([1, 1, 2]), len(metrics)))
    filters = dice.choice([0, 0, 0, 0, 1, 2])
    return Question(
        asked=tuple(Asked(METRICS[m], variant) for m in chosen for variant in metrics[m]),
        by=tuple(dice.sample(dimensions, dice.choice([0, 0, 0, 1, 1, 2, 3]))),
        grain=dice.choice(GRAINS),
        begins=begins,
        ends=ends,
        where=tuple((dice.choice(dimensions[:2]), dice.choice(VALUES)) for _ in range(filters)),
        compare=dice.choice([None, "previous", "year"]),
        clock=dice.choice(["calendar", "calendar", "business"]),
        level=dice.choice([0.95, 0.8]),
    )


def some_world(name, dice, size):
    """A question, an organisation that asks it, and as many rows of the record."""
    base = dice.choice(BASES)
    schedules = dice.choice([[OFFICE], [NIGHTS, OFFICE], [NIGHTS]])
    organisation = Settings(
        zone=dice.choice(ZONES),
        week_starts_on=dice.choice(["monday", "sunday", "saturday"]),
        schedule=schedules,
    )

    def open_seconds(row, start, end):
        if NIGHTS in schedules and row.get("queue") == "billing":
            return HOURS["nights"].between(start, end)
        return HOURS["office"].between(start, end) if OFFICE in schedules else None

    question = some_question(name, dice, base)
    instant, copies = some_instants(dice, base, organisation, question), dice.choice([1, 1, 1, 12])
    rows = [RECORDS[name][0](dice, instant, question) for _ in range(size)]
    numbered = [
        {"source": "test"} | row | {KEYS[name]: str(i)} for i, row in enumerate(rows * copies)
    ]
    world = World(
        numbered, organisation.zone, organisation.week_starts_on, WITHIN, SHORT, open_seconds
    )
    return organisation, world, question


def close(left, right):
    """Alike to six digits: where all values are one, the spread is but the rounding of sums."""
    if left is None or right is None:
        return left is right
    return math.isclose(left, right, rel_tol=1e-6, abs_tol=1e-6)


def identity(cell):
    return repr((sorted(cell["group"].items()), cell["period"]))


def assert_same(found, wanted):
    """The same cells; the counts of each are equal, and the numbers alike."""
    found = {identity(cell): cell for cell in found}
    wanted = {identity(cell): cell for cell in wanted}
    assert found.keys() == wanted.keys()
    for name, right in wanted.items():
        got = found[name]
        assert got["n"] == right["n"], name
        assert got["left_out"] == right["left_out"], name
        if got["hidden"]:
            assert all(got[part] is None for part in ("value", "low", "high", "compared")), name
            continue
        for part in ("value", "low", "high"):
            assert close(got[part], right[part]), (name, part, got[part], right[part])
        one, other = got["compared"], right["compared"]
        if one is None and other is not None and other["is_hidden"]:
            continue
        assert (one is None) == (other is None), (name, one, other)
        if one is not None:
            assert one["verdict"] == other["verdict"], (name, one, other)
            for part in ("value", "difference", "low", "high"):
                assert close(one[part], other[part]), (name, part, one, other)


def agree(lake, name, organisation, world, question):
    """Ask the engine and count by hand; both refuse, or both give the same."""
    asked_lake = holding_rows(lake, organisation, name, world.rows)
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
    answers, cells = ask(asked_lake, question), []
    assert [each.asked for each in answers.answers] == list(question.asked)
    for each in answers.answers:
        found = each.cells(organisation.zone, question.level)
        for cell in found:
            assert (cell["metric"], cell["variant"]) == (each.asked.metric.name, each.asked.variant)
            cell["period"] = tuple(
                datetime.fromisoformat(cell["period"][side]).astimezone(UTC).replace(tzinfo=None)
                for side in ("from", "to")
            )
        cells.append((found, wanted[each.asked]))
    changes = []
    for found, by_hand in cells:
        changes += shown_changes(found, by_hand, is_of_people=name == "survey")
    judged_together(changes, question.level)
    for found, by_hand in cells:
        assert_same(found, by_hand)


def shown_changes(found, by_hand, *, is_of_people):
    """The changes that are not hidden with their numbers; few answers must be hidden."""
    shown = {identity(cell): cell for cell in found}
    changes = []
    for cell in by_hand:
        got = shown.get(identity(cell))
        if got is None:
            continue
        assert bool(got["hidden"]) >= (is_of_people and 0 < cell["n"] < 5)
        assert is_of_people or not got["hidden"]
        if cell["compared"] is not None:
            is_hidden = is_of_people and not got["hidden"] and got["compared"] is None
            cell["compared"]["is_hidden"] = is_hidden
            if not got["hidden"] and not is_hidden:
                changes.append(cell["compared"])
    return changes


def test_the_oracle_knows_every_metric():
    """No metric of a record is without a count by hand; derived facts have tests of their own."""
    catalogue = {
        name: set(metric.variants())
        for name, metric in METRICS.items()
        if metric.record in KEPT.values() or name in READINGS
    }
    assert {name: set(variants) for name, variants in ORACLE.items()} == catalogue


seeds = {"seed": st.integers(0, 2**32 - 1), "size": st.integers(0, 60)}


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=50)
@given(**seeds)
def test_the_engine_counts_as_by_hand(lake, name, seed, size):
    """Values, intervals, rows counted and left out, cells and comparisons are those by hand."""
    agree(lake, name, *some_world(name, random.Random(seed), size))


@pytest.mark.parametrize("name", RECORDS)
@settings(max_examples=15)
@given(**seeds)
def test_the_rows_behind_a_number_are_those_that_count(lake, name, seed, size):
    """As many as n, each counted by hand too, oldest first; a limit shows the first of them."""
    organisation, world, drawn = some_world(name, random.Random(seed), size)
    question = replace(drawn, asked=drawn.asked[:1], grain="none", compare=None, clock="calendar")
    held = holding_rows(lake, organisation, name, world.rows)
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
    if name == "survey" and ask(held, question).answers[0].hidden.any():
        with pytest.raises(BadQuestion):
            rows_behind(held, question)
        return
    agents = {row[KEYS[name]] for row in world.rows if row.get("instrument") in {"esat", "enps"}}
    wanted = [each for each in wanted if each[2] not in agents]
    found = rows_behind(held, question)
    place = [found.columns.index(column) for column in ("source", KEYS[name])]
    assert found.total == len(wanted)
    assert [tuple(row[i] for i in place) for row in found.rows] == [each[1:] for each in wanted]
    some = rows_behind(held, question, limit=2)
    assert (some.rows, some.total) == (found.rows[:2], found.total)
