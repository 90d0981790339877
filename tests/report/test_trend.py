"""Trends: the grain that shows most, the engine's values, and gaps where there is none."""

from dataclasses import replace
from datetime import date

import pytest
from report.made import LEVEL, SATISFIED, SOME, VOLUME
from report.reading import parsed

from hearwell.engine.ask import ask
from hearwell.engine.question import Question
from hearwell.metrics.metric import Unit
from hearwell.report.chart import banded, line, runs
from hearwell.report.content import content
from hearwell.report.number import interval, number
from hearwell.report.page import page
from hearwell.report.trend import Point, Trend


def test_grain_follows_the_data_of_each_metric(found):
    """16 weeks of calls go by the week; answers of two weeks by the day, though asked with them."""
    assert found.trends[LEVEL].grain == "week"
    assert len(found.trends[LEVEL].points) == 16
    assert found.trends[SATISFIED].grain == "day"
    assert 8 <= len(found.trends[SATISFIED].points) <= 60


def test_points_are_the_engines_values(lake, asked, found, tree):
    """Those of the picture, and those of the table behind it."""
    over = replace(asked, asked=(LEVEL,), grain="week", compare=None)
    cells = {cell["period"]["from"][:10]: cell for cell in ask(lake, over).cells()}
    trend = found.trends[LEVEL]
    assert {p.begins.isoformat() for p in trend.known} == set(cells)
    body = tree.id("service_level-SL3").parent.one("table", class_="numbers").one("tbody")
    for point, row in zip(trend.points, body.all("tr"), strict=True):
        told = [cell.text for cell in row.all("td")]
        cell = cells.get(point.begins.isoformat())
        if cell is None:
            assert told == ["–", "–", "0"]
            continue
        assert (point.value, point.low, point.high) == (cell["value"], cell["low"], cell["high"])
        assert told == [
            number(cell["value"], Unit.SHARE),
            interval(cell["low"], cell["high"], Unit.SHARE),
            f"{cell['n']:,}",
        ]


def test_a_week_without_calls_is_a_gap(found, tree):
    """The line is broken there, and the caption says why."""
    trend = found.trends[LEVEL]
    missing = [i for i, point in enumerate(trend.points) if point.value is None]
    assert missing
    assert all(missing[0] - 1 not in run or missing[-1] + 1 not in run for run in runs(trend))
    assert len(runs(trend)) == 2
    figure = tree.id("service_level-SL3").parent.one("figure")
    assert "gap: no value" in figure.one("figcaption").text
    assert len(list(figure.all("path", class_="value"))) == 2
    assert len(list(figure.all("path", class_="band"))) == 2
    assert f"{len(missing)} of 16 have no value" in figure.one("desc").text


def test_a_part_of_a_week_is_told_and_no_line_leads_to_its_total(lake, asked):
    put = replace(asked, asked=SOME, ends="2026-04-22")
    trend = content(lake, put).trends[VOLUME]
    *_, before, last = trend.points
    assert (before.is_part, last.is_part) == (False, True)
    assert runs(trend)[-1] == [len(trend.points) - 1]
    picture = parsed(line(trend, "x", "calls.", 10))
    assert len(list(picture.all("circle", class_="hollow"))) == 1


def test_rows_that_end_within_a_week_leave_it_in_part(lake, asked):
    """The newest call is of the Monday: of the days that follow nothing is known yet."""
    trend = content(lake, replace(asked, asked=SOME, ends="2026-05-03")).trends[VOLUME]
    assert trend.points[-1].begins == date(2026, 4, 27)
    assert trend.points[-1].is_part


def test_one_day_has_no_trend(lake):
    found = content(lake, Question((LEVEL,), begins="2026-01-06", ends="2026-01-06"))
    assert len(found.trends[LEVEL].points) == 1
    assert "All within one day" in page(found)


def test_few_rows_neither_set_the_scale_nor_look_sure():
    points = [point(i, 0.5, 0.45, 0.55, 400) for i in range(9)] + [point(9, 0.52, 0.0, 1.0, 2)]
    trend = Trend("day", Unit.SHARE, tuple(points))
    picture = parsed(line(trend, "x", "share.", 10))
    labels = [node.text for node in picture.all("text") if "%" in node.text]
    assert "0\u00a0%" not in labels
    assert len(list(picture.all("circle", class_="hollow"))) == 1


def test_a_turn_stands_where_its_day_begins():
    """Between two days; and of a week, whose point is in its middle, after as many days."""
    points = tuple(point(i, 1.0, 0.5, 1.5, 99) for i in range(10))
    turned = [points[4].begins]

    def places(grain, points):
        picture = parsed(line(Trend(grain, Unit.SCALE, points), "x", "it.", 10, turned=turned))
        (upright,) = picture.all("line", class_="turned")
        dots = [float(each.attributes["cx"]) for each in picture.all("circle")]
        return dots, float(upright.attributes["x1"])

    days, at = places("day", points)
    assert at == pytest.approx((days[3] + days[4]) / 2, abs=0.1)
    weeks, at = places("week", (points[0], points[7]))
    assert at == pytest.approx(weeks[0] + (4 / 7 - 0.5) * (weeks[1] - weeks[0]), abs=0.1)


def test_a_point_without_interval_has_no_band():
    points = (point(0, 1.0, 0.5, 1.5, 9), point(1, 2.0, None, None, 1), point(2, 1.0, 0.5, 1.5, 9))
    trend = Trend("day", Unit.SCALE, points)
    (run,) = runs(trend)
    assert [len(part) for part in banded([(i, points[i]) for i in run])] == [1, 1]


def test_one_question_for_each_grain(lake, asked, monkeypatch):
    """The engine is not asked metric by metric."""
    from hearwell.report import breakdown, trend  # noqa: PLC0415  to count what they ask
    from hearwell.report import content as whole  # noqa: PLC0415

    questions = []

    def counting(lake, question):
        questions.append(question)
        return ask(lake, question)

    for module in (whole, trend, breakdown):
        monkeypatch.setattr(module, "ask", counting)
    content(lake, asked)
    assert [(q.grain, q.by) for q in questions] == [
        ("none", ()),
        ("week", ()),
        ("day", ()),
        ("none", ("queue",)),
        ("none", ("topic",)),
    ]


def point(day, value, low, high, n):
    return Point(date(2026, 1, 1 + day), value, low, high, n, is_part=False)
