"""Promises to customers: drawn by hand, and against plain Python on made-up histories."""

import pytest
from engine.asked import DAYS
from engine.case_oracle import facts as by_hand
from engine.tables import cell, cells, holding
from engine.test_case_clocks import AROUND_MARCH, CHOICES, OPEN, open_seconds_of
from engine.test_case_facts import case, event, histories, word
from pydantic import ValidationError

from hearwell.engine.errors import BadQuestion
from hearwell.lake.lake import create
from hearwell.settings import FILE, BadSettings, Settings, read

HOUR = 3600.0
TARGETS = [
    {"metric": "first_response", "within_seconds": 4 * HOUR, "applies_to": {"channel": ["chat"]}},
    {"metric": "first_response", "within_seconds": 30, "clock": "calendar"},
    {"metric": "next_response", "within_seconds": HOUR, "applies_to": {"channel": ["mail"]}},
    {"metric": "next_response", "within_seconds": 3600, "clock": "calendar"},
    {"metric": "resolution", "within_seconds": 20 * HOUR, "applies_to": {"team": ["first"]}},
    {
        "metric": "resolution",
        "within_seconds": 86400,
        "clock": "calendar",
        "applies_to": {"channel": ["mail", "chat"]},
    },
]
SILENT = {
    "first_response": "no messages from this source",
    "next_response": "no messages from this source",
    "resolution": "no history from this source",
}


def promised(fact):
    """Return what could be due: the target, whether the lake could know, since when, until when."""
    for wait in fact["waits"]:
        target = "first_response" if wait["is_first"] else "next_response"
        dimensions = fact | {name: wait[name] for name in ("channel", "team", "agent_id")}
        yield target, dimensions, wait["waiting_since"], wait["replied_at"], True
    if fact["first_contact_at"] is None:
        yield "first_response", fact, None, None, fact["human_replies"] is not None
    is_told = fact["reopens"] is not None
    yield "resolution", fact, fact["opened_at"] if is_told else None, fact["solved_at"], is_told


def judged(promise, targets, known_until, open_seconds):
    """Return whether a promise was kept, or why that is not told."""
    metric, dimensions, begin, end, is_told = promise
    for target in targets:
        fits = target.get("applies_to", {}).items()
        if target["metric"] == metric and all(dimensions[k] in v for k, v in fits):
            break
    else:
        return "no target set"
    if not is_told:
        return SILENT[metric]
    if begin is None:
        return "the customer has not written"

    def between(start, stop):
        if target.get("clock") == "calendar":
            return (stop - start).total_seconds()
        return open_seconds(dimensions, start, stop)

    passed = between(begin, known_until if end is None else end)
    if passed is None:
        return "opening hours not known"
    in_time = passed <= target["within_seconds"]
    return "not due yet" if end is None and in_time else end is not None and in_time


@pytest.mark.parametrize("variant", ["first_response", "next_response", "resolution"])
@pytest.mark.parametrize("seed", range(3))
def test_made_up_promises_count_as_by_hand(lake, seed, variant):
    """By channel: the share, how many it rests on, and what is left out with the reason."""
    schedules, targets = CHOICES[seed], TARGETS[seed and 1 :]
    open_seconds = open_seconds_of(schedules)
    rows = histories(seed + 50, 300, AROUND_MARCH)
    wanted = {}
    for fact in by_hand(*rows, open_seconds).values():
        for promise in promised(fact):
            if promise[0] == variant:
                verdict = judged(promise, targets, fact["known_until"], open_seconds)
                wanted.setdefault(promise[1]["channel"], []).append(verdict)
    settings = Settings(schedule=schedules, service_level_target=targets)
    held = holding(lake, settings, case=rows[0], message=rows[1], case_event=rows[2])
    found = {
        each["group"]["channel"]: each
        for each in cells(held, "sla_attainment", variant, by=("channel",))
    }
    assert found.keys() >= wanted.keys()
    for channel, told in wanted.items():
        hits = [each for each in told if isinstance(each, bool)]
        reasons = [each for each in told if isinstance(each, str)]
        assert found[channel]["n"] == len(hits)
        assert found[channel]["left_out"] == {each: reasons.count(each) for each in {*reasons}}
        if hits:
            assert found[channel]["value"] == pytest.approx(sum(hits) / len(hits))


def promise(metric, hours, **more):
    return {"metric": metric, "within_seconds": hours * HOUR} | more


def attained(lake, variant, target, *, cases=None, message=(), event=(), settings=OPEN):
    held = holding(
        lake,
        Settings(schedule=settings.schedule, service_level_target=[target]),
        case=cases or [case(at="2026-01-09 16:00")],
        message=message,
        case_event=event,
    )
    found = cell(held, "sla_attainment", variant)
    return found["value"], found["n"], found["left_out"]


FRIDAY_EVENING = word("customer", "2026-01-09 16:30")
SUNDAY = word("automation", "2026-01-11 12:00")


@pytest.mark.parametrize(
    ("replied", "hit"),
    [
        ("2026-01-09 16:59", 1.0),
        ("2026-01-12 09:30", 1.0),  # Monday: an hour of opening hours, exactly
        ("2026-01-12 09:30:01", 0.0),
    ],
)
def test_a_deadline_in_business_time(lake, replied, hit):
    """Written on Friday half an hour before closing, an hour is promised."""
    words = [FRIDAY_EVENING, word("agent", replied)]
    target = promise("first_response", 1)
    assert attained(lake, "first_response", target, message=words) == (hit, 1, {})


def test_a_deadline_that_runs_is_neither_kept_nor_missed(lake):
    """On Sunday half an hour is left; by Monday at ten it is over."""
    target = promise("first_response", 1)
    words = [FRIDAY_EVENING, SUNDAY]
    assert attained(lake, "first_response", target, message=words) == (
        None,
        0,
        {"not due yet": 1},
    )
    words.append(word("automation", "2026-01-12 10:00"))
    assert attained(lake, "first_response", target, message=words) == (0.0, 1, {})


def test_solved_without_a_reply_is_no_first_response(lake):
    """Nor is an automatic answer."""
    target = promise("first_response", 1, clock="calendar")
    found = attained(
        lake,
        "first_response",
        target,
        message=[FRIDAY_EVENING, word("bot", "2026-01-09 16:31"), SUNDAY],
        event=[event("solved", "2026-01-09 16:40")],
    )
    assert found == (0.0, 1, {})


def test_a_case_that_is_open_again_is_not_solved(lake):
    """Solved within the hour and reopened: late once it has taken more than a day in all."""
    events = [
        event("solved", "2026-01-09 16:30"),
        event("reopened", "2026-01-09 17:00"),
        event("solved", "2026-01-11 17:00"),
    ]
    target = promise("resolution", 24, clock="calendar")
    assert attained(lake, "resolution", target, event=events[:1]) == (1.0, 1, {})
    assert attained(lake, "resolution", target, event=events[:2]) == (None, 0, {"not due yet": 1})
    assert attained(lake, "resolution", target, event=events) == (0.0, 1, {})


def test_the_first_target_that_applies_is_the_one(lake):
    """High priority has an hour, all else a day."""
    targets = [
        promise("first_response", 1, clock="calendar", applies_to={"priority": ["high"]}),
        promise("first_response", 24, clock="calendar"),
    ]
    cases = [case(), case("2", priority="high")]
    words = [
        word(kind, at, number)
        for number in ("1", "2")
        for kind, at in (("customer", "2026-01-05 09:00"), ("agent", "2026-01-05 11:00"))
    ]
    held = holding(lake, Settings(service_level_target=targets), case=cases, message=words)
    found = cells(held, "sla_attainment", by=("priority",))
    assert {each["group"]["priority"]: each["value"] for each in found} == {"high": 0.0, None: 1.0}


def test_a_target_may_be_for_a_dimension_of_ones_own(lake):
    """In the shop an hour is promised, elsewhere a day; where it is not known, a day too."""
    targets = [
        promise("first_response", 1, clock="calendar", applies_to={"custom.site": ["shop"]}),
        promise("first_response", 24, clock="calendar"),
    ]
    sites = {"1": {"site": "shop"}, "2": {"site": "web"}, "3": None}
    cases = [case(number, custom=custom) for number, custom in sites.items()]
    words = [
        word(kind, at, number)
        for number in sites
        for kind, at in (("customer", "2026-01-05 09:00"), ("agent", "2026-01-05 11:00"))
    ]
    held = holding(lake, Settings(service_level_target=targets), case=cases, message=words)
    found = cells(held, "sla_attainment", by=("custom.site",))
    told = {each["group"]["custom.site"]: each["value"] for each in found}
    assert told == {"shop": 0.0, "web": 1.0, None: 1.0}


def test_without_targets_there_is_no_attainment(lake):
    """Nothing is promised, so nothing is kept."""
    words = [FRIDAY_EVENING, word("agent", "2026-01-09 16:31")]
    found = cell(holding(lake, case=[case()], message=words), "sla_attainment")
    assert (found["value"], found["n"], found["left_out"]) == (None, 0, {"no target set": 1})


def test_a_target_in_business_time_needs_opening_hours():
    with pytest.raises(ValidationError, match="needs opening hours"):
        Settings(service_level_target=[promise("resolution", 8)])


def test_a_target_for_what_cases_do_not_have_is_refused(lake):
    target = promise("resolution", 8, clock="calendar", applies_to={"shop": ["billing"]})
    with pytest.raises(BadQuestion, match="'shop'"):
        attained(lake, "resolution", target)


def test_targets_are_written_in_the_settings_file(tmp_path):
    """As the comments of a new lake's file say."""
    create(tmp_path / "lake").close()
    file = tmp_path / "lake" / FILE
    days = ", ".join(f'"{day}"' for day in DAYS[:5])
    target = '[[service_level_target]]\nmetric = "resolution"\nwithin_seconds = 28800\n'
    file.write_text(target)
    with pytest.raises(BadSettings, match="needs opening hours"):
        read(tmp_path / "lake")
    file.write_text(
        f'{target}applies_to = {{ priority = ["high"] }}\n[[schedule]]\nname = "office"\n'
        f'zone = "UTC"\n[[schedule.blocks]]\ndays = [{days}]\nopens = "09:00"\ncloses = "17:00"\n'
    )
    (found,) = read(tmp_path / "lake").service_level_target
    assert (found.metric, found.within_seconds, found.clock) == ("resolution", 28800, "business")
