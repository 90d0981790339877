"""The lake asked from Python gives what the command line gives."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import hearwell
from hearwell.api import NotInstalled, SeveralNumbers, needed
from hearwell.cli.export import shown
from hearwell.engine.errors import UnknownMetric

EXAMPLES = Path(__file__).parents[1] / "examples"
COMMAND = Path(sys.executable).with_name("hearwell")


def run(*arguments):
    return subprocess.run([COMMAND, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("api") / "lake"
    run("init", "--zone", "UTC", "--lake", folder)
    log = EXAMPLES / "asterisk"
    run("sync", "asterisk", "--queue-log", log / "queue_log", "--zone", "UTC", "--lake", folder)
    return folder


@pytest.fixture(scope="module")
def care(path):
    with hearwell.open(path) as opened:
        yield opened


def test_the_same_as_the_command_line(care, path):
    told = care.metric("SL", "wait_time", by=["queue"], variant=None, compare="previous")
    said = run(
        *("metric", "SL", "wait_time", "--by", "queue", "--compare", "previous"),
        *("--format", "json", "--lake", path),
    )
    assert json.loads(json.dumps(told.cells, default=shown)) == json.loads(said)["answers"]


def test_one_number(care):
    """Service level of our recording: 232 of 425 in time, less those after 20 seconds."""
    told = care.metric("service_level", where={"queue": ["billing", "support"]})
    assert told.value == pytest.approx(0.5459, abs=1e-4)
    assert len(told) == 1
    assert "service_level, SL3" in repr(told)
    with pytest.raises(SeveralNumbers, match="2 numbers"):
        _ = care.metric("service_level", by=["queue"]).value


def test_rows_and_statements(care):
    told = care.metric("time_to_abandon", where={"queue": "billing"})
    found = told.rows(limit=5)
    assert (len(found.rows), found.total) == (5, told.cells[0]["n"])
    assert all("select" in each.lower() for each in told.sql)


def test_data_frames(care):
    told = care.metric("wait_time", by=["queue"], variant="all")
    pandas, polars, arrow = told.to_pandas(), told.to_polars(), told.to_arrow()
    assert list(pandas.columns) == polars.columns == arrow.column_names
    wanted = [cell["value"] for cell in told]
    assert pandas["value"].tolist() == polars["value"].to_list() == wanted
    assert arrow["value"].to_pylist() == wanted
    assert set(pandas["queue"]) == {"billing", "support"}


def test_an_empty_answer_is_an_empty_table(care):
    told = care.metric("CSAT", by=["topic"])
    assert (len(told), len(told.to_pandas()), told.to_arrow().num_rows) == (0, 0, 0)


@pytest.mark.parametrize(
    "asked", [{"grain": "day"}, {"by": ["queue"]}, {"grain": "day", "by": ["queue"]}, {}]
)
def test_charts_have_the_values_and_their_intervals(care, asked):
    told = care.metric("wait_time", **asked)
    drawn = told.chart().to_dict()
    points = drawn["data"]["values"] if "data" in drawn else drawn["layer"][0]["data"]["values"]
    assert [point["value"] for point in points] == [cell["value"] for cell in told]
    encoded = json.dumps(drawn)
    assert all(f'"{name}"' in encoded for name in ("low", "high", "value"))


def test_a_notebook_shows_a_table_with_everything_escaped(care):
    shown_as = care.metric("wait_time", by=["queue"])._repr_html_()
    assert shown_as.count("<tr>") == 3
    assert "billing" in shown_as


def test_the_scorecard(care):
    names = {cell["metric"] for cell in care.scorecard()}
    assert {"service_level", "customer_satisfaction"} <= names <= set(care.metrics)


def test_problems_say_what_to_do(care, path):
    with pytest.raises(UnknownMetric, match="Did you mean"):
        care.metric("servicelevel")
    with pytest.raises(NotInstalled, match="pip install no_such_library"):
        needed("no_such_library")
    with hearwell.open(path, as_of="1") as past:
        assert past.metric("call_volume").value == 0
