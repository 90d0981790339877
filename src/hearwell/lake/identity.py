"""Customers' identifiers as keyed hashes: the same person stays one person, and nobody is named."""

from hearwell.lake.extensions import quoted

WITHHELD = (
    "",
    "0",
    "anonymous",
    "blocked",
    "none",
    "null",
    "private",
    "restricted",
    "unavailable",
    "unknown",
    "withheld",
)
"""What telephone systems write when a number was not sent: nobody, never one shared person."""

DIGITS = 20
"""Of a hash, in hex."""

NUMBER_PREFIXES = ("''", "'+'", "'0'", "'00'")


def hashed(value: str, key: str) -> str:
    """Return SQL for the keyed SHA-256 of a text value, 80 bits in hex; null for a withheld one.

    Case and outer blanks do not matter, so that an e-mail address is the same however it was typed.
    """
    plain = f"lower(trim(\n{value}\n))"
    words = ", ".join(quoted(word) for word in WITHHELD)
    # An enum: of `in` with many words DuckDB makes a join, for which it computes every row's.
    return f"case when try_cast({plain} as enum ({words})) is null then {digest(plain, key)} end"


def digest(plain: str, key: str) -> str:
    """Return SQL for a part of the SHA-256 of the secret and a text.

    A secret that stands in front is enough, because a part of a hash cannot be continued. Secret
    and telephone number together fit into one block of SHA-256; in two it takes twice as long. Of
    a thousand million people, two have the same 80 bits with a probability of 4 in ten million.

    The secret stands on a line of its own: when DuckDB cannot make sense of the value, its message
    repeats the line in which the value stands.
    """
    return f"left(sha256(\n{quoted(key)}\n||{plain}), {DIGITS})"


def hashed_number(value: str, key: str) -> str:
    """Return SQL for the keyed hash of a telephone number, however it is written.

    Only its digits count, without the leading zeros that stand for `+`. A name such as a SIP
    address, which has letters or an @ or digits of another script, is hashed as it is.

    What is a whole number but for `+` or zeros in front is told by a cast, in a third of the time.
    """
    number = f"try_cast(\n{value}\n as bigint)"
    is_number = (
        f"{number} > 0 and {value} in ({', '.join(f'{p} || {number}' for p in NUMBER_PREFIXES)})"
    )
    digits = f"ltrim(regexp_replace({value}, '[^0-9]', '', 'g'), '0')"
    is_name = f"regexp_matches({value}, '[\\p{{L}}@]|[^\\P{{N}}0-9]')"
    any_other = hashed(f"(case when {is_name} then {value} else {digits} end)", key)
    return f"case when {is_number} then {digest(f'{number}::varchar', key)} else {any_other} end"
