"""The part of a page that is the same for all who may see the same: drawn once for each state."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn

PAGE = "page"


def whole(
    request: SignedIn, as_of: str | None, template: str, made: Callable[[Lake], dict[str, Any]]
) -> SafeString:
    """Return what a template tells at this address; it must not tell who is signed in.

    Args:
        as_of: the state of the lake that is told of; None for the one that holds.
        made: gives what the template tells, and is called where nobody asked the same before.

    """
    user = request.user
    about = (template, request.get_full_path(), user.teams_seen, user.role, get_language())
    told: SafeString | None = lakes.known(PAGE, about, as_of)
    if told is not None:
        return told
    with lakes.reading(as_of) as lake:
        return lakes.kept(lake, PAGE, about, lambda: render_to_string(template, made(lake)))


def page(request: SignedIn, title: str, told: SafeString) -> HttpResponse:
    """Return a page with nothing else on it."""
    return render(request, "read/page.html", {"title": title, "told": told})
