"""What was wrong is told in the language that is spoken, with its numbers and names."""

from hearwell.engine.errors import BadQuestion, NotByTeam
from hearwell.language import speaking
from hearwell.report import problem
from hearwell.report.problem import what_was_wrong

TEMPLATE = "Of {name} there are {rows} rows."


def test_english_is_the_message_itself():
    error = BadQuestion(TEMPLATE, name="wait_time", rows=1234)
    assert str(error) == "Of wait_time there are 1,234 rows."
    assert what_was_wrong(error) == "Of wait time there are 1,234 rows."


def test_another_language_has_its_words_numbers_and_names(monkeypatch):
    told = {TEMPLATE: "{rows} Zeilen von {name}."}
    monkeypatch.setattr(problem, "gettext", lambda words: told.get(words, words))
    with speaking("be"):
        error = BadQuestion(TEMPLATE, name="wait_time", rows=1234)
        found = what_was_wrong(error)
        assert found.startswith("1\N{NO-BREAK SPACE}234 Zeilen von ")
        assert "wait" not in found
        assert str(error).startswith("Of wait_time")


def test_braces_of_a_reader_are_no_fields():
    assert what_was_wrong(BadQuestion("{nothing} is known of {0}")) == "{nothing} is known of {0}"
    assert "{x}" in what_was_wrong(NotByTeam("{x}"))
