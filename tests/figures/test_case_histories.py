"""What needs messages and histories: a forum's replies, and reopened and reassigned incidents."""

from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
HOUR = 3600


@pytest.fixture(scope="module")
def forum(new_lake, data):
    folder = data("support_thunderbird")
    lake = new_lake()
    lake.bring(folder / "questions.csv.gz", "case", "cases_thunderbird.toml")
    lake.bring(folder / "questions.csv.gz", "message", "messages_thunderbird_questions.toml")
    lake.bring(folder / "answers.csv.gz", "message", "messages_thunderbird_answers.toml")
    return lake


def test_first_response(forum):
    """Median, ninth decile and mean of the questions that somebody else answered."""
    found = {a["variant"]: a for a in forum.ask("FRT", "--variant", "all")}
    hours = {name: found[name]["value"] / HOUR for name in ("p50", "p90", "mean")}
    assert hours == pytest.approx({"p50": 3.8075, "p90": 40.4839, "mean": 35.1947}, abs=5e-5)
    assert found["p50"]["left_out"] == {"not answered yet": 7865}


def test_first_response_by_year(forum):
    by_year = forum.ask("FRT", "--grain", "year")
    hours = [a["value"] / HOUR for a in by_year]
    assert hours == pytest.approx([4.4228, 3.3987], abs=6e-5)
    assert [a["n"] + a["left_out"]["not answered yet"] for a in by_year] == [12_347, 15_247]


def test_unanswered(forum):
    """28.5 % never; 38.79 % not within a day."""
    assert forum.value("unanswered_share", "--variant", "never") == pytest.approx(0.2850, abs=5e-5)
    late = forum.value("unanswered_share", "--variant", "in_a_day")
    assert 1 - late == pytest.approx(0.6121, abs=5e-5)


@pytest.mark.parametrize(
    ("locale", "cases", "unanswered", "hours"),
    [
        ("en-US", 23_356, 0.2983, 3.7981),
        ("it", 1_920, 0.0286, 1.7450),
        ("es", 680, 0.2647, 39.6772),
        ("nl", 545, 0.0991, 13.7122),
        ("pt-BR", 358, 0.9469, 104.2006),
        ("cs", 345, 0.1130, 3.2053),
    ],
)
def test_by_language(forum, locale, cases, unanswered, hours):
    where = ("--where", f"language={locale}")
    (never,) = forum.ask("unanswered_share", "--variant", "never", *where)
    assert (never["n"], never["value"]) == (cases, pytest.approx(unanswered, abs=5e-5))
    assert forum.value("FRT", *where) / HOUR == pytest.approx(hours, abs=5e-5)


@pytest.fixture(scope="module")
def incidents(new_lake):
    lake = new_lake()
    file = EXAMPLES / "incidents" / "incident_event_log.csv.gz"
    lake.bring(file, "case", "tickets_uci_servicenow.toml")
    lake.bring(file, "case_event", "case_events_uci_servicenow.toml")
    return lake


def test_reopened(incidents):
    """1.13 % of 20,768 incidents."""
    (found,) = incidents.ask("reopen_rate")
    assert (found["n"], found["value"]) == (20_768, pytest.approx(0.0113, abs=5e-5))


def test_every_incident_was_solved_in_its_history(incidents):
    """Of 1,418 the summary has no time of solving, but the log has one."""
    (found,) = incidents.ask("full_resolution_time")
    assert found["n"] == 20_768
