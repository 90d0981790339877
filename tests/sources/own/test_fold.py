"""Events in any order, doubled or late, become the same rows as a plain loop over them makes."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from hearwell.jobs.collected import bring_in_collected
from hearwell.lake.lake import create
from hearwell.sources.own.journal import Journal

BEGAN = datetime(2026, 11, 1, 9, tzinfo=UTC)


def microseconds(at):
    return int(at.timestamp() * 1_000_000)


def line(second, event, *, visitor="v", site="help"):
    told = {"r": microseconds(BEGAN + timedelta(seconds=second)), "s": site, "v": visitor}
    return json.dumps(told | {"c": None, "e": event}).encode() + b"\n"


@pytest.fixture
def own(tmp_path):
    with create(tmp_path / "lake") as lake:
        yield lake, tmp_path / "collected"


def kept(folder, lines):
    journal = Journal(folder)
    for each in lines:
        journal.write(each)
    journal.close()


def told(lake, statement):
    return lake.connection.execute(statement).fetchall()


VIEW = {"kind": "view", "id": "one", "article": "returns"}


def test_a_reading_is_one_row_however_often_it_is_told(own):
    lake, folder = own
    kept(
        folder,
        [
            line(0, VIEW | {"title": "Returns", "words": 220, "came_from": "search"}),
            line(15, VIEW | {"age": 15_000, "read_seconds": 12.5, "scroll_share": 0.4}),
            line(15, VIEW | {"age": 15_000, "read_seconds": 12.5, "scroll_share": 0.4}),
            line(30, VIEW | {"age": 30_000, "read_seconds": 20.0, "help": "call"}),
        ],
    )
    found = bring_in_collected(lake, folder)
    assert (found.events, found.unreadable) == (4, 0)
    assert told(
        lake,
        "select source, article_id, read_seconds, scroll_share, came_from, asked_for_help, views, "
        "opened_at from lake.article_view",
    ) == [("own:help", "returns", 20.0, 0.4, "search", "call", 1, BEGAN.replace(tzinfo=None))]
    assert told(lake, "select article_id, title, words from lake.article") == [
        ("returns", "Returns", 220)
    ]
    assert not list(folder.glob("*.jsonl"))


def test_who_read_is_hashed(own):
    lake, folder = own
    kept(folder, [line(0, VIEW, visitor="somebody")])
    bring_in_collected(lake, folder)
    ((visitor,),) = told(lake, "select visitor_id from lake.article_view")
    assert len(visitor) == 20
    assert visitor != "somebody"


def events(rng):
    """Draw events of three carts and two readings, with what they should become."""
    made = []
    for cart in "abc":
        at = rng.randint(0, 100)
        steps = rng.randint(1, 6)
        ordered = rng.randint(0, 2 * steps)
        for step in range(steps):
            at += rng.randint(1, 50)
            event = {"kind": "cart", "id": cart, "age": 1000 * at, "items": rng.randint(1, 9)}
            event |= {"step": rng.choice(["basket", "address"])}
            event |= {"order": f"order-{cart}"} if step == ordered else {}
            made.append((at, event))
    for view in "xy":
        at, read = 0, 0.0
        for _ in range(rng.randint(1, 6)):
            at += rng.randint(1, 50)
            read += rng.randint(0, 20)
            event = {"kind": "view", "id": view, "article": "a", "age": 1000 * at}
            made.append((at, event | {"read_seconds": read}))
    return made


def counted(made):
    """Fold by hand, in the order of time."""
    carts, views = {}, {}
    for at, event in sorted(made, key=lambda each: each[0]):
        if event["kind"] == "view":
            views[event["id"]] = max(views.get(event["id"], 0), event["read_seconds"])
            continue
        cart = carts.setdefault(event["id"], {"order": None, "ordered_at": None})
        cart |= {"items": event["items"], "step": event["step"], "last": at}
        if "order" in event:
            cart |= {"order": event["order"], "ordered_at": at}
    return carts, views


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_any_batches_give_the_same_rows(own, seed):
    lake, folder = own
    rng = random.Random(seed)
    made = events(rng)
    carts, views = counted(made)
    lines = [line(at, event) for at, event in made]
    batches = [lines[i::3] for i in range(3)]  # each of them in the order of time
    for batch in batches:
        again = batch + batch[:1]
        rng.shuffle(again)
        kept(folder, again)
        bring_in_collected(lake, folder)
    found = told(
        lake,
        "select cart_id, items, step, order_id, date_diff('second', created_at, ordered_at), "
        "date_diff('second', created_at, last_changed_at), created_at from lake.cart",
    )
    start = BEGAN.replace(tzinfo=None)
    assert {row[0]: row[1:] for row in found} == {
        name: (
            cart["items"],
            cart["step"],
            cart["order"],
            cart["ordered_at"],
            cart["last"],
            start,
        )
        for name, cart in carts.items()
    }
    read = dict(told(lake, "select view_id, read_seconds from lake.article_view"))
    assert read == views


def test_lines_that_are_torn_or_no_events_stop_nothing(own):
    lake, folder = own
    journal = Journal(folder)
    journal.write(line(0, VIEW) + b'{"r": 1, "s": "help"\n' + line(1, VIEW | {"id": "two"}))
    journal.write(b'{"r": 17')  # the process died within this line
    journal.close()
    found = bring_in_collected(lake, folder)
    assert (found.events, found.unreadable) == (2, 1)
    assert len(list(folder.glob("*.damaged"))) == 1


def test_a_segment_is_read_once_it_is_whole_though_its_process_lives_on(own):
    lake, folder = own
    journal = Journal(folder)
    journal.write(line(0, VIEW))
    assert bring_in_collected(lake, folder).events == 0
    journal.turn()
    assert bring_in_collected(lake, folder).events == 1
    journal.close()
