"""`hearwell metrics`, `explain`, `init` and `lake`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hearwell.metrics.catalog import METRICS

HEARWELL = Path(sys.executable).with_name("hearwell")


def test_metrics_lists_all_and_says_which_can_be_answered(hearwell, lake):
    """Every metric is listed; those whose records are there can be answered now."""
    done = hearwell("metrics", "--format", "json", "--lake", lake)
    found = {each["metric"]: each for each in json.loads(done.out)}
    assert found.keys() == METRICS.keys()
    assert found["service_level"]["answerable"]
    assert not found["net_promoter_score"]["answerable"]


@pytest.mark.parametrize("name", METRICS)
def test_explain_says_it_all(hearwell, lake, name):
    """Meaning, credit, date, columns, guardrail, source and the SQL of every metric."""
    done = hearwell("explain", name, "--lake", lake)
    assert done.code == 0
    printed = " ".join(done.out.split())
    metric = METRICS[name]
    for said in (metric.meaning.split(".")[0], metric.credits, metric.guardrail, "dated by"):
        assert " ".join(said.split()) in printed
    assert "SELECT" in printed


def test_explain_needs_no_lake(hearwell, tmp_path):
    """A definition can be read before there is any data."""
    done = hearwell("explain", "CSAT", "--lake", tmp_path / "nowhere")
    assert done.code == 0
    assert "survey" in done.out


def test_init_makes_a_lake_once(hearwell, tmp_path):
    """A second time it says that the lake is there, and harms nothing."""
    path = tmp_path / "lake"
    assert hearwell("init", "--lake", path, "--zone", "Asia/Kolkata").code == 0
    before = (path / "identity.key").read_text()
    again = hearwell("init", "--lake", path)
    assert again.code == 1
    assert "is a lake already" in again.err
    assert (path / "identity.key").read_text() == before


def test_init_refuses_an_unknown_zone(hearwell, tmp_path):
    """A misspelt zone is named with those that come near, and no lake is made."""
    done = hearwell("init", "--lake", tmp_path / "lake", "--zone", "Europe/Londn")
    assert done.code != 0
    assert "Europe/London" in done.err
    assert not (tmp_path / "lake").exists()


def test_lake_info_snapshots_and_checkpoint(hearwell, lake):
    """The lake tells what it holds, what happened to it, and can be tidied up."""
    info = hearwell("lake", "info", "--lake", lake)
    assert "400" in info.out
    assert "no records of survey" in info.out
    listed = hearwell("lake", "snapshots", "--lake", lake)
    assert "400 calls" in listed.out


def test_bad_settings_are_named(hearwell, tmp_path):
    """A misspelt setting is told with its place."""
    path = tmp_path / "lake"
    hearwell("init", "--lake", path)
    (path / "hearwell.toml").write_text("minimum = 3\n")
    done = hearwell("metric", "SL", "--lake", path)
    assert done.code == 1
    assert "minimum: Extra inputs are not permitted" in done.err


def test_help_starts_without_the_engine():
    """`--help` imports neither Ibis nor DuckDB, so that it answers at once."""
    code = "import sys; import hearwell.cli.app; print([m for m in ('ibis', 'duckdb', 'numpy', "
    code += "'scipy', 'pydantic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_closed_pipe_is_no_problem(lake):
    """`hearwell … | head` ends quietly."""
    command = f"{HEARWELL} rows call_volume --limit 400 --lake {lake} | head -1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=True)  # noqa: S602
    assert done.stderr == ""


def test_version(hearwell):
    """The version is that of the package."""
    from hearwell import __version__  # noqa: PLC0415

    assert hearwell("--version").out.strip() == __version__


INTERRUPTED = """
import importlib, os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # where pytest was started without it
def interrupted(*_, **__):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(20)
module, _, name = sys.argv.pop(1).rpartition(".")
setattr(importlib.import_module(module), name, interrupted)
from hearwell.cli.app import main
main()
"""


@pytest.mark.parametrize("during", ["hearwell.cli.app.app", "hearwell.lake.lake.open_lake"])
def test_commands_stop_on_ctrl_c(lake, during):
    """An interrupt ends a command at once, without a traceback."""
    command = [sys.executable, "-c", INTERRUPTED, during, "lake", "snapshots", "--lake", lake]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr.strip()) == (130, "")
