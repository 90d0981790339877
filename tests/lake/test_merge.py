"""Bringing rows in by their natural key, seen by hand and against a dict in plain Python."""

import shutil
from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from hearwell.lake import merge as merging
from hearwell.lake.errors import RowsWithoutKey
from hearwell.lake.lake import open_lake
from hearwell.lake.merge import Merged, merge
from hearwell.records import RECORDS
from hearwell.records.article_view import ArticleView
from hearwell.records.call import Call
from hearwell.records.case import Case
from hearwell.records.order import Order

CALL = {
    "source": "pbx",
    "received_at": "2026-01-31",
    "call_id": "1",
    "leg": 1,
    "entered_at": "2026-01-30 10:00:00",
}
FIRST = datetime(2026, 1, 1)  # in UTC, as all instants of records


@pytest.fixture(scope="module")
def shared_lake(tmp_path_factory, empty_lake):
    path = shutil.copytree(empty_lake, tmp_path_factory.mktemp("shared") / "lake")
    with open_lake(path, writable=True) as lake:
        yield lake


@pytest.fixture
def lake(shared_lake):
    """Give a lake whose tables are empty; opening one for each test would take much longer."""
    with shared_lake.writing("empty the lake"):
        for name in RECORDS:
            shared_lake.connection.execute(f'delete from lake."{name}"')
    return shared_lake


def adopted(lake):
    """Count the data files that were adopted and belong to the newest state."""
    found = lake.connection.execute(
        "select count(*) from ducklake_list_files('lake', 'call') "
        "where contains(data_file, 'hearwell-')"
    )
    return found.fetchall()[0][0]


def kept(lake, *columns):
    names = ", ".join(columns)
    return lake.connection.execute(f"select {names} from lake.call order by all").fetchall()


def calls(count, **more):
    return [CALL | {"call_id": str(number)} | more for number in range(count)]


def test_new_rows_are_kept_once(lake, bring):
    """The same file twice changes nothing, not even the lake's snapshot."""
    assert bring(lake, calls(20)) == Merged(20, 0, 0, 0, 0, 0)
    snapshot = lake.snapshot
    assert bring(lake, calls(20)) == Merged(0, 0, 20, 0, 0, 0)
    assert lake.snapshot == snapshot
    assert len(kept(lake, "call_id")) == 20


def test_a_row_with_other_words_replaces_the_old_one(lake, bring):
    bring(lake, calls(3, queue="sales"))
    found = bring(lake, [CALL | {"call_id": "1", "queue": "billing"}])
    assert found == Merged(0, 1, 0, 0, 0, 0)
    assert kept(lake, "call_id", "queue") == [("0", "sales"), ("1", "billing"), ("2", "sales")]


def test_an_older_row_changes_nothing(lake, bring):
    """What was received before what the lake has is stale, unless it says the same."""
    bring(lake, [CALL | {"queue": "sales"}])
    older = {"received_at": "2026-01-01"}
    assert bring(lake, [CALL | older | {"queue": "billing"}]) == Merged(0, 0, 0, 0, 0, 1)
    assert bring(lake, [CALL | older | {"queue": "sales"}]) == Merged(0, 0, 1, 0, 0, 0)
    assert kept(lake, "queue") == [("sales",)]


def test_null_is_content(lake, bring):
    """A value that is no longer known replaces one, and the other way round."""
    bring(lake, [CALL | {"queue": "sales", "wait_seconds": None}])
    found = bring(lake, [CALL | {"queue": None, "wait_seconds": 0.0}])
    assert found == Merged(0, 1, 0, 0, 0, 0)
    assert kept(lake, "queue", "wait_seconds") == [(None, 0.0)]


def test_columns_that_a_file_does_not_have_keep_their_values(lake, bring):
    """A file with call and topic alone sets the topic, and leaves the queue."""
    bring(lake, [CALL | {"queue": "sales"}])
    partial = {name: CALL[name] for name in ("source", "received_at", "call_id", "leg")}
    assert bring(lake, [partial | {"topic": "refund"}]) == Merged(0, 1, 0, 0, 0, 0)
    assert kept(lake, "queue", "topic", "hour(entered_at)") == [("sales", "refund", 10)]
    assert bring(lake, [partial]) == Merged(0, 0, 1, 0, 0, 0)


def test_of_doubled_rows_the_last_received_wins(lake, bring):
    """Of those received together the one that stands last; same words are no disagreement."""
    rows = [
        CALL | {"call_id": "1", "queue": "late", "received_at": "2026-02-02"},
        CALL | {"call_id": "1", "queue": "early", "received_at": "2026-02-01"},
        CALL | {"call_id": "2", "queue": "above"},
        CALL | {"call_id": "2", "queue": "below"},
        CALL | {"call_id": "3", "queue": "same"},
        CALL | {"call_id": "3", "queue": "same"},
        CALL | {"call_id": "3", "queue": "same"},
    ]
    assert bring(lake, rows) == Merged(3, 0, 0, 4, 2, 0)
    assert kept(lake, "queue") == [("below",), ("late",), ("same",)]


def test_rows_with_a_reason_are_passed_over(lake, bring):
    """Also where only they would double or lack a key."""
    rows = [CALL | {"_reason": None}, CALL | {"_reason": "no"}, {"_reason": "nothing at all"}]
    found = bring(lake, rows, extra={"_reason": "varchar", "_line": "varchar"})
    assert found == Merged(1, 0, 0, 0, 0, 0)
    assert len(kept(lake, "call_id")) == 1


def test_nothing_brought_changes_nothing(lake, bring):
    snapshot = lake.snapshot
    assert bring(lake, [], columns=list(CALL)) == Merged(0, 0, 0, 0, 0, 0)
    assert lake.snapshot == snapshot


@pytest.mark.parametrize("name", ["source", "call_id", "leg", "received_at"])
def test_a_row_that_could_never_be_found_again_is_refused(lake, bring, name):
    """With a null in its key it would be brought in each time; the error names the columns."""
    with pytest.raises(RowsWithoutKey, match=rf"1 rows for call lack .*{name}"):
        bring(lake, [CALL, CALL | {"call_id": "2"} | {name: None}])
    with pytest.raises(RowsWithoutKey, match=r"1 rows"):
        bring(lake, [{key: value for key, value in CALL.items() if key != name}])
    assert kept(lake, "call_id") == []


def test_types_that_are_nearly_right_are_made_right(lake):
    """A narrower integer, a date, an instant with a zone: stored as the record says, in UTC."""
    with lake.staging() as folder:
        file = folder / "x.parquet"
        lake.connection.execute(
            f"copy (select 'pbx' as source, 'a' as call_id, 1::tinyint as leg, "
            f"timestamptz '2026-01-30 12:00:00+02' as entered_at, date '2026-01-31' as received_at,"
            f" 5::integer as wait_seconds) to '{file}'"
        )
        shutil.copy(file, folder / "y.parquet")
        with lake.writing("x"):
            assert merge(lake, Call, file).new == 1
        with lake.writing("x"):
            assert merge(lake, Call, folder / "y.parquet").unchanged == 1
    assert kept(lake, "hour(entered_at)", "wait_seconds", "typeof(leg)") == [(10, 5.0, "BIGINT")]


def test_maps_and_numbers_that_are_no_numbers_compare_by_value(lake, bring):
    """A map, a list, money and nan are the same when they say the same."""
    common = {"source": "shop", "received_at": "2026-01-31"}
    case = common | {"case_id": "c", "custom": {"shop": "Basel"}}
    order = common | {"order_id": "o", "value": Decimal("19.90")}
    for record, row in ((Case, case), (Order, order)):
        assert bring(lake, [row], record=record).new == 1
        assert bring(lake, [row], record=record).unchanged == 1
    assert bring(lake, [case | {"custom": {"shop": "Bern"}}], record=Case).changed == 1
    call = CALL | {"wait_seconds": float("nan"), "quality_flags": ["a", "b"]}
    assert bring(lake, [call]).new == 1
    assert bring(lake, [call]).unchanged == 1
    assert bring(lake, [call | {"quality_flags": ["b", "a"]}]).changed == 1


def test_merging_outside_of_a_transaction_is_a_fault(lake, staged, tmp_path):
    """It would not be all or nothing."""
    file = staged(lake, [CALL], tmp_path / "x.parquet")
    with pytest.raises(RuntimeError, match=r"lake\.writing"):
        merge(lake, Call, file)


def test_two_records_in_one_transaction(lake, staged):
    """Both or neither: when the second fails, the first has not been either."""
    view = {"source": "web", "received_at": "2026-01-31", "view_id": "1"}
    with lake.staging() as folder:
        one = staged(lake, [CALL], folder / "1.parquet")
        other = staged(
            lake, [view, view | {"view_id": None}], folder / "2.parquet", record=ArticleView
        )

        def both():
            with lake.writing("both"):
                merge(lake, Call, one)
                merge(lake, ArticleView, other)

        with pytest.raises(RowsWithoutKey):
            both()
        assert kept(lake, "call_id") == []
        staged(lake, [view], other, record=ArticleView)
        both()
        assert kept(lake, "call_id") == [("1",)]


def test_a_large_file_of_new_rows_becomes_the_lakes(lake, staged, monkeypatch):
    """It is moved and not written again; a second one of the same source too."""
    monkeypatch.setattr(merging, "MANY", 50)
    with lake.staging() as folder:
        for number in range(2):
            file = staged(lake, calls(50, source=f"s{number}"), folder / "x.parquet")
            with lake.writing("x"):
                assert merge(lake, Call, file).new == 50
            assert not file.exists()
        more = staged(lake, [row | {"leg": 2} for row in calls(50, source="s0")], file)
        with lake.writing("x"):
            assert merge(lake, Call, more).new == 50
        assert not more.exists()
        again = staged(lake, calls(50, source="s0"), file)
        with lake.writing("x"):
            assert merge(lake, Call, again).unchanged == 50
        assert again.exists()
    assert adopted(lake) == 3
    assert len(kept(lake, "call_id")) == 150


def test_a_transaction_that_fails_leaves_no_adopted_file(lake, staged, monkeypatch):
    """What was moved in goes with the transaction; what was committed stays."""
    monkeypatch.setattr(merging, "MANY", 1)
    before = set(lake.path.rglob("hearwell-*.parquet"))

    def fail(file):
        with lake.writing("x"):
            merge(lake, Call, file)
            raise KeyboardInterrupt

    with lake.staging() as folder:
        file = staged(lake, calls(20), folder / "x.parquet")
        with pytest.raises(KeyboardInterrupt):
            fail(file)
        assert set(lake.path.rglob("hearwell-*.parquet")) == before
        staged(lake, calls(20), file)
        with lake.writing("x"):
            merge(lake, Call, file)
        assert len(set(lake.path.rglob("hearwell-*.parquet")) - before) == 1
        staged(lake, calls(20, source="other"), file)
        with pytest.raises(KeyboardInterrupt):
            fail(file)
    assert len(set(lake.path.rglob("hearwell-*.parquet")) - before) == 1
    assert len(kept(lake, "call_id")) == 20


def test_views_made_in_a_transaction_that_failed_are_made_again(lake, bring):
    """A view goes with the transaction; the lake must not think that it is still there."""

    def fail():
        with lake.writing("x"):
            lake.use(Call)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    bring(lake, calls(3))
    lake.use(Call)
    assert lake.connection.execute("select count(*) from call").fetchall() == [(3,)]


# The oracle: a clerk with a card index, who takes the rows of a batch in the order they stand.


def clerk(cards, batch, columns):
    """Update the card index with a batch, and count what became of its rows."""
    content = [name for name in columns if name not in {"received_at", "source", "call_id", "leg"}]
    by_key = {}
    for row in batch:
        by_key.setdefault((row["source"], row["call_id"], row["leg"]), []).append(row)
    counts = Counter()
    for key, rows in by_key.items():
        winner = rows[0]
        for row in rows[1:]:
            if row["received_at"] >= winner["received_at"]:
                winner = row
        counts["doubled"] += len(rows) - 1
        counts["doubled_differently"] += any(
            row[name] != rows[0][name] for row in rows for name in content
        )
        card = cards.get(key)
        if card is None:
            counts["new"] += 1
            cards[key] = dict.fromkeys(CONTENT) | {name: winner[name] for name in columns}
        elif all(card[name] == winner[name] for name in content):
            counts["unchanged"] += 1
        elif winner["received_at"] < card["received_at"]:
            counts["stale"] += 1
        else:
            counts["changed"] += 1
            card.update({name: winner[name] for name in columns})
    return Merged(
        *(counts[name] for name in Merged.__dataclass_fields__),
    )


CONTENT = ("queue", "wait_seconds", "quality_flags", "entered_at")
ALWAYS = ("source", "received_at", "call_id", "leg")

rows = st.fixed_dictionaries(
    {
        "source": st.sampled_from(("pbx", "cloud", "it's")),
        "call_id": st.sampled_from(("1", "2", "3", "Ü")),
        "leg": st.integers(1, 2),
        "received_at": st.integers(0, 3).map(lambda n: FIRST + timedelta(days=n)),
        "queue": st.sampled_from((None, "", "sales", "Sales")),
        "wait_seconds": st.sampled_from((None, 0.0, -1.5, 1e300)),
        "quality_flags": st.sampled_from((None, [], ["a"], [None], ["a", "b"])),
        "entered_at": st.sampled_from((None, FIRST)),
    }
)
doubled_rows = st.lists(rows, max_size=14)
single_rows = st.lists(
    rows, max_size=14, unique_by=lambda row: (row["source"], row["call_id"], row["leg"])
)
batches = st.lists(
    st.tuples(
        st.sets(st.sampled_from(CONTENT)),
        single_rows | single_rows | doubled_rows,
        st.booleans(),  # is the batch brought twice?
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture
def watched(monkeypatch):
    """Count the ways by which rows came in; at the end each of them must have been taken."""
    ways_taken = Counter()
    monkeypatch.setattr(merging, "MANY", 3)
    for name in ("adopt", "insert", "change", "settle", "compare"):
        way = getattr(merging, name)

        def taken(*arguments, _way=way, _name=name, **more):
            ways_taken[_name] += 1
            return _way(*arguments, **more)

        monkeypatch.setattr(merging, name, taken)
    yield
    assert set(ways_taken) == {"adopt", "insert", "change", "settle", "compare"}
    assert min(ways_taken.values()) >= 5


@seed(20260131)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate, Phase.shrink],
)
@given(history=batches)
@pytest.mark.usefixtures("watched")
def test_every_batch_agrees_with_a_card_index(shared_lake, bring, history):
    """Counts and content are what a clerk would have, whatever comes in whatever order."""
    lake, cards = shared_lake, {}
    with lake.writing("empty the lake"):
        lake.connection.execute("delete from lake.call")
    for columns, batch, is_repeated in history:
        names = [*ALWAYS, *(name for name in CONTENT if name in columns)]
        for _ in range(1 + is_repeated):
            assert bring(lake, batch, columns=names) == clerk(cards, batch, names)
        found = lake.connection.execute(
            f"select {', '.join((*ALWAYS, *CONTENT))} from lake.call"
        ).fetchall()
        wanted = [tuple(card[name] for name in (*ALWAYS, *CONTENT)) for card in cards.values()]
        assert sorted(map(repr, found)) == sorted(map(repr, wanted))
