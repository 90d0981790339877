"""What is left out because its window is not over, and what an aggregate stands for."""

from datetime import timedelta

import pytest
from engine.tables import cell, holding, utc

DAY = timedelta(days=1)
OPENED = utc("2026-01-05 10:00")


def carts(*rows):
    return [{"cart_id": str(i), "created_at": OPENED} | row for i, row in enumerate(rows)]


def test_orders_of_the_newest_carts_do_not_flatter(lake):
    """A cart ordered at once counts only when it would count also if it were not."""
    ordered = {"created_at": OPENED + 2 * DAY, "ordered_at": OPENED + 2 * DAY}
    found = cell(holding(lake, cart=carts({}, ordered, ordered)), "cart_abandonment_rate")
    assert (found["value"], found["n"]) == (1.0, 1)
    assert found["left_out"] == {"window not over": 2}


def test_a_source_that_fell_silent_has_no_carts_left_behind(lake):
    """That another shop goes on tells nothing of what became of this one's carts."""
    rows = carts({"source": "closed"}, {"source": "open", "created_at": OPENED + 9 * DAY})
    found = cell(holding(lake, cart=rows), "cart_abandonment_rate")
    assert (found["value"], found["left_out"]) == (None, {"window not over": 2})


@pytest.mark.parametrize(("hours", "left"), [(24, 0.0), (24.001, 1.0)])
def test_the_window_begins_with_the_last_change(lake, hours, left):
    """Ordered 24 hours after the last change is in time, and a moment later is not."""
    changed = OPENED + 3 * DAY
    ordered = changed + timedelta(hours=hours)
    row = {"last_changed_at": changed, "ordered_at": ordered, "order_id": "1"}
    assert cell(holding(lake, cart=carts(row)), "cart_abandonment_rate")["value"] == left


def test_a_period_that_is_asked_for_does_not_end_what_is_known(lake):
    """Carts of the last day of a period are judged by what came after it."""
    rows = carts({}, {"created_at": OPENED + 9 * DAY})
    found = cell(
        holding(lake, cart=rows), "cart_abandonment_rate", begins="2026-01-05", ends="2026-01-05"
    )
    assert (found["value"], found["n"], found["left_out"]) == (1.0, 1, {})


def test_customers_who_came_lately_are_not_said_to_stay(lake):
    """Of two who came a year apart, only of the first is it known who left within a year."""
    rows = [
        {"customer_id": "1", "first_seen_at": OPENED},
        {"customer_id": "2", "first_seen_at": OPENED + 365 * DAY},
    ]
    found = cell(holding(lake, customer=rows), "churn_rate")
    assert (found["value"], found["n"], found["left_out"]) == (0.0, 1, {"first year not over": 1})


def test_an_aggregate_of_billions_is_counted(lake):
    """Its square does not fit into 64 bits; the reads of a year do."""
    rows = [{"view_id": "1", "opened_at": OPENED, "views": 4_000_000_000, "read_seconds": 60.0}]
    held = holding(lake, article_view=rows)
    assert cell(held, "article_reads")["value"] == 4e9
    assert cell(held, "article_read_time")["value"] == 60.0


def test_a_row_that_does_not_say_for_how_many_views_it_stands_is_left_out(lake):
    """Nobody guesses that it is one."""
    rows = [{"view_id": "1", "opened_at": OPENED, "read_seconds": 4.0, "asked_for_help": "chat"}]
    held = holding(lake, article_view=rows)
    for metric in ("article_reads", "abandoned_reads", "help_requests_per_read"):
        assert cell(held, metric)["left_out"] == {"number of views not known": 1}


def test_notes_among_agents_are_no_messages(lake):
    """They are neither counted nor left out; a message that does not say is none of them."""
    sent = {"sent_at": OPENED, "direction": "inbound"}
    rows = [
        sent | {"message_id": str(i), "is_public": p} for i, p in enumerate((None, True, False))
    ]
    found = cell(holding(lake, message=rows), "message_volume", "received")
    assert (found["value"], found["left_out"]) == (2, {})


@pytest.mark.parametrize(
    ("seconds", "left"), [(9.99, 1.0), (10.0, 1.0), (299.999, 1.0), (300.0, 0.0), (301.0, 0.0)]
)
def test_a_tenth_of_the_time_that_an_article_takes(lake, seconds, left):
    """Of 11,900 English words, which take 3,000 s, nobody has read who leaves before 300 s."""
    article = {"article_id": "a", "words": 11_900, "language": "en-GB"}
    view = {"view_id": "1", "article_id": "a", "opened_at": OPENED, "views": 1}
    view["read_seconds"] = seconds
    held = holding(lake, article_view=[view], article=[article])
    assert cell(held, "abandoned_reads")["value"] == left
    assert cell(held, "abandoned_reads", "under_10_seconds")["value"] == float(seconds < 10)


def test_readings_of_articles_of_unknown_length_go_by_ten_seconds(lake):
    """They count, and how many there are of known length is told by the other variant."""
    articles = [
        {"article_id": "long", "words": 5_000, "language": "en"},
        {"article_id": "urdu", "words": 5_000, "language": "ur"},
    ]
    usual = {"opened_at": OPENED, "views": 1, "read_seconds": 60.0}
    views = [usual | {"view_id": name, "article_id": name} for name in ("long", "urdu", "not told")]
    held = holding(lake, article_view=views, article=articles)
    found = cell(held, "abandoned_reads")
    assert (found["value"], found["n"], found["left_out"]) == (pytest.approx(1 / 3), 3, {})
    known = cell(held, "abandoned_reads", "too_soon_of_known_length")
    assert (known["value"], known["n"]) == (1.0, 1)
    assert known["left_out"] == {"not known how long it takes to read": 2}
    part = cell(held, "article_read_time", "of_expected")
    assert part["value"] == pytest.approx(60 / (5_000 * 60 / 238))
    assert part["left_out"] == {"not known how long it takes to read": 2}
