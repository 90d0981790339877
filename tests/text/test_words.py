"""Words of every script stay whole."""

import pytest

from hearwell.text.words import ngrams, normal, words

WHOLE = {
    "ਪੰਜਾਬੀ ਵਿੱਚ ਲਿਖਿਆ": ["ਪੰਜਾਬੀ", "ਵਿੱਚ", "ਲਿਖਿਆ"],
    "മലയാളം നല്ലത്": ["മലയാളം", "നല്ലത്"],
    "اردو میں لکھا": ["اردو", "میں", "لکھا"],
    "Аб'ява, і аб’ява": ["аб'ява", "і", "аб'ява"],
    "Não recebi, d'água 'ok'!": ["não", "recebi", "d'água", "ok"],
    "می‌خواهم": ["می‌خواهم"],
    "abcខ្មែរ": ["abc", "ខ្មែ", "រ"],
    "👍👍 ...": [],
}


@pytest.mark.parametrize(("text", "expected"), WHOLE.items())
def test_words_are_whole(text, expected):
    assert expected == words(text)


def test_texts_typed_in_different_ways_have_the_same_words():
    assert words("Ame\u0301lie") == words("Am\u00e9lie") == ["amélie"]
    assert words("അവന\u0d4d\u200d") == words("അവ\u0d7b")
    assert normal("ਸ਼") == normal("\u0a38\u0a3c")


def test_phrases_are_made_of_words_that_follow_each_other():
    assert ngrams(["a", "b", "c"]) == ["a", "b", "c", "a b", "b c"]
