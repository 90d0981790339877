"""The sixteen pitfalls of the log, numbered as in docs/algorithms/asterisk.md."""

import pytest

ENTER = "0|c1|support|NONE|ENTERQUEUE||1555100001|1"
CONNECT = "4|c1|support|ana|CONNECT|4|a1|2"
COMPLETE = "11|c1|support|ana|COMPLETECALLER|4|7|1"


def talk(second, callid, agent, *, queue="support", agent_channel=None):
    """A call that waits 2 s and talks 6 s."""
    return [
        f"{second}|{callid}|{queue}|NONE|ENTERQUEUE||1|1",
        f"{second + 2}|{callid}|{queue}|{agent}|CONNECT|2|{agent_channel or callid + 'a'}|1",
        f"{second + 8}|{callid}|{queue}|{agent}|COMPLETECALLER|2|6|1",
    ]


def test_1_one_call_has_several_legs(log):
    calls = log(
        ENTER,
        "5|c1|support|NONE|EXITWITHTIMEOUT|1|1|5",
        "6|c1|billing|NONE|ENTERQUEUE||1555100001|1",
        "8|c1|billing|NONE|EXITEMPTY|1|1|2",
        "9|c1|support|NONE|ENTERQUEUE||1555100001|1",
        "12|c1|support|NONE|ABANDON|1|1|3",
    ).calls
    assert [(c["leg"], c["queue"], c["outcome"], c["wait_seconds"]) for c in calls] == [
        (1, "support", "timeout", 5),
        (2, "billing", "empty_exit", 2),
        (3, "support", "abandoned", 3),
    ]
    assert len({c["caller"] for c in calls}) == 1


LOCAL = (
    "0|MANAGER|support|Local/201@from-queue/n|ADDMEMBER|",
    ENTER,
    "4|c1|support|Local/201@from-queue/n|CONNECT|4|a1|2",
    "60|c1|support|Local/201@from-queue/n|COMPLETECALLER|4|56|1",
)


def test_2_transfers_vanish_behind_local_channels(log):
    found = log(*LOCAL)
    assert found.call["ended_by"] == "caller"
    assert found.call["quality_flags"] == ["transfers_untrusted"]
    assert found.told("The transfers of 1 answered call cannot be trusted")


def test_2_and_cel_has_them(log, cel):
    found = log(
        *LOCAL,
        cel=cel(
            (0.1, "CHAN_START", "c1"),
            (0.2, "STREAM_BEGIN", "c1"),
            (
                3.0,
                "CHAN_START",
                "a1",
                {"linkedid": "c1", "channel": "Local/201@from-queue-00000001;1"},
            ),
            (4.2, "STREAM_END", "c1"),
            (4.3, "BRIDGE_ENTER", "c1"),
            (20.5, "BLINDTRANSFER", "p1", {"linkedid": "c1", "extra": '{"extension":"7001"}'}),
            (60.4, "BRIDGE_EXIT", "c1"),
            (60.5, "CHAN_END", "c1"),
        ),
    )
    call = found.call
    assert (call["ended_by"], call["transfer_kind"], call["transfer_to"]) == (
        "transfer",
        "blind",
        "7001",
    )
    assert call["connected_seconds"] == pytest.approx(16.2)
    assert call["quality_flags"] == ["repaired_transfer"]
    assert found.told("1 transfer that the log lacks taken from CEL.")


def test_3_an_end_under_the_callid_of_the_consultation_goes_home(log):
    found = log(ENTER, CONNECT, "11|x9|support|ana|ATTENDEDTRANSFER|APP|Wait|4|7|1")
    call = found.call
    assert (call["outcome"], call["ended_by"], call["connected_seconds"]) == (
        "answered",
        "transfer",
        7,
    )
    assert call["quality_flags"] == ["repaired_end"]
    assert found.told("1 end was logged under the id of another call")


@pytest.mark.parametrize(
    "end",
    [
        "11|x9|support|ana|ATTENDEDTRANSFER|APP|Wait|4|2|1",  # talked too short for this talk
        "11|x9|billing|ana|ATTENDEDTRANSFER|APP|Wait|4|7|1",
        "11|x9|support|bob|ATTENDEDTRANSFER|APP|Wait|4|7|1",
        "11|x9|support|ana|ABANDON|1|1|11",
    ],
)
def test_3_but_not_to_a_talk_that_it_does_not_fit(log, end):
    found = log(ENTER, CONNECT, end)
    assert found.call["outcome"] == "open"
    assert found.told("1 end of calls whose beginning is not in these files")


def test_3_nor_to_one_of_several(log):
    second = (line.replace("c1", "c2").replace("a1", "a2") for line in (ENTER, CONNECT))
    calls = log(ENTER, CONNECT, *second, "11|x9|support|ana|COMPLETEAGENT|4|7|1").calls
    assert [call["outcome"] for call in calls] == ["open", "open"]


def test_4_a_restart_closes_what_was_open(log):
    found = log(
        ENTER,
        CONNECT,
        "6|c2|support|NONE|ENTERQUEUE||2|1",
        "9|NONE|NONE|NONE|QUEUESTART|",
        *talk(10, "c3", "ana"),
    )
    talking, waiting, later = found.calls
    for call in (talking, waiting):
        assert (call["outcome"], call["ended_at"], call["connected_seconds"]) == (
            "unknown_restart",
            None,
            None,
        )
        assert call["quality_flags"] == ["unknown_restart"]
    assert (talking["wait_seconds"], talking["agent_id"]) == (4, "ana")
    assert waiting["wait_seconds"] is None
    assert later["outcome"] == "answered"
    assert found.told("2 calls were cut by a restart at 2023-11-14 22:13:29 UTC")


@pytest.mark.parametrize(
    ("sign", "flags"),
    [
        ("20|c2|support|ana|CONNECT|1|a2|1", ["stuck"]),
        ("30|MANAGER|support|SIP/ana|REMOVEMEMBER|", ["stuck"]),
        ("20|c2|support|bob|CONNECT|1|a2|1", []),
    ],
)
def test_4_a_call_is_stuck_if_its_agent_went_on(log, sign, flags):
    found = log(ENTER, CONNECT, "19|c2|support|NONE|ENTERQUEUE||2|1", sign)
    stuck = next(call for call in found.calls if call["call_id"] == "c1")
    assert (stuck["outcome"], stuck["quality_flags"]) == ("open", flags)


def test_4_so_is_one_that_is_very_old(log):
    found = log(ENTER, *talk(7 * 3600, "c2", "ana"))
    assert found.calls[0]["quality_flags"] == ["stuck"]
    assert found.told("1 call never ended in the log")


def test_5_refused_calls_are_seen_where_the_dialplan_logs_them(log):
    found = log(
        "0|c1|support|NONE|DID|8701",
        "0|c1|support|NONE|QUEUEFULL|",
        "1|c2|support|NONE|JOINEMPTY|",
        "2|c3|support|NONE|DID|8701",
    )
    full, empty = found.calls
    assert (full["outcome"], full["dialled_number"], full["ended_by"]) == (
        "refused_full",
        "8701",
        "system",
    )
    assert (empty["outcome"], empty["leg"], empty["wait_seconds"]) == ("refused_empty", 1, None)
    assert found.told("1 call dialled a number and never came to a queue")


def test_5_and_a_refused_call_may_find_another_queue(log):
    refused, answered = log("0|c1|sales|NONE|QUEUEFULL|", ENTER, CONNECT, COMPLETE).calls
    assert (refused["leg"], refused["outcome"]) == (1, "refused_full")
    assert (answered["leg"], answered["outcome"]) == (2, "answered")


def lost(second, callid, *events, exten="8701", context="in", number="5"):
    start = {"exten": exten, "context": context, "number": number, "channel": f"SIP/t-{callid}"}
    return [(second, "CHAN_START", callid, start), *events]


def test_6_calls_lost_before_the_queue_are_in_cel_only(log, cel):
    hangup = '{{"hangupsource":"{}"}}'
    found = log(
        ENTER,
        CONNECT,
        COMPLETE,
        cel=cel(
            *lost(0.1, "c1", (0.2, "STREAM_BEGIN", "c1")),
            *lost(
                20.5,
                "c2",
                (25.0, "HANGUP", "c2", {"extra": hangup.format("SIP/t-c2")}),
                (25.0, "CHAN_END", "c2"),
            ),
            # the dialplan says that we are closed, and hangs up
            *lost(
                30,
                "c3",
                (35, "HANGUP", "c3", {"extra": hangup.format("dialplan/builtin")}),
                (35, "CHAN_END", "c3"),
            ),
            # served without a queue
            *lost(40, "c4", (41, "BRIDGE_ENTER", "c4"), (50, "CHAN_END", "c4")),
            # refused, as the dialplan tells with CELGenUserEvent
            *lost(
                60,
                "c5",
                (60.1, "QUEUE_RESULT", "c5", {"extra": '{"extra":"FULL"}'}),
                (61, "CHAN_END", "c5"),
            ),
            *lost(
                70,
                "c6",
                (70.1, "QUEUE_RESULT", "c6", {"extra": "JOINUNAVAIL"}),
                (71, "CHAN_END", "c6"),
            ),
            # an agent telephones out
            *lost(80, "c7", (85, "CHAN_END", "c7"), exten="900", context="internal"),
            # not over yet
            *lost(90, "c8"),
        ),
    )
    gone = {c["call_id"]: c for c in found.calls if c["call_id"] != "c1"}
    assert {key: c["outcome"] for key, c in gone.items()} == {
        "c2": "ivr_abandoned",
        "c5": "refused_full",
        "c6": "refused_empty",
    }
    call = gone["c2"]
    assert (call["queue"], call["dialled_number"], call["leg"]) == ("support", "8701", 1)
    assert call["started_at"] == call["entered_at"]
    assert (call["ended_at"] - call["entered_at"]).total_seconds() == 4.5
    assert (call["ended_by"], call["wait_seconds"]) == ("caller", None)
    assert call["caller"] is not None
    assert found.told("1 call hung up before any queue.")
    assert found.told("1 call to a queue's number ended by the dialplan before any queue")


def test_7_cel_tells_parts_of_seconds(log, cel):
    plain = log(ENTER, CONNECT, COMPLETE).call
    call = log(
        ENTER,
        CONNECT,
        COMPLETE,
        cel=cel(
            (-2.5, "CHAN_START", "c1", {"exten": "8701"}),
            (0.9, "STREAM_BEGIN", "c1"),
            (2.0, "CHAN_START", "a1", {"linkedid": "c1"}),
            (4.0, "STREAM_END", "c1"),
            (4.1, "BRIDGE_ENTER", "c1"),
            (11.8, "BRIDGE_EXIT", "c1"),
            (11.9, "CHAN_END", "c1"),
        ),
    ).call
    assert (plain["wait_seconds"], plain["time_resolution_seconds"]) == (4, 1)
    assert call["wait_seconds"] == pytest.approx(3.2)
    assert call["connected_seconds"] == pytest.approx(7.7)
    assert call["ring_seconds"] == pytest.approx(2.1)
    assert call["time_resolution_seconds"] == 0.000001
    assert (call["entered_at"] - call["started_at"]).total_seconds() == pytest.approx(3.4)
    assert call["dialled_number"] == "8701"  # no DID in the log


def test_8_interfaces_become_member_names(log):
    found = log(
        "0|MANAGER|support|PJSIP/ana|ADDMEMBER|",
        "0|MANAGER|support|Local/201@from-queue/n|ADDMEMBER|",
        "0|MANAGER|support|SIP/77|ADDMEMBER|",
        *talk(1, "c1", "ana"),
        *talk(20, "c2", "201"),
        "40|MANAGER|support|PJSIP/ana|REMOVEMEMBER|",
    )
    assert found.shifts == [
        ("201", "staffed", 0, None, None),
        ("SIP/77", "staffed", 0, None, None),
        ("ana", "staffed", 0, 40, None),
    ]
    assert found.told("1 interface of agents match")


def test_8_and_cel_tells_whose_an_interface_is(log, cel):
    lines = ("0|MANAGER|support|SIP/77|ADDMEMBER|", *talk(1, "c1", "Ana Sá", agent_channel="a1"))
    told = cel((1.1, "CHAN_START", "c1"), (2, "CHAN_START", "a1", {"channel": "SIP/77-0000000b"}))
    assert log(*lines).shifts == [("SIP/77", "staffed", 0, None, None)]
    assert log(*lines, cel=told).shifts == [("Ana Sá", "staffed", 0, None, None)]


def test_9_pauses_of_an_agent_in_two_queues_count_once(log):
    found = log(
        "0|NONE|NONE|ana|PAUSEALL|Lunch",
        "0|NONE|billing|ana|PAUSE|Lunch",
        "0|NONE|support|ana|PAUSE|Lunch",
        "30|NONE|NONE|ana|UNPAUSEALL|",
        "30|NONE|billing|ana|UNPAUSE|",
        "30|NONE|support|ana|UNPAUSE|",
        "40|NONE|billing|ana|PAUSE|Lunch",
        "45|NONE|support|ana|PAUSE|Lunch",
        "50|NONE|billing|ana|UNPAUSE|",
        "60|NONE|support|ana|UNPAUSE|",
    )
    assert found.shifts == [
        ("ana", "paused", 0, 30, "Lunch"),
        ("ana", "paused", 40, 60, "Lunch"),
    ]


def test_9_a_pause_of_all_queues_counts_where_it_stands_alone(log):
    found = log("0|NONE|NONE|ana|PAUSEALL|", "30|NONE|NONE|ana|UNPAUSEALL|")
    assert found.shifts == [("ana", "paused", 0, 30, None)]


@pytest.mark.parametrize("callid", ["lab-1795283595.0", "1795283595.0", "ast-1/99", "a b"])
def test_10_a_callid_is_a_text(log, callid):
    assert log(*talk(0, callid, "ana")).call["call_id"] == callid


def test_11_texts_may_contain_the_separator(log):
    found = log(
        ENTER,
        "3|c1|support|NONE|WITHDRAW|1|1|3|sup|visor 1",
        "4|NONE|support|ana|PAUSE|Wrap | up|ü",
        "9|NONE|support|ana|UNPAUSE|",
        "9|NONE|support|ana|INFO|a note | with pipe",
    )
    assert (found.call["outcome"], found.call["wait_seconds"]) == ("withdrawn", 3)
    assert found.shifts == [("ana", "paused", 4, 9, "Wrap | up|ü")]
    assert found.rejected == []


def test_12_holdtime_is_the_wait_in_the_queue(log):
    call = log(ENTER, CONNECT, COMPLETE).call
    assert (call["wait_seconds"], call["hold_seconds"], call["holds"]) == (4, None, None)


def test_13_what_asterisk_lumps_together_is_kept_apart(log):
    ends = (
        "ABANDON|1|1|5",
        "EXITWITHTIMEOUT|1|1|5",
        "EXITEMPTY|1|1|5",
        "WITHDRAW|1|1|5|",
        "SYSCOMPAT",
    )
    lines = [
        line
        for n, end in enumerate(ends)
        for line in (f"{n}|c{n}|s|NONE|ENTERQUEUE||1|1", f"{n + 5}|c{n}|s|NONE|{end}")
    ]
    assert [call["outcome"] for call in log(*lines).calls] == [
        "abandoned",
        "timeout",
        "empty_exit",
        "withdrawn",
        "failed",
    ]


def test_14_a_hold_that_is_never_closed_ends_with_the_leg(log, cel):
    call = log(
        ENTER,
        CONNECT,
        COMPLETE,
        cel=cel(
            (0.1, "STREAM_BEGIN", "c1"),
            (4.2, "STREAM_END", "c1"),
            (4.3, "BRIDGE_ENTER", "c1"),
            (5.0, "STREAM_BEGIN", "c1"),
            (6.5, "STREAM_END", "c1"),
            (8.0, "STREAM_BEGIN", "c1"),
            (11.3, "BRIDGE_EXIT", "c1"),
            (11.3, "CHAN_END", "c1"),
        ),
    ).call
    assert call["holds"] == 2
    assert call["hold_seconds"] == pytest.approx(1.5 + 3.3)
    assert call["talk_seconds"] == pytest.approx(7.0 - 4.8)
    assert call["quality_flags"] == ["hold_open_at_end"]


def test_15_ringing_cut_off_and_abandoned_are_one_lost_call(log):
    call = log(
        ENTER,
        "9|c1|support|ana|RINGCANCELED|3535",
        "9|c1|support|bob|RINGCANCELED|1200",  # ringall
        "9|c1|support|NONE|ABANDON|1|1|9",
    ).call
    assert (call["outcome"], call["agent_attempts"]) == ("abandoned", 0)
    assert call["ring_seconds"] == pytest.approx(3.535)


def test_16_the_clock_may_be_set_back(log):
    found = log(
        "100|c1|support|NONE|ENTERQUEUE||1|1",
        "40|c1|support|ana|CONNECT|-60|a1|2",
        "47|c1|support|ana|COMPLETECALLER|-60|7|1",
        *talk(50, "c2", "ana"),
        *talk(101, "c3", "ana"),
    )
    stepped, *others = sorted(found.calls, key=lambda call: call["call_id"])
    assert (stepped["wait_seconds"], stepped["connected_seconds"]) == (None, 7)
    assert stepped["quality_flags"] == ["clock_step"]
    assert [call["quality_flags"] for call in others] == [[], []]
    assert found.told("The clock was set back 1 time, by up to 60 s: 1 call lack")


def test_16_a_second_out_of_order_is_no_step(log):
    call = log(ENTER, "-1|c1|support|ana|CONNECT", "11|c1|support|ana|COMPLETEAGENT").call
    assert (call["wait_seconds"], call["quality_flags"]) == (0, [])
