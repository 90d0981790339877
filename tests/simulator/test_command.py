"""`hearwell simulate`, as a person runs it."""

import json

import pytest
from typer.testing import CliRunner

import hearwell
from hearwell.cli.app import app
from hearwell.errors import HearwellError


@pytest.fixture
def run(tmp_path):
    """Give a function that runs a command on a new lake."""
    runner = CliRunner()
    lake = ["--lake", str(tmp_path / "lake")]
    assert runner.invoke(app, ["init", *lake]).exit_code == 0
    return lambda *words: runner.invoke(app, [*words, *lake])


def test_it_says_that_it_is_simulated_and_what_was_planted(run, tmp_path):
    file = tmp_path / "truth.json"
    options = ("--size", "300", "--seed", "4", "--days", "30", "--until", "2026-03-31")
    done = run("simulate", *options, "--effect", "bad_release", "--truth", str(file))
    assert done.exit_code == 0, done.output
    assert "Simulated, not measured: source simulated:4, from 2026-03-02 to" in done.output
    assert "bad_release" in done.output
    truth = json.loads(file.read_text("utf-8"))
    assert truth["until"] == "2026-03-31"
    assert truth["effects"][0]["from"] == "2026-03-20"
    answered = run("metric", "call_volume", "--where", "source=simulated:4")
    assert answered.exit_code == 0, answered.output


SMALL = ("--size", "120", "--seed", "4", "--days", "30", "--until", "2026-03-31")


def test_only_the_records_asked_for_and_they_say_so_wherever_they_show(run, tmp_path):
    """In the table, in JSON and CSV, on the scorecard, in the report and in Python."""
    assert run("simulate", *SMALL, "--only", "cart", "--only", "order").exit_code == 0
    asked = ("metric", "cart_abandonment_rate", "call_volume")
    assert "Simulated, not measured" in run(*asked).output
    told = json.loads(run(*asked, "--format", "json").output)
    assert told["simulated"] == ["cart_abandonment_rate"]
    assert [each["simulated"] for each in told["answers"]] == [True, False]
    names, first, *_ = run(*asked, "--format", "csv").output.splitlines()
    assert dict(zip(names.split(","), first.split(","), strict=False))["simulated"] == "True"
    card = run("scorecard", "--from", "2026-03-01").output
    assert "(simulated)" in card
    assert "made up by `hearwell simulate`, not measured" in card
    assert (
        run("report", "--out", str(tmp_path / "page.html"), "--from", "2026-03-01").exit_code == 0
    )
    assert "Simulated, not measured" in (tmp_path / "page.html").read_text("utf-8")
    with hearwell.open(tmp_path / "lake") as care:
        assert ", simulated" in care.metric("cart_abandonment_rate")._repr_html_()
        assert ", simulated" not in care.metric("call_volume")._repr_html_()


def test_a_record_that_nobody_knows_is_told(run):
    done = run("simulate", *SMALL, "--only", "basket")
    assert "--only knows no record 'basket'; it takes call, " in str(done.exception)


def test_an_unknown_effect_is_told_with_those_that_are_known(run):
    done = run("simulate", "--size", "10", "--seed", "4", "--effect", "miracle")
    assert isinstance(done.exception, HearwellError)
    assert "it takes rushed_agents, bad_release" in str(done.exception)
    assert done.exception.exit_code == 2
