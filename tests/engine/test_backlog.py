"""Changes of the backlog add up to the cases that were open: by hand, and by looking at each."""

import random
from datetime import timedelta

import pytest
from engine.tables import cell, holding, named, utc
from engine.test_case_facts import case, event, histories, word

from hearwell.engine.derived import readable
from hearwell.engine.question import Question
from hearwell.engine.rows import rows
from hearwell.metrics.facts.backlog import AGE_DAYS, BacklogChange
from hearwell.records.case_event import STATUSES

DAY = timedelta(days=1)
BANDS = list(AGE_DAYS)
MOST_ROWS_OF_A_SPAN = 8


def changes(lake, cases, messages=(), events=()):
    held = holding(lake, case=cases, message=messages, case_event=events)
    with readable(held, BacklogChange):
        return held.connection.execute(
            "select source, case_id, b.at, age_band, change, channel, known_until "
            "from backlog_change as b order by b.at, change, age_band desc"
        ).fetchall()


def summed(rows, at):
    """Return what is open at an instant by channel and age, without what is none."""
    found = {}
    for _, _, moment, band, change, channel, _ in rows:
        if moment < at:
            found[channel, band] = found.get((channel, band), 0) + change
    return {key: number for key, number in found.items() if number}


def told(rows):
    return [(f"{at:%m-%d %H:%M}", band, change) for _, _, at, band, change, *_ in rows]


LATE = word("customer", "2026-03-30 09:00")  # the source has told of things until then


def test_a_case_grows_older_until_it_is_solved(lake):
    """Opened on Monday, solved on Thursday a week later: three ages, the last left at solving."""
    rows = changes(lake, [case()], [LATE], [event("solved", "2026-01-15 10:00")])
    assert told(rows) == [
        ("01-05 09:00", "under_1_day", 1),
        ("01-06 09:00", "under_1_day", -1),
        ("01-06 09:00", "1_to_7_days", 1),
        ("01-12 09:00", "1_to_7_days", -1),
        ("01-12 09:00", "7_to_30_days", 1),
        ("01-15 10:00", "7_to_30_days", -1),
    ]


def test_a_case_that_is_open_grows_no_older_than_is_known(lake):
    """The source fell silent on the eighth day: nobody knows what came after."""
    rows = changes(lake, [case()], [word("customer", "2026-01-13 08:00")])
    assert told(rows)[-1] == ("01-12 09:00", "7_to_30_days", 1)
    assert len(rows) == 5
    assert {row[-1] for row in rows} == {utc("2026-01-13 08:00")}


def test_a_reopened_case_has_the_age_of_its_opening(lake):
    """Solved after an hour, open again after ten days, closed the day after."""
    events = [
        event("solved", "2026-01-05 10:00"),
        event("reopened", "2026-01-15 09:00"),
        event("status_changed", "2026-01-15 09:00", to="open"),
        event("closed", "2026-01-16 09:00"),
    ]
    assert told(changes(lake, [case()], [LATE], events)) == [
        ("01-05 09:00", "under_1_day", 1),
        ("01-05 10:00", "under_1_day", -1),
        ("01-15 09:00", "7_to_30_days", 1),
        ("01-16 09:00", "7_to_30_days", -1),
    ]


def test_a_merged_case_counts_until_its_merge(lake):
    """And not at all where nobody knows when that was; whatever is told of it afterwards."""
    cases = [case(), case("2", merged_into="1"), case("3", merged_into="1")]
    events = [
        event("merged", "2026-01-05 12:00", "2", to="1"),
        event("reopened", "2026-01-07 12:00", "2"),
    ]
    rows = changes(lake, cases, [LATE], events)
    own = [row for row in rows if row[1] == "2"]
    assert told(own) == [("01-05 09:00", "under_1_day", 1), ("01-05 12:00", "under_1_day", -1)]
    assert {row[1] for row in rows} == {"1", "2"}


def test_without_a_history_the_report_says_when_it_ended(lake):
    """Solved, or closed where that is not told; a history that tells of turns goes first."""
    cases = [
        case("1", reported_solved_at=utc("2026-01-05 10:00"), reported_closed_at=utc("2026-01-06")),
        case("2", reported_closed_at=utc("2026-01-05 11:00")),
        case("3", reported_solved_at=utc("2026-01-05 10:00")),
        case("4", reported_solved_at=utc("2026-01-05 13:00")),
        case("5", reported_solved_at=utc("2026-01-05 08:00")),
        case("6", reported_solved_at=utc("2026-01-05 10:00")),
    ]
    events = [
        event("status_changed", "2026-01-05 09:30", "3", to="open"),
        event("status_changed", "2026-01-05 09:30", "6", to="open"),
        event("solved", "2026-01-05 12:00", "3"),
        event("assigned", "2026-01-05 12:00", "4", to="bob"),
    ]
    ended = {row[1]: row[2] for row in changes(lake, cases, (), events) if row[4] == -1}
    hours = {number: f"{at:%H:%M}" for number, at in ended.items()}
    assert hours == {"1": "10:00", "2": "11:00", "3": "12:00", "4": "13:00"}


def test_what_the_report_tells_is_known(lake):
    """The solving is the last thing that the source tells of, and it is no guess."""
    rows = changes(lake, [case(reported_solved_at=utc("2026-01-05 10:00"))])
    assert told(rows) == [("01-05 09:00", "under_1_day", 1), ("01-05 10:00", "under_1_day", -1)]


# --- by looking at each case at random instants ------------------------------------------------


def last_known(cases, messages, events):
    """Return the last instant that is known of each source."""
    last = {}
    for table, names in (
        (cases, ("opened_at", "reported_solved_at", "reported_closed_at")),
        (messages, ("sent_at",)),
        (events, ("at",)),
    ):
        for row in table:
            for name in names:
                if row.get(name) is not None:
                    last[row["source"]] = max(last.get(row["source"], row[name]), row[name])
    return last


def with_events(cases, events):
    """Return each case with its events in their order."""
    own = {}
    for each in sorted(events, key=lambda e: (e["at"], e["event_id"])):
        own.setdefault((each["source"], each["case_id"]), []).append(each)
    return [(row, own.get((row["source"], row["case_id"]), [])) for row in cases]


def open_at(cases, last, moment):
    """Return how many cases are open just before an instant, by channel and age."""
    found = {}
    for row, events in cases:
        seen = min(moment, last[row["source"]] + timedelta(microseconds=1))
        if is_open(row, events, seen):
            age = seen - row["opened_at"]
            band = BANDS[sum(age > days * DAY for days in (1, 7, 30))]
            found[row["channel"], band] = found.get((row["channel"], band), 0) + 1
    return found


def is_open(row, events, moment):
    """Was the case open just before the instant, by all that happened before it?"""
    if row["opened_at"] >= moment:
        return False
    if row.get("merged_into") is not None:
        merged = [e["at"] for e in events if e["kind"] == "merged"]
        if not merged or min(merged) < moment:
            return False
    told_of = [(e["at"], turned(e)) for e in events if turned(e) is not None]
    if not told_of:
        ends = [row.get("reported_solved_at"), row.get("reported_closed_at")]
        return all(end is None or end >= moment for end in ends)
    before = [state for at, state in told_of if at < moment]
    return before[-1] if before else True


def turned(happened):
    """Is the case open after the event? None: the event does not say."""
    state = happened["to_value"] if happened["kind"] == "status_changed" else happened["kind"]
    if state in {"solved", "closed"}:
        return False
    return True if state in {"new", "open", "pending", "on_hold", "reopened"} else None


def drawn(seed, size):
    """Return histories with merges that are told, and reports of solving and closing."""
    draw = random.Random(seed)
    cases, messages, events = histories(seed, size)
    for row in cases:
        opened = row["opened_at"]
        for name in ("reported_solved_at", "reported_closed_at"):
            after = draw.choice([None, None, 0, 3600, 86400, 9 * 86400])
            row[name] = after if after is None else opened + timedelta(seconds=after)
    for number, row in enumerate(events):
        if draw.random() < 0.1:
            row |= {"kind": "merged", "to_value": None}
        if draw.random() < 0.3:  # long after, so that cases grow old
            row["at"] += timedelta(days=draw.choice([1, 6, 7, 8, 30, 31]))
        row["event_id"] = f"{number:05}"
        if row["kind"] == "status_changed":
            row["to_value"] = draw.choice(STATUSES)
    return cases, messages, events


def different_backlogs(lake, seed, size):
    """Compare it by channel and age, at random instants and where something changes."""
    draw = random.Random(seed)
    rows = drawn(seed, size)
    found = changes(lake, *rows)
    assert len({row[:5] for row in found}) == len(found)
    assert all(at <= until for _, _, at, _, _, _, until in found)
    times = sorted({at for _, _, at, *_ in found})
    moments = draw.sample(times, 40)
    moments += [each + timedelta(microseconds=1) for each in draw.sample(times, 40)]
    moments += [times[0] + (times[-1] - times[0]) * draw.random() for _ in range(40)]
    cases, last = with_events(rows[0], rows[2]), last_known(*rows)
    return [
        (moment, summed(found, moment), open_at(cases, last, moment))
        for moment in [*moments, times[-1] + 400 * DAY]
        if summed(found, moment) != open_at(cases, last, moment)
    ]


@pytest.mark.parametrize("seed", range(6))
def test_the_sum_of_changes_is_the_number_of_open_cases(lake, seed):
    assert different_backlogs(lake, seed, 150) == []


def test_a_spell_has_few_rows(lake):
    """However old a case becomes: one in and one out for each age."""
    cases, messages, events = drawn(9, 200)
    solvings = {}
    for row in events:
        key = row["source"], row["case_id"]
        solvings[key] = solvings.get(key, 0) + 1
    counts = {}
    for row in changes(lake, cases, messages, events):
        counts[row[:2]] = counts.get(row[:2], 0) + 1
    for key, count in counts.items():
        assert count <= MOST_ROWS_OF_A_SPAN * (1 + solvings.get(key, 0))


def test_the_rows_behind_the_backlog_are_the_cases_that_are_open(lake):
    """At any end of a period, of made-up histories: as many as the number says, each once."""
    cases, messages, events = histories(12, 40)
    held = holding(lake, case=cases, message=messages, case_event=events)
    listed = 0
    for variant in ("open", "over_30_days"):
        for day in ("2026-01-08", "2026-01-31", "2026-03-15"):
            asked = {"begins": "2026-01-05", "ends": day, "compare": "previous"}
            found = rows(held, Question((named("backlog", variant),), **asked))
            ids = [
                tuple(row[found.columns.index(c)] for c in ("source", "case_id"))
                for row in found.rows
            ]
            assert found.total == len(ids) == len(set(ids))
            assert found.total == cell(held, "backlog", variant, **asked)["value"]
            listed += found.total
    assert listed > 20
