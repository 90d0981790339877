"""The report in other languages: every word of ours is translated, and no value is another."""

import re
from gettext import NullTranslations

import pytest
from report.reading import parsed

from hearwell import language
from hearwell.report.page import page

OURS = re.compile(r"\b(and|the|of|with|each|not|interval|better|worse|Value|Source)\b")


class Marked(NullTranslations):
    """A translation by which can be seen what went through it."""

    def gettext(self, message):
        return f"«{message}»"

    def ngettext(self, msgid1, msgid2, n):
        return f"«{msgid1 if n == 1 else msgid2}»"


@pytest.fixture
def marked(found, monkeypatch):
    """Give the page in Urdu, where everything that is translated stands in quotes."""
    monkeypatch.setattr(language, "catalogue", lambda _: Marked())
    with language.speaking("ur"):
        return parsed(page(found))


def test_every_word_of_ours_is_translated(marked):
    """What is left outside of quotes is code, sources, and what the organisation wrote itself."""
    for text in text_of(marked):
        left, before = text, ""
        while left != before:
            left, before = re.sub(r"«[^«»]*»", "", left), left
        assert not OURS.search(left), text


def test_values_are_the_same_in_every_language(marked, tree):
    exact = [node.attributes["value"] for node in tree.all("data")]
    assert [node.attributes["value"] for node in marked.all("data")] == exact
    assert [node.attributes.get("cx") for node in marked.all("circle")]


def test_the_page_says_its_language_and_direction(marked):
    assert marked.one("html").attributes == {"lang": "ur", "dir": "rtl"}
    assert all(node.attributes["dir"] == "ltr" for node in marked.all("span", lang="en"))


def text_of(node):
    """Give the text of each element that holds any, but not of code, sources and values."""
    if node.name in {"code", "style", "bdi"} or node.attributes.get("lang") == "en":
        return
    yield "".join(child for child in node.children if isinstance(child, str))
    for child in node.children:
        if not isinstance(child, str):
            yield from text_of(child)
