"""Further questions: lists, things to judge, text; by branch, and one at a time."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from hearwell.web.surveys import answering, link
from hearwell.web.surveys.design import Design, Version
from hearwell.web.surveys.invitation import Answer, Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.version_form import VersionForm

WORDS = {"en-question": "How was it?", "en-low": "bad", "en-high": "good"}
QUESTIONS = [
    ("choice", "low", "What went wrong?\nPrice\nTime"),
    ("choices", "", "What did you use?\nPhone\nChat\nForum"),
    ("matrix", "", "How good was\nthe tone\nthe spelling"),
    ("text", "high", "Whom shall we thank?"),
]


@pytest.fixture(autouse=True)
def _reads_at_once(monkeypatch):
    monkeypatch.setattr(answering, "AT_ONCE", timedelta(seconds=-1))
    cache.clear()


def typed(version, questions=(), **changed):
    """Return what a form holds once these questions were typed; saving adds a field for one."""
    form = VersionForm(instance=version)
    found = {field.html_name: field.value() or "" for field in form}
    for place, (kind, after, text) in enumerate(questions):
        found |= {f"kind_{place}": kind, f"after_{place}": after, f"en-asks_{place}": text}
    return {name: value for name, value in (found | changed).items() if value is not False}


def design_with(bob, questions, **more):
    bob.post("/surveys/", {"name": "Own", "instrument": "custom"})
    design = Design.objects.get(name="Own")
    for count in range(len(questions) + 1):
        form = typed(design.newest, questions[:count], higher_is_better="on", **WORDS, **more)
        page = bob.post(f"/surveys/designs/{design.pk}/", form, follow=True)
    return design, page.content.decode()


@pytest.fixture
def asked(signed_in):
    """Give the address at which somebody is asked all of it."""
    design, _ = design_with(signed_in("bob"), QUESTIONS)
    programme = Programme.objects.create(name="own", design=design)
    return Client().get(link.of_programme(programme).path).url


class Person:
    """Somebody who answers without scripts: sends each form that is on the page, and goes on."""

    def __init__(self, address):
        self.browser, self.page = Client(), None
        self.go(address)

    def go(self, address):
        self.page = self.browser.get(address)
        self.text = self.page.content.decode()

    def send(self, **said):
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', self.text))
        step = re.search(r'name="step" value="(\w+)"', self.text).group(1)
        action = re.search(r'action="([^"]+)"', self.text).group(1)
        sent = hidden | {"step": step} | {name.replace("_", "-"): v for name, v in said.items()}
        self.go(self.browser.post(action, sent).url)

    @property
    def asks(self):
        return re.search(r"<h1[^>]*>(?:<label[^>]*>)?(.*?) <small", self.text)[1]


def test_each_is_asked_on_a_page_of_its_own_and_kept_as_it_is_given(asked):
    person = Person(asked)
    person.send(score="1")
    assert person.asks == "What went wrong?"
    assert "1 / 4" in person.text
    person.send(said_2="1")
    assert Invitation.objects.get().said == {"2": [1]}
    assert person.asks == "What did you use?"
    person.send(said_3=["2", "0", "9", "x"])
    assert Invitation.objects.get().said == {"2": [1], "3": [0, 2]}
    person.send(**{"item-4.1": "5", "item-4.0": "6"})
    row = Invitation.objects.get()
    assert (row.items, row.answer, row.status) == ({"4.1": 5}, 1, "answered")
    person.send(comment="Thank you")
    assert "Thank you" in Invitation.objects.get().comment
    assert "<form" not in person.text
    assert Answer.objects.count() == 5


def test_what_is_asked_depends_on_the_first_answer(asked):
    person = Person(asked)
    person.send(score="5")
    seen = []
    for _ in range(3):
        seen.append(person.asks)
        person.send()
    assert seen == ["What did you use?", "How good was", "Whom shall we thank?"]
    middle = Person(asked)
    middle.go(asked + "?again=1")
    middle.send(score="3")
    assert "1 / 3" in middle.text


def test_whoever_comes_back_goes_on_where_they_were(asked):
    person = Person(asked)
    person.send(score="1")
    person.send(said_2="0")
    again = Person(asked)
    assert again.asks == "What did you use?"
    again.go(asked + "?at=0")
    assert re.search(r'value="0" checked', again.text)


def test_a_survey_without_a_scale_asks_its_questions_alone(signed_in):
    design, _ = design_with(signed_in("bob"), [("choice", "", "Which?\nThis\nThat")])
    form = typed(design.newest, presentation="none", higher_is_better="on")
    signed_in("bob").post(f"/surveys/designs/{design.pk}/", form)
    assert not design.newest.has_scale
    programme = Programme.objects.create(name="own", design=design)
    person = Person(Client().get(link.of_programme(programme).path).url)
    assert person.asks == "Which?"
    person.send(score="3")  # there is no such thing here
    assert not Invitation.objects.exists() or Invitation.objects.get().answer is None
    person.go(person.page.request["PATH_INFO"] + "?at=0")
    person.send(said_2="1")
    row = Invitation.objects.get()
    assert (row.answer, row.said, row.status, row.like_machine) == (
        None,
        {"2": [1]},
        "answered",
        False,
    )


def test_more_than_five_questions_are_asked_only_if_somebody_wants_it(signed_in):
    bob, six = signed_in("bob"), [("text", "", f"And {n}?") for n in range(5)]
    design, page = design_with(bob, six)
    assert "most people stop before" in page
    assert len(design.newest.further) == 4
    form = typed(design.newest, six, higher_is_better="on", asks_more="on", **WORDS)
    page = bob.post(f"/surveys/designs/{design.pk}/", form, follow=True).content.decode()
    assert "Some are asked more than five" in page
    assert Version.objects.get().most_asked == 6


def test_questions_of_different_branches_are_not_many(signed_in):
    branches = [("text", part, f"{part} {n}?") for part in ("low", "high") for n in range(4)]
    design, page = design_with(signed_in("bob"), branches)
    assert "most people" not in page
    assert (len(design.newest.further), design.newest.most_asked) == (8, 5)


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("choice", "Only a question", "2 to 20"),
        ("text", "", "needs this one, too"),
        ("matrix", "Q\n" + "row\n" * 21, "2 to 20"),
    ],
)
def test_what_is_missing_is_told_beside_it(signed_in, programme, kind, text, told):
    version = programme.design.newest
    form = typed(version, [(kind, "", text)])
    page = signed_in("bob").post(f"/surveys/designs/{programme.design.pk}/", form)
    assert told in page.content.decode()
    assert not programme.design.newest.further


def test_a_key_stays_when_another_question_is_taken_out(signed_in):
    bob = signed_in("bob")
    design, _ = design_with(bob, QUESTIONS)
    form = typed(design.newest, higher_is_better="on", kind_0="")
    bob.post(f"/surveys/designs/{design.pk}/", form)
    assert [(each["key"], each["kind"]) for each in design.newest.further] == [
        ("3", "choices"),
        ("4", "matrix"),
        ("5", "text"),
    ]


def test_the_page_of_the_programme_counts_them(company, signed_in, asked):
    for score, chosen in (("1", ["0", "1"]), ("1", ["1"]), ("1", [])):
        person = Person(Client().get(link.of_programme(Programme.objects.get()).path).url)
        person.send(score=score)
        person.send(said_2="0")
        person.send(said_3=chosen)
        person.send(**{"item-4.0": "4"})
    page = signed_in("bob").get(f"/surveys/programmes/{Programme.objects.get().pk}/")
    found = re.findall(
        r"<bdi>(\w[\w ]*)</bdi></th><td>([\d.–]+)</td><td>(\d+)</td>", page.content.decode()
    )
    assert ("Price", "3", "3") in found
    assert ("Chat", "2", "2") in found
    assert ("the tone", "4.0", "3") in found


def test_a_scale_the_other_way_round_warns_when_it_is_asked(company, signed_in):
    bob = signed_in("bob")
    for name, way in (("one", "on"), ("two", "")):
        bob.post("/surveys/", {"name": name, "instrument": "custom"})
        design = Design.objects.get(name=name)
        form = typed(design.newest, **WORDS) | {"higher_is_better": way}
        page = bob.post(
            f"/surveys/designs/{design.pk}/",
            {name: value for name, value in form.items() if value},
            follow=True,
        ).content.decode()
    assert "the other way round" in page
    form = {"name": "p", "design": design.pk, "trigger": "link", "people": "accounts"}
    form |= {"every_days": "91", "after_days": "0", "share": "1", "open_days": "14", "is_on": "on"}
    page = bob.post("/surveys/programmes/new/", form, follow=True).content.decode()
    assert "the other way round" in page
