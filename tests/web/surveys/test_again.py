"""Some who did not answer are asked again, drawn by chance, and tracked up to everyone's score."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from programs import sent, told

from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope
from hearwell.web.surveys import mails, outbox
from hearwell.web.surveys.again import Again, ask_again, silent, tracked
from hearwell.web.surveys.asked import Asked
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.stop import Stop

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=60)


@pytest.fixture
def silents(programme):
    """Ten did not answer; one answered; four of the silent cannot be asked, each for a reason."""
    for number in range(15):
        person = f"p{number}"
        answered = number == 10
        Invitation.objects.create(
            programme=programme,
            version=programme.design.newest,
            about=f"case {number}",
            person=person,
            team="red" if number % 2 else "blue",
            case_id=str(number),
            status="answered" if answered else "expired",
            answer=5 if answered else None,
            sent_at=LONG_AGO,
            answered_at=LONG_AGO if answered else None,
        )
        if number != 11:  # no address
            Reach.objects.create(person=person, email=f"{person}@example.org")
    Stop.objects.create(person="p12")
    Asked.objects.create(person="p13", at=NOW - timedelta(days=2))
    Invitation.objects.filter(person="p14").update(status="bounced")
    return programme


def test_each_is_asked_again_once_and_by_chance(silents):
    could = {f"p{number}" for number in range(10)}
    assert {each.person for each in silent(silents, None, NOW)} == could
    assert tracked(silents, None, NOW) == Again(0, 0, 10)
    assert tracked(silents, ("red",), NOW) == Again(0, 0, 5)
    assert ask_again(silents, 4, None, NOW) == 4
    again = list(Invitation.objects.exclude(follows=""))
    before = {each.pk: each for each in Invitation.objects.filter(follows="")}
    for each in again:
        first = before[each.follows]
        assert (each.person, each.case_id, each.team) == (first.person, first.case_id, first.team)
        assert (each.status, each.selection_probability) == ("sent", 0.4)
    assert tracked(silents, None, NOW) == Again(4, 0, 6)
    assert ask_again(silents, 99, None, NOW) == 6
    assert Counter(Invitation.objects.exclude(follows="").values_list("person", flat=True)) == (
        Counter(could)
    )
    later = NOW + timedelta(days=99)
    assert [ask_again(silents, 9, None, later) for _ in range(2)] == [1, 0]  # p13 has had a rest


def test_each_is_drawn_as_often_as_the_others(silents):
    drawn = Counter()
    for _ in range(60):
        ask_again(silents, 5, None, NOW)
        drawn.update(Invitation.objects.exclude(follows="").values_list("person", flat=True))
        Invitation.objects.exclude(follows="").delete()
        Asked.objects.exclude(person="p13").delete()
    assert len(drawn) == 10
    assert 10 < min(drawn.values()) <= max(drawn.values()) < 50  # 30 expected, deviation 4


def test_they_are_mailed_and_the_lake_knows_whom_they_follow(silents):
    ask_again(silents, 3, None, NOW)
    assert mails.send_waiting(NOW, "UTC") == 3
    assert len(mail.outbox) == 3
    row = Invitation.objects.exclude(follows="").first()
    row.keep(NOW, answer=2)
    row.refresh_from_db()
    assert tracked(silents, None, NOW).answered == 1
    record = outbox.record_of(row)
    assert (record["follows"], record["status"], record["answer"]) == (row.follows, "answered", 2)


def test_an_anonymous_survey_asks_nobody_again(anonymous):
    Invitation.objects.create(
        programme=anonymous, version=anonymous.design.newest, about="x", status="expired"
    )
    assert tracked(anonymous, None, NOW) == Again(0, 0, 0)


def test_a_lead_asks_again_on_the_page(silents, signed_in, company):
    page = signed_in("bob").get(f"/surveys/programmes/{silents.pk}/").content.decode()
    assert "could be asked now: 11" in page
    address = f"/surveys/programmes/{silents.pk}/again/"
    page = signed_in("bob").post(address, {"people": "3"}, follow=True).content.decode()
    assert "Asked again: 3" in page
    assert "Asked again: 3, answered: 0, could be asked now: 8" in page
    signed_in("bob").post(address, {"people": "0"})
    assert tracked(silents, None, NOW).asked == 3


def test_programs_ask_some_again_once_and_of_own_teams_only(company, silents, people, program):
    people["bob"].sees_all_teams, people["bob"].teams = False, ["red"]
    people["bob"].save()
    bob, address = program("bob", Scope.WRITE), f"/api/v1/surveys/{silents.pk}"
    for _ in range(2):
        answer = told(sent(bob, f"{address}/again", {"people": 2}, idempotency_key="again"))
        assert answer == {"asked": 2, "answered": 0, "silent": 4}  # p13 has rested by today
    assert told(bob.get(f"{address}/results"))["again"] == answer
    assert {each.team for each in Invitation.objects.exclude(follows="")} == {"red"}
    assert "2 asked again" in Audit.objects.get(action="settings changed").about
