"""How the comments of a real shop are judged, with figures known beforehand."""

import csv
import json

import pytest

REVIEWS = "set_A_reviews_with_comments/olist_order_reviews_dataset.csv"


@pytest.fixture(scope="module")
def reviews(data):
    return data("orders_olist_samples") / REVIEWS


def model(lake):
    return json.loads(lake.run("why", "sentiment", "--format", "json"))["model"]


def test_comments_tell_low_from_high_scores(new_lake, reviews):
    """Area under the curve at least 0.96; chances of 2,333 comments are off by less than 5 %."""
    lake = new_lake("Etc/GMT+3")
    lake.bring(reviews, "survey", "surveys_olist_a.toml")
    known = model(lake)
    assert known["is_on"]
    quality = known["by_language"]["pt"]
    assert quality["n"] == 2333
    assert quality["area"] >= 0.96
    assert quality["calibration"] < 0.05
    (answer,) = lake.ask("sentiment")
    assert answer["value"] == pytest.approx(0.30, abs=0.03)
    bad = json.loads(lake.run("why", "sentiment", "--text", "não recebi", "--format", "json"))
    good = json.loads(lake.run("why", "sentiment", "--text", "recomendo", "--format", "json"))
    assert bad["chance"] < 0.2
    assert good["chance"] > 0.8


def test_what_others_learnt_is_of_no_use(new_lake, reviews, tmp_path):
    """Of the first forty comments nothing is learnt, and nothing is judged by anything else."""
    with reviews.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    few = tmp_path / "few.csv"
    with few.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *[row for row in rows if row[4].strip()][:40]])
    lake = new_lake("Etc/GMT+3")
    lake.bring(few, "survey", "surveys_olist_a.toml")
    known = model(lake)
    assert not known["is_on"]
    assert known["quality"]["n"] < 50
    with pytest.raises(AssertionError, match="not enough scored comments"):
        lake.ask("sentiment")
