"""Calls to a number of its own are an article's while it shows the number: also past ones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearwell.api import Care
from hearwell.engine.fact_build import build_facts
from hearwell.jobs.bring_in import Mapping, bring_in
from hearwell.jobs.sync import sync_asterisk
from hearwell.lake.credited import credited
from hearwell.lake.lake import open_lake
from hearwell.records.article import Article
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.settings import FILE, Settings, TelephoneNumber

ZONE = "Europe/Berlin"
LOG = """\
1767607200|c1|support|NONE|DID|8123
1767607200|c1|support|NONE|ENTERQUEUE||1555100001|1
1767607230|c1|support|NONE|ABANDON|1|1|30
"""
FILE_OF_CALLS = "call_id,entered_at,dialled\nd1,2026-01-05 12:00,+49 (30) 901-820\n"
MAPPING = """
record = "call"
source = "provider"
[columns]
call_id = "call_id"
entered_at = "entered_at"
dialled_number = "dialled"
"""
NUMBERS = """
[[telephone_number]]
number = "0800 123 4567"
dialled = "8123"
article = "returns"
valid_to = 2026-01-31
[[telephone_number]]
number = "0049 30 901820"
article = "returns"
[[telephone_number]]
number = "0800 123 4567"
dialled = "8123"
campaign = "spring"
valid_from = 2026-02-01
"""


def calls(lake):
    lake.use(Call)
    statement = "select call_id, article_id, campaign from call order by call_id"
    return lake.connection.execute(statement).fetchall()


def rate(lake):
    told = Care(lake).metric("help_requests_per_read", variant="calls_to_its_number")
    return told.value if told.cells else None


def test_calls_from_anywhere_are_credited_by_the_table_that_holds_now(place, tmp_path, bring):
    log, file = tmp_path / "queue_log", tmp_path / "calls.csv"
    log.write_text(LOG)
    file.write_text(FILE_OF_CALLS)
    at = datetime(2026, 1, 5, 9)
    views = [
        {"source": "own:help", "received_at": at, "view_id": f"v{i}", "article_id": "returns"}
        | {"opened_at": at, "views": 1.0, "asked_for_help": "none"}
        for i in range(4)
    ]
    with open_lake(place, writable=True) as lake:
        sync_asterisk(lake, [log], [], "asterisk:main", "UTC")
        bring_in(lake, file, Call, Mapping.parse(MAPPING, "map.toml"))
        bring(lake, views, record=ArticleView)
        build_facts(lake)
        assert calls(lake) == [("c1", None, None), ("d1", None, None)]
        assert rate(lake) is None
    text = (place / FILE).read_text()
    (place / FILE).write_text(text + NUMBERS)
    with open_lake(place, writable=True) as lake:
        assert calls(lake) == [("c1", "returns", None), ("d1", "returns", None)]
        assert rate(lake) == 2 / 4
        assert build_facts(lake).is_full  # what was kept was made by another table
        sync_asterisk(lake, [log], [], "asterisk:main", "UTC")  # again, which changes nothing
        assert calls(lake) == [("c1", "returns", None), ("d1", "returns", None)]
    (place / FILE).write_text(text)
    with open_lake(place) as lake:
        assert calls(lake) == [("c1", None, None), ("d1", None, None)]


days = st.dates(date(2026, 3, 27), date(2026, 4, 2))  # the clock changes on 29 March
written = st.sampled_from(["8123", "08123", "+8123", "81 23", "8124", "x8123", "", None])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.tuples(days, days), max_size=3),
    st.lists(st.tuples(st.integers(0, 7 * 24 * 4), written), min_size=1, max_size=20),
)
def test_it_is_the_article_that_showed_the_number_that_day(lake, spans, dialled):
    numbers = []
    for first, last in sorted(tuple(sorted(span)) for span in spans):
        if not numbers or numbers[-1].valid_to < first:
            named = {"article": f"a{len(numbers)}", "valid_from": first, "valid_to": last}
            numbers.append(TelephoneNumber(number="8123", **named))
    begins = datetime(2026, 3, 27)
    came = [(begins + timedelta(minutes=15 * quarter), number) for quarter, number in dialled]
    lake.connection.execute(
        "create or replace temp table came (i int, entered_at timestamp, "
        "dialled_number varchar, article_id varchar, campaign varchar)"
    )
    rows = [[i, at, number] for i, (at, number) in enumerate(came)]
    lake.connection.executemany("insert into came values (?, ?, ?, null, null)", rows)
    told = credited("from came", Call, Settings(zone=ZONE, telephone_number=tuple(numbers)))
    found = lake.connection.execute(f"select article_id from ({told}) order by i").fetchall()
    assert [article for (article,) in found] == [article_of(numbers, *each) for each in came]


def article_of(numbers, at, dialled):
    """Count by hand."""
    digits = (dialled or "").replace(" ", "").removeprefix("+").removeprefix("0")
    day = at.replace(tzinfo=UTC).astimezone(ZoneInfo(ZONE)).date()
    shown = [n.article for n in numbers if digits == "8123" and n.valid_from <= day <= n.valid_to]
    return shown[0] if shown else None


def test_a_source_that_names_the_article_is_believed(lake, bring):
    at = datetime(2026, 1, 5)
    row = {"source": "s", "leg": 1, "received_at": at, "entered_at": at, "dialled_number": "8123"}
    bring(lake, [row | {"call_id": "1", "article_id": "other"}, row | {"call_id": "2"}])
    numbers = (TelephoneNumber(number="8123", article="returns"),)
    lake.settings, lake.views = Settings(telephone_number=numbers), set()
    assert calls(lake) == [("1", "other", None), ("2", "returns", None)]


def test_an_article_has_the_number_that_it_showed_last(lake, bring):
    at = datetime(2026, 1, 5)
    rows = [{"source": "s", "received_at": at, "article_id": name} for name in ("a", "b")]
    bring(lake, rows, record=Article)
    numbers = (
        TelephoneNumber(number="8124", article="a", valid_from=date(2026, 2, 1)),
        TelephoneNumber(number="8123", article="a", valid_to=date(2026, 1, 31)),
    )
    lake.settings, lake.views = Settings(telephone_number=numbers), set()
    lake.use(Article)
    told = lake.connection.execute("select article_id, tracking_number from article order by 1")
    assert told.fetchall() == [("a", "8124"), ("b", None)]


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ([{"number": "+44 20 7946 0123"}], "name one of them"),
        ([{"number": "1234", "article": "a", "campaign": "b"}], "name one of them"),
        ([{"number": "12", "article": "a"}], "no telephone number"),
        ([{"number": "call us", "article": "a"}], "no telephone number"),
        ([{"number": "1234", "dialled": "x", "article": "a"}], "no telephone number"),
        ([{"number": "", "dialled": "1234", "article": "a"}], "say the number"),
        (
            [
                {
                    "number": "1234",
                    "article": "a",
                    "valid_from": "2026-02-01",
                    "valid_to": "2026-01-01",
                }
            ],
            "is after",
        ),
        (
            [
                {"number": "+44 1234", "article": "a", "valid_to": "2026-01-31"},
                {"number": "0044 1234", "campaign": "b", "valid_from": "2026-01-31"},
            ],
            "shown twice at a time",
        ),
    ],
)
def test_a_table_that_could_mean_two_things_is_refused(entries, told):
    with pytest.raises(ValueError, match=told):
        Settings.model_validate({"telephone_number": entries})


def test_years_at_the_ends_of_the_calendar_mean_for_ever(lake, bring):
    at = datetime(2026, 1, 5)
    row = {"source": "s", "leg": 1, "received_at": at, "entered_at": at, "dialled_number": "8123"}
    bring(lake, [row | {"call_id": "1"}])
    ever = {"valid_from": date.min, "valid_to": date.max}
    lake.settings = Settings(
        zone=ZONE, telephone_number=(TelephoneNumber(number="8123", article="a", **ever),)
    )
    lake.views = set()
    assert calls(lake) == [("1", "a", None)]
