"""Agents are asked each quarter, and nothing that is kept joins an answer to one of them."""

import logging
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.test import Client

from hearwell.engine.ask import ask
from hearwell.engine.question import Question, find
from hearwell.lake.lake import create
from hearwell.web.people.person import Person, Role
from hearwell.web.surveys import agents, answering, link, mails, outbox, rules
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import TOO_MANY, Invitation
from hearwell.web.surveys.programme import People, Trigger
from hearwell.web.surveys.reach import AGENT, Reach
from hearwell.web.surveys.round import Letter, Round
from hearwell.web.surveys.stop import Stop

NOON = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
TEAMS = {"red": 7, "blue": 6, "tiny": 2}
AGENTS = {f"{team} {n}": team for team, size in TEAMS.items() for n in range(size)}


@pytest.fixture
def lake(tmp_path):
    with create(tmp_path / "lake") as made:
        for name, team in [*AGENTS.items(), ("bot", "red"), ("gone", "red"), ("silent", "blue")]:
            made.connection.execute(
                "insert into lake.agent by name select 'own' as source, $now::timestamp as "
                "received_at, $name as agent_id, $team as team, $bot as is_bot, "
                "$left::timestamp as left_at",
                {
                    "now": NOON.replace(tzinfo=None),
                    "name": name,
                    "team": team,
                    "bot": name == "bot",
                    "left": datetime(2020, 1, 1) if name == "gone" else None,
                },
            )
        yield made


@pytest.fixture
def staff(anonymous, monkeypatch):
    """Give a programme that asks the agents of the lake."""
    monkeypatch.setattr(answering, "AT_ONCE", timedelta(seconds=-1))
    anonymous.trigger, anonymous.people = Trigger.AGENTS, People.LAKE
    anonymous.save()
    Habits.objects.create(pk=1, quiet_from=None, quiet_to=None)
    for name in AGENTS:
        Reach.objects.create(person=AGENT + name, email=f"{name.replace(' ', '.')}@example.org")
    return anonymous


def answer(address, score, comment=""):
    browser = Client()
    path = browser.get(address).url
    shown = re.search(r'name="shown" value="([^"]+)"', browser.get(path).content.decode()).group(1)
    browser.post(path, {"step": "answer", "score": score, "shown": shown})
    if comment:
        browser.post(path, {"step": "more", "comment": comment})
    return path


def address_of(team):
    return link.of_round(Round.objects.get(team=team)).path


def test_each_agent_gets_a_decision_and_each_quarter_a_round(lake, staff):
    Stop.objects.create(person=agents.person_of("red.0@example.org"))
    assert agents.look(lake, NOON) == Counter(sent=len(AGENTS) - 1, suppressed=2)
    assert agents.look(lake, NOON + timedelta(minutes=1)) == Counter()
    reasons = Counter(Invitation.objects.exclude(reason="").values_list("reason", flat=True))
    assert reasons == Counter({rules.STOPPED: 1, rules.NO_ADDRESS: 1})  # silent has no e-mail
    later = agents.look(lake, NOON + timedelta(days=92))
    assert later["sent"] == len(AGENTS) - 1
    assert len(set(Round.objects.values_list("begins_on", flat=True))) == 2


def test_the_rest_between_two_questions_holds_for_agents_too(lake, staff):
    agents.look(lake, NOON)
    Round.objects.all().update(begins_on=date(2000, 1, 1))
    assert agents.look(lake, NOON + timedelta(days=3))["throttled"] == len(AGENTS)


def test_in_quiet_hours_no_round_begins_and_no_letter_goes(lake, staff):
    Habits.objects.update(quiet_from=12, quiet_to=13)
    assert agents.look(lake, NOON) == Counter()
    Habits.objects.update(quiet_from=None)
    agents.look(lake, NOON)
    Habits.objects.update(quiet_from=12)
    assert mails.send_letters(NOON, "UTC") == 0
    assert mails.send_letters(NOON + timedelta(hours=1), "UTC") == len(AGENTS)


def test_all_of_a_team_get_one_link_and_teams_of_few_share_one(lake, staff):
    agents.look(lake, NOON)
    assert mails.send_letters(NOON, "UTC") == len(AGENTS)
    assert not Letter.objects.exists()
    assert mails.send_letters(NOON, "UTC") == 0
    links = {}
    for each in mail.outbox:
        (to,) = each.to
        found = re.search(r"/s/([^/]+)/\d/\?lang=en", each.body).group(1)
        links.setdefault(to.split(".")[0], set()).add(found)
        assert "nobody can tell who gave it" in each.body
    assert {team: len(found) for team, found in links.items()} == {"red": 1, "blue": 1, "tiny": 1}
    assert set(Round.objects.values_list("team", flat=True)) == {"red", "blue", ""}


def test_who_answers_takes_a_row_of_the_team_by_chance(lake, staff):
    agents.look(lake, NOON)
    for score in (9, 10, 3):
        answer(address_of("red"), score)
    rows = Invitation.objects.filter(team="red")
    assert Counter(each.status for each in rows) == Counter(sent=4, answered=3)
    assert sorted(each.answer for each in rows if each.answer is not None) == [3, 9, 10]
    path = answer(address_of("blue"), 5)
    shown = Client().get(path + "?again=1").content.decode()
    assert 'value="5" required checked' in shown


def test_a_link_that_is_used_more_often_than_people_were_asked_counts_no_more(lake, staff):
    agents.look(lake, NOON)
    for _ in range(TEAMS["red"] + 2):
        answer(address_of("red"), 10)
    assert Invitation.objects.filter(team="red", status="answered").count() == TEAMS["red"]
    more = Invitation.objects.filter(reason=TOO_MANY)
    assert {(each.status, each.like_machine, each.answer) for each in more} == {
        ("started", True, 10)
    }
    assert more.count() == 2


def test_a_click_in_the_mail_leads_to_the_answer_to_confirm(lake, staff):
    agents.look(lake, NOON)
    browser = Client()
    page = browser.get(browser.get(address_of("red") + "7/").url)
    assert 'name="score" value="7"' in page.content.decode()


def test_an_agent_who_does_not_want_to_is_asked_no_more(lake, staff):
    person = agents.person_of("red.1@example.org")
    path = link.of_person(person).path
    Client().get(path)
    assert not Stop.objects.exists()
    Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})
    assert Stop.objects.get().person == person
    assert Client().get(path.replace("/s/p", "/s/i")).status_code == 404


def test_accounts_are_asked_in_their_language(lake, staff):
    staff.people = People.ACCOUNTS
    staff.save()
    for number in range(6):
        Person.objects.create_user(
            f"{number}@example.org", role=Role.AGENT, language="ur", teams=["care"]
        )
    Person.objects.create_user("lead@example.org", role=Role.LEAD)
    assert agents.look(lake, NOON) == Counter(sent=6)
    mails.send_letters(NOON, "UTC")
    assert all('dir="rtl"' in each.alternatives[0][0] for each in mail.outbox)


def test_the_lake_hears_of_answers_when_the_round_is_over_all_at_once(lake, staff):
    """Else its snapshots, which know their time, would tell when somebody answered."""
    agents.look(lake, NOON)
    outbox.bring_in(lake, NOON + timedelta(days=1))
    answer(address_of("red"), 9)
    answer(address_of("red"), 2)
    over = Round.objects.first().ends_at
    assert not outbox.has_any(over - timedelta(hours=1))
    outbox.bring_in(lake, over + timedelta(minutes=1))
    found = lake.connection.execute(
        "select status, count(*), min(sent_at), min(answered_at), max(answered_at) "
        "from lake.survey where team = 'red' group by 1 order by 1"
    ).fetchall()
    day = NOON.replace(hour=0, tzinfo=None)
    last = over.replace(tzinfo=None) - timedelta(days=1)
    assert found == [("answered", 2, day, last, last), ("sent", 5, day, None, None)]
    rate = ask(lake, Question(find("survey_response_rate"), where=(("team", "red"),))).cells()
    assert (rate[0]["value"], rate[0]["n"]) == (pytest.approx(2 / 7), 7)


def everything_kept():
    return {
        f"{model.__name__} {row['pk']}": row
        for model in apps.get_models()
        for row in model.objects.values("pk", *(f.name for f in model._meta.concrete_fields))  # noqa: SLF001
    }


def words_of(row):
    return {str(value) for value in row.values() if value not in (None, "", [], {}, False, True)}


def test_an_answer_cannot_be_joined_to_its_person(lake, staff, caplog):
    """Whoever has the database, the log, the mails and the lake follows every shared word.

    From a person go to all rows that share a value with what is known of them, from these to all
    that share one with those, and so on: no answer is reached, but by what holds for all of a team.
    """
    caplog.set_level(logging.DEBUG)
    agents.look(lake, NOON)
    mails.send_letters(NOON, "UTC")
    path = answer(address_of("red"), 1, "I was cross on my birthday")
    outbox.bring_in(lake, NOON + timedelta(days=40))
    columns = [name for name, *_ in lake.connection.execute("from lake.survey").description]
    told = {
        f"lake {number}": dict(zip(columns, row, strict=True))
        for number, row in enumerate(lake.connection.execute("from lake.survey").fetchall())
    }
    rows = everything_kept() | told
    answered = {name for name, row in rows.items() if "I was cross on my birthday" in str(row)}
    assert len(answered) >= 3  # the row, what was said, and the lake's
    of_team = [words_of(row) for row in rows.values() if row.get("team") == "red"]
    for_all = set.union(*(words_of(each) for each in rows.values() if "begins_on" in each))
    for_all |= {word for word in set.union(*of_team) if sum(word in each for each in of_team) > 4}
    known = {"red.3@example.org", "red 3", agents.person_of("red.3@example.org")}
    reached = set()
    while True:
        found = {name for name, row in rows.items() if words_of(row) & (known - for_all)} - reached
        if not found:
            break
        reached |= found
        known |= {word for name in found for word in words_of(rows[name]) if not word.isdigit()}
    assert reached  # the search finds what there is of the person
    assert not reached & answered
    trace = path.split("/")[2]
    assert trace not in caplog.text
    assert trace not in str(rows)
    assert not any(trace in each.body for each in mail.outbox)
    assert "I was cross" not in caplog.text


def test_no_clock_tells_when_somebody_answered(lake, staff):
    agents.look(lake, NOON)
    before = {pk: str(row) for pk, row in everything_kept().items()}
    answer(address_of("red"), 4, "slow lunch")
    changed = [row for pk, row in everything_kept().items() if before.get(pk) != str(row)]
    times = [
        value
        for row in changed
        for name, value in row.items()
        if isinstance(value, datetime) and not name.startswith(("expire", "last_login"))
    ]
    assert len(times) > 3
    assert {each.strftime("%H:%M:%S.%f") for each in times} == {"00:00:00.000000"}
    last = Round.objects.first().ends_at - timedelta(days=1)
    assert {row["answered_at"] for row in changed if "answered_at" in row} == {last}
