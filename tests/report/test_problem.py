"""What was wrong is told in the language that is spoken, with its numbers and names."""

from hearwell.engine.errors import BadQuestion, NotByTeam, UnknownMetric, UnknownVariant
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


def test_a_sentence_within_a_message_and_a_list_are_told_as_well(monkeypatch):
    told = {
        "No metric is called {given}. {hint}": "{hint} Es gibt kein {given}.",
        "Did you mean {near}?": "Vielleicht {near}?",
    }
    error = UnknownMetric("servis_level", ["service_level", "csat"])
    assert str(error) == "No metric is called 'servis_level'. Did you mean service_level?"
    monkeypatch.setattr(problem, "gettext", lambda words: told.get(words, words))
    assert what_was_wrong(error) == "Vielleicht service_level? Es gibt kein 'servis_level'."
    listed = UnknownVariant("wait_time", "p95", ["p50", "p90"])
    assert str(listed) == "wait_time has no variant 'p95'; it has p50, p90."
    with speaking("ur"):
        assert "p50، p90" in what_was_wrong(listed)
