"""Hashed identifiers: the same person stays one person, and nobody can be named."""

import hashlib
import re

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearwell.lake.identity import WITHHELD, hashed, hashed_number

KEY = "0123456789abcdef" * 4
OTHER_KEY = "f" * 64


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


def through_sql(engine, function, values, key=KEY):
    engine.execute("create or replace temp table given (n integer, x varchar)")
    engine.executemany("insert into given values (?, ?)", list(enumerate(values)))
    found = engine.execute(f"select {function('x', key)} from given order by n").fetchall()
    return [value for (value,) in found]


# The oracle: Python's hashlib.


def by_hand(value, key=KEY):
    plain = None if value is None else value.strip(" ").lower()
    if plain is None or plain in WITHHELD:
        return None
    return hashlib.sha256((key + plain).encode()).hexdigest()[:20]


def number_by_hand(value, key=KEY):
    if value is None:
        return None
    is_name = "@" in value or any(
        sign.isalpha() or (sign.isnumeric() and sign not in "0123456789") for sign in value
    )
    if is_name:
        return by_hand(value, key)
    return by_hand(re.sub("[^0-9]", "", value).lstrip("0"), key)


texts = (
    st.none()
    | st.sampled_from(WITHHELD)
    | st.text(st.characters(codec="ascii", exclude_characters="\x00"), max_size=20)
)
numbers = texts | st.from_regex(r"[+0]?[0-9 ()./-]{0,15}", fullmatch=True)


@given(st.lists(texts, min_size=1, max_size=20))
def test_a_text_has_the_hash_that_python_gives(engine, values):
    """80 bits of the SHA-256 of the secret and the text in small letters without outer blanks."""
    assert through_sql(engine, hashed, values) == list(map(by_hand, values))


@given(st.lists(numbers, min_size=1, max_size=20))
def test_a_number_has_the_hash_that_python_gives(engine, values):
    """Of its digits without leading zeros; a name as a text."""
    assert through_sql(engine, hashed_number, values) == list(map(number_by_hand, values))


def test_however_a_number_is_written_it_is_the_same(engine):
    """`+44` and `0044`, blanks, brackets, dots, dashes, a hard space, a long dash."""
    written = [
        "+442079460958",
        "00442079460958",
        "+44 20 7946 0958",
        "+44 (20) 7946-0958",
        "0044/20.7946.0958",
        " +44\u00a020\u20137946\u20130958 ",
    ]
    assert len({*through_sql(engine, hashed_number, written)}) == 1
    assert through_sql(engine, hashed_number, ["442079460959"]) != through_sql(
        engine, hashed_number, written[:1]
    )


def test_a_withheld_number_is_nobody(engine):
    """Null, never one shared person; so is what has neither digits nor letters."""
    nobody = [None, "", "  ", "0", "000", "+", "---", "Anonymous", " UNKNOWN ", "withheld", "***"]
    assert through_sql(engine, hashed_number, nobody) == [None] * len(nobody)
    assert through_sql(engine, hashed, [None, *WITHHELD]) == [None] * (1 + len(WITHHELD))


def test_names_stay_apart_from_each_other(engine):
    """A SIP address is not reduced to its digits, and other scripts' digits are not dropped."""
    names = ["sip:2001@a.example", "sip:2001@b.example", "2001", "Zoë", "Zoe", "٢٠٠١", "٢٠٠٢"]
    found = through_sql(engine, hashed_number, names)
    assert None not in found
    assert len({*found}) == len(names)


def test_an_address_is_the_same_however_it_was_typed(engine):
    typed = ["Ann@Example.org", " ann@example.org ", "ANN@EXAMPLE.ORG"]
    assert len({*through_sql(engine, hashed, typed)}) == 1


def test_another_secret_gives_other_hashes(engine):
    """So that two organisations cannot compare their customers."""
    values = ["ann@example.org", "+442079460958"]
    for function in (hashed, hashed_number):
        ours = through_sql(engine, function, values)
        theirs = through_sql(engine, function, values, OTHER_KEY)
        assert not {*ours} & {*theirs}
        assert all(re.fullmatch("[0-9a-f]{20}", value) for value in ours)


@pytest.mark.parametrize("function", [hashed, hashed_number])
@pytest.mark.parametrize(
    "value",
    [
        "nosuch",
        "1",
        "x::integer",
        "[x]",
        "nofunction(x)",
        "strptime(x, '%Y')",
        "x +",
        "x::blob",
        "x y",
        "cast(x as date)",
        "*",
        "(select x)",
        "{'a': x}",
        "",
    ],
)
def test_the_secret_is_in_no_error_message(engine, function, value):
    """Whatever is wrong with the value: DuckDB repeats the line that it is on."""
    sql = f"select {function(value, KEY)} from (select 'abc' as x)"
    try:
        engine.execute(sql).fetchall()
    except duckdb.Error as error:
        said = str(error)
        assert not any(KEY[n : n + 8] in said for n in range(len(KEY) - 8))
    else:
        assert value == "(select x)"  # the only one that is right
