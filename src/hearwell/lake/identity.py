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


def hashed(value: str, key: str) -> str:
    """Return SQL for the keyed SHA-256 of a text value, 128 bits in hex; null for a withheld one.

    Case and outer blanks do not matter, so that an e-mail address is the same however it was typed.

    The secret stands on lines of its own: when DuckDB cannot make sense of the value, its message
    repeats the line in which the value stands.
    """
    plain = f"lower(trim(\n{value}\n))"
    words = ", ".join(quoted(word) for word in WITHHELD)
    secret = f"\n{quoted(key)}\n"
    digest = f"sha256({secret}||{plain}||{secret})"
    return f"case when {plain} not in ({words}) then left({digest}, 32) end"


def hashed_number(value: str, key: str) -> str:
    """Return SQL for the keyed hash of a telephone number, however it is written.

    Only its digits count, without the leading zeros that stand for `+`. A name such as a SIP
    address, which has letters or an @ or digits of another script, is hashed as it is.
    """
    digits = f"ltrim(regexp_replace({value}, '[^0-9]', '', 'g'), '0')"
    is_name = f"regexp_matches({value}, '[\\p{{L}}@]|[^\\P{{N}}0-9]')"
    return hashed(f"(case when {is_name} then {value} else {digits} end)", key)
