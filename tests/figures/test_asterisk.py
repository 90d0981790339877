"""The recorded Asterisk, read from its queue_log alone and with CEL: figures known beforehand."""

from pathlib import Path

import pytest

from hearwell.lake.lake import open_lake
from hearwell.records.call import Call

RECORDING = Path(__file__).parents[2] / "examples" / "asterisk"
FIVE_SECONDS = "[service_level]\nanswer_within_seconds = 5\nshort_abandon_seconds = 2\n"


def made(new_lake, *cel):
    lake = new_lake()
    settings = lake.path / "hearwell.toml"
    settings.write_text(FIVE_SECONDS)
    lake.run("sync", "asterisk", "--queue-log", RECORDING / "queue_log", *cel)
    return lake


@pytest.fixture(scope="module")
def from_log(new_lake):
    return made(new_lake)


@pytest.fixture(scope="module")
def with_cel(new_lake):
    return made(new_lake, "--cel", RECORDING / "cel.csv.gz")


def test_calls_and_visits(from_log):
    """433 visits of 423 calls, 8 of them cut by the restart."""
    (calls,) = from_log.ask("call_volume")
    (visits,) = from_log.ask("call_volume", "--variant", "queue_visits")
    assert visits["value"] == 425
    assert visits["left_out"] == {"cut by a restart of the telephone system": 8}
    assert calls["value"] + calls["left_out"]["cut by a restart of the telephone system"] == 423


@pytest.mark.parametrize(("variant", "percent"), [("SL1", 47.84), ("SL3", 26.12)])
def test_service_level_within_five_seconds(from_log, variant, percent):
    """The same calls give 48 % and 26 %: the variant says which."""
    assert 100 * from_log.value("SL", "--variant", variant) == pytest.approx(percent, abs=0.005)


def test_waits_and_abandonment(from_log):
    """Waits of those answered and of those who hung up, and the patience behind them."""
    assert 100 * from_log.value("abandonment_rate") == pytest.approx(38.82, abs=0.005)
    assert from_log.value("wait_time") == pytest.approx(6.22, abs=0.005)
    by_queue = {a["group"]["queue"]: a["value"] for a in from_log.ask("ASA", "--by", "queue")}
    assert by_queue["support"] == pytest.approx(7.476, abs=0.0005)
    assert by_queue["billing"] == pytest.approx(4.126, abs=0.0005)
    assert from_log.value("time_to_abandon") == pytest.approx(5.812, abs=0.0005)
    (patience,) = from_log.ask("patience")
    assert patience["value"] == pytest.approx(15.74, abs=0.005)
    assert (patience["low"], patience["high"]) == pytest.approx((13.5, 18.3), abs=0.05)


def test_outcomes(from_log):
    """Answered 232, hung up 165, key 7, time-out 9, nobody staffed 12."""
    found = from_log.ask("call_volume", "--variant", "queue_visits", "--by", "outcome")
    counted = {a["group"]["outcome"]: a["value"] for a in found if a["value"]}
    assert counted == {
        "answered": 232,
        "abandoned": 165,
        "key_exit": 7,
        "timeout": 9,
        "empty_exit": 12,
    }


def test_transfers(from_log):
    """27 of the 232 answered calls were passed on."""
    (rate,) = from_log.ask("transfer_rate")
    assert (rate["n"], rate["value"] * rate["n"]) == pytest.approx((232, 27))


def test_offered_wait_is_longer_than_the_wait_of_those_answered(from_log):
    """Support answers in 7.5 s on average and looks well, but half would wait 10 s or longer."""
    found = from_log.ask("offered_wait", "--where", "queue=support")
    assert found[0]["value"] == 10


def test_hold_is_measured_with_cel_only(from_log, with_cel):
    """71 holds of 198.9 s in all; without CEL nothing is known of them, which is not nothing."""
    (unknown,) = from_log.ask("on_hold_time")
    assert (unknown["value"], unknown["n"]) == (None, 0)
    (held,) = with_cel.ask("on_hold_time")
    assert held["n"] == 232
    # One hold, of 4.9 s, was in a call that the restart cut: it is no answered call.
    assert held["value"] * held["n"] == pytest.approx(193.92, abs=0.005)
    lake = open_lake(with_cel.path)
    lake.use(Call)
    found = lake.connection.execute("select sum(holds), sum(hold_seconds) from call").fetchall()
    lake.close()
    assert found[0] == pytest.approx((71, 198.9), abs=0.05)


def test_hold_time_counts_all_callers(with_cel):
    """Waiting and on hold together, of all 425 visits: those who hung up were never on hold."""
    (all_the_wait,) = with_cel.ask("hold_time")
    assert all_the_wait["n"] == 425


def test_syncing_again_changes_nothing(with_cel):
    """The same files twice: no new, no changed rows, and the same numbers."""
    before = with_cel.ask("SL", "wait_time", "on_hold_time", "--by", "agent_id")
    said = with_cel.run(
        *("sync", "asterisk", "--queue-log", RECORDING / "queue_log"),
        *("--cel", RECORDING / "cel.csv.gz"),
    )
    assert "0 new, 0 changed" in said
    after = with_cel.ask("SL", "wait_time", "on_hold_time", "--by", "agent_id")
    assert after == before


LATER = """
    insert into lake.call by name
    select source, received_at, 'last' as call_id, 1 as leg, 'withdrawn' as outcome,
        entered_at + interval 30 days as entered_at
    from lake.call limit 1
"""


@pytest.fixture(scope="module")
def weeks_later(new_lake):
    """The recording, and a call of nobody a month after it: all windows are over."""
    made_lake = made(new_lake)
    with open_lake(made_lake.path, writable=True) as lake, lake.writing("a month later"):
        lake.connection.execute(LATER)
    return made_lake


def test_callers_behind_the_calls(from_log, weeks_later):
    """264 callers, the load generator one of them; 66 were answered in none of their calls.

    By what the callers themselves wrote down they are 68: for two of these the log has an answer
    that they did not hear.
    """
    (pending,) = from_log.ask("callers_never_reached")
    assert pending["n"] == 0
    assert pending["left_out"]["may still call again"] == 264
    (soon,) = from_log.ask("callers_never_reached", "--variant", "so_far")
    (later,) = weeks_later.ask("callers_never_reached")
    for found in (soon, later):
        assert (found["n"], found["value"] * found["n"]) == pytest.approx((264, 66))
    assert later["left_out"] == {"end of the call not known": 8, "caller not known": 1}


def test_lost_first_attempts_that_reached_an_agent_later(weeks_later):
    """42 % of 113: of 198 who were answered 151 were at once."""
    (found,) = weeks_later.ask("attempts_to_reach", "--variant", "first_call")
    at_once = found["value"] * found["n"]
    assert (found["n"], at_once) == pytest.approx((198, 151))
    assert (198 - at_once) / (264 - at_once) == pytest.approx(0.42, abs=0.005)


def test_what_became_of_those_who_hung_up(weeks_later):
    """102 hung up before any answer. In the recording nobody is called back, and nobody writes."""
    found = {a["variant"]: a for a in weeks_later.ask("abandoned_then", "--variant", "all")}
    assert {a["n"] for a in found.values()} == {102}
    assert found["called_back"]["value"] == found["solved_otherwise"]["value"] == 0
    assert found["reached_later"]["value"] + found["still_open"]["value"] == pytest.approx(1)


def test_calls_of_a_matter(weeks_later):
    """Who called, in the order of their calls: the matter of each is solved if the last is.

    Of the callers themselves, whom the recording asked, the same: 1.1 answered calls for each
    matter that they call solved, and 1.51 attempts.
    """
    with open_lake(weeks_later.path) as lake:
        rows = lake.connection.execute(
            "select caller, call_id, min(entered_at), bool_or(outcome = 'answered') from lake.call "
            "group by caller, call_id having bool_and(outcome <> 'unknown_restart') "
            "and caller is not null order by 1, 3, 2"
        ).fetchall()
    callers = {}
    for caller, _, _, is_answered in rows:
        callers.setdefault(caller, []).append(is_answered)
    reached = [answers for answers in callers.values() if any(answers)]
    solved = [answers for answers in reached if answers[-1]]
    back = [later for answers in reached for later in range(len(answers) - 1) if answers[later]]

    def asked(metric, variant):
        (found,) = weeks_later.ask(metric, "--variant", variant)
        return found["n"], found["value"]

    answered = [sum(answers) for answers in solved]
    mean = pytest.approx(sum(answered) / len(solved))
    assert asked("calls_to_resolution", "mean") == (len(solved), mean)
    once = pytest.approx(answered.count(1) / len(reached))
    assert asked("first_contact_resolution", "of_all") == (len(reached), once)
    contacts = sum(map(sum, callers.values()))
    returns = pytest.approx(len(back) / contacts)
    assert asked("repeat_contact_rate", "within_7_days") == (contacts, returns)
