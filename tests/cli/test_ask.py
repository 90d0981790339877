"""`hearwell metric`, `rows` and `scorecard`."""

import csv
import io
import json

import duckdb
import pytest

CELL = {
    "metric",
    "variant",
    "unit",
    "period",
    "group",
    "value",
    "low",
    "high",
    "level",
    "n",
    "left_out",
    "hidden",
    "shrunken",
    "rank",
    "compared",
    "simulated",
}


def test_json_is_the_contract(hearwell, lake):
    """One object: the question, a cell for each answer, freshness and the snapshot."""
    done = hearwell(
        "metric", "abandonment_rate", "--by", "queue", "--format", "json", "--lake", lake
    )
    assert (done.code, done.err) == (0, "")
    found = json.loads(done.out)
    assert set(found) == {"question", "answers", "freshness", "simulated", "snapshot"}
    assert all(set(cell) == CELL for cell in found["answers"])
    billing, support = found["answers"]
    assert billing["group"] == {"queue": "billing"}
    assert support["group"] == {"queue": "support"}
    assert billing["value"] == pytest.approx(0.2)  # 0, 10, 20 … of the even ones
    assert billing["n"] == 200
    assert billing["low"] < 0.2 < billing["high"]
    assert billing["unit"] == "share"
    assert billing["compared"] is None
    assert found["snapshot"] == 2


def test_durations_are_seconds_and_dates_are_of_the_zone(hearwell, lake):
    """A duration comes in seconds, a period with the offset of the organisation's zone."""
    done = hearwell(
        "metric",
        "wait_time",
        "--from",
        "2026-01-05",
        "--to",
        "2026-01-05",
        "--format",
        "json",
        "--lake",
        lake,
    )
    (cell,) = json.loads(done.out)["answers"]
    waits = [i % 40 for i in range(15) if i % 5]  # 09:00 to 23:00
    assert cell["value"] == pytest.approx(sum(waits) / len(waits))
    assert cell["period"] == {
        "from": "2026-01-05T00:00:00+00:00",
        "to": "2026-01-06T00:00:00+00:00",
    }


def test_several_metrics_labels_and_variants(hearwell, lake):
    """Metrics may be named by label, and every variant can be had at once."""
    done = hearwell("metric", "SL", "asa", "--variant", "all", "--format", "json", "--lake", lake)
    assert done.code == 0
    names = [(cell["metric"], cell["variant"]) for cell in json.loads(done.out)["answers"]]
    assert names == [
        *(("service_level", f"SL{i}") for i in (3, 1, 2, 4, 5)),
        *(("wait_time", each) for each in ("mean", "p50", "p90")),
    ]


def test_change_has_a_difference_and_a_verdict(hearwell, lake):
    """Compared with the period before there is a difference with its interval, and a word."""
    done = hearwell(
        *("metric", "wait_time", "--from", "2026-01-12", "--to", "2026-01-18"),
        *("--compare", "previous", "--format", "json", "--lake", lake),
    )
    (cell,) = json.loads(done.out)["answers"]
    assert set(cell["compared"]) == {"value", "difference", "low", "high", "verdict"}
    assert cell["compared"]["verdict"] == "no evidence"
    assert cell["compared"]["low"] < cell["compared"]["difference"] < cell["compared"]["high"]


def test_csv_has_a_column_for_each_dimension(hearwell, lake):
    """A spreadsheet gets one row for each cell."""
    done = hearwell(
        "metric",
        "call_volume",
        "--by",
        "queue",
        "--grain",
        "week",
        "--format",
        "csv",
        "--lake",
        lake,
    )
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["queue"] for row in rows[:3]] == ["billing", "billing", "billing"]
    assert sum(float(row["value"]) for row in rows) == 400


def test_parquet_goes_to_a_file(lake, tmp_path):
    """Parquet is written to standard output, with numbers as numbers."""
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    command = Path(sys.executable).with_name("hearwell")
    file = tmp_path / "answers.parquet"
    with file.open("wb") as out:
        subprocess.run(
            [command, "metric", "SL", "--format", "parquet", "--lake", lake], stdout=out, check=True
        )
    found = duckdb.execute("select metric, n from read_parquet(?)", [str(file)]).fetchall()
    assert found == [("service_level", 400)]


def test_rows_are_those_that_were_counted(hearwell, lake):
    """Behind the number of those who hung up are the calls that did, oldest first."""
    done = hearwell(
        *("rows", "time_to_abandon", "--where", "queue=billing", "--limit", "3"),
        *("--format", "json", "--lake", lake),
    )
    found = json.loads(done.out)
    assert [row["call_id"] for row in found["rows"]] == ["0", "10", "20"]
    assert found["total"] == 40
    assert found["rows"][0]["entered_at"] == "2026-01-05T09:00:00Z"


def test_filters_choose_rows(hearwell, lake):
    """A dimension named twice may have either value; the value may hold an equals sign."""
    both = hearwell(
        "metric",
        "call_volume",
        "--where",
        "queue=billing",
        "--where",
        "queue=support",
        "--format",
        "json",
        "--lake",
        lake,
    )
    none = hearwell(
        "metric", "call_volume", "--where", "queue=a=b", "--format", "json", "--lake", lake
    )
    assert json.loads(both.out)["answers"][0]["value"] == 400
    assert json.loads(none.out)["answers"][0]["value"] == 0


def test_scorecard_shows_the_last_days_and_what_is_silent(hearwell, lake):
    """Without dates a scorecard is of the newest 28 days; metrics without rows are named."""
    done = hearwell("scorecard", "--lake", lake)
    assert done.code == 0
    assert "Do they wait?" in done.out
    assert "abandonment rate" in done.out
    assert "No rows in this period for" in done.out
    assert "2025-12-26 to 2026-01-22" in done.out


def test_scorecard_by_a_dimension_keeps_the_metrics_that_have_it(hearwell, lake):
    """Grouped by queue, the scorecard shows the metrics of calls."""
    done = hearwell("scorecard", "--by", "queue", "--format", "json", "--lake", lake)
    cells = json.loads(done.out)["answers"]
    assert {cell["group"]["queue"] for cell in cells} == {"billing", "support"}
    assert "customer_satisfaction" not in {cell["metric"] for cell in cells}


def test_as_of_reads_an_earlier_state(hearwell, lake):
    """Before the calls came in there were none."""
    done = hearwell("metric", "call_volume", "--as-of", "1", "--format", "json", "--lake", lake)
    found = json.loads(done.out)
    assert found["answers"][0]["value"] == 0
    assert found["snapshot"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["metric", "abandonment_rat"], "Did you mean abandonment_rate"),
        (["metric", "SL", "--variant", "SL9"], "SL3, SL1, SL2, SL4, SL5"),
        (["metric", "SL", "--by", "queu"], "Did you mean queue?"),
        (["metric", "SL", "--grain", "fortnight"], "hour_of_week, day, week"),
        (["metric", "SL", "--clock", "sundial"], "calendar, business"),
        (["metric", "SL", "--compare", "never"], "previous, year"),
        (["metric", "SL", "--format", "pdf"], "table, json, csv, parquet"),
        (["metric", "SL", "--where", "queue"], "has no ="),
        (["metric", "SL", "--from", "yesterday"], "no day such as"),
        (["metric", "SL", "--from", "2026-02-01", "--to", "2026-01-01"], "ends before it begins"),
        (["metric", "SL", "--level", "95"], "between 0 and 1"),
        (["metric", "SL", "--nonsense"], "No such option"),
        (
            ["metric", "SL", "--by", "queue", "--by", "team", "--by", "topic", "--by", "outcome"],
            "at most 3",
        ),
        (["metric", "SL", "--clock", "business"], "needs opening hours"),
    ],
    ids=lambda each: " ".join(each[2:]) if isinstance(each, list) else "",
)
def test_wrong_use_is_told_in_one_message(hearwell, lake, arguments, said):
    """Exit code 2, what was wrong and what to do, and no traceback."""
    done = hearwell(*arguments, "--lake", lake)
    assert done.code == 2
    assert said in " ".join(done.err.split())
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_missing_lake_is_a_problem_not_wrong_use(hearwell, tmp_path):
    """Exit code 1, and the command that mends it."""
    done = hearwell("metric", "SL", "--lake", tmp_path / "nowhere")
    assert done.code == 1
    assert "hearwell init --lake" in done.err


def test_business_clock_counts_opening_hours(hearwell, tmp_path):
    """A case open over a weekend took only its office hours."""
    path = tmp_path / "lake"
    assert hearwell("init", "--lake", path, "--zone", "Europe/London").code == 0
    with (path / "hearwell.toml").open("a") as settings:
        settings.write(
            '[[schedule]]\nname = "office"\nzone = "Europe/London"\n[[schedule.blocks]]\n'
            'days = ["monday", "tuesday", "wednesday", "thursday", "friday"]\n'
            'opens = "09:00"\ncloses = "17:00"\n'
        )
    from hearwell.lake.lake import open_lake  # noqa: PLC0415

    lake = open_lake(path, writable=True)
    with lake.writing("a case"):
        lake.connection.execute(
            "insert into lake.\"case\" by name select 's' as source, now()::timestamp as "
            "received_at, '1' as case_id, timestamp '2026-01-09 16:00' as opened_at, "
            "timestamp '2026-01-12 10:00' as reported_solved_at"
        )
    lake.close()
    seconds = {}
    for clock in ("calendar", "business"):
        done = hearwell(
            "metric", "time_to_resolution", "--clock", clock, "--format", "json", "--lake", path
        )
        seconds[clock] = json.loads(done.out)["answers"][0]["value"]
    assert seconds == {"calendar": 66 * 3600, "business": 2 * 3600}
