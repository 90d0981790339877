"""Readers over contacts: two tables, one number, nobody counted twice."""

import pytest
from engine.tables import calls, cell, cells, holding, utc

MONTH = {"begins": "2026-01-01", "ends": "2026-01-31"}


def read(number, visitor, **more):
    usual = {
        "view_id": str(number),
        "visitor_id": visitor,
        "opened_at": utc("2026-01-07"),
        "views": 1,
    }
    return usual | more


VIEWS = [
    read(1, "ann"),
    read(2, "ann"),  # reads twice, is one reader
    read(3, "bob", language="ur"),
    read(4, None, customer_id="cy"),
    read(5, None),  # nobody knows who
    read(6, None, views=300),  # an aggregate
    read(7, "dan", opened_at=utc("2026-02-01")),  # the month after
]
CALLS = calls(
    {"caller": "x", "entered_at": utc("2026-01-05 09:00"), "outcome": "abandoned"},
    {"caller": "x", "entered_at": utc("2026-01-05 09:10")},  # the same contact, now answered
    {"caller": "y", "entered_at": utc("2026-01-20"), "language": "ur"},
    {"caller": "z", "entered_at": utc("2026-02-03")},
)


def test_readers_over_contacts_by_hand(lake):
    """Three readers in January and two contacts; of four readings it is known whose they are."""
    held = holding(lake, call=CALLS, article_view=VIEWS)
    found = cell(held, "self_service_ratio", "readers", **MONTH)
    assert found["value"] == 1.5
    assert found["left_out"] == {"reader not known": 2}
    assert found["low"] < 1.5 < found["high"]
    assert cell(held, "self_service_ratio", "readings", **MONTH)["value"] == 2.0


def test_each_month_has_its_own(lake):
    """Ann is one reader of January, and the month after has one reader and one contact."""
    found = cells(
        holding(lake, call=CALLS, article_view=VIEWS), "self_service_ratio", grain="month"
    )
    assert [each["value"] for each in found] == [1.5, 1.0]


def test_a_filter_is_for_both_sides(lake):
    """In Urdu one reader and one contact."""
    held = holding(lake, call=CALLS, article_view=VIEWS)
    found = cells(held, "self_service_ratio", by=("language",), **MONTH)
    assert {each["group"]["language"]: each["value"] for each in found} == {"ur": 1.0, None: 2.0}
    assert cell(held, "self_service_ratio", where=(("language", "ur"),))["value"] == 1.0


@pytest.mark.parametrize(("views", "phone", "value"), [(VIEWS, [], None), ([], CALLS, 0.0)])
def test_one_side_alone(lake, views, phone, value):
    """Without contacts there is nothing to divide by; without readers there are none of them."""
    held = holding(lake, call=phone, article_view=views)
    assert cell(held, "self_service_ratio")["value"] == value
