"""Catalogues: whole, in step with what the program says, and shipped with it."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import messages
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from hearwell.language import gettext, ngettext, speaking

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("language", messages.TRANSLATED)
def test_every_string_has_a_translation(language):
    assert list(messages.untranslated(language)) == []
    assert list(messages.unused(language)) == []


@pytest.mark.parametrize("language", messages.TRANSLATED)
def test_no_translation_is_wrong(language):
    assert list(messages.faults(language)) == []


def test_strings_are_found_wherever_they_are_said():
    """In templates, in Python, in findings, in definitions and in records."""
    said = {key.words: key for key in messages.own()}
    assert "Skip to the page" in said
    assert "What changed" in said
    assert said["%(n)s better"].plural
    assert said["fewer than {count} row"].plural == "fewer than {count} rows"
    assert any("too few agents" in words for words in said)
    assert {"first contact resolution", "the queue", "Do they wait?", "wait not known"} <= set(said)
    assert {"touchpoint", "voicemail", "average", "article view"} <= set(said)


def test_what_libraries_say_on_our_pages_is_translated_where_they_do_not():
    asked = {key.words for key in messages.borrowed("km")}
    assert "The email address and/or password you specified are not correct." in asked
    assert not {"This field is required."} & {key.words for key in messages.borrowed("be")}


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        (("{n} радок",) * 3, None),
        (("{n} радок", "", "{n} радкоў"), "needs 3 forms"),
        (("{n} радок",), "needs 3 forms"),
        (("{m} радок",) * 3, "placeholders"),
        (("{n радок",) * 3, "placeholders"),
        ((" {n} радок",) * 3, "white space"),
        (("<b>{n}</b> радок",) * 3, "elements"),
    ],
)
def test_a_translation_that_does_not_fit_is_told(told, fault):
    catalogue = Catalog("be")
    message = catalogue.add(("{n} row", "{n} rows"), told)
    found = list(messages.faults_of(message, catalogue.num_plurals))
    assert bool(found) == bool(fault)
    assert fault is None or fault in found[0]


def test_translations_are_filled_in_and_kept(tmp_path, monkeypatch, capsys):
    """What does not fit is told and left out; a second update changes nothing."""
    monkeypatch.setattr(messages, "CATALOGUES", tmp_path)
    messages.update()
    (entry,) = (e for e in messages.untranslated("be") if e["msgid"] == "fewer than {count} row")
    assert entry["plural"] == "fewer than {count} rows"
    assert entry["msgstr"] == ["", "", ""]
    good = entry | {"msgstr": [f"{form} {{count}}" for form in "abc"]}
    bad = {"msgid": "snapshot {number}", "msgstr": "здымак"}
    file = tmp_path / "batch.json"
    file.write_text(json.dumps([good, bad]), "utf-8")
    assert messages.fill("be", str(file)) == 1
    assert "placeholders" in capsys.readouterr().err
    before = messages.place("be").read_bytes()
    assert before.count(b'msgstr[1] "b {count}"') == 1
    messages.update()
    assert messages.place("be").read_bytes() == before
    assert b"Generated-By" not in before
    assert str(ROOT).encode() not in before
    assert b"#:" not in before
    assert read_po(BytesIO(before)).num_plurals == 3


def test_the_glossary_is_whole_and_helps_who_translates():
    """Every term has its word in each language; abbreviations stay in Latin letters."""
    glossary = messages.glossary()
    assert len(glossary) >= 80
    assert all(len(told) == 5 and all(told.values()) for told in glossary.values())
    assert {glossary[name][language] for name in ("NPS",) for language in messages.TRANSLATED} == {
        "NPS"
    }
    found = messages.terms_in(messages.Key("Part of the callers who hung up"), "be")
    assert found == {"caller": glossary["caller"]["be"]}


def test_plural_forms_are_chosen_by_the_language(monkeypatch, tmp_path):
    """Belarusian has one, few and many; a program that has no catalogue speaks English."""
    import hearwell.language as spoken  # noqa: PLC0415  its catalogues are exchanged

    monkeypatch.setattr(messages, "CATALOGUES", tmp_path)
    catalogue = Catalog("be")
    catalogue.add(("{n} row", "{n} rows"), ("{n} радок", "{n} радкі", "{n} радкоў"))
    messages.write("be", catalogue)
    messages.compile_catalogues(tmp_path)
    monkeypatch.setattr(spoken, "CATALOGUES", tmp_path)
    spoken.catalogue.cache_clear()
    with speaking("be"):
        told = [ngettext("{n} row", "{n} rows", n).format(n=n) for n in (1, 2, 5, 11, 21)]
        assert gettext("not in it") == "not in it"
    spoken.catalogue.cache_clear()
    assert told == ["1 радок", "2 радкі", "5 радкоў", "11 радкоў", "21 радок"]


@pytest.mark.slow
def test_the_wheel_has_the_catalogues_that_programs_read(tmp_path):
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for language in messages.TRANSLATED:
        assert f"hearwell/language/locale/{language}/LC_MESSAGES/django.mo" in names
    assert not [name for name in names if name.endswith(".po")]
