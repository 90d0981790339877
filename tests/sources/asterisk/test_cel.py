"""The channel event log: its forms, and what it adds to the log."""

import gzip

import pytest

ENTER = "0|c1|support|NONE|ENTERQUEUE||1555100001|1"
CONNECT = "4|c1|support|ana|CONNECT|4|a1|2"
COMPLETE = "11|c1|support|ana|COMPLETECALLER|4|7|1"
HEARD = (
    (-1.5, "CHAN_START", "c1", {"exten": "8701", "channel": "SIP/t-1"}),
    (0.25, "STREAM_BEGIN", "c1"),
    (2.0, "CHAN_START", "a1", {"linkedid": "c1", "channel": "SIP/ana-1"}),
    (4.0, "STREAM_END", "c1"),
    (4.5, "BRIDGE_ENTER", "c1"),
)
GONE = ((11.5, "BRIDGE_EXIT", "c1"), (11.75, "CHAN_END", "c1"))


def test_no_hold_is_zero_and_not_unknown(log, cel):
    call = log(ENTER, CONNECT, COMPLETE, cel=cel(*HEARD, *GONE)).call
    assert (call["holds"], call["hold_seconds"]) == (0, 0)
    assert call["talk_seconds"] == call["connected_seconds"] == 7


def test_holds_are_music_in_a_bridge(log, cel):
    holds = (
        (5.0, "STREAM_BEGIN", "c1"),
        (6.5, "STREAM_END", "c1"),
        (7.0, "STREAM_BEGIN", "c1"),
        (9.0, "STREAM_END", "c1"),
        (12.0, "STREAM_BEGIN", "c1"),  # not in a bridge any more
    )
    call = log(ENTER, CONNECT, COMPLETE, cel=cel(*HEARD, *holds, *GONE)).call
    assert (call["holds"], call["hold_seconds"], call["talk_seconds"]) == (2, 3.5, 3.5)
    assert call["quality_flags"] == []


def test_without_stream_events_hold_is_unknown(log, cel):
    rows = [row for row in (*HEARD, *GONE) if not row[1].startswith("STREAM")]
    found = log(ENTER, CONNECT, COMPLETE, cel=cel(*rows))
    assert (found.call["holds"], found.call["talk_seconds"]) == (None, None)
    assert found.call["connected_seconds"] == 7
    assert found.call["wait_seconds"] == 4  # from the log: nothing tells when the queue was entered
    assert found.told("CEL has no music-on-hold events")


def test_app_start_tells_when_the_queue_was_entered(log, cel):
    begun = (0.125, "APP_START", "c1", {"app": "Queue"})
    call = log(ENTER, CONNECT, COMPLETE, cel=cel(begun, *HEARD, *GONE)).call
    assert call["wait_seconds"] == 4.375


def test_a_call_of_which_cel_knows_nothing_stays_as_logged(log, cel):
    other = [line.replace("c1", "c2").replace("a1", "a2") for line in (ENTER, CONNECT, COMPLETE)]
    known, unknown = sorted(
        log(ENTER, CONNECT, COMPLETE, *other, cel=cel(*HEARD, *GONE)).calls,
        key=lambda call: call["call_id"],
    )
    assert (known["wait_seconds"], known["hold_seconds"]) == (4.25, 0)
    assert (unknown["wait_seconds"], unknown["hold_seconds"]) == (4, None)
    assert unknown["time_resolution_seconds"] == 1


@pytest.mark.parametrize(
    ("end", "last", "wait"),
    [
        ("9|c1|support|NONE|ABANDON|1|1|9", [(9.5, "HANGUP"), (9.5, "CHAN_END")], 9.25),
        ("9|c1|support|NONE|EXITWITHTIMEOUT|1|1|9", [(9.75, "STREAM_END")], 9.5),
        ("9|c1|support|NONE|EXITWITHKEY|9|1|1|9", [(9.75, "STREAM_END")], 9.5),
        ("9|c1|support|NONE|EXITEMPTY|1|1|9", [(9.75, "STREAM_END")], 9.5),
        ("9|c1|support|NONE|EXITEMPTY|1|1|9", [], 9),
    ],
)
def test_waits_that_no_agent_ended(log, cel, end, last, wait):
    rows = [(second, event, "c1") for second, event in last]
    call = log(ENTER, end, cel=cel(*HEARD[:2], *rows)).call
    assert call["wait_seconds"] == wait
    assert call["time_resolution_seconds"] == (1 if wait == 9 else 0.000001)


@pytest.mark.parametrize(
    ("source", "by"), [("SIP/t-1", "caller"), ("SIP/ana-1", "agent"), ("", None)]
)
def test_an_end_that_the_log_lacks(log, cel, source, by):
    hangup = (
        11.6,
        "HANGUP",
        "c1",
        {"channel": "SIP/t-1", "extra": f'{{"hangupsource":"{source}"}}'},
    )
    found = log(ENTER, CONNECT, cel=cel(*HEARD, hangup, *GONE))
    call = found.call
    assert (call["outcome"], call["ended_by"], call["connected_seconds"]) == ("answered", by, 7)
    assert call["quality_flags"] == ["repaired_end"]
    assert found.told("1 end that the log lacks taken from CEL.")


def test_a_caller_who_hung_up_while_waiting_unlogged(log, cel):
    call = log(ENTER, cel=cel(*HEARD[:2], (9.5, "CHAN_END", "c1"))).call
    assert (call["outcome"], call["ended_by"], call["wait_seconds"]) == (
        "abandoned",
        "caller",
        9.25,
    )


def test_an_attended_transfer_tells_whom_it_reached(log, cel):
    transfer = (
        (8.0, "CHAN_START", "x1", {"exten": "7001"}),
        (11.5, "ATTENDEDTRANSFER", "a1", {"linkedid": "c1", "extra": '{"channel2_uniqueid":"x1"}'}),
    )
    end = "11|c1|support|ana|ATTENDEDTRANSFER|APP|Wait|4|7|1"
    found = log(ENTER, CONNECT, end, cel=cel(*HEARD, *transfer, *GONE))
    assert (found.call["transfer_kind"], found.call["transfer_to"]) == ("attended", "7001")
    assert found.call["quality_flags"] == []


def test_a_transfer_that_follows_a_repaired_end(log, cel):
    transfer = (11.4, "BLINDTRANSFER", "a1", {"linkedid": "c1", "extra": '{"extension":"7001"}'})
    call = log(ENTER, CONNECT, cel=cel(*HEARD, transfer, *GONE)).call
    assert (call["ended_by"], call["transfer_to"]) == ("transfer", "7001")
    assert set(call["quality_flags"]) == {"repaired_end", "repaired_transfer"}


def test_each_leg_has_its_own_instants(log, cel):
    first, second = log(
        ENTER,
        CONNECT,
        "11|c1|support|ana|BLINDTRANSFER|7002|int|4|7|1",
        "11|c1|billing|NONE|ENTERQUEUE||1555100001|1",
        "12|c1|billing|bob|CONNECT|1|b1|0",
        "15|c1|billing|bob|COMPLETEAGENT|1|3|1",
        cel=cel(
            *HEARD,
            (8.0, "STREAM_BEGIN", "c1"),  # on hold
            (9.0, "STREAM_END", "c1"),
            (11.25, "BLINDTRANSFER", "a1", {"linkedid": "c1", "extra": '{"extension":"7002"}'}),
            (11.25, "BRIDGE_EXIT", "c1"),
            (11.5, "STREAM_BEGIN", "c1"),  # waiting again
            (12.0, "STREAM_END", "c1"),
            (12.5, "BRIDGE_ENTER", "c1"),
            (15.5, "BRIDGE_EXIT", "c1"),
            (15.5, "CHAN_END", "c1"),
        ),
    ).calls
    assert (first["wait_seconds"], first["connected_seconds"]) == (4.25, 6.75)
    assert (first["hold_seconds"], first["transfer_to"]) == (1, "billing")
    assert (second["wait_seconds"], second["connected_seconds"]) == (1, 3)
    assert (second["hold_seconds"], second["transfer_to"], second["ended_by"]) == (0, None, "agent")


def test_a_hold_that_a_restart_cut_is_unknown(log, cel):
    held = (5.0, "STREAM_BEGIN", "c1")
    call = log(ENTER, CONNECT, "20|NONE|NONE|NONE|QUEUESTART|", cel=cel(*HEARD, held)).call
    assert (call["outcome"], call["holds"], call["hold_seconds"]) == ("unknown_restart", 1, None)
    assert set(call["quality_flags"]) == {"unknown_restart", "hold_open_at_end"}


def test_columns_by_name_and_times_as_epoch(log, tmp_path):
    path = tmp_path / "queue_log"
    path.write_text(
        "1700000000|c1|q|NONE|ENTERQUEUE||5|1\n1700000009|c1|q|NONE|ABANDON|1|1|9\n", "utf-8"
    )
    channel_events = tmp_path / "cel.csv.gz"
    rows = [
        "linkedid,uniqueid,eventtime,EventType,cidnum,userdeftype,tenant",
        "c1,c1,1700000000.250000,STREAM_BEGIN,5,MOH_STREAM_BEGIN,x",
        "c1,c1,1700000009.500000,CHAN_END,5,,x",
        "c1,c1,1700000009.500000,CHAN_END,5,,x",
        "c1,c1,never,CHAN_END,5,,x",
        "c1,c1",
    ]
    channel_events.write_bytes(gzip.compress("\n".join(rows).encode()))
    found = log.files(path, cel=[channel_events, channel_events])
    assert found.call["wait_seconds"] == 9.25
    assert found.read.cel_rows_read == 4
    assert [(row["row"], row["reason"]) for row in found.rejected] == [
        (4, "no time"),
        (5, "missing columns"),
    ]


def test_the_zone_of_the_telephone_system(log, cel):
    lines = (ENTER, CONNECT, COMPLETE)
    local = cel(*((second + 3600, *rest) for second, *rest in (*HEARD, *GONE)))
    found = log(*lines, cel=local, zone="Europe/Paris")
    assert found.call["wait_seconds"] == 4.25
    wrong = log(*lines, cel=local)
    assert wrong.call["wait_seconds"] == 4
    assert wrong.told("The clock of CEL is 3,598 s from that of the log")


def test_cel_of_another_system(log, cel):
    found = log(ENTER, CONNECT, COMPLETE, cel=cel((1, "CHAN_START", "z9"), (2, "CHAN_END", "z9")))
    assert found.told("CEL has none of the calls of the log")
    assert found.call["outcome"] == "answered"


def test_a_cel_of_whole_seconds_is_no_better_than_the_log(log, cel):
    """FreePBX writes it so. Its holds count, its waits do not."""
    rows = [(int(second // 1), *rest) for second, *rest in (*HEARD, *GONE)]
    rows[5:5] = [
        (5, "STREAM_BEGIN", "c1"),
        (5, "STREAM_END", "c1"),
        (5, "STREAM_BEGIN", "c1"),
        (8, "STREAM_END", "c1"),
    ]
    found = log(ENTER, CONNECT, COMPLETE, cel=cel(*rows))
    call = found.call
    assert (call["wait_seconds"], call["time_resolution_seconds"]) == (4, 1)
    assert (call["ring_seconds"], call["connected_seconds"]) == (2, 7)
    assert (call["holds"], call["hold_seconds"], call["talk_seconds"]) == (2, 3, 4)
    assert found.told("The times of CEL are whole seconds")


def test_whole_seconds_do_not_make_the_music_of_the_queue_a_hold(log, cel):
    call = log(
        ENTER,
        "0|c1|support|ana|CONNECT|0|a1|0",
        "5|c1|support|ana|COMPLETECALLER|0|5|1",
        cel=cel(
            (0, "STREAM_BEGIN", "c1"),
            (0, "STREAM_END", "c1"),
            (0, "BRIDGE_ENTER", "c1"),
            (5, "BRIDGE_EXIT", "c1"),
        ),
    ).call
    assert (call["holds"], call["hold_seconds"]) == (0, 0)
