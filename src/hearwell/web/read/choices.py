"""What may be chosen above a page: the period, what to compare with, and rows to keep."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hearwell.engine.values import values_of
from hearwell.lake.lake import Lake
from hearwell.report.name import spaced
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import LAST, WHERE, Address

MOST_VALUES = 50


@dataclass(frozen=True)
class Choice:
    value: str
    told: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    name: str
    told: str
    choices: list[Choice]

    @property
    def is_used(self) -> bool:
        return any(each.is_chosen for each in self.choices)


def choices(
    request: SignedIn, lake: Lake, address: Address, dimensions: tuple[str, ...]
) -> dict[str, Any]:
    """Return all that the bar above a page shows."""
    return {
        "path": request.path,
        "last": [
            Choice(
                str(days),
                ngettext("last {days} day", "last {days} days", days).format(days=days),
                address.last == days,
            )
            for days in LAST
        ],
        "compare": [
            Choice(value, told, (address.compare or "none") == value)
            for value, told in (
                ("previous", _("the period before")),
                ("year", _("a year ago")),
                ("none", _("nothing")),
            )
        ],
        "clock": [
            Choice(value, told, address.clock == value)
            for value, told in (
                ("calendar", _("calendar time")),
                ("business", _("opening hours")),
            )
        ],
        "filters": [
            each for name in dimensions if (each := filter_of(request, lake, address, name)).choices
        ],
    }


def filter_of(request: SignedIn, lake: Lake, address: Address, name: str) -> Filter:
    wanted = address.wanted(name)
    known = values(lake, name, request.user.teams_seen)
    return Filter(
        WHERE + name,
        spaced(name),
        [Choice(value, value, value in wanted) for value in dict.fromkeys((*known, *wanted))],
    )


def values(lake: Lake, name: str, teams: tuple[str, ...] | None) -> list[str]:
    """Return the values of a dimension in the lake, the most frequent first."""
    return lakes.kept(
        lake,
        "values",
        (name, teams),
        lambda: [each.value for each in values_of(lake, name, teams, MOST_VALUES) if each.value],
    )
