"""Published figures stand beside a number, with who says so and how it was counted."""

import json

import pytest
from engine.tables import holding, named
from typer.testing import CliRunner

from hearwell.cli.app import app
from hearwell.engine.benchmarks import benchmarks, shipped
from hearwell.engine.question import find
from hearwell.metrics.metric import Unit
from hearwell.records.benchmark import COMPARABILITY


def rows(*more):
    usual = {"metric": "service_level", "who": "a rival", "period": "2025", "value": 0.8}
    return [usual | row for row in more]


def found(lake, *asked, benchmark=()):
    return [
        (each.metric, each.who, each.period, each.value)
        for each in benchmarks(holding(lake, benchmark=benchmark), asked)
    ]


def test_what_ships_says_who_published_it_when_and_how_it_was_counted():
    """Each names a metric in one variant, is in its unit, and leads to where it was read."""
    told = shipped()
    assert len({(each.metric, each.who, each.period) for each in told}) == len(told) > 10
    ends = {Unit.SHARE: (0, 1), Unit.POINTS: (-100, 100), Unit.SECONDS: (60, 3600)}
    for each in told:
        name, _, variant = each.metric.partition(".")
        (asked,) = find(name, variant or None)
        assert each.is_of(asked)
        low, high = ends[asked.usual.unit or asked.metric.unit]
        assert low < each.value < high
        assert each.period[:4] in each.source_text
        assert each.url.startswith("https://")
        assert each.comparability in {None, *COMPARABILITY}


def test_the_figures_of_the_lake_come_beside_them(lake):
    own = [{"metric": "cart_abandonment_rate", "who": "a rival", "period": "2025", "value": 0.5}]
    told = found(lake, named("cart_abandonment_rate"), benchmark=own)
    assert [(who, period) for _, who, period, _ in told] == [
        ("a rival", "2025"),
        ("online shops, average of studies", "2024"),
        ("online shops, average of studies", "2011"),
    ]


def test_the_lakes_own_word_on_the_same_figure_is_taken(lake):
    who = shipped()[0].who
    own = [{"metric": "cart_abandonment_rate", "who": who, "period": "2024", "value": 0.7}]
    told = found(lake, named("cart_abandonment_rate"), benchmark=own)
    assert [value for *_, value in told] == [0.7, 0.6386]


@pytest.mark.parametrize(
    ("name", "variants"),
    [
        ("service_level", {"SL1", "SL2", "SL3", "SL4", "SL5"}),
        ("service_level.SL4", {"SL4"}),
        ("Service-Level.sl4", {"SL4"}),
        ("SL", {"SL1", "SL2", "SL3", "SL4", "SL5"}),
        ("service_level.SL9", set()),
        ("service", set()),
        ("ASA", set()),
    ],
)
def test_a_figure_is_of_a_metric_or_of_one_of_its_variants(lake, name, variants):
    told = {
        asked.variant
        for asked in find("service_level", "all")
        if found(lake, asked, benchmark=rows({"metric": name}))
    }
    assert told == variants


def test_nothing_is_told_of_other_metrics(lake):
    assert found(lake, named("transfer_rate"), benchmark=rows({})) == []


def test_they_show_beside_the_answer_and_only_when_asked_for(cli, tmp_path):
    """In the table with how it was counted, in JSON beside the answers, and in the report."""
    asked = ("metric", "cart_abandonment_rate")
    assert "Baymard" not in cli(*asked)
    told = cli(*asked, "--benchmark")
    assert "no verdict" in told
    assert "Baymard" in told
    assert "benchmarks" not in json.loads(cli(*asked, "--format", "json"))
    beside = json.loads(cli(*asked, "--benchmark", "--format", "json"))["benchmarks"]
    assert [each["value"] for each in beside] == [0.7019, 0.6386]
    assert "No published figure" in cli("metric", "call_volume", "--benchmark")
    page = tmp_path / "page.html"
    for flag in ((), ("--benchmark",)):
        cli("report", "--out", str(page), "--from", "2026-01-01", *flag)
        assert ("Baymard Institute, 2024" in page.read_text("utf-8")) is bool(flag)


@pytest.fixture
def cli(tmp_path):
    """Give a function that runs a command on a lake with simulated carts."""
    runner, lake = CliRunner(env={"COLUMNS": "200"}), ["--lake", str(tmp_path / "lake")]

    def run(*words):
        done = runner.invoke(app, [*words, *lake])
        assert done.exit_code == 0, done.output
        return done.output

    run("init")
    run("simulate", "--size", "60", "--seed", "4", "--days", "30", "--only", "cart")
    return run
