"""Help pages, carts, orders, customers and agents: published data, and figures known beforehand."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def near(number):
    """To the four digits after the point that the reference has."""
    return pytest.approx(number, abs=6e-5)


@pytest.fixture(scope="module")
def help_pages(new_lake, data):
    lake = new_lake()
    file = "just-pageviews-2024-04-01-GA-jan1-dec31-2023-top5000-pageviews.csv"
    lake.bring(data("kb_sumo_pageviews") / file, "article_view", "article_views_sumo.toml")
    return lake


def test_reads_of_help_pages(help_pages):
    """180,654,921 views of a year, in 41 languages, of which aggregates tell."""
    assert help_pages.value("article_reads") == 180_654_921
    by_language = help_pages.ask("article_reads", "--by", "language")
    assert len(by_language) == 41
    assert sum(each["value"] for each in by_language) == 180_654_921


def test_time_on_help_pages(help_pages):
    """190.3796 s, of the views after which the reader went on: of the others it is not known."""
    (time,) = help_pages.ask("article_read_time")
    assert time["value"] == pytest.approx(190.3796, abs=5e-5)
    assert (time["n"], time["left_out"]) == (3755, {"read time not measured": 3755})


def test_aggregates_tell_nothing_of_single_readers(help_pages):
    """No median, and nobody who is said to have read or not: an average hides them."""
    for asked in (("article_read_time", "--variant", "p50"), ("abandoned_reads",)):
        (found,) = help_pages.ask(*asked)
        assert (found["value"], found["n"]) == (None, 0)


@pytest.fixture(scope="module")
def carts(new_lake, data):
    lake = new_lake()
    file = data("carts_rees46_sample") / "2019-Oct_first_2h50m.csv.gz"
    lake.bring(file, "cart", "carts_rees46.toml")
    return lake


def test_carts(carts):
    """53 of 118 carts were not bought in the session: 0.4492."""
    (left,) = carts.ask("cart_abandonment_rate", "--variant", "so_far")
    assert (left["n"], left["value"]) == (118, near(0.4492))
    assert left["value"] * 118 == pytest.approx(53)


def test_no_cart_is_said_to_be_left_before_its_window_is_over(carts):
    """The file is of less than three hours: who would have ordered within 24 nobody knows."""
    (left,) = carts.ask("cart_abandonment_rate")
    assert (left["value"], left["n"]) == (None, 0)
    assert left["left_out"] == {"window not over": 118}


@pytest.fixture(scope="module")
def orders(new_lake, data):
    lake = new_lake("Etc/GMT+3")
    file = data("orders_olist_samples") / "set_B_joined_5000_orders/olist_orders_dataset.csv"
    lake.bring(file, "order", "orders_olist.toml")
    return lake


DELIVERED = ("--where", "status=delivered")


def test_deliveries(orders):
    """Half of the parcels came within 10.1368 days, and 0.0805 of them late."""
    days = orders.value("delivery_time", *DELIVERED) / 86400
    assert days == near(10.1368)
    (late,) = orders.ask("late_delivery_rate", *DELIVERED)
    assert late["value"] == near(0.0805)
    assert late["left_out"] == {}


@pytest.fixture(scope="module")
def reviews(new_lake, data):
    lake = new_lake("Etc/GMT+3")
    file = data("orders_olist_samples") / (
        "set_A_reviews_with_comments/olist_order_reviews_dataset.csv"
    )
    lake.bring(file, "survey", "surveys_olist_a.toml")
    return lake


def test_reviews_after_a_purchase(reviews):
    """77.5274 % of 6,123 gave 4 or 5; the average is 4.1138."""
    (satisfied,) = reviews.ask("CSAT")
    assert satisfied["n"] == 6123
    assert 100 * satisfied["value"] == near(77.5274)
    assert reviews.value("CSAT", "--variant", "mean") == near(4.1138)


@pytest.fixture(scope="module")
def customers(new_lake):
    lake = new_lake()
    file = EXAMPLES / "churn" / "Customer_Churn.csv.gz"
    lake.bring(file, "customer", "customers_churn_iranian.toml")
    return lake


def test_churn(customers):
    """0.1571 left; of those who had complained 0.8299, of the others 0.1014."""
    (left,) = customers.ask("churn_rate", "--variant", "so_far")
    assert (left["n"], left["value"]) == (3150, near(0.1571))
    found = customers.ask("churn_rate", "--variant", "so_far", "--by", "segment")
    by_segment = {each["group"]["segment"]: each["value"] for each in found}
    assert by_segment == {"complained": near(0.8299), "did not complain": near(0.1014)}


@pytest.fixture(scope="module")
def agents(new_lake, data):
    lake = new_lake()
    file = data("agents_sohona_csr") / "productivity-quality-sd-data.dat"
    lake.bring(file, "survey", "surveys_agents_sohona.toml")
    return lake


def test_satisfaction_of_agents(agents):
    """Average 3.2627 of 1 to 5, and 0.3074 with 4 or more; representatives and collectors."""
    (mean,) = agents.ask("ESAT", "--variant", "mean")
    assert (mean["n"], mean["value"]) == (283, near(3.2627))
    assert agents.value("ESAT") == near(0.3074)
    found = agents.ask("ESAT", "--variant", "mean", "--by", "team")
    by_team = {each["group"]["team"]: (each["n"], each["value"]) for each in found}
    assert by_team == {"representatives": (153, near(3.1808)), "collectors": (130, near(3.3590))}


@pytest.fixture(scope="module")
def forum(new_lake, data):
    lake = new_lake()
    folder = data("support_thunderbird")
    for file in ("questions", "answers"):
        mapping = f"messages_thunderbird_{file}.toml"
        lake.bring(folder / f"{file}.csv.gz", "message", mapping)
    return lake


def test_messages_of_a_forum(forum):
    """27,594 questions are received; of 59,855 answers it is not told who wrote to whom."""
    assert forum.value("message_volume") == 27_594 + 59_855
    (received,) = forum.ask("message_volume", "--variant", "received")
    assert received["value"] == 27_594
    assert received["left_out"] == {"direction not known": 59_855}
