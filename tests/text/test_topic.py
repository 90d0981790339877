"""Whether a text speaks of a topic, found in DuckDB and in Python alike."""

import duckdb
import pytest
import regex

from hearwell.text.topic import comparable, pattern

CASES = [
    (("deliver*",), "My DELIVERY is late", True),
    (("deliver",), "my delivery is late", False),
    (("*bill",), "the waybill is wrong", True),
    (("not arrived",), "it has not\n arrived", True),
    (("não recebi",), "Na\u0303o recebi nada", True),
    (("ਆਰਡਰ",), "ਮੇਰਾ ਆਰਡਰ ਨਹੀਂ ਆਇਆ", True),
    (("ਆਰਡ",), "ਮੇਰਾ ਆਰਡਰ ਨਹੀਂ ਆਇਆ", False),
    (("ਸ",), "ਸੀ ਨਹੀਂ", False),  # the vowel sign belongs to the letter
    (("ഓർഡർ",), "എന്റെ ഓർഡർ വന്നില്ല", True),
    (("ഓർ",), "എന്റെ ഓർഡർ വന്നില്ല", False),
    (("аб’ява",), "Дзе мая аб'ява?", True),
    (("آرڈر",), "میرا آرڈر نہیں آیا", True),
    (("تاخیر",), "تاخیر", True),
    (("យឺត",), "សេវាកម្មយឺតណាស់", True),
    (("យឺ",), "សេវាកម្មយឺតណាស់", True),
    (("យ",), "សេវាកម្មយឺតណាស់", False),  # half a syllable
    (("c++ (new)",), "my c++ (new) order", True),
    (("late", "slow"), "too slow", True),
    (("late",), "chocolate lateral", False),
]


@pytest.mark.parametrize(("words", "text", "expected"), CASES)
def test_found_by_both_engines(words, text, expected):
    found = duckdb.execute(
        "select regexp_matches(?, ?)", [comparable(text), pattern(words)]
    ).fetchall()
    assert [(expected,)] == found
    assert expected == bool(regex.search(pattern(words), comparable(text)))
