"""The language of a text, among those that an organisation has."""

import csv
import gzip
import os
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from hearwell.text.language import Languages, UnknownLanguage, model

DATA = Path(os.environ.get("HEARWELL_DATA", Path(__file__).parents[3] / "shared" / "data"))
SIX = ("en", "pa", "be", "ml", "km", "ur")

SENTENCES = {
    "en": "My order has not arrived yet.",
    "pa": "ਮੇਰਾ ਆਰਡਰ ਅਜੇ ਨਹੀਂ ਆਇਆ",
    "be": "Мой заказ яшчэ не прыйшоў.",
    "ml": "എന്റെ ഓർഡർ ഇതുവരെ വന്നില്ല",
    "km": "ការបញ្ជាទិញរបស់ខ្ញុំមិនទាន់មកដល់",
    "ur": "میرا آرڈر ابھی تک نہیں آیا",
}


@pytest.mark.parametrize(("tag", "text"), SENTENCES.items())
def test_each_language_of_the_organisation(tag, text):
    assert [tag] == Languages(SIX).of([text])


def test_what_says_too_little_is_of_no_language():
    assert Languages(SIX).of(["", "ok", "👍👍", "10/10", "!!!"]) == ["und"] * 5


def test_a_script_that_the_organisation_does_not_write_is_of_no_language():
    assert Languages(("en",)).of(["Спасибо большое", "Thank you"]) == ["und", "en"]


def test_urdu_in_latin_letters_is_not_taken_for_english():
    texts = ["mera order abhi tak nahi aya", "my order has not come yet", "thanks"]
    assert Languages(("en", "ur")).of(texts) == ["und-Latn", "en", "en"]


def test_tags_are_told_as_they_were_given():
    found = Languages(("pt-BR", "sr-Latn", "zh-Hant")).of(
        ["Não recebi o meu produto", "Nisam dobio svoju porudžbinu", "我的訂單還沒有到"]
    )
    assert found == ["pt-BR", "sr-Latn", "zh-Hant"]


def test_without_languages_they_are_not_told_apart():
    assert Languages(()).of(["Thank you", "Obrigado"]) == ["und", "und"]


def test_an_unknown_language_is_named():
    with pytest.raises(UnknownLanguage, match="'xx'"):
        Languages(("en", "xx"))


def test_many_at_once_are_as_one_by_one():
    """py3langid itself is the oracle."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    texts = [
        *SENTENCES.values(),
        "OBRIGADO PELA ENTREGA",
        "Der Anruf wurde nach zehn Minuten beendet.",
        "L'appel a été coupé",
    ]
    scores = model().scores(texts)
    assert [identifier.classify(each)[0] for each in texts] == [
        model().classes[i] for i in scores.argmax(axis=1)
    ]


def belarusian():
    return (DATA / "comments_belarusian/besls_sentences.txt").read_text().splitlines()


def khmer():
    with (DATA / "comments_khmer/kh_polarity_test.csv").open() as file:
        return [row["text"].replace(" ", "").replace("▁", " ") for row in csv.DictReader(file)]


def malayalam():
    """Comments of which most letters are Malayalam's; many are typed in Latin letters."""
    with gzip.open(DATA / "comments_malayalam/mal_full_sentiment_test.tsv.gz", "rt") as file:
        texts = [line.rsplit(";", 2)[0] for line in file]
    return [t for t in texts if sum("ഀ" <= c <= "ൿ" for c in t) > len(t) / 2]


def punjabi():
    files = (DATA / "comments_punjabi").iterdir()
    texts = [line for file in files for line in file.read_text("utf-8-sig").splitlines()]
    return [text.rsplit(",", 2)[0] for text in texts if text.strip()]


def urdu():
    lines = (DATA / "comments_urdu/urdu-sentiment-corpus-v1.tsv").read_text().splitlines()
    return [line.split("\t")[0] for line in lines[1:]]


REAL = {"be": belarusian, "km": khmer, "ml": malayalam, "pa": punjabi, "ur": urdu}


@pytest.mark.parametrize("tag", REAL)
def test_real_comments(tag):
    """At least 99 of 100, among ten languages of which some share a script."""
    try:
        texts = REAL[tag]()
    except FileNotFoundError:
        pytest.skip(f"comments in {tag} may not be shipped, and are not in {DATA}")
    found = Languages((*SIX, "pt", "es", "ru", "ar")).of(texts)
    assert len(texts) >= 100
    assert found.count(tag) >= 0.99 * len(texts)
