"""Answers of one state of the lake, told again only where that state is another."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from pydantic_core import to_json

from hearwell import __version__
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn


def answered(request: SignedIn, as_of: str | None, made: Callable[[Lake], Any]) -> HttpResponseBase:
    """Answer from one state of the lake; with 304 if whoever asks has the answer of that state."""
    with lakes.reading(as_of) as lake:
        tag = entity_tag(request, lake)
        response = same(request, tag) or whole(made(lake))
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def whole(found: Any, status: int = 200) -> HttpResponseBase:
    """Return an answer as JSON, in which endless and unknown numbers are null."""
    if isinstance(found, HttpResponseBase):
        return found
    body = to_json(found, inf_nan_mode="null")
    return HttpResponse(body, status=status, content_type="application/json")


def same(request: HttpRequest, tag: str) -> HttpResponse | None:
    if request.method not in {"GET", "HEAD"}:
        return None
    found = get_conditional_response(request, etag=tag)
    return found if isinstance(found, HttpResponseNotModified) else None


def entity_tag(request: SignedIn, lake: Lake) -> str:
    """Name all that an answer depends on: the question, the state, the settings, who may see."""
    depends = (
        request.get_full_path(),
        lake.snapshot,
        lakes.POOL.edition(),
        request.user.teams_seen,
        __version__,
    )
    return f'"{hashlib.sha256(repr(depends).encode()).hexdigest()[:32]}"'
