"""Planted changes are found on their day, with the events beside them; and none where none are."""

import json
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from engine.tables import holding, named, utc
from numpy.testing import assert_allclose

from hearwell.cli.why.show import english
from hearwell.engine.question import Question, find
from hearwell.evidence.events import Happened, Sums, coinciding, events, held_against
from hearwell.evidence.series import Series, TooShort, series
from hearwell.insights.change.explain import change
from hearwell.insights.turned.told import turned
from hearwell.insights.turned.watch import watch
from hearwell.metrics.metric import Better, Unit
from hearwell.settings import Settings
from hearwell.stats.change_point import Dated

FIRST = date(2025, 6, 2)  # a Monday
DAYS, CHANGE_ON = 365, 220


def drawn(seed, change=0.0, kind="share", alike=0.0):
    """Draw a year with fewer rows at weekends, worse Mondays, and a change on one day."""
    rng = np.random.default_rng(seed)
    day = np.arange(DAYS)
    monday, later = day % 7 == 0, day >= CHANGE_ON
    n = rng.poisson(np.where(day % 7 >= 5, 12, 40)).astype(float)
    if kind == "share":
        share = 0.82 - 0.04 * monday + change * later
        if alike:
            size = (1 - alike) / alike
            share = rng.beta(share * size, (1 - share) * size)
        hits = rng.binomial(n.astype(int), share).astype(float)
        value, error = hits / np.maximum(n, 1), np.full(DAYS, np.nan)
        unit, asked, shift = Unit.SHARE, named("customer_satisfaction"), 0.05
    else:
        error = 0.6 / np.sqrt(np.maximum(n, 1))
        level = np.log(300) + 0.1 * monday + change * later
        value, hits = level + rng.normal(0, 0.03, DAYS) + rng.normal(0, 1, DAYS) * error, None
        unit, asked, shift = Unit.SECONDS, named("average_handle_time"), np.log1p(0.1)
    begins = [FIRST + timedelta(days=int(i)) for i in day]
    value = np.where(n > 0, value, np.nan)
    return Series(
        asked,
        unit,
        Better.HIGHER,
        "day",
        begins,
        n,
        value,
        error,
        hits,
        np.zeros(DAYS, bool),
        shift,
    )


@pytest.mark.parametrize(
    ("kind", "change", "alike"),
    [("share", -0.08, 0.0), ("share", 0.08, 0.02), ("mean", -0.12, 0.0)],
)
def test_a_planted_change_is_found_near_its_day(kind, change, alike):
    seeds, found, held, elsewhere = 12, 0, 0, 0
    for seed in range(seeds):
        seen = watch(drawn(seed, change, kind, alike), 1.0)
        near = [each for each in seen.changes if abs(each.day - CHANGE_ON) <= 14]
        found += bool(near and seen.alarms)
        held += any(each.first <= CHANGE_ON <= each.last for each in near)
        elsewhere += any(abs(each.day - CHANGE_ON) > 30 for each in seen.changes)
    assert found >= 11
    assert held >= 10
    assert elsewhere <= 1


@pytest.mark.parametrize("kind", ["share", "mean"])
def test_without_a_change_alarms_are_as_rare_as_was_asked_for(kind):
    seen = [watch(drawn(seed, 0.0, kind), 0.2) for seed in range(24)]
    assert sum(bool(each.alarms) for each in seen) <= 8  # 3 expected: 0.2 a year, 245 days
    assert sum(bool(each.changes) for each in seen) <= 1


def test_a_change_within_the_baseline_does_not_spoil_it():
    of = drawn(3, 0.0)
    hits = np.where(np.arange(DAYS) < 50, np.minimum(of.hits * 0.6, of.n), of.hits)
    better = Series(**vars(of) | {"hits": hits, "value": hits / np.maximum(of.n, 1)})
    seen = watch(better, 1.0)
    (change,) = seen.changes
    assert abs(change.day - 50) <= 2
    assert abs(int(np.flatnonzero(seen.usual.fitted)[0]) - 50) <= 2
    assert_allclose(seen.level(change.day, DAYS), 0.814, atol=0.01)


# --- what the engine tells -------------------------------------------------------------------


def answers(day, count, satisfied, **more):
    """Return answers of one day; the first ones are of satisfied people."""
    at = datetime(2026, 1, 5, 12) + timedelta(days=day)
    return [
        {"survey_id": f"{more} {day} {i}", "instrument": "csat", "status": "answered",
         "sent_at": at, "answered_at": at, "answer": 5.0 if i < satisfied else 1.0,
         "customer_id": f"{more} {day} {i}", "scale_low": 1.0, "scale_high": 5.0} | more
        for i in range(count)
    ]  # fmt: skip


def company(days=140, change_on=98):
    """Each day 10 answers on lamps, 8 of them satisfied, until 4 are; on locks always 8."""
    rows = []
    for day in range(days):
        wobble = (day * 7) % 3 - 1
        rows += answers(day, 10, (8 if day < change_on else 4) + wobble, product="lamp", team="a")
        rows += answers(day, 10, 8 - wobble, product="lock", team="b")
    return rows


EVENTS = [
    {"event_id": "r5", "kind": "release", "title": "Release 5", "dimension": "product",
     "value": "lamp", "started_at": utc("2026-04-13 08:00")},
    {"event_id": "c1", "kind": "campaign", "title": "Spring sale",
     "started_at": utc("2026-03-01 08:00"), "ended_at": utc("2026-03-20 08:00")},
    {"event_id": "t1", "kind": "staff_change", "title": "New shifts", "dimension": "team",
     "value": "b", "started_at": utc("2026-02-01 08:00")},
]  # fmt: skip
CSAT = Question(find("customer_satisfaction")[:1])


def test_a_day_has_its_own_rows(lake):
    rows = answers(0, 10, 7) + answers(2, 20, 5) + answers(80, 9, 9)
    zone = Settings(zone="Asia/Kolkata")
    found = series(holding(lake, zone, survey=rows + company(70)), CSAT)
    assert found.begins[0] == date(2026, 1, 5)
    assert len(found.begins) == 81
    assert (found.n[0], found.hits[0]) == (30, 7 + 7 + 9)
    assert (found.n[80], found.hits[80], found.n[75]) == (9, 9, 0)
    assert np.isnan(found.value[75])


def test_few_answers_a_day_are_told_by_weeks(lake):
    rows = [row for day in range(140) for row in answers(day, 2, day % 3 > 0)]
    found = series(holding(lake, survey=rows), CSAT)
    assert (found.grain, len(found.begins), set(found.n)) == ("week", 20, {14.0})


def test_too_few_days_are_refused(lake):
    with pytest.raises(TooShort, match="customer_satisfaction: 20; it takes 56"):
        series(holding(lake, survey=company(20)), CSAT)


def test_a_change_an_event_beside_it_and_those_it_touched(lake):
    found = turned(holding(lake, survey=company(), event=EVENTS), CSAT)
    (finding,) = found.findings
    assert finding.kind == "turned.change"
    assert finding.says.values["day"].value == "2026-04-13"
    assert_allclose([finding.evidence["before"], finding.evidence["now"]], [0.8, 0.6], atol=0.01)
    (event,) = finding.evidence["events"]
    assert event["title"] == "Release 5"
    assert_allclose(event["more"], -0.4, atol=0.03)
    assert event["low"] < event["more"] < event["high"] < 0
    assert event["as_large"] == 0
    assert event["placebos"] >= 20
    told = " ".join([finding.says.template, *(note.template for note in finding.notes)])
    assert "coincides with" in told
    assert "cause" not in told
    assert json.loads(json.dumps(found.as_json())) == found.as_json()


SPRING = {"begins": "2026-04-13", "ends": "2026-05-24", "compare": "previous"}


def test_a_change_names_the_events_with_which_its_turn_coincides(lake):
    """Beside the whole, and beside the group that the event could touch, with the same evidence."""
    asked = holding(lake, survey=company(), event=EVENTS)
    whole, *groups = change(asked, Question(CSAT.asked, **SPRING)).findings
    of_group = {each.opens.where: each for each in groups if each.kind == "change.rate"}
    lamps = of_group[("product", "lamp"),]
    (of_turned,) = turned(asked, CSAT).findings
    for finding, become in ((whole, 0.6), (lamps, 0.4)):
        (turn,) = finding.evidence["turns"]
        assert turn["events"] == of_turned.evidence["events"]
        assert_allclose([turn["before"], turn["now"]], [0.8, become], atol=0.01)
        notes = [english(note) for note in finding.notes]
        assert "most likely on 2026-04-13" in notes[0]
        assert notes[1] == "It coincides with Release 5 (2026-04-13)."
        assert notes[2].startswith("Where product is lamp it changed by −39")
    assert of_group[("team", "a"),].notes == ()  # the event is told by the product
    of_locks = change(asked, Question(CSAT.asked, **SPRING, where=(("product", "lock"),)))
    assert [each.notes for each in of_locks.findings] == [()]


def test_a_change_names_no_event_at_another_time(lake):
    """The sale and the new shifts lie in the periods, and the number turned on another day."""
    asked = holding(lake, survey=company(), event=EVENTS[1:])
    found = change(asked, Question(CSAT.asked, **SPRING | {"begins": "2026-03-15"}))
    assert found.is_sure
    assert not any(each.notes or "turns" in each.evidence for each in found.findings)
    steady = holding(lake, survey=company(change_on=999), event=EVENTS)
    assert change(steady, Question(CSAT.asked, **SPRING)).findings[0].notes == ()


def test_a_viewer_is_told_of_their_teams_only(lake):
    asked = holding(lake, survey=company(), event=EVENTS)
    of_b = turned(asked, Question(CSAT.asked, teams=("b",)))
    assert [each.kind for each in of_b.findings] == ["turned.none"]
    assert [each.title for each in events(asked, ("b",))] == ["New shifts"]
    assert [each.title for each in events(asked, ())] == []
    of_a = turned(asked, Question(CSAT.asked, teams=("a",)))
    assert_allclose(of_a.findings[0].evidence["now"], 0.4, atol=0.01)
    assert of_a.findings[0].evidence["events"] == []


def test_holidays_are_not_alarms(lake):
    rows, off = company(change_on=999), {"2026-05-01", "2026-01-26", "2026-02-15", "2026-03-04"}
    schedule = {
        "name": "office", "zone": "UTC", "holidays": "IN",
        "blocks": [{"days": ["monday"], "opens": "09:00", "closes": "17:00"}],
    }  # fmt: skip
    found = series(holding(lake, Settings(schedule=(schedule,)), survey=rows), CSAT)
    told = {
        day.isoformat() for day, free in zip(found.begins, found.is_holiday, strict=True) if free
    }
    assert "2026-01-26" in told & off


def test_which_events_coincide():
    of = drawn(0)
    change = Dated(100, [99, 100, 101], [0.3, 0.4, 0.3])

    def at(day, until=None):
        ends = day if until is None else until
        days = [FIRST + timedelta(days=each) for each in (day, ends)]
        return Happened("release", str(day), *days, None, None)

    known = [at(97), at(98), at(101), at(102), at(50, 100), at(50, 200)]
    assert coinciding(change, of, known) == [known[1], known[2], known[4]]
    unsure = Dated(100, list(range(60, 160)), [0.01] * 100)
    assert coinciding(unsure, of, [at(84), at(85), at(114), at(115)]) == [at(85), at(114)]


def test_which_events_could_touch_rows():
    of_lamps = Happened("release", "Release 5", FIRST, FIRST, "product", "lamp")
    assert of_lamps.could_touch((("team", "b"),))
    assert of_lamps.could_touch((("product", "lock"), ("product", "lamp")))
    assert not of_lamps.could_touch((("product", "lock"),))


def test_difference_of_differences_by_hand():
    n = np.full(60, 10.0)
    day = np.arange(60)
    inside = np.where(day < 40, 0.8, 0.5) + 0.01 * (day % 2)
    outside = np.where(day < 40, 0.7, 0.6) + 0.01 * (day % 2)
    sums = [Sums(n, n * each, n * each**2) for each in (inside, outside)]
    found = held_against(*sums, at=40, around=10, level=0.95)
    assert_allclose(found.more, -0.2)
    variance = 4 * 0.005**2 / 9  # of four means of ten days that lie 0.005 from them
    assert_allclose(found.interval.high - found.more, 1.959964 * np.sqrt(variance), rtol=1e-6)
    assert found.placebos == 21
    assert found.as_large == 0


def test_the_command(lake, hearwell, monkeypatch):
    asked = holding(lake, survey=company(), event=EVENTS)
    monkeypatch.setattr("hearwell.lake.lake.open_lake", lambda *_, **__: asked)
    done = hearwell("why", "turned", "CSAT")
    assert done.code == 0, done.err
    words = " ".join(done.out.split())
    assert "turned from 80.0 % to 60.0 %, most likely on 2026-04-13" in words
    assert "It coincides with Release 5 (2026-04-13)." in words
