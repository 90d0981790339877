"""Pages of those who ask: words in versions, links, comments beside scores, anonymity."""

from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from hearwell.web.explore.view import metric_of
from hearwell.web.surveys import link
from hearwell.web.surveys.design import Design
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.released import released_until
from hearwell.web.surveys.results import SCORES
from hearwell.web.surveys.version_form import VersionForm

pytestmark = pytest.mark.usefixtures("company")
TODAY = date(2026, 3, 20)


def typed(version, **changed):
    """Return what a form holds that nobody has touched, but for what is changed."""
    form = VersionForm(instance=version)
    return {field.html_name: field.value() or "" for field in form} | changed


def test_a_survey_a_programme_and_its_link_can_be_made(signed_in):
    bob = signed_in("bob")
    made = bob.post("/surveys/", {"name": "Care", "instrument": "ces5"})
    design = Design.objects.get()
    assert made.url == f"/surveys/designs/{design.pk}/"
    assert "Very difficult" in bob.get(made.url).content.decode()
    form = {
        "name": "After care",
        "design": design.pk,
        "trigger": "solved",
        "people": "accounts",
        "every_days": "91",
        "after_days": "0",
        "share": "1",
        "open_days": "14",
        "is_on": "on",
        "topics": "spam\n\ntest ",
    }
    page = bob.post("/surveys/programmes/new/", form, follow=True).content.decode()
    programme = Programme.objects.get()
    assert programme.left_out == ["spam", "test"]
    assert link.of_programme(programme).address in page
    assert "385" in page
    picture = bob.get(f"/surveys/programmes/{programme.pk}/qr.svg").content.decode()
    assert picture.startswith("<svg xmlns=")
    assert bob.get("/surveys/").status_code == 200


def test_words_change_until_somebody_was_asked_and_then_make_the_next_version(signed_in, programme):
    bob, design = signed_in("bob"), programme.design
    address = f"/surveys/designs/{design.pk}/"
    bob.post(address, typed(design.newest, **{"en-question": "First?"}))
    assert (design.newest.number, design.newest.said("en")["question"]) == (1, "First?")
    asked = Invitation.objects.create(
        programme=programme, version=design.newest, about="1", status="sent"
    )
    bob.post(address, typed(design.newest, **{"en-question": "Second?"}))
    assert (design.newest.number, design.newest.said("en")["question"]) == (2, "Second?")
    asked.refresh_from_db()
    assert asked.version.said("en")["question"] == "First?"


def test_a_language_without_both_ends_is_told_beside_the_field(signed_in, programme):
    form = typed(programme.design.newest, **{"be-low": ""})
    page = signed_in("bob").post(f"/surveys/designs/{programme.design.pk}/", form)
    assert "needs this one" in page.content.decode()
    assert programme.design.newest.said("be")["low"]


def test_the_preview_keeps_nothing(signed_in, programme):
    form = typed(programme.design.newest, **{"en-question": "<b>Typed</b>?"})
    address = f"/surveys/designs/{programme.design.pk}/preview/"
    page = signed_in("bob").post(address, form).content.decode()
    assert "&lt;b&gt;Typed&lt;/b&gt;?" in page
    assert "Typed" not in programme.design.newest.said("en")["question"]


def test_comments_stand_beside_scores_as_text_and_by_team(signed_in, people, invitation):
    Invitation.objects.update(team="billing phone")
    invitation.refresh_from_db()
    invitation.keep(timezone.now(), answer=2, comment="<script>x</script>", like_machine=False)
    address = f"/surveys/programmes/{invitation.programme_id}/"
    page = signed_in("bob").get(address).content.decode()
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    people["bob"].sees_all_teams, people["bob"].teams = False, ["another"]
    people["bob"].save()
    assert "&lt;script&gt;x" not in signed_in("bob").get(address).content.decode()


def test_by_what_rates_are_told_is_said_in_the_readers_language(signed_in, programme):
    bob = signed_in("bob")
    bob.cookies["language"] = "ur"
    page = bob.get(f"/surveys/programmes/{programme.pk}/").content.decode()
    assert ">ٹیم</b>، " in page
    assert 'href="?by=channel#rates">چینل</a>، ' in page


def test_an_anonymous_survey_is_asked_by_link_only(signed_in, anonymous):
    form = {"name": "x", "design": anonymous.design.pk, "trigger": "solved"}
    page = signed_in("bob").post("/surveys/programmes/new/", form).content.decode()
    assert "everybody gets alike" in page


def test_a_survey_without_words_asks_nobody(signed_in):
    bob = signed_in("bob")
    bob.post("/surveys/", {"name": "Own", "instrument": "custom"})
    design = Design.objects.get()
    assert bob.get(f"/surveys/designs/{design.pk}/").status_code == 200
    form = {"name": "x", "design": design.pk, "trigger": "link"}
    page = bob.post("/surveys/programmes/new/", form).content.decode()
    assert "no words yet" in page
    words = {"en-question": "Q?", "en-low": "bad", "en-high": "good"}
    bob.post(f"/surveys/designs/{design.pk}/", typed(design.newest, higher_is_better="on", **words))
    assert [each.label for each in design.newest.points("en")] == ["bad", "", "", "", "good"]


@pytest.mark.parametrize("metric", SCORES.values())
def test_scores_lead_to_metrics_that_exist(metric):
    assert metric_of(metric).variant == metric.partition(":")[2]


def test_an_anonymous_answer_is_joined_to_nobody(anonymous):
    path = Client().get(link.of_programme(anonymous).path).url
    Client().post(path, {"step": "answer", "score": "3"})
    row = Invitation.objects.get()
    assert (row.person, row.agent_id, row.team, row.case_id) == ("", "", "", "")
    assert row.answered_at.time() == datetime.min.time()


def test_anonymous_comments_come_five_at_a_time_once_they_are_settled(signed_in, anonymous):
    bob, address = signed_in("bob"), f"/surveys/programmes/{anonymous.pk}/"
    long_ago = timezone.now() - timedelta(days=10)

    def answer(count, at):
        for _ in range(count):
            about = f"n{Invitation.objects.count()}"
            row = Invitation.objects.create(
                programme=anonymous, version=anonymous.design.newest, about=about, status="started"
            )
            row.keep(at, answer=1, comment=f"comment {about}", like_machine=False)

    answer(4, long_ago)
    answer(9, timezone.now())
    assert "comment n" not in bob.get(address).content.decode()
    answer(1, long_ago)
    assert bob.get(address).content.decode().count("comment n") == 5


@pytest.mark.parametrize(
    ("answers", "until"),
    [
        ({}, None),
        ({-9: 4}, None),
        ({-9: 5}, -9),
        ({-9: 5, -8: 1}, -9),
        ({-9: 5, -8: 1, -7: 4}, -7),
        ({-9: 2, -8: 3, -2: 9}, -8),
        ({0: 50}, None),
    ],
)
def test_whole_days_are_let_out_in_batches(answers, until):
    counts = {TODAY + timedelta(days=day): n for day, n in answers.items()}
    expected = None if until is None else TODAY + timedelta(days=until)
    assert released_until(counts, TODAY) == expected


def test_no_two_looks_differ_by_fewer_than_five_answers():
    counts = {TODAY - timedelta(days=day): 1 + day * 7 % 4 for day in range(40)}
    shown = []
    for look in range(-45, 50):
        today = TODAY + timedelta(days=look)
        so_far = {day: n for day, n in counts.items() if day <= today}
        until = released_until(so_far, today)
        shown.append(sum(n for day, n in so_far.items() if until and day <= until))
    steps = [after - before for before, after in pairwise(shown)]
    assert all(step == 0 or step >= 5 for step in steps)
    assert shown[-1] > 50


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("customer,email\nc-1,ann@example.org\nc-2,ben@example.org\n", None),
        ("customer,email\nc-1,no mail\n", "Line 2"),
        ("who,mail\n1,2\n", "no CSV file"),
        ("customer,email\nc-1\n", "Line 2"),
    ],
)
def test_e_mails_are_taken_in_by_customer(company, signed_in, text, told):
    file = SimpleUploadedFile("e-mails.csv", text.encode())
    answer = signed_in("alice").post("/surveys/e-mails/", {"file": file})
    if told:
        assert told in answer.content.decode()
        assert not Reach.objects.exists()
    else:
        assert answer.status_code == 302
        assert {each.email for each in Reach.objects.all()} == {
            "ann@example.org",
            "ben@example.org",
        }
        assert not Reach.objects.filter(person__startswith="c-").exists()
