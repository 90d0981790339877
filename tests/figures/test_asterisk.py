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
