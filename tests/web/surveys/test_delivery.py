"""Programs, the inbox and connectors ask: the rules decide, and nobody is asked twice."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.utils import timezone

from hearwell.web.people.token import Scope, Token
from hearwell.web.surveys import rules
from hearwell.web.surveys.asked import Asked
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import Answer, Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.stop import Stop

BODY = {"key": "case 1", "customer": "Ann@example.org", "case_id": "1", "team": "billing"}


@pytest.fixture
def program(company, people):
    cache.clear()

    def showing(name="bob", scope=Scope.WRITE):
        _, text = Token.issue(people[name], "inbox", scope, timedelta(days=1))
        return Client(headers={"Authorization": f"Bearer {text}"})

    return showing


def ask(client, programme, **body):
    address = f"/api/v1/surveys/{programme.pk}/invitations"
    return client.post(address, BODY | body, content_type="application/json")


def test_somebody_is_asked_by_link_and_the_same_again_changes_nothing(program, programme):
    bob = program()
    first = ask(bob, programme, language="ur")
    found = first.json()
    assert (first.status_code, found["status"], found["reason"]) == (200, "sent", "")
    message = found["message"]
    assert [each["score"] for each in message["choices"]] == [1, 2, 3, 4, 5]
    assert message["language"] == "ur"
    assert ask(bob, programme, language="ur").json() == found
    row = Invitation.objects.get()
    assert (row.case_id, row.team, row.to_mail) == ("1", "billing", False)
    assert "ann" not in row.person
    path = "/s/" + message["choices"][3]["address"].partition("/s/")[2]
    assert 'name="score" value="4"' in Client().get(path).content.decode()


def test_the_rules_decide_and_say_why(program, programme):
    bob = program()
    ask(bob, programme)
    other = ask(bob, programme, key="case 2").json()
    assert (other["status"], other["reason"], other["message"]) == ("throttled", rules.RESTS, None)
    nobody = ask(bob, programme, key="case 3", customer="anonymous").json()
    assert (nobody["status"], nobody["reason"]) == ("suppressed", rules.NOBODY_KNOWN)
    mailed = ask(bob, programme, key="case 4", customer="ben", by="mail").json()
    assert (mailed["status"], mailed["reason"]) == ("suppressed", rules.NO_ADDRESS)
    Stop.objects.create(person=Invitation.objects.get(about="api:case 1").person)
    Asked.objects.all().delete()
    stopped = ask(bob, programme, key="case 5").json()
    assert (stopped["status"], stopped["reason"]) == ("suppressed", rules.STOPPED)
    assert Invitation.objects.count() == 5  # asked and not asked, by reason, are all


def test_a_mail_is_sent_from_here(program, programme):
    bob = program()
    ask(bob, programme, key="before")
    person = Invitation.objects.get().person
    Reach.objects.create(person=person, email="ann@example.org")
    Asked.objects.all().delete()
    assert ask(bob, programme, key="after", by="mail").json()["status"] == "sent"
    assert Invitation.objects.get(about="api:after").to_mail


def test_several_answers_of_one_person_in_one_programme(program, programme):
    """Once for each thing that happened, not once for ever: each has a row and an answer."""
    bob, found = program(), []
    for number in range(3):
        found.append(ask(bob, programme, key=f"case {number}", by="message").json()["survey_id"])
        long_ago = timezone.now() - timedelta(days=Habits.current().rest_days + 1)
        Asked.objects.update(at=long_ago)
    for score, survey in enumerate(found, 3):
        address = f"/api/v1/surveys/invitations/{survey}/answer"
        said = bob.post(address, {"score": score}, content_type="application/json")
        assert said.json() == {"survey_id": survey, "status": "answered"}
    rows = Invitation.objects.all()
    assert sorted(each.answer for each in rows) == [3, 4, 5]
    assert len({each.person for each in rows}) == 1


def test_what_is_said_in_a_conversation_is_kept_as_it_comes(program, programme):
    bob = program()
    survey = ask(bob, programme, by="message").json()["survey_id"]

    def say(**said):
        address = f"/api/v1/surveys/invitations/{survey}/answer"
        return bob.post(address, said, content_type="application/json")

    assert say(comment="only words").status_code == 422
    assert say(score=6).status_code == 422
    assert say(score=2).status_code == 200
    assert say(score=2).status_code == 200
    assert say(comment="slow\0").status_code in {200, 422}
    assert say(score=4, comment="no, it was good").status_code == 200
    row = Invitation.objects.get()
    assert (row.answer, row.comment) == (4, "no, it was good")
    assert {2, 4} == {each.answer for each in Answer.objects.all()}
    Invitation.objects.update(answered_at=timezone.now() - timedelta(days=2))
    assert say(score=1).status_code == 422


@pytest.mark.parametrize(
    ("name", "scope"), [("bob", Scope.READ), ("carol", Scope.WRITE), ("dave", Scope.ADMIN)]
)
def test_it_needs_a_lead_and_a_token_that_may_change(program, programme, name, scope):
    assert ask(program(name, scope), programme).status_code == 403
    assert not Invitation.objects.exists()


def test_what_cannot_be_asked_is_refused(program, programme, anonymous):
    bob = program()
    assert ask(bob, anonymous).status_code == 422
    Programme.objects.update(is_on=False)
    assert "off" in ask(bob, programme).json()["detail"]
    assert bob.post("/api/v1/surveys/999/invitations", BODY, "application/json").status_code == 404
    assert ask(bob, programme, key="").status_code == 422
    assert ask(bob, programme, wrong="x").status_code == 422
    address = "/api/v1/surveys/invitations/none/answer"
    assert bob.post(address, {"score": 3}, "application/json").status_code == 404
    assert not Invitation.objects.exists()


def test_who_asks_too_often_waits(program, programme, settings):
    few = settings.ENVIRONMENT.model_copy(update={"api_requests_a_minute": 3})
    with override_settings(ENVIRONMENT=few):
        bob = program()
        codes = [ask(bob, programme).status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
