"""Keep the catalogues of all languages in step with what the program says.

Usage: messages.py update              put new strings in, take unused ones out
       messages.py check               tell what is missing, unused or wrong
       messages.py todo LANG           print what has no translation yet, as JSON
       messages.py fill LANG FILE …    put translations in, in the form of `todo`
       messages.py compile             make the catalogues that programs read
"""

import gettext
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po
from build_catalogues import LOCALE, compile_catalogues
from django.utils.translation.template import templatize

from hearwell.language import ENGLISH, LANGUAGES
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric, Question
from hearwell.records import RECORDS
from hearwell.records.record import Record
from hearwell.report.name import in_words, paragraphs

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "hearwell"
CATALOGUES = ROOT / LOCALE
TRANSLATED = tuple(language for language in LANGUAGES if language != ENGLISH)

KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "lazy": None,  # as many modules call it
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
TEMPLATES = {".html", ".txt"}

BORROWED = {
    "django": (
        "contrib/auth/password_validation.py",
        "core/validators.py",
        "forms/fields.py",
        "forms/models.py",
    ),
    "allauth": (
        "account/adapter.py",
        "account/forms.py",
        "mfa/adapter.py",
        "mfa/**/forms.py",
        "templates/account/messages/*.txt",
        "templates/account/password_change.html",
        "templates/account/reauthenticate.html",
        "templates/mfa/**/*.html",
        "templates/mfa/messages/*.txt",
    ),
}
"""Where libraries speak on our pages. What they have no translation of is translated here."""


class Key(NamedTuple):
    """What a message is known by: its words in English, and in which sense they are meant."""

    words: str
    plural: str | None = None
    sense: str | None = None


Messages = dict[Key, set[str]]  # with notes for whoever translates


def main(command: str, *arguments: str) -> int:
    done = {
        "update": update,
        "check": check,
        "todo": todo,
        "fill": fill,
        "compile": lambda: compile_catalogues(CATALOGUES),
    }[command](*arguments)
    return int(bool(done))


def update() -> None:
    for language in TRANSLATED:
        template = Catalog()
        for key, notes in sorted(said(language).items(), key=str):
            template.add(
                (key.words, key.plural) if key.plural else key.words,
                auto_comments=sorted(notes),
                context=key.sense,
            )
        catalogue = read(language)
        catalogue.update(template, no_fuzzy_matching=True)
        write(language, catalogue)


def check() -> int:
    found = [f"{language}: {each}" for language in TRANSLATED for each in problems(language)]
    print("\n".join(found) or "All strings are translated.")
    return len(found)


def todo(language: str) -> None:
    print(json.dumps(list(untranslated(language)), ensure_ascii=False, indent=1))


def fill(language: str, *files: str) -> int:
    """Put translations in; those that do not fit are told and left out."""
    catalogue, wrong = read(language), []
    for file in files:
        for entry in json.loads(Path(file).read_text("utf-8")):
            message = catalogue.get(entry["msgid"], entry.get("context"))
            if message is None:
                wrong.append(f"nothing says {entry['msgid']!r}")
                continue
            before = message.string
            told = entry["msgstr"]
            message.string = tuple(told) if isinstance(told, list) else told
            faults = list(faults_of(message, catalogue.num_plurals))
            if faults:
                message.string = before
                wrong += faults
    write(language, catalogue)
    print("\n".join(wrong), file=sys.stderr)
    return len(wrong)


def said(language: str) -> Messages:
    """Return all that the program says, and what its libraries say without a translation."""
    return own() | borrowed(language)


@cache
def own() -> Messages:
    found: Messages = {}
    for path in sorted(SOURCES.rglob("*")):
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in path.parts):
            for key, notes in messages_of(path):
                found.setdefault(key, set()).update(notes)
    for words, note in names():
        if words:
            found.setdefault(Key(words), set()).add(note)
    return found


def borrowed(language: str) -> Messages:
    found: Messages = {}
    for library, patterns in BORROWED.items():
        folder = Path(next(iter(find_spec(library).submodule_search_locations)))
        homes = [path for path in folder.rglob("locale") if (path / language).is_dir()]
        theirs = [gettext.translation("django", home, [language], fallback=True) for home in homes]
        known = {words for each in theirs for words in getattr(each, "_catalog", {})}
        for pattern in patterns:
            for path in folder.glob(pattern):
                for key, _ in messages_of(path):
                    if key.words not in known and (key.words, 0) not in known:
                        found[key] = {f"said by {library}"}
    return found


def messages_of(path: Path) -> Iterator[tuple[Key, Iterable[str]]]:
    """Give the messages in a file, with the remarks to translators above them."""
    text = path.read_text("utf-8")
    if path.suffix in TEMPLATES:
        text = "\n".join(line.strip() for line in templatize(text).splitlines())
    source = BytesIO(text.encode())
    for _, words, notes, sense in extract("python", source, KEYWORDS, ("Translators:",)):
        one, plural = (words[0], words[1]) if isinstance(words, tuple) else (words, None)
        if one:
            yield Key(one, plural, sense), notes


def names() -> Iterator[tuple[str, str]]:
    """Give the names and meanings that definitions hold, each with a note of what it is."""
    for question in Question:
        yield question.value, "one of the five questions"
    for metric in METRICS.values():
        yield from names_of_metric(metric)
    records = [*RECORDS.values(), *(metric.record for metric in METRICS.values())]
    for record in dict.fromkeys(records):
        yield from names_of_record(record)


def names_of_metric(metric: Metric) -> Iterator[tuple[str, str]]:
    name = in_words(metric.name)
    yield name, "name of a metric"
    for paragraph in paragraphs(metric):
        yield paragraph, f"meaning of the metric {name}"
    yield metric.credits, "to whom a number is credited"
    for variant, each in metric.variants().items():
        yield in_words(variant), f"name of a variant, such as of {name}"
        yield each.meaning, f"meaning of a variant of {name}"
        for reason in getattr(each.estimator, "left_out", {}):
            yield reason, "why rows are left out of a number; follows how many they are"


def names_of_record(record: type[Record]) -> Iterator[tuple[str, str]]:
    table = in_words(record.table_name)
    yield table, "name of a record"
    for column in record.dimensions():
        yield in_words(column), "name of a dimension"
    for column, mark in record.columns().items():
        yield in_words(column), f"name of a column of a {table}"
        for word in mark.words:
            yield in_words(word), f"a value of {in_words(column)} of a {table}"
    for column, word in record.constants.items():
        yield in_words(word), f"a value of {in_words(column)}"


def untranslated(language: str) -> Iterator[dict[str, Any]]:
    """Give the messages without a translation, as plain data to be filled in."""
    catalogue = read(language)
    for key, notes in sorted(said(language).items(), key=str):
        message = catalogue.get(key.words, key.sense)
        if message is None or not is_translated(message):
            told = {
                "msgid": key.words,
                "plural": key.plural,
                "context": key.sense,
                "note": "; ".join(sorted(notes)),
                "terms": terms_in(key, language),
                "msgstr": [""] * catalogue.num_plurals if key.plural else "",
            }
            yield {name: value for name, value in told.items() if value or name == "msgstr"}


@cache
def glossary() -> dict[str, dict[str, str]]:
    """Return the agreed terms: those of each language by the English one."""
    lines = (ROOT / "docs" / "glossary.md").read_text("utf-8").splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    return {row[0]: dict(zip(TRANSLATED, row[1:], strict=True)) for row in rows[1:]}


def terms_in(key: Key, language: str) -> dict[str, str]:
    """Return the agreed terms that a message holds."""
    text = f"{key.words} {key.plural or ''}".lower()
    return {
        term: told[language]
        for term, told in glossary().items()
        if re.search(rf"\b{re.escape(term.lower())}s?\b", text)
    }


def unused(language: str) -> Iterator[str]:
    known = {(key.words, key.sense) for key in said(language)}
    for message in messages(read(language)):
        words = message.id if isinstance(message.id, str) else message.id[0]
        if (words, message.context) not in known:
            yield words


def problems(language: str) -> Iterator[str]:
    for entry in untranslated(language):
        yield f"no translation of {entry['msgid']!r}"
    for words in unused(language):
        yield f"nothing says {words!r} any more"
    yield from faults(language)


def faults(language: str) -> Iterator[str]:
    """Give what is wrong with the translations that there are."""
    catalogue = read(language)
    for message in messages(catalogue):
        if is_translated(message):
            yield from faults_of(message, catalogue.num_plurals)
        if message.fuzzy:
            yield f"{message.id!r} is marked as fuzzy, and so not used"


def faults_of(message: Message, forms: int) -> Iterator[str]:
    sources = message.id if isinstance(message.id, tuple) else (message.id,)
    told = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = forms if len(sources) > 1 else 1
    if len(told) != wanted or not all(told):
        yield f"{sources[0]!r} needs {wanted} forms, not {sum(map(bool, told))}"
        return
    for name, parts in PARTS.items():
        allowed = [parts(source) for source in sources]
        for each in told:
            if parts(each) not in allowed:
                yield f"{sources[0]!r} and {each!r} differ in their {name}"


def placeholders(text: str) -> list[str]:
    try:
        braces = [name for _, name, _, _ in Formatter().parse(text) if name is not None]
    except ValueError:
        return ["braces that do not close"]
    return sorted({*braces, *re.findall(r"%\(\w+\)[sd]|%[sd]", text)})


PARTS: dict[str, Callable[[str], object]] = {
    "placeholders": placeholders,
    "elements": lambda text: sorted(re.findall(r"<[^>]*>", text)),
    "white space at the ends": lambda text: (text != text.lstrip(), text != text.rstrip()),
}


def is_translated(message: Message) -> bool:
    told = message.string if isinstance(message.string, tuple) else (message.string,)
    return any(told)


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def place(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    if not place(language).exists():
        return Catalog(language)
    with place(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


HEADER = """msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals={forms}; plural={rule};\\n"

"""


def write(language: str, catalogue: Catalog) -> None:
    """Write a catalogue so that it changes only where its messages do."""
    text = BytesIO()
    catalogue.obsolete.clear()
    write_po(text, catalogue, 100, omit_header=True, no_location=True, sort_output=True)
    plural = get_plural(language)
    header = HEADER.format(language=language, forms=plural.num_plurals, rule=plural.plural_expr)
    place(language).parent.mkdir(parents=True, exist_ok=True)
    place(language).write_bytes(header.encode() + text.getvalue().rstrip() + b"\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
