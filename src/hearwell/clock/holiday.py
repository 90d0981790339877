"""Public holidays, from the `holidays` library."""

from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches

from hearwell.errors import HearwellError, Said
from hearwell.language import gettext_noop


class UnknownCountry(HearwellError, ValueError):
    """A country or a part of one whose holidays are not known."""

    def __init__(self, country: str, known: Iterable[str]) -> None:
        near = get_close_matches(country.upper(), known, cutoff=0.5)
        hint = Said(gettext_noop('Write it like "GB" or "GB-SCT".'))
        if near:
            hint = Said(gettext_noop("Did you mean {near}?"), near=tuple(near))
        told = gettext_noop("No holidays are known for {given}. {hint}")
        super().__init__(told, given=repr(country), hint=hint)


def holiday_dates(country: str, first: date, last: date) -> frozenset[date]:
    """Give the public holidays of a country ("GB") or a part of it ("GB-SCT"), both ends included.

    Where a holiday falls on a weekend, the day that is given off instead is one too.
    """
    import holidays  # noqa: PLC0415  # takes a tenth of a second, and many users have no holidays

    code, _, part = country.partition("-")
    years = range(first.year, last.year + 1)
    try:
        found = holidays.country_holidays(code, subdiv=part or None, years=years)
    except NotImplementedError as error:
        parts = holidays.list_supported_countries(include_aliases=True)
        known = [*parts, *(f"{code}-{part}" for code in parts for part in parts[code])]
        raise UnknownCountry(country, known) from error
    return frozenset(day for day in found if first <= day <= last)
