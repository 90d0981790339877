"""Rows that could not be kept, as they were in their file.

Their text holds customers' identifiers as they are, so that it is for administrators.
"""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hearwell.engine.refusals import every_refused, refused
from hearwell.web import lakes
from hearwell.web.export import exported
from hearwell.web.inputs.page_number import page_number
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

ON_A_PAGE = 100
COLUMNS = ("source", "record", "file", "row", "reason", "raw")


@at_least(Role.ADMINISTRATOR)
@require_safe
def refused_rows(request: SignedIn) -> HttpResponse:
    """Show the rows refused for one reason, page by page."""
    key, page = key_of(request), page_number(request)
    with lakes.reading() as lake:
        rows = refused(lake, key, ON_A_PAGE + 1, ON_A_PAGE * (page - 1))
    query = "?" + urlencode(key)
    context = {
        "key": key,
        "rows": rows[:ON_A_PAGE],
        "before": f"{query}&page={page - 1}" if page > 1 else "",
        "after": f"{query}&page={page + 1}" if len(rows) > ON_A_PAGE else "",
        "download": reverse("refused-file") + query,
    }
    return render(request, "inputs/refused.html", context)


@at_least(Role.ADMINISTRATOR)
@require_safe
def refused_file(request: SignedIn) -> HttpResponseBase:
    """Give the rows refused for one reason as CSV, in which no text is a formula."""
    key = key_of(request)
    audit(request, Action.EXPORTED, f"refused rows of {key['file']}: {key['reason']}")

    def rows() -> Iterator[tuple[Any, ...]]:
        with lakes.reading() as lake:
            yield from every_refused(lake, key)

    return exported(request, "csv", f"refused-{key['record']}", COLUMNS, rows())


def key_of(request: SignedIn) -> dict[str, str]:
    key = {name: request.GET.get(name, "") for name in ("source", "record", "file", "reason")}
    if not key["record"]:
        raise Http404
    return key
