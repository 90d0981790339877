"""`hearwell simulate`, as a person runs it."""

import json

import pytest
from typer.testing import CliRunner

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


def test_an_unknown_effect_is_told_with_those_that_are_known(run):
    done = run("simulate", "--size", "10", "--seed", "4", "--effect", "miracle")
    assert isinstance(done.exception, HearwellError)
    assert "it takes rushed_agents, bad_release" in str(done.exception)
    assert done.exception.exit_code == 2
