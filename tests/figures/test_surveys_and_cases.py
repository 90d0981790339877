"""The airport's surveys and the incident log that ship, and the bank's calls that may not."""

import json
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def airport(new_lake):
    lake = new_lake("America/Los_Angeles")
    for year in (2015, 2017):
        file = EXAMPLES / "survey_sfo" / f"{year}.csv.gz"
        lake.bring(file, "survey", f"survey_sfo_{year}.toml")
    return lake


@pytest.mark.parametrize(
    ("year", "rated", "satisfied", "weighted"),
    [(2015, 2810, 80.0, 80.4575), (2017, 2688, 82.0685, 82.2793)],
)
def test_satisfaction(airport, year, rated, satisfied, weighted):
    """CSAT of 1 to 5, plain and weighted to all passengers."""
    where = ("--where", f"programme=SFO {year}")
    (plain,) = airport.ask("CSAT", *where)
    assert plain["n"] == rated
    assert 100 * plain["value"] == pytest.approx(satisfied, abs=5e-5)
    found = airport.value("CSAT", "--variant", "weighted", *where)
    assert 100 * found == pytest.approx(weighted, abs=5e-5)


@pytest.mark.parametrize(
    ("year", "finding", "security"), [(2015, 85.1683, 82.4561), (2017, 85.3522, 82.0108)]
)
def test_ease(airport, year, finding, security):
    """Part who found it easy to find the way and to pass security."""
    found = airport.ask(
        *("CES", "--variant", "easy", "--by", "topic", "--where", f"programme=SFO {year}")
    )
    easy = {a["group"]["topic"]: a["value"] for a in found}
    assert 100 * easy["finding the way"] == pytest.approx(finding, abs=5e-5)
    assert 100 * easy["security"] == pytest.approx(security, abs=5e-5)


def test_net_promoter_score(airport):
    """39.8398 of 2,746 answers: 1,436 promoters, 342 detractors; weighted 40.3984."""
    (score,) = airport.ask("NPS", "--where", "programme=SFO 2017")
    assert (score["n"], score["unit"]) == (2746, "points")
    assert score["value"] == pytest.approx(39.8398, abs=5e-5)
    promoters = airport.value("NPS", "--variant", "promoters")
    detractors = airport.value("NPS", "--variant", "detractors")
    assert (promoters * 2746, detractors * 2746) == pytest.approx((1436, 342))
    assert airport.value("NPS", "--variant", "weighted") == pytest.approx(40.3984, abs=5e-5)


@pytest.fixture(scope="module")
def incidents(new_lake):
    lake = new_lake()
    file = EXAMPLES / "incidents" / "incident_event_log.csv.gz"
    lake.bring(file, "case", "tickets_uci_servicenow.toml")
    return lake


def test_incidents(incidents):
    """Opened, solved, closed and the promise kept, of 20,768 incidents."""
    assert incidents.value("case_volume") == 20768
    (solved,) = incidents.ask("TTR")
    assert solved["n"] == 20768 - 1418
    assert solved["value"] / 3600 == pytest.approx(24.60, abs=0.005)
    mean = incidents.value("TTR", "--variant", "mean")
    assert mean / 3600 == pytest.approx(187.6825, abs=5e-5)
    assert incidents.value("time_to_close") / 3600 == pytest.approx(153.8583, abs=5e-5)
    assert incidents.value("reported_sla_attainment") == pytest.approx(0.6064, abs=5e-5)


@pytest.mark.parametrize(
    ("priority", "n", "hours", "kept"),
    [
        ("1 - Critical", 220, 78.1667, 0.0227),
        ("2 - High", 337, 48.3167, 0.0030),
        ("3 - Moderate", 19553, 24.2833, 0.6162),
        ("4 - Low", 658, 22.85, 0.8191),
    ],
)
def test_incidents_by_priority(incidents, priority, n, hours, kept):
    """The same for each priority."""
    where = ("--where", f"priority={priority}")
    (promise,) = incidents.ask("reported_sla_attainment", *where)
    assert promise["n"] == n
    assert promise["value"] == pytest.approx(kept, abs=5e-5)
    assert incidents.value("TTR", *where) / 3600 == pytest.approx(hours, abs=5e-5)


@pytest.fixture(scope="module")
def bank(new_lake, data):
    lake = new_lake("Asia/Jerusalem")
    file = data("calls_anonymousbank") / "january_1999.txt.gz"
    lake.bring(file, "call", "calls_anonymousbank.toml")
    return lake


def test_bank_calls(bank):
    """A month of a bank's calls: answered, hung up, in time."""
    counted = {
        a["group"]["outcome"]: a["value"]
        for a in bank.ask("call_volume", "--variant", "queue_visits", "--by", "outcome")
    }
    assert (counted["answered"], counted["abandoned"]) == (27060, 3080)
    assert bank.value("abandonment_rate") == pytest.approx(0.1022, abs=5e-5)
    assert bank.value("SL", "--variant", "SL3") == pytest.approx(0.5442, abs=5e-5)


def test_bank_durations(bank):
    """Mean waits with zeros, and mean and median of service."""
    assert bank.value("wait_time") == pytest.approx(35.028, abs=0.0005)
    assert bank.value("time_to_abandon") == pytest.approx(61.138, abs=0.0005)
    mean = bank.value("AHT", "--variant", "without_wrap_up")
    assert mean == pytest.approx(183.45, abs=0.005)
    assert bank.value("AHT", "--variant", "without_wrap_up_p50") == 113


def test_bank_calls_that_were_over_at_once(bank):
    """Some of its agents hung up to rest: very short services are flagged as possible rushing."""
    told = json.loads(
        bank.run(
            *("why", "guardrails", "--by", "queue", "--from", "1999-01-16", "--to", "1999-01-31"),
            *("--format", "json"),
        )
    )
    found = {each["kind"]: each for each in told["findings"]}
    short = found["guardrails.short_calls"]
    assert "rushing" in short["says"]["template"]
    assert short["evidence"]["share"] > 5 * short["evidence"]["expected"]
    assert short["evidence"]["again"] > 3 * short["evidence"]["again_after_others"]
    assert "guardrails.very_short_calls" in found
