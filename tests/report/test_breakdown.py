"""Breakdowns: a dimension that tells, groups ranked by what is sure enough, people not ranked."""

from dataclasses import replace

import pytest
from report.made import ABANDONED, HOSTILE, LEVEL, SATISFIED, SMALL, SOME, URDU, VOLUME
from report.reading import parsed

from hearwell.engine.ask import ask
from hearwell.engine.errors import UnknownDimension
from hearwell.metrics.catalog import METRICS
from hearwell.report.breakdown import DIMENSIONS
from hearwell.report.content import content
from hearwell.report.number import interval, number
from hearwell.report.page import page


def test_each_metric_has_the_first_dimension_that_tells(found):
    assert found.breakdowns[LEVEL].dimension == "queue"
    assert found.breakdowns[SATISFIED].dimension == "topic"


def test_groups_are_ranked_from_the_best(found):
    level = [group.cell["value"] for group in found.breakdowns[LEVEL].ranked]
    abandoned = [group.cell["value"] for group in found.breakdowns[ABANDONED].ranked]
    assert len(level) == 3
    assert level == sorted(level, reverse=True)
    assert abandoned == sorted(abandoned)


def test_small_groups_are_greyed_and_not_ranked(found, tree):
    """However good their value is."""
    groups = found.breakdowns[LEVEL]
    assert [group.name for group in groups.small] == [SMALL]
    table = tree.id("service_level-SL3").parent.one("table", class_="groups")
    assert "greyed and not ranked: fewer than 10 rows" in table.one("caption").text
    rows = list(table.one("tbody").all("tr"))
    assert [row.attributes.get("class") for row in rows] == [None, None, None, "few", "unknown"]
    assert SMALL in rows[3].text
    assert "not known" in rows[4].text


def test_every_number_is_the_engines(lake, asked, tree):
    over = replace(asked, asked=(LEVEL,), by=("queue",), compare=None)
    cells = {cell["group"]["queue"]: cell for cell in ask(lake, over).cells()}
    assert {HOSTILE, URDU, SMALL, "support", None} == set(cells)
    table = tree.id("service_level-SL3").parent.one("table", class_="groups")
    for row in table.one("tbody").all("tr"):
        name = next((bdi.text for bdi in row.all("bdi")), None)
        cell, unit = cells[name], METRICS["service_level"].unit
        told = list(row.all("td"))[-1]
        assert float(told.one("data").attributes["value"]) == cell["value"]
        ends = interval(cell["low"], cell["high"], unit)
        assert told.text == number(cell["value"], unit) + ends
        assert row.one("th").text.endswith(f"n {cell['n']:,}")


def test_a_dimension_can_be_asked_for(lake, asked):
    found = content(lake, replace(asked, asked=SOME), ["outcome"])
    assert found.breakdowns[VOLUME].dimension == "outcome"
    assert found.breakdowns[SATISFIED].dimension == "topic"
    assert "By outcome" in parsed(page(found)).id("call_volume-calls").parent.text


def test_a_dimension_that_nothing_has_is_refused_by_name(lake, asked):
    with pytest.raises(UnknownDimension, match="colour"):
        content(lake, replace(asked, asked=SOME), ["colour"])


def test_people_are_not_ranked_unasked():
    assert "agent_id" not in DIMENSIONS
