"""Facts of cases: drawn by hand, and against plain Python on thousands of made-up histories."""

import random
from datetime import datetime, timedelta

import pytest
from engine.case_oracle import facts as by_hand
from engine.tables import cell, cells, holding, utc

from hearwell.engine.derived import readable
from hearwell.metrics.facts.case_fact import CaseFact
from hearwell.records.case_event import STATUSES

HOUR = 3600.0
COMPARED = [
    "channel",
    "team",
    "agent_id",
    "opened_at",
    "known_until",
    "first_contact_at",
    "first_reply_at",
    "first_bot_reply_at",
    "customer_messages",
    "human_replies",
    "bot_messages",
    "agents",
    "first_solution_offered_at",
    "solutions_offered",
    "first_solved_at",
    "solved_at",
    "reopens",
    "moves",
    "escalations",
    "requester_wait_seconds",
    "agent_wait_seconds",
    "agent_work_seconds",
    "on_hold_seconds",
    "is_bot_only",
]


def found_by_engine(lake, cases, messages, events):
    return facts_of(holding(lake, case=cases, message=messages, case_event=events))


def facts_of(lake):
    with readable(lake, CaseFact):
        rows = lake.connection.execute(
            f"select source, case_id, {', '.join(COMPARED)} from case_fact"
        ).fetchall()
    found = {row[:2]: dict(zip(COMPARED, row[2:], strict=True)) for row in rows}
    assert len(found) == len(rows)
    return found


# --- drawn by hand -----------------------------------------------------------------------------


def case(number="1", at="2026-01-05 09:00", **known):
    return {"case_id": number, "opened_at": utc(at), "customer_id": "ann", **known}


def word(kind, at, number="1", **known):
    return {
        "message_id": f"{number} {at} {kind}",
        "case_id": number,
        "author_kind": kind,
        "sent_at": utc(at),
        **known,
    }


def event(kind, at, number="1", to=None, **known):
    return {
        "event_id": f"{at} {kind} {to}",
        "case_id": number,
        "at": utc(at),
        "kind": kind,
        "to_value": to,
        **known,
    }


def only(lake, cases, messages=(), events=()):
    (fact,) = found_by_engine(lake, cases, messages, events).values()
    return fact


def test_a_bot_and_an_automatic_answer_are_no_reply(lake):
    """Nor is a note among agents; the reply comes at ten past ten."""
    fact = only(
        lake,
        [case()],
        [
            word("customer", "2026-01-05 09:00"),
            word("automation", "2026-01-05 09:01"),
            word("bot", "2026-01-05 09:02"),
            word("agent", "2026-01-05 09:30", is_public=False, author_id="bob"),
            word("agent", "2026-01-05 10:10", author_id="cid"),
        ],
    )
    assert fact["first_reply_at"] == utc("2026-01-05 10:10")
    assert fact["first_bot_reply_at"] == utc("2026-01-05 09:02")
    assert (fact["human_replies"], fact["agents"], fact["bot_messages"]) == (1, 1, 1)


def test_a_case_that_an_agent_opened_begins_with_the_customers_first_message(lake):
    """What the agent wrote before is no reply to anything."""
    fact = only(
        lake,
        [case(opened_by_kind="agent")],
        [
            word("agent", "2026-01-05 09:00", author_id="bob"),
            word("customer", "2026-01-06 12:00"),
            word("agent", "2026-01-06 12:30", author_id="bob"),
        ],
    )
    assert fact["first_contact_at"] == utc("2026-01-06 12:00")
    assert fact["first_reply_at"] == utc("2026-01-06 12:30")


def test_messages_of_a_merged_case_count_for_the_survivor(lake):
    """Over two merges; the merged cases are no cases of their own."""
    fact = only(
        lake,
        [case(), case("2", merged_into="1"), case("3", merged_into="2")],
        [word("customer", "2026-01-05 08:00", "3"), word("agent", "2026-01-05 09:00", "2")],
    )
    assert (fact["first_contact_at"], fact["human_replies"]) == (utc("2026-01-05 08:00"), 1)


def test_what_the_lake_cannot_know_is_null_and_not_zero(lake):
    """Without messages and events of the source there are neither replies nor reopens, nor none."""
    fact = only(lake, [case()])
    assert (fact["human_replies"], fact["reopens"], fact["first_contact_at"]) == (None, None, None)


def test_a_reopening_told_twice_counts_once(lake):
    """By a change of status and by an event of its own, at the same instant."""
    fact = only(
        lake,
        [case()],
        events=[
            event("status_changed", "2026-01-05 10:00", to="solved"),
            event("solved", "2026-01-05 10:00"),
            event("reopened", "2026-01-06 10:00"),
            event("status_changed", "2026-01-06 10:00", to="open"),
            event("closed", "2026-01-07 10:00"),
        ],
    )
    assert fact["reopens"] == 1
    assert fact["first_solved_at"] == utc("2026-01-05 10:00")
    assert fact["solved_at"] == utc("2026-01-07 10:00")


def test_waits_end_with_the_last_solving(lake):
    """New for an hour, pending for two, open for one, then solved; what follows does not count."""
    fact = only(
        lake,
        [case()],
        events=[
            event("status_changed", "2026-01-05 10:00", to="pending", from_value="new"),
            event("status_changed", "2026-01-05 12:00", to="open"),
            event("status_changed", "2026-01-05 13:00", to="solved"),
            event("status_changed", "2026-01-09 13:00", to="closed"),
        ],
    )
    waits = [fact[f"{name}_seconds"] for name in ("requester_wait", "agent_wait", "agent_work")]
    assert waits == [2 * HOUR, 2 * HOUR, 2 * HOUR]


def test_who_solved_it_is_who_had_it_then(lake):
    """Not whoever it is given to afterwards."""
    fact = only(
        lake,
        [case(agent_id="zoe", team="last")],
        events=[
            event("assigned", "2026-01-05 10:00", to="bob"),
            event("moved", "2026-01-05 11:00", to="second"),
            event("solved", "2026-01-05 12:00"),
            event("assigned", "2026-01-05 13:00", to="cid"),
        ],
    )
    assert (fact["agent_id"], fact["team"]) == ("bob", "second")


# --- made-up histories -------------------------------------------------------------------------

KINDS = [
    "status_changed",
    "status_changed",
    "status_changed",
    "assigned",
    "moved",
    "escalated",
    "solution_offered",
    "solved",
    "reopened",
    "closed",
    "bot_handed_off",
]


def histories(seed, size, begins=datetime(2026, 1, 5)):
    """Make up cases of three sources, one without messages and one without events."""
    draw = random.Random(seed)
    cases, messages, events = [], [], []
    for number in range(size):
        source = draw.choices(["whole", "no messages", "no events"], [8, 1, 1])[0]
        opened = begins + timedelta(seconds=draw.randrange(0, 40 * 86400))
        row = {"source": source, "case_id": f"c{number}", "opened_at": opened}
        row |= {
            "customer_id": draw.choice([None, "ann", "bob"]),
            "channel": draw.choice(["mail", "chat", None]),
            "opened_by_kind": draw.choice([None, "customer", "customer", "agent", "bot"]),
            "agent_id": draw.choice([None, "zoe"]),
            "team": draw.choice([None, "first"]),
            "merged_into": f"c{draw.randrange(size)}" if draw.random() < 0.1 else None,
        }
        cases.append(row)

        def at(opened=opened):
            """Return an instant near the opening, often the same second as another."""
            return opened + timedelta(seconds=draw.choice([-60, 0, 0, 30, 30, 3600, 86400, 200000]))

        if source != "no messages":
            messages += [
                {
                    "source": source,
                    "message_id": f"m{number}-{i}",
                    "case_id": f"c{number}",
                    "author_kind": draw.choice(
                        [None, "customer", "customer", "agent", "agent", "bot", "automation"]
                    ),
                    "direction": draw.choice([None, "inbound", "outbound"]),
                    "author_id": draw.choice([None, "x", "y", "z"]),
                    "customer_id": draw.choice([None, "ann", "bob"]),
                    "sent_at": at(),
                    "channel": draw.choice([None, "mail", "chat"]),
                    "is_public": draw.choice([None, True, True, False]),
                }
                for i in range(draw.randrange(0, 7))
            ]
        if source != "no events":
            events += [
                {
                    "source": source,
                    "event_id": f"e{i:02d}",
                    "case_id": f"c{number}",
                    "at": at(),
                    "kind": draw.choice(KINDS),
                    "from_value": draw.choice([None, "new", "open"]),
                }
                for i in range(draw.randrange(0, 8))
            ]
    for row in events:
        row["to_value"] = None
        if row["kind"] == "status_changed":
            row["to_value"] = draw.choice(STATUSES)
        if row["kind"] in {"assigned", "moved"}:  # sometimes to nobody
            event = f"{row['kind']} {row['event_id']} {row['at']:%d %H %M}"
            row["to_value"] = draw.choice([None, *[event] * 9])
            row["from_value"] = row["from_value"] and f"before {event}"
    return cases, messages, events


def differences(lake, seed, size):
    rows = histories(seed, size)
    return compared(found_by_engine(lake, *rows), by_hand(*rows))


def compared(found, wanted):
    """Return what differs, fact by fact."""
    assert found.keys() == wanted.keys()
    return [
        (key, name, found[key][name], fact[name])
        for key, fact in wanted.items()
        for name in COMPARED
        if found[key][name] != fact[name]
    ]


@pytest.mark.parametrize("seed", range(4))
def test_made_up_histories(lake, seed):
    """Replies before questions, doubled and same-second events, merges, notes, bots."""
    assert differences(lake, seed, 300) == []


# --- metrics -----------------------------------------------------------------------------------

DAY = timedelta(days=1)


def passed(fact, start, end):
    return None if None in {fact[start], fact[end]} else (fact[end] - fact[start]).total_seconds()


def judged(metric, variant, fact):  # noqa: C901, PLR0911, PLR0912  one case for each metric
    """Return what a case counts as: a number, a reason why it is left out, or None."""
    wrote = fact["first_contact_at"] is not None
    silent = "the customer has not written"
    match metric, variant:
        case "first_response_time", "p50":
            if fact["human_replies"] is None:
                return "no messages from this source"
            if fact["first_reply_at"] is not None:
                return passed(fact, "first_contact_at", "first_reply_at")
            return "not answered yet" if wrote else silent
        case "unanswered_share", "in_a_day":
            if fact["human_replies"] is None:
                return "no messages from this source"
            if not wrote:
                return silent
            deadline = fact["first_contact_at"] + DAY
            if fact["known_until"] < deadline:
                return "younger than a day"
            return float(fact["first_reply_at"] is None or fact["first_reply_at"] > deadline)
        case "full_resolution_time", "p50":
            return passed(fact, "opened_at", "solved_at")
        case "requester_wait_time", "mean":
            if fact["solved_at"] is None:
                return None
            known = fact["requester_wait_seconds"]
            return "status not told" if known is None else known
        case "reopen_rate", "all":
            return None if fact["first_solved_at"] is None else float(fact["reopens"] > 0)
        case "one_touch_resolution", "all":
            if fact["first_solved_at"] is None:
                return None
            if fact["human_replies"] is None:
                return "no messages from this source"
            return float(fact["human_replies"] == 1 and fact["reopens"] == 0)
        case "escalation_rate", "all":
            if fact["moves"] is None:
                return "no history from this source"
            return float(fact["moves"] > 0 or fact["escalations"] > 0)
        case "agents_per_case", "mean":
            if fact["human_replies"] is None:
                return "no messages from this source"
            return float(fact["agents"]) if fact["human_replies"] else None
        case "solutions_offered", "mean":
            if fact["solved_at"] is None:
                return None
            return float(fact["solutions_offered"]) or "no solution told"
        case "bot_containment", "all":
            if fact["solved_at"] is None or not fact["bot_messages"]:
                return None
            return float(fact["is_bot_only"])
    raise NotImplementedError(metric)


@pytest.mark.parametrize(
    ("metric", "variant"),
    [
        ("first_response_time", "p50"),
        ("unanswered_share", "in_a_day"),
        ("full_resolution_time", "p50"),
        ("requester_wait_time", "mean"),
        ("reopen_rate", "all"),
        ("one_touch_resolution", "all"),
        ("escalation_rate", "all"),
        ("agents_per_case", "mean"),
        ("solutions_offered", "mean"),
        ("bot_containment", "all"),
    ],
)
def test_metrics_count_as_by_hand(lake, metric, variant):
    """By channel: the value, the cases it rests on, and those left out with the reason."""
    rows = histories(7, 400)
    facts = by_hand(*rows)
    held = holding(lake, case=rows[0], message=rows[1], case_event=rows[2])
    found = {c["group"]["channel"]: c for c in cells(held, metric, variant, by=("channel",))}
    dated = [fact for fact in facts.values() if judged(metric, variant, fact) is not None]
    for channel in {fact["channel"] for fact in dated}:
        verdicts = [judged(metric, variant, f) for f in dated if f["channel"] == channel]
        numbers = sorted(v for v in verdicts if isinstance(v, float))
        reasons = [v for v in verdicts if isinstance(v, str)]
        got = found[channel]
        assert got["n"] == len(numbers)
        assert got["left_out"] == {reason: reasons.count(reason) for reason in {*reasons}}
        if numbers:
            assert got["value"] == pytest.approx(middle(numbers, variant))


def middle(numbers, variant):
    if variant != "p50":
        return sum(numbers) / len(numbers)
    half = len(numbers) // 2
    return numbers[half] if len(numbers) % 2 else (numbers[half - 1] + numbers[half]) / 2


def test_first_response_over_one_hour(lake):
    held = holding(
        lake,
        case=[case()],
        message=[word("customer", "2026-01-05 09:00"), word("agent", "2026-01-05 10:00")],
    )
    assert cell(held, "first_response_time", "p50")["value"] == HOUR
