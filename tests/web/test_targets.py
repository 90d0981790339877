"""Targets tell how a number stands; an alert comes where one is surely missed."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from hearwell.lake.lake import open_lake
from hearwell.web.explore.jobs import send_messages
from hearwell.web.explore.message import Message
from hearwell.web.targets import watching
from hearwell.web.targets.attaining import attained
from hearwell.web.targets.target import Side, Target
from hearwell.web.targets.watching import watch


@pytest.fixture
def lake(company):
    with open_lake(company) as opened, opened.reading():
        yield opened


@pytest.fixture
def impossible(people):
    """Give a target that is surely missed, over all there is."""
    return Target.objects.create(
        metric="survey_response_rate:answered",
        side=Side.AT_LEAST,
        value=1.0,
        window_days=365,
        owner=people["alice"],
    )


def test_a_miss_opens_one_alert_and_tells_what_how_sure_and_since_when(lake, impossible, people):
    impossible.people.set([people["alice"]])
    alert = watch(lake, impossible, timezone.now())
    assert alert.closed_for is None
    assert watch(lake, Target.objects.get(), timezone.now()) is None  # the day was looked at
    send_messages()
    (sent,) = mail.outbox
    assert "is missed" in sent.subject
    for part in ("at least 100.0", "sure", "since", "at most 1 times a year", "/explore/?metric="):
        assert part in sent.body


def test_an_alert_stays_open_until_the_value_itself_reaches_the_target(lake, impossible):
    alert = watch(lake, impossible, timezone.now())
    found = attained(lake, impossible, None)
    value, high = found.cell["value"], found.cell["high"]
    impossible.value = (value + high) / 2  # within the interval, and not reached
    assert watching.changed(impossible, attained(lake, impossible, None)) is None
    impossible.value = value
    closed = watching.changed(impossible, attained(lake, impossible, None))
    assert closed == alert
    assert closed.closed_for == found.ends


def test_a_target_within_the_interval_raises_no_alert(lake, impossible):
    found = attained(lake, impossible, None)
    impossible.value = (found.cell["value"] + found.cell["high"]) / 2
    impossible.save()
    assert watch(lake, impossible, timezone.now()) is None


def test_a_handful_of_rows_raises_no_alert(lake, impossible):
    impossible.window_days = 1
    found = attained(lake, impossible, None)
    assert found.cell is None or found.cell["n"] < 30
    assert not found.is_missed


def test_the_day_that_is_not_over_is_not_looked_at(lake, impossible):
    newest = lake.connection.execute(
        "select max(answered_at)::date from lake.survey where answered_at is not null"
    ).fetchone()[0]
    assert attained(lake, impossible, None).ends <= newest + timedelta(days=1)
    assert attained(lake, impossible, None).begins == attained(
        lake, impossible, None
    ).ends - timedelta(days=364)


def test_who_may_not_see_a_team_is_not_told_of_its_target(lake, impossible, people):
    impossible.people.set([people["alice"], people["carol"], people["dave"]])
    watch(lake, impossible, timezone.now())
    assert {each.person.name for each in Message.objects.all()} == {"Alice"}


def test_carol_sees_the_targets_of_her_team_only(company, impossible, people, signed_in):
    people["carol"].teams = ["billing phone"]
    people["carol"].save()
    for team in ("billing phone", "another"):
        Target.objects.create(
            metric="service_level:SL3",
            where=f"where.team={team}",
            side=Side.AT_LEAST,
            value=0.8,
            owner=people["alice"],
        )
    page = signed_in("carol").get("/targets/").content.decode()
    assert "team: billing phone" in page
    assert "team: another" not in page
    assert "survey response rate" not in page
    assert "survey response rate" in signed_in("bob").get("/targets/").content.decode()


def test_a_lead_of_one_team_sets_targets_of_that_team_only(company, impossible, people, signed_in):
    bob = people["bob"]
    bob.sees_all_teams, bob.teams = False, ["billing phone"]
    bob.save()
    form = {
        "metric": "service_level:SL3",
        "side": "at least",
        "wanted": "80",
        "window_days": "7",
        "false_alarms_per_year": "1",
    }
    browser = signed_in("bob")
    assert browser.post("/targets/new/", form).status_code == 200  # told what is wrong
    assert browser.post("/targets/new/", form | {"team": "another"}).status_code == 200
    assert browser.post("/targets/new/", form | {"team": "billing phone"}).status_code == 302
    made = Target.objects.get(owner=bob)
    assert (made.value, made.where) == (0.8, "where.team=billing+phone")
    assert browser.get(f"/targets/{impossible.pk}/").status_code == 404
    assert browser.post(f"/targets/{impossible.pk}/remove/").status_code == 404


def test_the_wrong_side_is_told_beside_the_field(company, people, signed_in):
    form = {
        "metric": "wait_time:p50",
        "side": "at least",
        "wanted": "30",
        "window_days": "7",
        "false_alarms_per_year": "1",
    }
    page = signed_in("bob").post("/targets/new/", form).content.decode()
    assert "at most is good" in page
    assert not Target.objects.exists()


def test_the_form_is_in_the_language_of_whoever_fills_it_in(company, people, signed_in):
    bob = signed_in("bob")
    fields = r'<label for="id_(\w+)">\s*([^<:]+)|<legend>\s*([^<:]+)'
    in_english = re.findall(fields, bob.get("/targets/new/").content.decode())
    assert ("team", "Team", "") in in_english
    people["bob"].language = "be"
    people["bob"].save()
    bob.cookies["language"] = "be"
    again = re.findall(fields, bob.get("/targets/new/").content.decode())
    assert len(again) == len(in_english) > 10
    assert not set(again) & set(in_english)


@pytest.mark.parametrize(
    ("hour", "told"),
    [(12, 12), (19, 31), (23, 31), (2, 7), (6, 7), (7, 7)],
)
def test_nobody_is_disturbed_in_quiet_hours(hour, told):
    target = Target(quiet_from=19, quiet_to=7)
    day = datetime(2026, 11, 23, tzinfo=UTC)
    found = target.may_be_told_from(day + timedelta(hours=hour), "UTC")
    assert found == day + timedelta(hours=told)


def test_quiet_hours_are_those_of_the_organisation():
    target = Target(quiet_from=0, quiet_to=9)
    now = datetime(2026, 11, 23, 5, tzinfo=UTC)  # 8 in Minsk
    assert target.may_be_told_from(now, "Europe/Minsk") == now + timedelta(hours=1)


def test_an_owner_who_may_no_longer_do_so_watches_nothing(lake, impossible, people):
    people["alice"].is_active = False
    people["alice"].save()
    impossible.refresh_from_db()
    assert watch(lake, impossible, timezone.now()) is None
    assert impossible.checked_for is None
