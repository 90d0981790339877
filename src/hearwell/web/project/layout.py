"""What every page has around it: the way to the others, the language, who is signed in."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hearwell.language import LANGUAGES, direction
from hearwell.web.people.person import Role


class Place(NamedTuple):
    """A page of the navigation: the name of its address, its title, who may see it."""

    view: str
    title: Any
    role: Role


PLACES = (
    Place("scorecard", _("Scorecard"), Role.VIEWER),
    Place("why", _("Why"), Role.VIEWER),
    Place("journey", _("Journey"), Role.LEAD),
    Place("explore", _("Explore"), Role.VIEWER),
    Place("boards", _("Boards"), Role.VIEWER),
    Place("targets", _("Targets"), Role.VIEWER),
    Place("promises", _("Promises"), Role.LEAD),
    Place("staffing", _("Staffing"), Role.VIEWER),
    Place("help-centre", _("Help centre"), Role.VIEWER),
    Place("data", _("Data"), Role.LEAD),
)
"""The pages that people look at."""

SET_UP = (
    Place("deliveries", _("Deliveries"), Role.LEAD),
    Place("schedules", _("Opening hours and promises"), Role.LEAD),
    Place("sites", _("Sites"), Role.ADMINISTRATOR),
    Place("surveys", _("Surveys"), Role.LEAD),
    Place("people", _("People"), Role.ADMINISTRATOR),
    Place("settings", _("Settings"), Role.ADMINISTRATOR),
)
"""The pages on which things are set up once; they share a menu."""


def layout(request: HttpRequest) -> dict[str, Any]:
    language = get_language() or "en"
    return {
        "places": list(places(request, PLACES)),
        "set_up": list(places(request, SET_UP)),
        "languages": LANGUAGES,
        "language": language,
        "direction": direction(language),
    }


def places(request: HttpRequest, among: tuple[Place, ...]) -> Iterator[dict[str, Any]]:
    user = getattr(request, "user", None)  # a request may be refused before its user is known
    if user is None or not user.is_authenticated:
        return
    here = request.resolver_match.view_name if request.resolver_match else ""
    for place in among:
        if user.may(place.role):
            yield {
                "title": place.title,
                "address": reverse(place.view),
                "is_here": here == place.view,
            }
