"""Every event of the log, in each form that some version of Asterisk writes."""

import pytest

ENTER = "0|c1|support|NONE|ENTERQUEUE||1555100001|1"
CONNECT = "4|c1|support|ana|CONNECT|4|c1.1|2"


@pytest.mark.parametrize(
    "enter",
    [
        "0|c1|support|NONE|ENTERQUEUE||1555100001",  # 1.4
        "0|c1|support|NONE|ENTERQUEUE||1555100001|3",  # 1.6 and later
        "0|c1|support|NONE|ENTERQUEUE|http://crm|1555100001|3|Bo_b",  # log-caller-id-name=yes
    ],
)
def test_enterqueue(log, enter):
    call = log(enter).call
    assert (call["call_id"], call["leg"], call["queue"]) == ("c1", 1, "support")
    assert (call["outcome"], call["ended_at"], call["wait_seconds"]) == ("open", None, None)
    assert len(call["caller"]) == 20
    assert call["quality_flags"] == []


@pytest.mark.parametrize("number", ["", "anonymous", "Unknown", "0"])
def test_a_withheld_number_is_nobody(log, number):
    assert log(f"0|c1|support|NONE|ENTERQUEUE||{number}|1").call["caller"] is None


@pytest.mark.parametrize(
    ("connect", "ring"),
    [
        ("4|c1|support|ana|CONNECT|4", None),
        ("4|c1|support|ana|CONNECT|4|c1.1", None),  # 1.4 and 1.6: no time of ringing
        ("4|c1|support|ana|CONNECT|4|c1.1|2", 2),
    ],
)
def test_connect(log, connect, ring):
    call = log(ENTER, connect).call
    assert (call["agent_id"], call["wait_seconds"], call["ring_seconds"]) == ("ana", 4, ring)
    assert (call["connected_seconds"], call["agent_attempts"]) == (None, 1)
    assert call["outcome"] == "open"


@pytest.mark.parametrize(
    ("end", "ended_by", "kind", "to"),
    [
        ("11|c1|support|ana|COMPLETECALLER|4|7|1", "caller", None, None),
        ("11|c1|support|ana|COMPLETECALLER|4|7", "caller", None, None),  # 1.4
        ("11|c1|support|ana|COMPLETECALLER", "caller", None, None),  # fields lost
        ("11|c1|support|ana|COMPLETEAGENT|4|7|1", "agent", None, None),
        ("11|c1|support|ana|TRANSFER|700|internal|4|7", "transfer", "unknown", "700"),  # 1.4
        ("11|c1|support|ana|TRANSFER|700|internal|4|7|1", "transfer", "unknown", "700"),  # 1.8
        ("11|c1|support|ana|BLINDTRANSFER|700|in|4|7|1", "transfer", "blind", "700"),  # 12
        ("11|c1|support|ana|ATTENDEDTRANSFER|BRIDGE|b-1|4|7|1", "transfer", "attended", None),
        ("11|c1|support|ana|ATTENDEDTRANSFER|APP|Wait|4|7|1", "transfer", "attended", None),
        # LINK has one field more
        ("11|c1|support|ana|ATTENDEDTRANSFER|LINK|a/1|b/2|4|7|1", "transfer", "attended", None),
    ],
)
def test_the_end_of_a_talk(log, end, ended_by, kind, to):
    call = log(ENTER, CONNECT, end).call
    assert (call["outcome"], call["ended_by"]) == ("answered", ended_by)
    assert (call["transfer_kind"], call["transfer_to"]) == (kind, to)
    assert (call["wait_seconds"], call["connected_seconds"]) == (4, 7)
    assert (call["hold_seconds"], call["talk_seconds"]) == (None, None)  # not measured
    assert call["time_resolution_seconds"] == 1


@pytest.mark.parametrize(
    ("end", "outcome", "ended_by"),
    [
        ("9|c1|support|NONE|ABANDON|1|1|9", "abandoned", "caller"),
        ("9|c1|support|ana|ABANDON|1|1|9", "abandoned", "caller"),  # while the agent was told
        ("9|c1|support|NONE|EXITWITHTIMEOUT|1", "timeout", "system"),  # 1.4
        ("9|c1|support|NONE|EXITWITHTIMEOUT|1|1|9", "timeout", "system"),
        ("9|c1|support|NONE|EXITWITHKEY|9|1", "key_exit", "caller"),  # 1.4
        ("9|c1|support|NONE|EXITWITHKEY|9|1|1|9", "key_exit", "caller"),
        ("9|c1|support|NONE|EXITEMPTY|1|1|9", "empty_exit", "system"),
        ("9|c1|support|NONE|WITHDRAW|1|1|9|sup", "withdrawn", "system"),
        ("9|c1|support|ana|SYSCOMPAT", "failed", "system"),
    ],
)
def test_the_end_of_a_wait(log, end, outcome, ended_by):
    call = log(ENTER, end).call
    assert (call["outcome"], call["ended_by"], call["wait_seconds"]) == (outcome, ended_by, 9)
    assert (call["agent_id"], call["connected_at"], call["agent_attempts"]) == (None, None, 0)


def test_ringing_that_nobody_answered(log):
    rung = [f"{n}|c1|support|ana|RINGNOANSWER|{ms}" for n, ms in ((1, 1000), (2, 0), (3, 5000))]
    call = log(ENTER, *rung, CONNECT, "11|c1|support|ana|COMPLETEAGENT|4|7|1").call
    assert call["agent_attempts"] == 4


def test_an_agent_who_refuses_the_call_does_not_answer_it(log):
    call = log(ENTER, "2|c1|support|ana|AGENTDUMP", CONNECT).call
    assert (call["agent_attempts"], call["wait_seconds"]) == (1, 4)


def test_housekeeping_changes_nothing(log):
    found = log(
        "0|NONE|NONE|NONE|CONFIGRELOAD|",
        "0|NONE|support|SIP/1|PENALTY|5",
        "0|NONE|support|SIP/1|RINGINUSE|0",
        "0|c9|support|SIP/1|OUTCALL|ANSWER|12|x",
        ENTER,
        CONNECT,
        "11|c1|support|ana|COMPLETEAGENT|4|7|1",
    )
    assert found.call["outcome"] == "answered"
    assert found.shifts == []
    assert not found.told("not used")


def test_unknown_events_are_counted_and_nothing_else(log):
    found = log(
        ENTER, "1|c1|support|NONE|SURVEY|5", "1|c1|support|NONE|SURVEY|4", "2|x|y|z|INFO|a|b"
    )
    assert found.told("3 lines of events that are not used: 2 SURVEY, 1 INFO.")
    assert found.rejected == []
    assert found.call["outcome"] == "open"


def test_the_dialled_number_is_the_first_of_the_call(log):
    calls = log(
        "0|c1|support|NONE|DID|8701",
        ENTER,
        "5|c1|support|NONE|EXITWITHKEY|9|1|1|5",
        "6|c1|billing|NONE|DID|9999",
        "6|c1|billing|NONE|ENTERQUEUE||1555100001|1",
    ).calls
    assert [call["dialled_number"] for call in calls] == ["8701", "8701"]


def test_a_blind_transfer_to_a_queue_goes_to_the_queue(log):
    first, second = log(
        ENTER,
        CONNECT,
        "11|c1|support|ana|BLINDTRANSFER|7002|internal|4|7|1",
        "11|c1|billing|NONE|ENTERQUEUE||1555100001|1",
        "13|c1|billing|bob|CONNECT|2|c1.2|1",
        "20|c1|billing|bob|COMPLETECALLER|2|7|1",
    ).calls
    assert (first["transfer_to"], first["leg"], second["leg"]) == ("billing", 1, 2)
    assert (second["agent_id"], second["ended_by"], second["transfer_kind"]) == (
        "bob",
        "caller",
        None,
    )


def test_a_visit_without_an_end_closes_at_the_next_queue(log):
    waiting, talking, last = log(
        ENTER,
        "5|c1|billing|NONE|ENTERQUEUE||1|1",
        "7|c1|billing|bob|CONNECT|2|c1.2|1",
        "9|c1|sales|NONE|ENTERQUEUE||1|1",
    ).calls
    assert (waiting["outcome"], waiting["wait_seconds"]) == ("timeout", 5)
    assert (talking["outcome"], talking["ended_by"]) == ("answered", "transfer")
    assert (talking["transfer_kind"], talking["transfer_to"]) == ("unknown", "sales")
    assert talking["quality_flags"] == ["repaired_end"]
    assert last["outcome"] == "open"


def test_an_end_without_its_connect_is_still_an_answer(log):
    call = log(ENTER, "11|c1|support|ana|COMPLETEAGENT|4|7|1").call
    assert (call["outcome"], call["agent_id"], call["wait_seconds"]) == ("answered", "ana", 4)
    assert (call["connected_at"] - call["entered_at"]).total_seconds() == 4
    assert call["quality_flags"] == ["repaired_connect"]


def test_only_the_first_answer_and_end_of_a_visit_count(log):
    call = log(
        ENTER,
        CONNECT,
        "5|c1|support|bob|CONNECT|5|c1.2|1",
        "11|c1|support|ana|COMPLETEAGENT|4|7|1",
        "12|c1|support|NONE|ABANDON|1|1|12",
    ).call
    assert (call["agent_id"], call["ended_by"], call["connected_seconds"]) == ("ana", "agent", 7)
