"""The part of a page that is the same for all who may see the same: drawn once for each state.

What is around it is drawn once for each person.
"""

import secrets
from collections.abc import Callable, Hashable
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn

PAGE = "page"
TOLD, TOKEN = secrets.token_hex(), secrets.token_hex()
"""What is put in for each request has these places in a frame; nobody can write them elsewhere."""

FRAMES = lakes.Answered(most=500)


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


def part(request: SignedIn, title: str, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a part that a script puts into its page; to who has none, as a page of its own."""
    told = render_to_string(template, context, request)
    if request.headers.get("HX-Request"):
        return HttpResponse(told)
    return page(request, format_html("<h1>{}</h1>{}", title, told), title)


def page(
    request: SignedIn,
    told: SafeString,
    title: str,
    template: str = "read/page.html",
    **more: Hashable,
) -> HttpResponse:
    """Return a page with a whole on it.

    Args:
        template: what is around the whole; all that it tells beside the whole and a token for forms
            must depend on who asks, for what address, in which language, the title and on `more`.

    """
    named = {"title": title, **more}
    if len(get_messages(request)):  # they are told once
        return render(request, template, {"told": told, **named})
    user = request.user
    about = (
        (template, request.get_full_path(), *named.items()),
        (user.pk, str(user), user.role, get_language()),
    )
    context = {"told": TOLD, "csrf_token": TOKEN, **named}
    frame: str = FRAMES.get(about, None, lambda: render_to_string(template, context, request))
    return HttpResponse(frame.replace(TOKEN, get_token(request)).replace(TOLD, told))
