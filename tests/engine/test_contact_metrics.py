"""Metrics of contacts, episodes and issues: drawn by hand, and on made-up histories."""

import pytest
from engine.contact_oracle import WEEK, World
from engine.tables import cell, cells, holding, utc
from engine.test_case_facts import case, event, middle, word
from engine.test_contact_facts import NAMES, world

LATER = "2026-02-20 09:00"


def call(number, at, **more):
    known = {"call_id": number, "leg": 1, "caller": "7", "entered_at": utc(at)}
    return known | {"outcome": "abandoned"} | more


def long_after(**more):
    """The source goes on for weeks, so that all windows are over."""
    return call("late", LATER, caller=None, outcome="withdrawn", **more)


# --- episodes ------------------------------------------------------------------------------------


def test_callers_never_reached(lake):
    """One is answered at the third call, a day later to the second; one gives up; one is new."""
    rows = [
        call("1", "2026-01-05 10:00"),
        call("2", "2026-01-06 10:00", outcome="timeout"),
        call("3", "2026-01-06 10:05", outcome="answered"),
        call("4", "2026-01-05 11:00", caller="8"),
        call("5", "2026-02-20 08:00", caller="9"),
        long_after(),
    ]
    held = holding(lake, call=rows)
    found = cell(held, "callers_never_reached")
    assert (found["value"], found["n"]) == (0.5, 2)
    assert found["left_out"] == {"may still call again": 1, "caller not known": 1}
    assert cell(held, "callers_never_reached", "so_far")["value"] == pytest.approx(2 / 3)
    assert cell(held, "attempts_to_reach")["value"] == 3
    assert cell(held, "attempts_to_reach", "first_call")["value"] == 0


def test_a_day_and_a_second_is_another_attempt(lake):
    """Whoever gave up and calls after more than a day is counted among those never reached."""
    rows = [call("1", "2026-01-05 10:00"), call("2", "2026-01-06 10:00:01", outcome="answered")]
    found = cell(holding(lake, call=[*rows, long_after()]), "callers_never_reached")
    assert (found["value"], found["n"]) == (0.5, 2)


def test_a_transferred_call_is_one_attempt_and_reached_if_anybody_answered(lake):
    """The first queue gave up, the second answered."""
    rows = [
        call("1", "2026-01-05 10:00", outcome="timeout"),
        call("1", "2026-01-05 10:05", outcome="answered", leg=2),
        long_after(),
    ]
    found = cell(holding(lake, call=rows), "attempts_to_reach")
    assert (found["value"], found["n"]) == (1, 1)


def test_calls_whose_end_is_not_known_are_told(lake):
    """Cut by a restart or not over: nobody knows whether they reached us."""
    rows = [call("1", "2026-01-05 10:00", outcome="unknown_restart"), long_after()]
    found = cell(holding(lake, call=rows), "callers_never_reached", "so_far")
    assert (found["value"], found["n"]) == (None, 0)
    assert found["left_out"] == {"end of the call not known": 1, "caller not known": 1}


def test_what_became_of_those_who_hung_up(lake):
    """Five hung up: one was answered later, one called back, two written to or solved, one left.

    Another hung up only after an answer, and is none of them.
    """
    at = "2026-01-05 10:00"
    rows = [call(who, at, caller=who, customer_id=who) for who in ("ann", "bob", "cid", "dan")]
    rows += [
        call("eve", at, caller="eve"),
        call("again", "2026-01-05 11:00", caller="ann", outcome="answered"),
        call("back", "2026-01-06 09:59", caller="bob", direction="outbound", outcome="answered"),
        call("f1", at, caller="fay", outcome="answered"),
        call("f2", "2026-01-05 10:10", caller="fay"),
        # Too late, and before: neither helped.
        call("e2", "2026-01-06 10:01", caller="eve", direction="callback", outcome="answered"),
        call("e1", "2026-01-05 09:00", caller="eve", direction="callback", outcome="answered"),
        long_after(),
    ]
    held = holding(
        lake,
        call=rows,
        case=[
            case("c", "2026-01-04 09:00", customer_id="cid", opened_by_kind="agent"),
            case("d", "2026-01-04 09:00", customer_id="dan", opened_by_kind="agent"),
        ],
        message=[word("agent", "2026-01-05 15:00", "c")],
        case_event=[event("solved", "2026-01-06 09:00", "d")],
    )
    names = ("reached_later", "called_back", "solved_otherwise", "still_open")
    found = [cell(held, "abandoned_then", name) for name in names]
    assert [part["value"] for part in found] == [0.2, 0.2, 0.4, 0.2]
    assert {part["n"] for part in found} == {5}


def test_deflection_is_coming_by_another_channel(lake):
    """Of two customers nobody answered, one writes; a stranger cannot be followed."""
    rows = [
        call("1", "2026-01-05 10:00", customer_id="ann"),
        call("2", "2026-01-05 10:00", caller="8", customer_id="bob"),
        call("3", "2026-01-05 10:00", caller="9"),
        call("4", "2026-01-05 10:00", caller="10", customer_id="ann", outcome="answered"),
        long_after(),
    ]
    written = [case("1", "2026-01-06 09:59"), case("2", "2026-01-07 10:00", customer_id="bob")]
    found = cell(holding(lake, call=rows, case=written), "deflection_rate")
    assert (found["value"], found["n"]) == (0.5, 2)
    assert found["left_out"] == {"customer not known": 1, "caller not known": 1}


# --- contacts ------------------------------------------------------------------------------------


def test_coming_back_about_the_same_topic(lake):
    """Writes on Monday, calls on Wednesday about the same and on Friday about another thing."""
    held = holding(
        lake,
        case=[case(topic="refund")],
        call=[
            call("1", "2026-01-07 10:00", customer_id="ann", topic="refund", outcome="answered"),
            call("2", "2026-01-09 10:01", customer_id="ann", topic="parcel", outcome="answered"),
            call("3", "2026-02-20 08:00", customer_id="ann", topic="parcel", outcome="answered"),
            long_after(),
        ],
    )
    found = cell(held, "repeat_contact_rate")
    assert (found["value"], found["n"]) == (pytest.approx(1 / 3), 3)
    assert found["left_out"] == {"window not over": 1, "nobody answered": 1}


@pytest.mark.parametrize(("at", "value"), [("2026-01-12 09:00", 1.0), ("2026-01-12 09:01", 0.0)])
def test_seven_days_are_within_the_window(lake, at, value):
    rows = [
        call("1", "2026-01-05 09:00", outcome="answered"),
        call("2", at, outcome="answered"),
        long_after(),
    ]
    by_day = cells(holding(lake, call=rows), "repeat_contact_rate", grain="day")
    assert by_day[0]["value"] == value


def test_calling_again_the_same_day_is_coming_back(lake):
    """The canonical case: rushed callers call again within hours. All is one episode."""
    rows = [
        call("1", "2026-01-05 09:00"),
        call("2", "2026-01-05 09:05", outcome="answered"),
        call("3", "2026-01-05 11:00", outcome="answered"),
        call("4", "2026-01-05 12:00", outcome="answered"),
        long_after(),
    ]
    held = holding(lake, call=rows)
    found = cell(held, "repeat_contact_rate")
    assert (found["value"], found["n"]) == (pytest.approx(2 / 3), 3)
    assert cell(held, "attempts_to_reach")["n"] == 1
    assert cell(held, "first_contact_resolution")["value"] == 0
    assert cell(held, "calls_to_resolution", "mean")["value"] == 3


def test_a_case_that_was_opened_in_a_call_is_no_second_contact(lake):
    """Nobody says who opened it: it was the call. Opened by the customer, it is another."""
    linked = [
        call("1", "2026-01-05 08:50", case_id="1", outcome="answered"),
        call("2", "2026-01-05 08:50", caller="8", case_id="2", outcome="answered"),
        long_after(),
    ]
    cases = [case("1"), case("2", customer_id="bob", opened_by_kind="customer")]
    solved = [event("solved", "2026-01-05 10:00", "1"), event("solved", "2026-01-05 10:00", "2")]
    held = holding(lake, call=linked, case=cases, case_event=solved)
    found = cell(held, "contacts_to_resolution", "mean")
    assert (found["value"], found["n"]) == (1.5, 2)


def test_an_answer_within_a_day_is_the_same_contact(lake):
    """What the customer writes on the silence of both is another one."""
    talk = [
        word("customer", "2026-01-05 09:00"),
        word("agent", "2026-01-07 09:00"),
        word("customer", "2026-01-08 09:00"),
        word("customer", "2026-01-09 09:01"),
    ]
    held = holding(
        lake,
        case=[case(), case("2", "2026-03-01 09:00", customer_id="bob")],
        message=talk,
        case_event=[event("solved", "2026-01-10 09:00")],
    )
    assert cell(held, "contacts_to_resolution", "mean")["value"] == 2


# --- issues --------------------------------------------------------------------------------------


def test_first_contact_resolution(lake):
    """Solved at once; solved at once but back; never solved; reopened; of a stranger."""
    people = ["ann", "bob", "cid", "dan", None]
    rows = [case(str(i), customer_id=who, topic="refund") for i, who in enumerate(people)]
    solved = [event("solved", "2026-01-06 09:00", str(i)) for i in (0, 1, 3, 4)]
    held = holding(
        lake,
        case=[*rows, case("end", LATER, customer_id="new")],
        call=[
            call("1", "2026-01-12 09:00", caller="8", customer_id="bob", topic="refund"),
            call("2", "2026-01-14 09:00", customer_id="ann", topic="parcel", outcome="answered"),
            long_after(),
        ],
        case_event=[
            *solved,
            event("reopened", "2026-01-06 10:00", "3"),
            event("solved", "2026-01-06 11:00", "3"),
        ],
    )
    found = cell(held, "first_contact_resolution", where=(("topic", "refund"),))
    assert (found["value"], found["n"]) == (0.25, 4)
    assert found["left_out"] == {"customer not known": 1}
    of_solved = cell(held, "first_contact_resolution", "of_solved", where=(("topic", "refund"),))
    assert (of_solved["value"], of_solved["n"]) == (0.5, 2)
    assert of_solved["left_out"] == {"customer not known": 1, "not solved": 2}
    by_phone = cell(held, "first_contact_resolution", where=(("topic", "parcel"),))
    assert (by_phone["value"], by_phone["n"]) == (1.0, 1)


def test_a_call_solves_only_when_nobody_comes_back(lake):
    """Until a week is over it is not known, and of a stranger it never is."""
    rows = [
        call("1", "2026-02-19 09:00", outcome="answered"),
        call("2", "2026-01-05 09:00", caller=None, outcome="answered"),
        long_after(),
    ]
    found = cell(holding(lake, call=rows), "first_contact_resolution")
    assert (found["value"], found["n"]) == (None, 0)
    assert found["left_out"] == {
        "window not over": 1,
        "customer not known": 1,
        "no contact told": 1,
    }


def test_contacts_up_to_the_last_solving(lake):
    """Two calls and a message about one case; a call about another thing does not count."""
    mine = {"customer_id": "ann", "outcome": "answered"}
    held = holding(
        lake,
        case=[case(opened_by_kind="customer"), case("end", LATER, customer_id="new")],
        call=[
            call("1", "2026-01-06 09:00", case_id="1", **mine),
            call("2", "2026-01-20 09:00", case_id="1", **mine),
            call("3", "2026-01-20 10:00", topic="parcel", **mine),
            long_after(),
        ],
        case_event=[event("solved", "2026-01-21 09:00")],
    )
    for metric, count in (("contacts_to_resolution", 3), ("calls_to_resolution", 2)):
        found = cells(held, metric, "mean", by=("topic",), where=(("topic", ""),))
        assert [each["value"] for each in found] == [count]


# --- cases ---------------------------------------------------------------------------------------


def test_a_new_case_instead_of_the_old(lake):
    """Solved on Tuesday; another on the topic on Friday. One solved lately is not told of."""
    held = holding(
        lake,
        case=[
            case("1", topic="refund"),
            case("2", "2026-01-09 09:00", topic="refund"),
            case("3", topic="parcel"),
            case("4", customer_id=None),
            case("5", "2026-02-19 09:00", customer_id="bob"),
            case("6", "2026-01-08 09:00", topic="parcel", merged_into="3"),
        ],
        case_event=[
            event("solved", "2026-01-06 09:00", "1"),
            event("solved", "2026-01-06 09:00", "3"),
            event("solved", "2026-01-06 09:00", "4"),
            event("solved", "2026-02-20 09:00", "5"),
        ],
    )
    found = cell(held, "new_case_instead")
    assert (found["value"], found["n"]) == (0.5, 2)
    assert found["left_out"] == {"customer not known": 1, "window not over": 1}
    opened = cell(held, "new_case_instead", "of_opened")
    assert (opened["value"], opened["n"]) == (0.25, 4)


def test_a_bot_contains_only_whom_it_keeps(lake):
    """One says at once that it did not help, one calls a day later, one is content."""
    people = ["ann", "bob", "cid"]
    rows = [case(str(i), customer_id=who) for i, who in enumerate(people)]
    talk = [
        word(kind, "2026-01-05 09:00", str(i)) for i in range(3) for kind in ("customer", "bot")
    ]
    held = holding(
        lake,
        case=[*rows, case("end", LATER, customer_id="new")],
        message=[*talk, word("customer", "2026-01-05 12:00", "0")],
        case_event=[event("solved", "2026-01-05 11:00", str(i)) for i in range(3)],
        call=[call("1", "2026-01-06 09:00", customer_id="bob")],
    )
    assert cell(held, "bot_containment")["value"] == 1
    found = cell(held, "bot_containment", "not_back")
    assert (found["value"], found["n"]) == (pytest.approx(1 / 3), 3)


# --- made-up histories ---------------------------------------------------------------------------


def of_episode(metric, variant, fact):
    """Return what an episode counts as: a number, a reason why it is left out, or None."""
    if fact["attempts"] is None:
        is_somebody = fact["caller"] is not None or fact["customer_id"] is not None
        return "end of the call not known" if is_somebody else "caller not known"
    is_over = fact["window_ends_at"] <= fact["known_until"]
    match metric:
        case "callers_never_reached":
            among, number = True, float(not fact["is_reached"])
            is_over = is_over or variant == "so_far"
        case "attempts_to_reach":
            among, number = True, float(fact["attempts_to_reach"] or 0) or "never answered"
            if variant == "first_call" and not isinstance(number, str):
                number = float(number == 1)
        case "abandoned_then":
            among, number = fact["is_abandoned"], float(fact["outcome"] == variant)
        case "deflection_rate":
            wrote = fact["wrote_at"] is not None and fact["wrote_at"] <= fact["window_ends_at"]
            among = not fact["is_reached"]
            number = "customer not known" if fact["customer_id"] is None else float(wrote)
    if not among:
        return None
    return number if is_over else "may still call again"


def of_contact(_, __, fact):
    if not fact["is_reached"]:
        return "nobody answered"
    if fact["customer_id"] is None:
        return "customer not known"
    if fact["window_ends_at"] > fact["known_until"]:
        return "window not over"
    return float(fact["came_back"])


def of_issue(metric, variant, fact):  # noqa: PLR0911  one for each reason
    some = fact["calls"] if metric == "calls_to_resolution" else fact["contacts"]
    if not some:
        return "no contact told" if metric == "first_contact_resolution" else None
    if fact["customer_id"] is None:
        return "customer not known"
    if fact["window_ends_at"] > fact["known_until"]:
        return "window not over"
    if fact["is_solved"] is None:
        return "not known whether it was solved"
    if not fact["is_solved"] and variant != "of_all":
        return "not solved"
    if metric == "first_contact_resolution":
        return float(fact["is_first_contact_resolved"])
    return float(fact[metric])


ASKED = [
    ("episodes", of_episode, "callers_never_reached", "after_24_hours"),
    ("episodes", of_episode, "callers_never_reached", "so_far"),
    ("episodes", of_episode, "attempts_to_reach", "mean"),
    ("episodes", of_episode, "attempts_to_reach", "first_call"),
    ("episodes", of_episode, "abandoned_then", "reached_later"),
    ("episodes", of_episode, "abandoned_then", "called_back"),
    ("episodes", of_episode, "abandoned_then", "solved_otherwise"),
    ("episodes", of_episode, "abandoned_then", "still_open"),
    ("episodes", of_episode, "deflection_rate", "to_writing"),
    ("contacts", of_contact, "repeat_contact_rate", "within_7_days"),
    ("issues", of_issue, "first_contact_resolution", "of_all"),
    ("issues", of_issue, "first_contact_resolution", "of_solved"),
    ("issues", of_issue, "contacts_to_resolution", "p50"),
    ("issues", of_issue, "contacts_to_resolution", "mean"),
    ("issues", of_issue, "calls_to_resolution", "mean"),
]


@pytest.fixture(scope="module")
def made_up():
    rows = world(11, 160)
    known = World(*(rows[name] for name in NAMES))
    facts = {
        "episodes": known.episodes(),
        "contacts": known.contacts(),
        "issues": known.issues(),
    }
    return rows, known, facts


@pytest.mark.parametrize(("facts", "judge", "metric", "variant"), ASKED)
def test_metrics_count_as_by_hand(lake, made_up, facts, judge, metric, variant):
    """By topic: the value, the rows it rests on, and those left out with the reason."""
    rows, _, told = made_up
    held = holding(lake, **rows)
    found = {c["group"]["topic"]: c for c in cells(held, metric, variant, by=("topic",))}
    counted = 0
    for topic, got in found.items():
        of_topic = [fact for fact in told[facts].values() if fact["topic"] == topic]
        verdicts = [judge(metric, variant, fact) for fact in of_topic]
        numbers = sorted(v for v in verdicts if isinstance(v, float))
        reasons = [v for v in verdicts if isinstance(v, str)]
        assert got["n"] == len(numbers)
        assert got["left_out"] == {reason: reasons.count(reason) for reason in {*reasons}}
        if numbers:
            assert got["value"] == pytest.approx(middle(numbers, variant))
            counted += len(numbers)
    assert counted > 0


def test_the_four_ends_of_the_abandoned_make_up_the_whole(lake, made_up):
    held = holding(lake, **made_up[0])
    names = ("reached_later", "called_back", "solved_otherwise", "still_open")
    values = [cell(held, "abandoned_then", name)["value"] for name in names]
    assert all(values)
    assert sum(values) == pytest.approx(1)


def test_new_cases_count_as_by_hand(lake, made_up):
    """Of solved cases of known customers, and of all that were opened."""
    rows, known, _ = made_up
    held = holding(lake, **rows)
    until, after = {}, known.after_cases()
    for table, instant in (("case", "opened_at"), ("message", "sent_at"), ("case_event", "at")):
        for row in rows[table]:
            until[row["source"]] = max(until.get(row["source"], row[instant]), row[instant])
    soon, opened = [], []
    for key, fact in after.items():
        solved = known.histories[key]["first_solved_at"]
        if fact["customer_id"] is None:
            continue
        last = fact["previous_solved_at"]
        opened.append(last is not None and known.survivors[key]["opened_at"] - last <= WEEK)
        if solved is not None and solved + WEEK <= until[key[0]]:
            new = fact["next_case_at"]
            soon.append(new is not None and new - solved <= WEEK)
    for variant, verdicts in (("after_solved", soon), ("of_opened", opened)):
        found = cell(held, "new_case_instead", variant)
        assert (found["n"], found["value"]) == (len(verdicts), sum(verdicts) / len(verdicts))
    assert any(soon)
