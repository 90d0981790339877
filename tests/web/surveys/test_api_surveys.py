"""Programs are told the results of surveys as the page tells them, and change what is asked."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from programs import sent, told

from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope
from hearwell.web.surveys import link
from hearwell.web.surveys.design import Design
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach

SURVEYS = "/api/v1/surveys"
pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def bob(program):
    return program("bob", Scope.WRITE)


@pytest.fixture
def answers(programme, further):
    """Give three answers of one team and one of another."""
    version = programme.design.newest
    version.further, version.asks_more = further, True
    version.save()
    for number, team in enumerate(["billing phone"] * 3 + ["orders phone"]):
        row = Invitation.objects.create(
            programme=programme,
            version=version,
            about=f"case {number}",
            team=team,
            status="sent",
            sent_at=timezone.now(),
        )
        row.keep(
            timezone.now(),
            answer=number + 1,
            comment=f"words of {team}",
            items={"2": number + 1},
            like_machine=False,
        )
    return f"{SURVEYS}/{programme.pk}/results"


def test_results_are_those_of_the_page(answers, bob, signed_in, programme):
    found = told(bob.get(answers))
    page = signed_in("bob").get(f"/surveys/programmes/{programme.pk}/").content.decode()
    assert found["answers"] == 4
    assert found["decisions"] == [{"status": "answered", "reason": "", "people": 4}]
    assert "<td>answered</td><td>–</td><td>4</td>" in page
    assert [each["score"] for each in found["comments"]] == [
        int(each) for each in re.findall(r"<tr><td><b>(\d)</b>", page)
    ]
    (quick,) = [each for each in found["said"] if each["question"] == "How quick?"]
    assert quick["lines"] == [{"answer": "How quick?", "value": 2.5, "n": 4}]
    assert "<td>2.5</td><td>4</td>" in page
    assert [(each["points"], each["days"]) for each in found["needed"]] == [
        (3, 7476), (5, 2695), (10, 679),
    ]  # fmt: skip
    assert "<td>385</td>" in page
    assert found["needed"][1]["answers"] == 385
    assert bob.get(f"{answers}?by=agent_id").status_code == 422


def test_who_sees_one_team_is_told_nothing_of_another(answers, people, program):
    people["carol"].role, people["carol"].teams = "lead", ["billing phone"]
    people["carol"].save()
    found = program("carol").get(answers)
    assert told(found)["answers"] == 3
    assert "orders phone" not in found.content.decode()
    people["dave"].role = "lead"
    people["dave"].save()
    nothing = told(program("dave").get(f"{answers}?by=channel"))
    assert (nothing["answers"], nothing["decisions"], nothing["comments"]) == (0, [], [])
    assert (nothing["said"][0]["lines"][0]["n"], nothing["rates"]) == (0, [])


def test_anonymous_answers_are_held_back_here_too(anonymous, bob):
    for number in range(4):
        row = Invitation.objects.create(
            programme=anonymous,
            version=anonymous.design.newest,
            about=f"n{number}",
            status="started",
        )
        row.keep(timezone.now(), answer=1, comment="a secret", like_machine=False)
    found = bob.get(f"{SURVEYS}/{anonymous.pk}/results")
    assert (told(found)["answers"], told(found)["is_held_back"]) == (0, True)
    assert "a secret" not in found.content.decode()


def test_a_survey_and_a_programme_are_made_and_changed(bob):
    given = {"name": "Care", "instrument": "ces5"}
    design = told(sent(bob, f"{SURVEYS}/designs", given, idempotency_key="d"), 201)
    assert told(sent(bob, f"{SURVEYS}/designs", given, idempotency_key="d"), 201) == design
    assert Design.objects.get().pk == design["number"]
    asks = {"name": "After care", "design": design["number"], "trigger": "solved"}
    asks |= {"left_out": ["spam", "test"], "quota_a_day": 9}
    made = told(sent(bob, SURVEYS, asks), 201)
    kept = Programme.objects.get()
    assert (kept.left_out, kept.quota_a_day, kept.is_on) == (["spam", "test"], 9, True)
    assert made["address"] == link.of_programme(kept).address
    assert told(bob.get(SURVEYS))["programmes"] == [made]
    found = told(sent(bob, f"{SURVEYS}/{kept.pk}", asks | {"is_on": False, "share": 0.5}, "put"))
    assert (found["is_on"], found["share"], found["address"]) == (False, 0.5, made["address"])
    assert told(bob.get(f"{SURVEYS}/designs"))["designs"][0]["programmes"] == [kept.pk]
    told(sent(bob, f"{SURVEYS}/habits", {"rest_days": 60}, "put"))
    assert Habits.current().rest_days == 60
    entries = Audit.objects.filter(action="settings changed").order_by("pk")
    assert [each.about for each in entries] == [
        "survey Care added",
        "survey programme After care",
        "survey programme After care",
        "how often people are asked",
    ]


def test_what_the_page_refuses_programs_are_refused(bob, anonymous):
    asks = {"name": "x", "design": anonymous.design.pk, "trigger": "solved"}
    for wrong, at in ((asks, "body.trigger"), (asks | {"design": 10**6}, "body.design")):
        answer = sent(bob, SURVEYS, wrong)
        assert (answer.status_code, answer.json()["errors"][0]["at"]) == (422, at)


def test_words_are_changed_and_questions_keep_their_keys(bob, programme):
    address = f"{SURVEYS}/designs/{programme.design.pk}"
    before = told(bob.get(address))
    texts = {"en": before["texts"]["en"] | {"question": "How was it?"}}
    two = [
        {"kind": "text", "texts": {"en": {"question": "Why?"}}},
        {"kind": "choice", "texts": {"en": {"question": "Where?", "options": ["here", "there"]}}},
    ]
    given = {"presentation": "numbers", "texts": texts, "further": two}
    found = told(sent(bob, address, given, "put"))
    assert (found["version"], found["texts"]["en"]["question"]) == (1, "How was it?")
    assert [each["key"] for each in found["further"]] == ["2", "3"]
    assert programme.design.newest.further == found["further"]
    Invitation.objects.create(
        programme=programme, version=programme.design.newest, about="1", status="sent"
    )
    again = given | {"further": [found["further"][1], two[0]]}  # the first goes, another comes
    found = told(sent(bob, address, again, "put"))
    assert found["version"] == 2
    assert [(each["key"], each["kind"]) for each in found["further"]] == [
        ("3", "choice"),
        ("4", "text"),
    ]
    lacks = {"presentation": "numbers", "texts": {"en": {"question": "Q?"}}}
    wrong = sent(bob, address, lacks, "put")
    assert wrong.status_code == 422
    assert {each["at"] for each in wrong.json()["errors"]} == {
        "body.texts.en.low",
        "body.texts.en.high",
        "body",
    }


def test_e_mails_are_brought_by_administrators(bob, program):
    def brought(client, text):
        file = SimpleUploadedFile("e-mails.csv", text.encode())
        return client.post(f"{SURVEYS}/e-mails", {"file": file})

    alice = program("alice", Scope.WRITE)
    text = "customer,email\nc-1,ann@example.org\nc-2,ben@example.org\n"
    assert brought(bob, text).status_code == 403
    assert told(brought(alice, text)) == {"known": 2}
    assert Reach.objects.count() == 2
    large = "".join(f"c-{n},{n}@example.org,{'x' * 100_000}\n" for n in range(12))
    assert told(brought(alice, f"customer,email,note\n{large}")) == {"known": 12}
    wrong = brought(alice, "customer,email\nc-1,no mail\n")
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "body.file")
