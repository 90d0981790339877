"""Durations with the name of their unit, in the plural form that the number asks for."""

from decimal import Decimal
from typing import Literal

from babel.units import format_unit

from hearwell.language import ENGLISH, spoken
from hearwell.language.convention import SPACE, convention
from hearwell.language.number import pattern, written

TimeUnit = Literal["second", "minute", "hour", "day"]

SHORT_ENGLISH: dict[TimeUnit, str] = {"second": "s", "minute": "min", "hour": "h", "day": "d"}
"""The signs of the International System of Units, which are shorter than CLDR's."""


def lasting(digits: str, unit: TimeUnit, *, grouped: bool = False) -> str:
    """Return a number of units of time, such as 1.5 h, with the unit's short name.

    Args:
        digits: the number as plain digits, such as 1.5.

    """
    if spoken.get() == ENGLISH:
        return f"{written(digits, grouped=grouped)}{SPACE}{SHORT_ENGLISH[unit]}"
    told = format_unit(
        Decimal(digits),
        f"duration-{unit}",
        length="short",
        format=pattern(digits, grouped=grouped),
        locale=convention(),
    )
    return told.replace(" ", SPACE)
