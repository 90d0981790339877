"""Answering: every answer is kept once, whatever browsers, mail scanners and others do."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

import hearwell.web
from hearwell.language import LANGUAGES
from hearwell.web.surveys import answering, link
from hearwell.web.surveys.design import Design, Version
from hearwell.web.surveys.instrument import INSTRUMENTS, standard, texts
from hearwell.web.surveys.invitation import Answer, Invitation
from hearwell.web.surveys.stop import Stop


@pytest.fixture(autouse=True)
def _reads_at_once(monkeypatch):
    """Tests are quicker than people."""
    monkeypatch.setattr(answering, "AT_ONCE", timedelta(seconds=-1))


@pytest.fixture
def browser(db):
    return Client(enforce_csrf_checks=True)


def path_of(invitation):
    return link.of_invitation(invitation).path


def form_of(page, **said):
    shown = re.search(r'name="shown" value="([^"]+)"', page.content.decode()).group(1)
    return {"shown": shown, "step": "answer", "website": "", **said}


def answered(browser, path, score, **more):
    return browser.post(path, form_of(browser.get(path), score=score, **more))


def test_an_answer_and_a_comment_are_kept_as_they_are_given(browser, invitation):
    path = path_of(invitation)
    assert answered(browser, path, 2).status_code == 303
    invitation.refresh_from_db()
    assert (invitation.status, invitation.answer) == ("answered", 2)
    page = browser.get(path).content.decode()
    assert texts("en")["follow"]["low"] in page
    browser.post(path, {"step": "more", "comment": "It took long"})
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.comment) == (2, "It took long")
    assert [each.answer for each in Answer.objects.all()] == [2, 2]


def test_a_double_click_and_the_back_button_change_nothing(browser, invitation):
    path = path_of(invitation)
    form = form_of(browser.get(path), score=4)
    for _ in range(3):
        assert browser.post(path, form).status_code == 303
    assert Answer.objects.count() == 1


def test_an_answer_may_be_changed_for_a_day_and_both_are_kept(browser, invitation):
    path = path_of(invitation)
    answered(browser, path, 2)
    form = form_of(browser.get(path + "?again=1"), score=5)
    browser.post(path, form)
    invitation.refresh_from_db()
    assert invitation.answer == 5
    assert sorted(each.answer for each in Answer.objects.all()) == [2, 5]
    late = timezone.now() - timedelta(hours=25)
    Invitation.objects.update(answered_at=late)
    browser.post(path, form | {"score": 1})
    invitation.refresh_from_db()
    assert invitation.answer == 5


def test_opening_what_a_mail_links_to_is_no_answer(browser, invitation):
    path = f"{path_of(invitation)}4/"
    page = browser.get(path)
    browser.head(path)
    invitation.refresh_from_db()
    assert invitation.answer is None
    assert not Answer.objects.exists()
    browser.post(path, form_of(page, score=4))
    invitation.refresh_from_db()
    assert invitation.answer == 4


def test_a_link_for_many_makes_a_row_for_each_who_answers_and_for_nobody_else(browser, programme):
    first = browser.get(link.of_programme(programme).path)
    other = browser.get(link.of_programme(programme).path)
    assert first.status_code == 302
    assert first.url != other.url
    assert not Invitation.objects.exists()
    form = form_of(browser.get(first.url), score=3)
    browser.post(first.url, form)
    browser.post(first.url, form)
    answered(browser, other.url, 1)
    assert sorted(each.answer for each in Invitation.objects.all()) == [1, 3]


@pytest.mark.parametrize("score", ["6", "0", "-1", "x", "", "1e0", "٣", "1" * 400])
def test_what_is_not_on_the_scale_is_refused_beside_the_question(browser, invitation, score):
    answer = answered(browser, path_of(invitation), score)
    assert answer.status_code == 400
    assert texts("en")["words"]["choose"] in answer.content.decode()
    assert not Answer.objects.exists()


def test_a_token_that_was_not_made_here_opens_nothing(browser, invitation, programme):
    good = link.of_invitation(invitation).token
    named, _, signature = good.rpartition(".")
    other = link.of_programme(programme).token.rpartition(".")[2]
    wrong = [
        named,
        f"{named}.",
        f"{named}.{other}",
        f"{named}x.{signature}",
        f"l{named[1:]}.{signature}",
        good[:-1],
        f"i{'a' * 22}.{signature}",
    ]
    for token in wrong:
        assert browser.get(f"/s/{token}/").status_code == 404
        assert browser.post(f"/s/{token}/", {"score": 3}).status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "said", [{"website": "https://spam.example"}, {"shown": ""}, {"shown": "made:up:sign"}]
)
def test_what_a_machine_answers_is_kept_and_marked(browser, invitation, said):
    path = path_of(invitation)
    answered(browser, path, 5, **said)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.like_machine) == (5, True)
    assert invitation.status == "started"


def test_an_answer_quicker_than_reading_is_marked(browser, invitation, monkeypatch):
    monkeypatch.setattr(answering, "AT_ONCE", timedelta(seconds=60))
    answered(browser, path_of(invitation), 5)
    invitation.refresh_from_db()
    assert invitation.like_machine


def test_a_flood_is_told_to_wait(browser, invitation):
    path = path_of(invitation)
    codes = [browser.post(path, {"score": "9"}).status_code for _ in range(25)]
    assert codes[-1] == 429
    assert codes[0] == 400
    assert "Retry-After" in browser.post(path, {"score": "9"}).headers


def test_what_people_write_is_text_to_every_reader(browser, invitation):
    path = path_of(invitation)
    answered(browser, path, 1)
    said = '</textarea><script>alert(1)</script><img src=x onerror="a()">\0 {{ words }}'
    browser.post(path, {"step": "more", "comment": said})
    page = browser.get(path).content.decode()
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    invitation.refresh_from_db()
    assert invitation.comment == said.replace("\0", "")


def test_whoever_does_not_want_to_is_asked_no_more(browser, invitation):
    path = path_of(invitation)
    assert not Stop.objects.exists()
    browser.get(path + "?stop=1")
    assert not Stop.objects.exists()  # a scanner opens it, too
    browser.post(path, {"List-Unsubscribe": "One-Click"})
    assert Stop.objects.get().person == invitation.person
    invitation.refresh_from_db()
    assert invitation.status == "opted_out"


def test_there_is_no_cookie_and_nothing_runs(browser, invitation):
    page = browser.get(path_of(invitation))
    assert not page.cookies
    assert "<script" not in page.content.decode()
    assert page.headers["X-Robots-Tag"].startswith("noindex")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_in_any_language_is_small(browser, invitation, language):
    page = browser.get(path_of(invitation) + f"?lang={language}")
    static = Path(hearwell.web.__file__).parent / "static" / "hearwell"
    sizes = [(static / name).stat().st_size for name in ("survey.css", "scale.css", "icon.svg")]
    assert len(page.content) + sum(sizes) < 15_000
    told = page.content.decode()
    assert f'lang="{language}" dir="{"rtl" if language == "ur" else "ltr"}"' in told
    assert texts(language)["csat"]["question"] in told
    assert page.headers["Content-Language"] == language


def test_the_language_is_that_of_the_link_the_record_or_the_browser(browser, invitation):
    path = path_of(invitation)

    def spoken(query="", header=""):
        answer = browser.get(path + query, headers={"accept-language": header})
        return answer.headers["Content-Language"]

    assert spoken() == "en"
    assert spoken(header="fr-FR,be-BY;q=0.8,en;q=0.5") == "be"
    Invitation.objects.update(language="ur-PK")
    assert spoken(header="be") == "ur"
    assert spoken("?lang=km", header="be") == "km"
    assert spoken("?lang=tlh") == "ur"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all(language):
    english, other = texts("en"), texts(language)
    assert english.keys() == other.keys()
    for part, told in english.items():
        assert told.keys() == other[part].keys()
        for name, value in told.items():
            assert len(other[part][name]) == len(value) or isinstance(value, str)
            if language != "en":
                assert other[part][name] != value


@pytest.mark.parametrize("key", [each for each in INSTRUMENTS if each != "custom"])
def test_both_ends_of_every_scale_are_named_in_every_language(key):
    found = standard(key)
    assert set(found) == set(LANGUAGES)
    for own in found.values():
        assert own["low"]
        assert own["high"]
        assert own["low"] != own["high"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("instrument", "low", "middle", "high"),
    [
        ("csat", [1, 2], [3], [4, 5]),
        ("nps", [0, 6], [7, 8], [9, 10]),
        ("ces7", [1, 3], [4], [5, 7]),
    ],
)
def test_what_follows_depends_on_the_answer(instrument, low, middle, high):
    version = Design.begin("x", instrument).newest
    for part, scores in (("low", low), ("middle", middle), ("high", high)):
        assert {version.part(each) for each in scores} == {part}


def test_what_somebody_was_asked_never_changes(invitation):
    version = Version.objects.get()
    version.scale_high = 7
    with pytest.raises(TypeError, match="make the next one"):
        version.save()
