"""Who is who: by keys that are allowed, told why, and split off by hand until it is taken back."""

from datetime import timedelta

import pytest
from engine.tables import holding, utc

from hearwell.insights.journeys.person import journey
from hearwell.jobs.entered import enter, take_back
from hearwell.lake.lake import create
from hearwell.records.identity_split import IdentitySplit
from hearwell.settings import Identity

AT = utc("2026-01-05 10:00")


def rows():
    """Return what ann did: signed in, by her browser, by telephone, and a case with a message."""
    return {
        "search": [{"search_id": "s", "at": AT, "visitor_id": "v"}],
        "article_view": [
            {"view_id": "r", "opened_at": AT + timedelta(hours=1), "visitor_id": "v",
             "customer_id": "ann"},
        ],
        "cart": [{"cart_id": "own", "created_at": AT, "visitor_id": "w", "customer_id": "bea"}],
        "call": [
            {"call_id": "1", "leg": 1, "caller": "7", "entered_at": AT + timedelta(hours=2),
             "outcome": "abandoned", "customer_id": "ann"},
            {"call_id": "2", "leg": 1, "caller": "7", "outcome": "answered",
             "entered_at": AT + timedelta(hours=2, minutes=5)},
        ],
        "case": [{"case_id": "c", "customer_id": "ann", "opened_at": AT + timedelta(days=1)}],
        "message": [
            {"message_id": "m", "case_id": "c", "author_kind": "customer",
             "sent_at": AT + timedelta(days=1)},
        ],
        "order": [{"order_id": "o", "customer_id": "ann", "ordered_at": AT + timedelta(days=2)}],
    }  # fmt: skip


def allowing(lake, *keys):
    return lake.settings.model_copy(update={"identity": Identity(join_by=keys)})


def told(lake, customer="ann"):
    found = journey(lake, customer)
    return [(each.kind, each.reference, each.joined_by) for each in found.touches]


def test_each_touch_says_why_it_is_taken_for_the_customers(lake):
    assert told(holding(lake, **rows())) == [
        ("search", "s", "visitor"),
        ("article_view", "r", "customer"),
        ("contact", "call 1", "customer"),
        ("call", "1", "customer"),
        ("call", "2", "caller"),
        ("contact", "case c 2026-01-06 10:00:00", "case"),
        ("message", "m", "case"),
        ("order", "o", "customer"),
    ]
    found = journey(holding(lake, **rows()), "ann")
    assert found.joins == {("visitor", "v", "ann"): 1, ("caller", "7", "ann"): 1}


@pytest.mark.parametrize(
    ("keys", "without"), [((), {"s", "2"}), (("visitor",), {"2"}), (("caller",), {"s"})]
)
def test_keys_that_are_not_allowed_join_nothing(lake, keys, without):
    whole = {each[1] for each in told(holding(lake, **rows()))}
    kept = {each[1] for each in told(holding(lake, allowing(lake, *keys), **rows()))}
    assert whole - kept == without


def test_what_is_split_off_is_gone_and_nothing_else(lake):
    split = [{"joined_by": "visitor", "joined_key": "v", "customer_id": "ann"}]
    asked = holding(lake, identity_split=split, **rows())
    assert "s" not in {each[1] for each in told(asked)}
    other = [split[0] | {"customer_id": "bea"}]
    assert "s" in {each[1] for each in told(holding(lake, identity_split=other, **rows()))}


def test_a_split_holds_for_what_comes_later_and_can_be_taken_back(tmp_path):
    """The lake is a true one: rows come in again, and the split still holds."""
    row = {"joined_by": "visitor", "joined_key": "v", "customer_id": "ann"}
    with create(tmp_path / "lake") as lake:
        bring(lake, "s")
        enter(lake, IdentitySplit, row)
        assert [each[1] for each in told(lake)] == ["r"]
        bring(lake, "s", "later")
        assert [each[1] for each in told(lake)] == ["r"]
        assert take_back(lake, IdentitySplit, row) == 1
        assert [each[1] for each in told(lake)] == ["later", "s", "r"]


def bring(lake, *searches):
    with lake.writing("bring"):
        for table in ("search", "article_view"):
            lake.connection.execute(f"delete from lake.{table}")
        for each in searches:
            lake.connection.execute(
                'insert into lake.search (source, received_at, search_id, "at", visitor_id) '
                f"values ('test', now(), '{each}', timestamp '2026-01-05', 'v')"
            )
        lake.connection.execute(
            "insert into lake.article_view (source, received_at, view_id, opened_at, visitor_id, "
            "customer_id) values ('test', now(), 'r', timestamp '2026-01-06', 'v', 'ann')"
        )


def test_the_command_splits_and_joins(tmp_path, hearwell):
    folder = tmp_path / "lake"
    with create(folder) as lake:
        bring(lake, "s")
    ask = ("why", "journey", "ann", "--lake", folder)
    assert "--split visitor:v" in hearwell(*ask).out
    assert "visitor:v" not in hearwell(*ask, "--split", "visitor:v").out
    assert "--split visitor:v" in hearwell(*ask, "--join", "visitor:v").out
    wrong = hearwell(*ask, "--split", "visitor:x")
    assert wrong.code == 2
    assert "joins nothing" in wrong.err
