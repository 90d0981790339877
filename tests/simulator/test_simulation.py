"""The model: the same seed gives the same company, and effects are where they were planted."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from hearwell import simulator
from hearwell.records.survey import STATUSES
from hearwell.simulator.column import Either, array_of
from hearwell.simulator.company import CHANNELS, PRODUCTS, TOPICS, Company
from hearwell.simulator.conversations import after_work
from hearwell.simulator.effects import EVERY
from hearwell.simulator.phone import QUEUE_LIMIT_SECONDS, Work, serve
from hearwell.simulator.shop import latest
from hearwell.simulator.simulation import TABLES, Simulation
from hearwell.simulator.staff import DAY, HOUR, PHONE_STARTS, WRITTEN_STARTS, Staff

UNTIL = date(2026, 6, 30)


def company(*effects, size=2_000, seed=7, days=90, until=UNTIL):
    return Company(size, seed, days, until, effects)


def arrays(simulation):
    """Return all arrays of all tables, by table and column."""
    return {
        (name, column): array_of(each)
        for name, table in simulation.tables()
        for column, each in table.items()
        if array_of(each) is not None
    }


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    one, same, other = (arrays(Simulation(company(seed=seed))) for seed in (7, 7, 8))
    assert one.keys() == same.keys() == other.keys()
    assert len({name for name, _ in one}) == TABLES
    for place, column in one.items():
        np.testing.assert_array_equal(column, same[place], err_msg=str(place))
    assert not np.array_equal(one["call", "wait_seconds"], other["call", "wait_seconds"])
    assert not np.array_equal(one["customer", "value"], other["customer", "value"])


def test_the_rows_are_the_same_in_another_process():
    """Nothing depends on the order of a set, which differs from process to process."""
    digests = set()
    for hash_seed in ("1", "2"):
        run = subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(run.stdout)
    assert len(digests) == 1


DIGEST = """
from datetime import date
from hashlib import sha256
from hearwell.simulator.column import array_of
from hearwell.simulator.company import Company
from hearwell.simulator.simulation import Simulation

tables = Simulation(Company(200, 5, 30, date(2026, 6, 30), ("bad_release",))).tables()
found = [array_of(each) for _, table in tables for each in table.values()]
print(sha256(b"".join(each.tobytes() for each in found if each is not None)).hexdigest())
"""


def test_the_simulator_knows_no_lake():
    """It draws arrays; what writes them is a job."""
    for file in Path(simulator.__file__).parent.glob("*.py"):
        text = file.read_text("utf-8")
        assert "hearwell.lake" not in text, file
        assert "duckdb" not in text, file


def test_a_column_has_as_many_values_as_its_table_has_rows():
    for name, table in Simulation(company(size=300, days=30)).tables():
        sizes = {len(found) for each in table.values() if (found := array_of(each)) is not None}
        assert len(sizes) == 1, name
        for each in table.values():
            if isinstance(each, Either) and array_of(each.second) is not None:
                assert len(array_of(each.second)) in sizes


@pytest.mark.parametrize(("size", "days"), [(1, 14), (3, 20), (40, 14)])
def test_the_smallest_company_can_be_simulated(size, days):
    tables = dict(Simulation(company(size=size, days=days)).tables())
    assert len(array_of(tables["customer"]["plan"])) == size


def test_it_is_quick():
    began = monotonic()
    dict(Simulation(company()).tables())
    assert monotonic() - began < 5


@pytest.fixture(scope="module")
def plain():
    return Simulation(company(size=10_000, days=180))


def changed(simulation, at, value, group):
    """Return a mean before and from the day of the effects, of one group."""
    later = at >= simulation.company.effects.begins_at
    return value[group & ~later].mean(), value[group & later].mean()


def rushed(simulation):
    calls, contacts = simulation.calls, simulation.contacts
    answered = calls.is_answered & (calls.queue == 1)
    handled = changed(simulation, calls.at, calls.talk + calls.hold + calls.wrap_up, answered)
    comes_back = np.zeros(len(contacts))
    comes_back[contacts.previous[contacts.previous >= 0]] = 1
    group = (contacts.channel == 0) & (simulation.matters.group[contacts.matter] == 1)
    group &= contacts.at < simulation.company.end - 8 * DAY
    return handled, changed(simulation, contacts.at, comes_back, group)


def test_rushed_agents_save_time_and_are_called_again(plain):
    (before, after), (came_back, come_back) = rushed(plain)
    assert after / before == pytest.approx(1, abs=0.08)
    assert come_back / came_back == pytest.approx(1, abs=0.2)
    (before, after), (came_back, come_back) = rushed(
        Simulation(company("rushed_agents", size=10_000, days=180))
    )
    assert after / before == pytest.approx(0.65, abs=0.06)
    assert come_back / came_back > 1.6


def test_a_bad_release_lowers_satisfaction_with_its_product_only(plain):
    def shift(simulation, product):
        matters = simulation.matters
        group = matters.product == PRODUCTS.index(product)
        before, after = changed(simulation, matters.at, simulation.found.satisfaction, group)
        return after - before

    bad = Simulation(company("bad_release", size=10_000, days=180))
    assert shift(plain, "camera") == pytest.approx(0, abs=0.15)
    assert shift(bad, "camera") == pytest.approx(-1.2, abs=0.15)
    assert shift(bad, "router") == pytest.approx(0, abs=0.15)


def test_a_slow_channel_doubles_its_first_response(plain):
    def response(simulation, name):
        contacts, seconds = simulation.contacts, simulation.by_contact.response_seconds
        group = (contacts.channel == CHANNELS.index(name)) & (seconds > 0)
        later = contacts.at >= simulation.company.effects.begins_at
        return np.median(seconds[group & later]) / np.median(seconds[group & ~later])

    slow = Simulation(company("slow_channel", size=10_000, days=180))
    assert response(plain, "email") == pytest.approx(1, abs=0.15)
    assert response(slow, "email") > 1.5
    assert response(slow, "chat") == pytest.approx(1, abs=0.15)


def test_chats_that_move_to_email_leave_the_other_channels_as_they_are(plain):
    def share(simulation, name):
        found = simulation.matters.channel == CHANNELS.index(name)
        before, after = changed(simulation, simulation.matters.at, found, np.ones(len(found), bool))
        return after / before

    moved = Simulation(company("moved_to_email", size=10_000, days=180))
    assert share(plain, "chat") == pytest.approx(1, abs=0.1)
    assert share(moved, "chat") == pytest.approx(0.4, abs=0.05)
    assert share(moved, "email") > 1.3
    assert share(moved, "whatsapp") == pytest.approx(share(plain, "whatsapp"))


def test_who_chooses_whom_to_ask_keeps_surveys_from_those_who_are_not_pleased(plain):
    def sent(simulation, agents, *, pleased):
        asked, told = simulation.asked, simulation.sent
        later = asked.eligible_at >= simulation.company.effects.begins_at
        chosen = (asked.agent >= 0) & ((asked.agent % EVERY == 0) == agents)
        due = later & chosen & (told.status >= STATUSES.index("suppressed"))
        return np.isfinite(told.sent_at[due & ((asked.feeling >= 3.5) == pleased)]).mean()

    chosen = Simulation(company("chosen_surveys", size=10_000, days=180))
    assert sent(plain, agents=True, pleased=False) > 0.9
    assert sent(chosen, agents=True, pleased=False) == 0
    assert sent(chosen, agents=True, pleased=True) > 0.9
    assert sent(chosen, agents=False, pleased=False) > 0.9


def test_a_deal_breaker_makes_customers_leave_who_are_as_satisfied_as_before(plain):
    def raised(simulation):
        matters, found = simulation.matters, simulation.found
        later = matters.at >= simulation.company.effects.begins_at
        topic = next(i for i, each in enumerate(TOPICS) if each.name == "refund")
        rows = found.happened & later & (matters.topic == topic)
        left = np.isfinite(simulation.customers.left_at[matters.customer[rows]])
        return left.mean(), found.satisfaction[rows].mean()

    broken = Simulation(company("deal_breaker", size=10_000, days=180))
    (usual, satisfaction), (more, as_satisfied) = raised(plain), raised(broken)
    assert more > usual + 0.15
    assert as_satisfied == pytest.approx(satisfaction, abs=0.1)


def test_dissatisfied_customers_leave_and_buy_less(plain):
    found, customers = plain.found, plain.customers
    left = np.isfinite(customers.left_at[plain.matters.customer])
    cross, pleased = found.satisfaction < 2, found.satisfaction > 4
    assert left[cross].mean() > 1.5 * left[pleased].mean()
    feeling = latest(
        plain.matters.customer,
        found.ends_at,
        found.satisfaction,
        plain.orders.customer,
        plain.orders.ordered_at,
    )
    is_placed = np.zeros(len(feeling), dtype=bool)
    is_placed[plain.placed] = True
    assert is_placed[feeling < 2].mean() < 0.7 * is_placed[feeling > 4].mean()


def test_what_goes_wrong_lowers_satisfaction(plain):
    found, matters = plain.found, plain.matters
    late = np.append(plain.orders.is_late, False)[matters.order]
    usual = found.satisfaction[~late & found.is_solved & (found.contacts == 1)].mean()
    assert found.satisfaction[late].mean() < usual - 0.5
    assert found.satisfaction[found.contacts > 1].mean() < usual - 0.5
    assert found.satisfaction[~found.is_solved].mean() < usual - 1


def test_what_is_planted_is_told_with_group_size_and_day(plain):
    planted = Simulation(company("slow_channel", "rushed_agents")).truth()["effects"]
    assert [each["name"] for each in planted] == ["rushed_agents", "slow_channel"]
    assert planted[1]["sizes"] == {"first_response_factor": 2.0}
    assert (planted[1]["dimension"], planted[1]["value"]) == ("channel", "email")
    assert planted[0]["from"] == "2026-05-26"
    assert plain.truth()["effects"] == []


def test_those_who_answer_are_not_all(plain):
    """Very unhappy and very happy customers answer more, so the score of answers is off."""
    care = plain.truth()["satisfaction"][0]
    assert care["instrument"] == "csat"
    assert abs(care["of_those_who_answered"] - care["true"]) > 0.02


@pytest.mark.parametrize("starts", [PHONE_STARTS, WRITTEN_STARTS])
def test_the_smallest_team_covers_every_hour(starts):
    team = Staff(company()).hire("small", 1, starts)
    hours = np.arange(min(starts), max(starts) + 8)
    at = (np.arange(90)[:, None] * DAY + hours * HOUR).ravel() + 1.0
    seat = team.seat_at(at, np.full(len(at), 0.999))
    assert team.is_there(at, seat).all()


def test_a_queue_serves_as_one_call_after_the_other_would():
    """The steps over all days at once give what a plain loop over the calls of a day gives."""
    rng = np.random.default_rng(3)
    days, size = 6, 900
    team = Staff(company(days=days)).hire("tested", 4, PHONE_STARTS)
    at = np.sort(rng.integers(0, days, size) * DAY + 8 * HOUR + rng.random(size) * 10 * HOUR)
    parent = np.arange(size) - 1
    parent[(np.arange(size) % 7 != 1) | (at[parent] // DAY != at // DAY)] = -1
    work = Work(
        at=at,
        parent=parent,
        patience=np.minimum(rng.exponential(300, size), QUEUE_LIMIT_SECONDS),
        ring=rng.random(size) * 5,
        talk=rng.exponential(250, size),
        hold=rng.exponential(30, size),
        wrap_up=rng.exponential(40, size),
    )
    served = serve(team, days, work)
    gave_up, waits = plainly(team, days, work)
    assert [i for i in range(size) if served.seat[i] < 0 and not served.is_void[i]] == gave_up
    for call, wait in waits.items():
        assert served.wait[call] == pytest.approx(wait, abs=1e-6)
    assert 20 < len(gave_up) < size / 2


def plainly(team, days, work):
    """Serve calls one by one, each by the agent who has been free longest."""
    free, ends, due = {}, {}, {}
    for day in range(days):
        for seat in range(team.seats):
            if team.works[day, seat]:
                begins = day * DAY + team.starts[seat] * HOUR
                free[day, seat], ends[day, seat] = begins, begins + 8 * HOUR
                due[day, seat] = begins + team.break_after[seat]
    gave_up, waits = [], {}
    for call in np.argsort(work.at, kind="stable").tolist():
        at, day = work.at[call], int(work.at[call] // DAY)
        for agent in [each for each in free if each[0] == day and due[each] <= at]:
            free[agent] = max(free[agent], due[agent]) + 1_800
            due[agent] = np.inf
        if work.parent[call] >= 0 and work.parent[call] not in gave_up:
            continue
        there = [a for a in free if a[0] == day and max(free[a], at) < ends[a]]
        agent = min(there, key=lambda each: (free[each], each), default=None)
        wait = np.inf if agent is None else max(free[agent] - at, 0) + work.ring[call]
        if wait > work.patience[call]:
            gave_up.append(call)
            waits[call] = work.patience[call]
            continue
        waits[call] = wait
        free[agent] = at + wait + work.talk[call] + work.hold[call] + work.wrap_up[call]
    return gave_up, waits


def test_working_time_passes_only_when_the_office_is_open():
    nine = 9.0 * HOUR
    at = np.array([nine, 22.0 * HOUR, 3.0 * HOUR, 20.5 * HOUR])
    worked = after_work(at, np.full(4, 1.0 * HOUR))
    assert (worked / HOUR).tolist() == pytest.approx([10, 24 + 8, 8, 24 + 7.5])
