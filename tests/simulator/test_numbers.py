"""What the metrics say of a simulated company is what its simulator knows, count by count."""

from datetime import date

import numpy as np
import pytest
from engine import test_case_facts, test_contact_facts
from engine.case_oracle import facts as by_hand
from engine.tables import cells

from hearwell.jobs.simulate import simulate
from hearwell.lake.lake import create
from hearwell.simulator.company import PHONE, Company
from hearwell.simulator.simulation import Simulation

SIZE, SEED, DAYS = 2_000, 7, 90  # of the fixture


@pytest.fixture(scope="module")
def known():
    return Simulation(Company(SIZE, SEED, DAYS, date(2026, 6, 30), ()))


@pytest.fixture(scope="module")
def told(simulated):
    lake, _, _ = simulated

    def found(metric, variant, **asked):
        (only,) = cells(lake, metric, variant, **asked)
        return only

    return found


def called(known):
    """Return which visits to a queue are told of: those of customers who were still there."""
    return known.found.happened[known.contacts.matter[known.calls.contact]]


def test_calls(known, told):
    visits = called(known)
    abandoned = visits & (known.calls.outcome == 1)
    assert told("call_volume", "calls")["value"] == len(np.unique(known.calls.number[visits]))
    assert told("call_volume", "queue_visits")["value"] == visits.sum()
    found = told("abandonment_rate", "all")
    assert found["n"] == visits.sum()
    assert found["value"] == pytest.approx(abandoned.sum() / visits.sum(), abs=1e-12)
    waits = known.calls.wait[abandoned]
    assert told("time_to_abandon", "mean")["n"] == abandoned.sum()
    assert told("time_to_abandon", "mean")["value"] == pytest.approx(waits.mean(), abs=1e-3)


def test_cases_opened_and_solved(known, told):
    own = known.cases.merged_into < 0
    took = (known.cases.solved_at - known.cases.opened_at)[own & np.isfinite(known.cases.solved_at)]
    assert told("case_volume", "opened")["value"] == own.sum()
    assert told("case_volume", "solved")["value"] == len(took)
    found = told("full_resolution_time", "mean")
    assert found["n"] == len(took)
    assert found["value"] == pytest.approx(took.mean(), abs=1e-3)


def test_cases_reopened(known, told):
    """A case was opened again if its customer came back to it after it had been solved."""
    solved, again = set(), set()
    case = known.cases.of_contact
    ends = np.where(known.contacts.channel == PHONE, known.by_contact.ends_at + 30.0, np.nan)
    ends[known.said.contact] = known.said.solved_at
    for contact in range(len(known.contacts)):
        number = case[contact]
        if number < 0 or known.cases.merged_into[number] >= 0:
            continue
        came_at = known.contacts.at[contact]
        if known.contacts.channel[contact] == PHONE:
            came_at = known.by_contact.first_connected_at[contact]
        if known.cases.opened_by[number] != contact and came_at < known.company.end:
            again.add(number)
        if ends[contact] < known.company.end:
            solved.add(number)
    found = told("reopen_rate", "all")
    assert found["n"] == len(solved)
    assert found["value"] == pytest.approx(len(again & solved) / len(solved), abs=1e-12)


def test_first_replies(known, told):
    """Of what was written: from the first message to the first reply, merged cases included."""
    into = known.cases.merged_into
    wrote, replied = {}, {}
    for row, contact in enumerate(known.said.contact):
        number = known.cases.of_contact[contact]
        if number < 0:
            continue
        while into[number] >= 0:
            number = into[number]
        if known.contacts.channel[known.cases.opened_by[number]] == PHONE:
            continue
        end = known.company.end
        wrote.setdefault(number, []).extend(at for at in known.said.customer_at[row] if at < end)
        replied.setdefault(number, []).extend(at for at in known.said.reply_at[row] if at < end)
    waits = [
        min(at for at in replied[number] if at >= min(wrote[number])) - min(wrote[number])
        for number in wrote
        if replied[number]
    ]
    channels = np.unique(known.contacts.channel)
    written = [("channel", name) for name in WRITTEN]
    assert len(channels) == len(written) + 1
    found = told("first_response_time", "mean", where=tuple(written))
    assert found["n"] == len(waits)
    assert found["value"] == pytest.approx(np.mean(waits), abs=1e-3)
    assert found["left_out"] == {"not answered yet": len(wrote) - len(waits)}


WRITTEN = ("email", "chat", "whatsapp", "messenger", "instagram", "web_form")


def test_facts_of_a_simulated_company_as_plain_python_tells_them(tmp_path):
    """Cases, contacts, tries by telephone and issues of the same rows, one by one."""
    with create(tmp_path / "lake") as lake:
        simulate(lake, 150, 3, days=45)
        rows = {name: records(lake, name) for name in test_contact_facts.NAMES}
        found = test_contact_facts.found_by_engine(lake)
        wanted = test_contact_facts.counted_by_hand(rows)
        assert test_contact_facts.compared(found, wanted) == []
        assert len(wanted["call_episode"]) > 20
        told = by_hand(rows["case"], rows["message"], rows["case_event"])
        different = [
            (key, name, seconds, wanted)
            for key, name, seconds, wanted in test_case_facts.compared(
                test_case_facts.facts_of(lake), told
            )
            if not name.endswith("_seconds") or seconds != pytest.approx(wanted, abs=1e-6)
        ]
        assert different == []


def records(lake, name):
    found = lake.connection.execute(f'from lake."{name}"')
    columns = [each[0] for each in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]
