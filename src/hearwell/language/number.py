"""Numbers in the language that is spoken; they are rounded alike in each."""

from decimal import Decimal

from babel.numbers import format_decimal

from hearwell.language import ENGLISH, RIGHT_TO_LEFT, spoken
from hearwell.language.convention import LEFT_TO_RIGHT_MARK, SPACE, convention

MINUS, PLUS = "−", "+"


def decimal(value: float, decimals: int, *, grouped: bool = False) -> str:
    """Return a number with so many decimals.

    Args:
        grouped: thousands are set apart, or in India's languages lakhs.

    """
    return written(f"{value:.{decimals}f}", grouped=grouped)


def whole(value: float) -> str:
    return decimal(value, 0, grouped=True)


def written(digits: str, *, grouped: bool) -> str:
    """Return digits, such as 1234.50, as the language writes them."""
    number = Decimal(digits)
    if not number.is_finite():
        return digits
    return format_decimal(number, pattern(digits, grouped=grouped), convention())


def pattern(digits: str, *, grouped: bool) -> str:
    """Return the pattern, as CLDR writes them, that tells all of these digits and no more."""
    integer = convention().decimal_formats[None].pattern.partition(".")[0] if grouped else "0"
    _, point, decimals = digits.partition(".")
    return integer + point + "0" * len(decimals)


def percent(digits: str) -> str:
    """Put the sign of percent to a number that is written already."""
    return digits + percent_sign()


def percent_sign() -> str:
    """Return the sign with the space before it, if the language wants one."""
    if spoken.get() == ENGLISH:
        return f"{SPACE}%"
    return str(convention().percent_formats[None].pattern).rpartition("0")[2]


def sign(value: float, *, always: bool = False) -> str:
    """Return the sign that stands left of a number, also where text goes from right to left."""
    found = MINUS if value < 0 else PLUS if always else ""
    return LEFT_TO_RIGHT_MARK + found if found and spoken.get() in RIGHT_TO_LEFT else found
