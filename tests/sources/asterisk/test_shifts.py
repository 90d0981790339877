"""Shifts: membership, pauses, wrap-up; over several queues and over restarts."""

import pytest

RESTART = "|NONE|NONE|NONE|QUEUESTART|"


def test_staffed_from_the_first_queue_joined_to_the_last_left(log):
    found = log(
        "0|MANAGER|support|ana|ADDMEMBER|",
        "5|MANAGER|billing|ana|ADDMEMBER|",
        "20|MANAGER|support|ana|REMOVEMEMBER|",
        "30|MANAGER|billing|ana|REMOVEMEMBER|",
        "40|MANAGER|support|ana|ADDMEMBER|",
    )
    assert found.shifts == [
        ("ana", "staffed", 0, 30, None),
        ("ana", "staffed", 40, None, None),
    ]


def test_who_leaves_and_was_not_seen_to_come_was_there_since_the_log_began(log):
    found = log("3|c|q|NONE|DID|1", "9|MANAGER|support|ana|REMOVEMEMBER|")
    assert found.shifts == [("ana", "staffed", 3, 9, None)]


def test_leaving_twice_is_leaving_once(log):
    found = log(
        "0|MANAGER|q|ana|ADDMEMBER|",
        "9|MANAGER|q|ana|REMOVEMEMBER|",
        "9|MANAGER|q|ana|REMOVEMEMBER|",
    )
    assert found.shifts == [("ana", "staffed", 0, 9, None)]


@pytest.mark.parametrize(
    ("login", "logoff"),
    [
        ("AGENTLOGIN|SIP/1-0a", "AGENTLOGOFF|SIP/1-0a|30"),
        ("AGENTCALLBACKLOGIN|7@x", "AGENTCALLBACKLOGOFF|7@x|30"),
    ],
)
def test_agents_who_log_in(log, login, logoff):
    both = log(f"0|c|NONE|Agent/1001|{login}", f"30|c|NONE|Agent/1001|{logoff}")
    assert both.shifts == [("Agent/1001", "staffed", 0, 30, None)]
    only_off = log(f"100|c|NONE|Agent/1001|{logoff}")
    assert only_off.shifts == [("Agent/1001", "staffed", 70, 100, None)]


def test_a_restart_ends_a_membership_that_was_made_anew(log):
    found = log(
        "0|MANAGER|q|ana|ADDMEMBER|",
        "10|c|q|NONE|DID|1",
        "15" + RESTART,
        "20|MANAGER|q|ana|ADDMEMBER|",
        "30|MANAGER|q|ana|REMOVEMEMBER|",
    )
    assert found.shifts == [("ana", "staffed", 0, 10, None), ("ana", "staffed", 20, 30, None)]


def test_and_one_of_which_nothing_is_heard_again(log):
    found = log("0|MANAGER|q|ana|ADDMEMBER|", "10|c|q|NONE|DID|1", "15" + RESTART)
    assert found.shifts == [("ana", "staffed", 0, 10, None)]


@pytest.mark.parametrize(
    ("sign", "end"),
    [
        (["30|MANAGER|q|ana|REMOVEMEMBER|"], 30),
        (["29|c|q|NONE|ENTERQUEUE||1|1", "30|c|q|ana|CONNECT|1|a|1"], None),
    ],
)
def test_but_not_a_persistent_one(log, sign, end):
    found = log("0|MANAGER|q|ana|ADDMEMBER|", "15" + RESTART, *sign)
    assert found.shifts == [("ana", "staffed", 0, end, None)]


def test_a_reload_is_no_restart(log):
    found = log("0|MANAGER|q|ana|ADDMEMBER|", "15|NONE|NONE|NONE|CONFIGRELOAD|")
    assert found.shifts == [("ana", "staffed", 0, None, None)]


def test_paused_from_pause_to_unpause(log):
    found = log(
        "0|NONE|q|ana|PAUSE|Lunch",
        "10|NONE|q|ana|UNPAUSE|Lunch",
        "20|NONE|q|ana|PAUSE|",
        "30|NONE|q|ana|PAUSE|Training",
        "40|NONE|q|ana|UNPAUSE|",
        "50|NONE|q|ana|PAUSE|Lunch",
    )
    assert found.shifts == [
        ("ana", "paused", 0, 10, "Lunch"),
        ("ana", "paused", 20, 30, None),
        ("ana", "paused", 30, 40, "Training"),
        ("ana", "paused", 50, None, "Lunch"),
    ]


def test_a_member_may_come_paused_and_leave_paused(log):
    found = log("0|CLI|q|ana|ADDMEMBER|PAUSED", "9|CLI|q|ana|REMOVEMEMBER|")
    assert found.shifts == [("ana", "paused", 0, 9, None), ("ana", "staffed", 0, 9, None)]


def test_a_restart_ends_a_pause(log):
    found = log("0|NONE|q|ana|PAUSE|Lunch", "9|c|q|NONE|DID|1", "15" + RESTART)
    assert found.shifts == [("ana", "paused", 0, 9, "Lunch")]


def test_but_not_one_that_is_lifted_later(log):
    found = log("0|NONE|q|ana|PAUSE|Lunch", "15" + RESTART, "20|NONE|q|ana|UNPAUSE|")
    assert found.shifts == [("ana", "paused", 0, 20, "Lunch")]


def test_reasons_that_differ_by_queue_do_not_overlap(log):
    found = log(
        "0|NONE|q|ana|PAUSE|Lunch",
        "10|NONE|r|ana|PAUSE|Meeting",
        "20|NONE|q|ana|UNPAUSE|",
        "30|NONE|r|ana|UNPAUSE|",
    )
    assert found.shifts == [
        ("ana", "paused", 0, 10, "Lunch"),
        ("ana", "paused", 10, 30, "Meeting"),
    ]


def test_paused_and_unpaused_in_one_second_is_nothing(log):
    found = log(
        "5|NONE|q|ana|PAUSE|Lunch",
        "5|NONE|q|ana|UNPAUSE|",
        "7|NONE|q|ana|UNPAUSE|",
        "9|c|q|NONE|DID|1",
    )
    assert found.shifts == []


def test_the_last_of_like_lines_in_one_second_counts(log):
    found = log(
        "5|NONE|q|ana|PAUSE|x",
        "5|NONE|q|ana|UNPAUSE|x",
        "5|NONE|q|ana|PAUSE|x",
        "9|NONE|q|ana|UNPAUSE|",
    )
    assert found.shifts == [("ana", "paused", 5, 9, "x")]


@pytest.mark.parametrize(
    "reason", ["ACW", "acw", "Wrap-Up", "wrap_up", "after call work", "Wrapup"]
)
def test_words_for_wrap_up(log, reason):
    found = log(f"0|NONE|q|ana|PAUSE|{reason}", "9|NONE|q|ana|UNPAUSE|")
    assert found.shifts == [("ana", "wrap_up", 0, 9, reason)]


def talk(second, callid, agent="ana"):
    return [
        f"{second}|{callid}|q|NONE|ENTERQUEUE||1|1",
        f"{second + 2}|{callid}|q|{agent}|CONNECT|2|a|1",
        f"{second + 8}|{callid}|q|{agent}|COMPLETECALLER|2|6|1",
    ]


def wrap_up(*lines, log):
    return {call["call_id"]: call["wrap_up_seconds"] for call in log(*lines).calls}


def test_wrap_up_of_a_call(log):
    seconds = wrap_up(
        *talk(0, "c1"),
        "8|NONE|q|ana|PAUSE|ACW",
        "20|NONE|q|ana|UNPAUSE|",
        *talk(30, "c2"),  # none after this one
        *talk(50, "c3"),
        "62|NONE|q|ana|PAUSE|ACW",  # a few seconds later
        "65|NONE|q|ana|UNPAUSE|",
        *talk(70, "c4"),
        "90|NONE|q|ana|PAUSE|ACW",  # too late for it to be this call's
        "95|NONE|q|ana|UNPAUSE|",
        *talk(100, "c5", "bob"),  # who never uses it
        *talk(120, "c6"),
        "128|NONE|q|ana|PAUSE|ACW",  # and it goes on
        log=log,
    )
    assert seconds == {"c1": 12, "c2": 0, "c3": 3, "c4": 0, "c5": None, "c6": None}


def test_wrap_up_logged_before_the_end_of_the_call(log):
    *begin, end = talk(0, "c1")
    assert wrap_up(*begin, "8|NONE|q|ana|PAUSE|ACW", end, "20|NONE|q|ana|UNPAUSE|", log=log) == {
        "c1": 12
    }


def test_lunch_is_no_wrap_up(log):
    assert wrap_up(
        *talk(0, "c1"), "8|NONE|q|ana|PAUSE|Lunch", "9|NONE|q|ana|UNPAUSE|", log=log
    ) == {"c1": None}
