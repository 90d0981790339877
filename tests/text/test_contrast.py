"""What two sides differ by: the vector of the design, counts by hand, planted words."""

from math import log, sqrt

import numpy as np
import pytest

from hearwell.text.contrast import PRIOR, contrast, log_odds
from hearwell.text.phrases import phrases

ONE = np.array([30.0, 5.0, 10.0, 55.0])
OTHER = np.array([5.0, 25.0, 10.0, 60.0])


def test_the_vector_with_a_uniform_prior():
    expected = [4.3449606590440135, -3.7566972477700635, 0.0, -1.0761354411477724]
    assert log_odds(ONE, OTHER, np.full(4, 0.5)) == pytest.approx(expected, abs=1e-12)


def test_the_vector_with_an_informative_prior():
    prior = 10 * (ONE + OTHER) / (ONE + OTHER).sum()
    expected = [4.307226739854187, -3.701312594677367, 0.0, -1.045997942172842]
    assert log_odds(ONE, OTHER, prior) == pytest.approx(expected, abs=1e-12)


def counts(found):
    totals = np.asarray(found.stands_in.sum(axis=0)).ravel()
    return dict(zip(found.names, totals.tolist(), strict=True))


def test_a_phrase_counts_once_for_each_text():
    texts = ["good good service", "good service", "Good, service", "service bad"]
    assert counts(phrases(texts, fewest=1, most_share=1.0)) == {
        "good": 3,
        "service": 4,
        "bad": 1,
        "good good": 1,
        "good service": 2,  # a comma parts what stands beside it
        "service bad": 1,
    }


def test_what_stands_in_most_texts_is_left_out_but_for_what_it_is_said_with():
    texts = ["the bus"] * 6 + ["the tram"] * 14
    assert counts(phrases(texts)) == {"bus": 6, "the bus": 6}


def test_phrases_of_khmer_are_whole_syllables_that_stand_together():
    found = counts(phrases(["ខ្ញុំ មិនទាន់"] * 5, fewest=5, most_share=1.0))
    assert "មិនទាន់" in found
    assert "ខ្ញុំមិ" not in found
    assert all("\u17d2" not in (name[0], name[-1]) for name in found)


KHMER = (
    ("ការបញ្ជាទិញរបស់ខ្ញុំមិនទាន់មកដល់", "ការ បញ្ជាទិញ របស់ខ្ញុំ មិនទាន់ មកដល់"),
    ("ខ្ញុំមិនពេញចិត្តនឹងសេវាកម្មនេះទេ", "ខ្ញុំ មិន ពេញចិត្ត នឹង សេវាកម្ម នេះ ទេ"),
    ("បុគ្គលិកនិយាយមិនសូវល្អ", "បុគ្គលិក និយាយ មិនសូវ ល្អ"),
)
"""My order has not come yet; I am not content with this service; the staff do not speak nicely:
as they are written, and their words."""


@pytest.mark.parametrize(("written", "words"), KHMER)
def test_phrases_of_khmer_begin_and_end_with_words(written, words):
    """Each of these phrases is some words that follow each other, and each word is one."""
    words = words.split()
    assert "".join(words) == written
    whole = {"".join(words[a:b]) for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
    found = set(counts(phrases([written] * 5, fewest=5, most_share=1.0)))
    assert set(words) <= found <= whole
    assert any(found - set(words))


def test_a_phrase_of_khmer_counts_where_it_is_whole_only():
    """មិន, not, is a word of its own in five of ten texts, and the first part of not yet in five."""
    texts = ["ការមិនទាន់មកដល់"] * 5 + ["ខ្ញុំមិនពេញចិត្ត"] * 5
    assert counts(phrases(texts, fewest=1, most_share=1.0))["មិន"] == 5


def test_a_planted_phrase_against_a_count_by_hand():
    """30 of 200 on one side, 10 of 200 on the other; ten other words are said alike on both."""
    first = ["late parcel"] * 30 + [f"w{i % 10} box" for i in range(170)]
    second = ["late parcel"] * 10 + [f"w{i % 10} box" for i in range(190)]
    is_first = np.array([True] * 200 + [False] * 200)
    (late,) = (e for e in contrast(first + second, is_first) if "late" in (e.phrase, *e.also))
    # late, parcel and "late parcel" stand in 40 texts; w0 to w9 and "w0 box" to "w9 box" in 36, of
    # these 17 and 19. box stands in 360, which is more than 120 of 400, and is left out.
    n1, n2 = 3 * 30 + 20 * 17, 3 * 10 + 20 * 19
    y1, y2, prior = 30, 10, PRIOR * 40 / (n1 + n2)
    odds = log((y1 + prior) / (n1 + PRIOR - y1 - prior)) - log(
        (y2 + prior) / (n2 + PRIOR - y2 - prior)
    )
    z = odds / sqrt(1 / (y1 + prior) + 1 / (y2 + prior))
    assert late.z == pytest.approx(z, abs=1e-12)
    assert (late.first, late.first_of, late.second, late.second_of) == (30, 200, 10, 200)
    assert {late.phrase, *late.also} == {"late", "parcel", "late parcel"}


def test_of_somebody_who_writes_twice_a_phrase_counts_once():
    texts = ["late parcel"] * 20 + [f"word{i % 7} other" for i in range(80)]
    is_first = np.array(([True] * 20) + [False] * 80)
    people = np.array([0] * 10 + list(range(10, 100)))
    (late,) = (
        each for each in contrast(texts, is_first, people) if "late" in (each.phrase, *each.also)
    )
    assert (late.first, late.first_of) == (11, 11)


def test_what_fewer_than_five_people_wrote_is_not_told():
    texts = ["late parcel"] * 20 + [f"word{i % 7} other" for i in range(80)]
    is_first = np.array(([True] * 20) + [False] * 80)
    people = np.array([0] * 17 + [1, 2, 3] + list(range(20, 100)))
    assert not [e for e in contrast(texts, is_first, people) if "late" in e.phrase]


PLANTED = {
    "pa": ("ਦੇਰੀ", "ਕਖਗਚਜਤਦਨਪਬਮਰਲਵਸਹ", "ਾਿੀੁੂੇੈੋੌੰ"),
    "be": ("спазненне", "бвгджзклмнпрстх", "аеіоуыэюя"),
    "ml": ("താമസിച്ചു", "കഖഗചജടണതദനപബമയരലവസഹ", "ാിീുൂെേൊോ"),
    "ur": ("تاخیر", "بپتجچدرسشفقکگلمنہ", "اوی"),
}
"""A word, and the consonants and vowels of which others are made."""

KHMER_WORDS = (
    "ការ បញ្ជាទិញ ពេញចិត្ត សេវាកម្ម បុគ្គលិក និយាយ ទំនិញ ទូរស័ព្ទ ប្រាក់ ឆ្នាំ ទីក្រុង សាលា "
    "សៀវភៅ ឡាន ផ្លូវ មនុស្ស ប្រទេស កម្ពុជា ភាសា ខ្មែរ ព័ត៌មាន"
)
"""There a word is known by a dictionary alone, so that others cannot be made up."""


@pytest.mark.parametrize("language", [*PLANTED, "km"])
def test_a_planted_word_leads_in_every_script(language):
    """In 60 of 300 on one side, 10 of 300 on the other, among words said alike on both."""
    rng = np.random.default_rng(7)
    word, blank, usual = "យឺតយ៉ាវ", "", KHMER_WORDS.split()
    if language in PLANTED:
        word, consonants, vowels = PLANTED[language]

        def syllable():
            return rng.choice(list(consonants)) + rng.choice(list(vowels))

        blank, usual = " ", [syllable() + syllable() for _ in range(80)]
    has_it = np.zeros(600, dtype=bool)
    has_it[:60] = has_it[300:310] = True
    said = [list(rng.choice(usual, 8)) for _ in has_it]
    texts = [
        blank.join([*some[:4], *[word] * int(has), *some[4:]])
        for some, has in zip(said, has_it, strict=True)
    ]
    found = contrast(texts, np.arange(600) < 300)
    assert found[0].phrase == word
    assert (found[0].first, found[0].second) == (60, 10)
    assert [each.phrase for each in found if each.is_sure] == [word]
    assert sorted(found[0].texts.tolist()) == np.flatnonzero(has_it).tolist()


def test_languages_are_held_apart():
    """A word of a language that one side writes more often does not stand out by that alone."""
    texts = ["muito bom hoje"] * 90 + ["very good today"] * 10
    texts += ["muito bom hoje"] * 10 + ["very good today"] * 90
    is_first = np.arange(200) < 100
    tags = ["pt" if text.startswith("muito") else "en" for text in texts]
    assert not [each for each in contrast(texts, is_first, languages=tags) if each.is_sure]


@pytest.mark.slow
def test_false_finds():
    """Where nothing differs, at most one company of twenty has a sure phrase; 200 of them."""
    rng = np.random.default_rng(1)
    words = np.array([f"w{i}" for i in range(300)])
    weight = 1 / np.arange(1, 301)
    wrong = 0
    for _ in range(200):
        picked = rng.choice(words, (400, 8), p=weight / weight.sum())
        texts = [" ".join(each) for each in picked]
        wrong += any(each.is_sure for each in contrast(texts, np.arange(400) < 200))
    assert wrong <= 15
