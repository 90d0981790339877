"""What needs messages and histories: a forum's replies, and reopened and reassigned incidents."""

from pathlib import Path

import duckdb
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


EVENTS = """
    select a.id, a.question_id, a.created, 'solution_offered' as kind from answers as a
    union all
    select a.id, a.question_id, a.created, 'solved' from answers as a
    join questions as q on q.solution = a.id and q.id = a.question_id and q.is_solved = 'true'
"""
EVENT_MAP = """
record = "case_event"
source = "sumo-thunderbird"
[columns]
case_id = "question_id"
event_id = "lpad(id, 12, '0') || '-' || kind"
at = "created"
kind = "kind"
"""


@pytest.fixture(scope="module")
def solved_forum(new_lake, data, tmp_path_factory):
    """The forum with its solutions: two files tell of one, and are put together beforehand."""
    folder, made = data("support_thunderbird"), tmp_path_factory.mktemp("events")
    for name in ("questions", "answers"):
        file = folder / f"{name}.csv.gz"
        duckdb.sql(f"create or replace view {name} as from read_csv('{file}', all_varchar = true)")
    duckdb.sql(EVENTS).write_csv(str(made / "events.csv"))
    (made / "map.toml").write_text(EVENT_MAP)
    lake = new_lake()
    lake.bring(folder / "questions.csv.gz", "case", "cases_thunderbird.toml")
    lake.run("import", made / "events.csv", "--as", "case_event", "--map", made / "map.toml")
    return lake


def test_solutions_of_a_forum(solved_forum):
    """Of 1,881 questions that were solved the solution was the 3.2547th answer, after 9.7106 h."""
    (offered,) = solved_forum.ask("solutions_offered")
    assert (offered["n"], offered["value"]) == (1_881, pytest.approx(3.2547, abs=5e-5))
    assert solved_forum.value("solutions_offered", "--variant", "p50") == 2
    first = solved_forum.value("solutions_offered", "--variant", "first")
    assert first == pytest.approx(0.4232, abs=5e-5)
    (took,) = solved_forum.ask("full_resolution_time")
    assert (took["n"], took["value"] / HOUR) == (1_881, pytest.approx(9.7106, abs=5e-5))


def test_solved_questions_of_a_forum(solved_forum):
    """1,881 of the 14,618 of which it is told: 0.1287."""
    found = solved_forum.ask("case_volume", "--by", "custom.solved")
    counts = {each["group"]["custom.solved"]: each["value"] for each in found}
    assert counts == {"true": 1_881, "false": 12_737, None: 12_976}
    assert counts["true"] / (counts["true"] + counts["false"]) == pytest.approx(0.1287, abs=5e-5)
