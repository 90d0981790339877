"""What explains real data: published files, with figures known beforehand."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def why(lake, *arguments):
    return json.loads(lake.run("why", *arguments, "--format", "json"))


@pytest.fixture(scope="module")
def shop(new_lake, data):
    lake = new_lake("Etc/GMT+3")
    folder = data("orders_olist_samples") / "set_B_joined_5000_orders"
    lake.bring(folder / "olist_orders_dataset.csv", "order", "orders_olist.toml")
    lake.bring(folder / "olist_order_reviews_dataset.csv", "survey", "surveys_olist_b.toml")
    return lake


def test_late_delivery_drives_satisfaction(shop):
    """On time 83.84 %, late 35.43 %: it comes first, before how long the delivery took."""
    first, second = why(shop, "drivers", "CSAT")["drivers"]
    assert (first["factor"], second["factor"]) == ("late_delivery", "delivery_time")
    assert first["first"] > 0.95
    assert first["good"]["value"] == pytest.approx(0.838449, abs=5e-6)
    assert first["bad"]["value"] == pytest.approx(0.354167, abs=5e-4)


def test_complaints_go_with_leaving(new_lake):
    """Of 3,150 customers of a telephone company: 82.99 % of those who complained left."""
    lake = new_lake()
    file = EXAMPLES / "churn" / "Customer_Churn.csv.gz"
    lake.bring(file, "customer", "customers_churn_iranian.toml")
    first = why(lake, "drivers", "churn_rate", "--variant", "so_far")["drivers"][0]
    assert first["factor"] == "segment"  # whether the customer complained
    assert first["correlation"] == pytest.approx(0.532, abs=5e-4)


def test_items_of_the_airport(new_lake):
    """All fourteen items have to do with the overall satisfaction; restaurants the most."""
    lake = new_lake("America/Los_Angeles")
    for year in (2015, 2017):
        file = EXAMPLES / "survey_sfo" / f"{year}.csv.gz"
        lake.bring(file, "survey", f"survey_sfo_{year}.toml")
    found = why(lake, "drivers", "CSAT", "--variant", "mean")
    assert found["n"] == 2810 + 2688
    assert len(found["drivers"]) == 14
    assert all(each["believed"] and each["low"] > 0 for each in found["drivers"])
    assert sum(each["explains"] for each in found["drivers"]) == pytest.approx(found["explained"])
    assert found["drivers"][0]["factor"] == "restaurants"


def test_what_the_dissatisfied_of_a_shop_write(new_lake, data):
    """*Não recebi*, I have not received, leads: 96 of 889 people, and 4 of 1,654 others."""
    lake = new_lake("America/Sao_Paulo")
    settings = lake.path / "hearwell.toml"
    settings.write_text(settings.read_text().replace("languages = []", 'languages = ["pt-BR"]'))
    folder = data("orders_olist_samples") / "set_A_reviews_with_comments"
    lake.bring(folder / "olist_order_reviews_dataset.csv", "survey", "surveys_olist_a.toml")
    found = why(lake, "topics", "CSAT")
    lead = next(each for each in found["phrases"] if each["z"] > 0)
    assert lead["phrase"] == "não recebi"
    assert lead["first"] == {"people": 96, "of": 889}
    assert lead["second"] == {"people": 4, "of": 1654}
    assert lead["is_sure"]
