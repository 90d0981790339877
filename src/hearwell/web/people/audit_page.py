"""The audit log, to be looked through and taken away."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_safe

from hearwell.web.export import exported
from hearwell.web.people.audit import Action, Audit, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

ON_A_PAGE = 100


class Wanted(forms.Form):
    """What of the log is shown."""

    who = forms.CharField(label=lazy("Who"), required=False, max_length=254)
    action = forms.ChoiceField(
        label=lazy("Action"), required=False, choices=[("", lazy("all")), *Action.choices]
    )
    begins = forms.DateField(
        label=lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    ends = forms.DateField(
        label=lazy("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def entries(self) -> QuerySet[Audit]:
        if not self.is_valid():
            return Audit.objects.none()
        return entries(**self.cleaned_data)


def entries(
    who: str | None, action: str | None, begins: date | None, ends: date | None
) -> QuerySet[Audit]:
    """Return the entries of somebody, of a kind, of some days; of all, where it is not said."""
    found = Audit.objects.all()
    if who:
        found = found.filter(who__icontains=who)
    if action:
        found = found.filter(action=action)
    if begins:
        found = found.filter(at__date__gte=begins)
    if ends:
        found = found.filter(at__date__lte=ends)
    return found


@require_safe
@at_least(Role.ADMINISTRATOR)
def log(request: SignedIn) -> HttpResponse:
    """Show the newest entries first; older ones by the number of the last that was shown."""
    form = Wanted(request.GET)
    found = form.entries()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal():
        found = found.filter(pk__lt=int(before))
    shown = list(found.order_by("-pk")[: ON_A_PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    context: dict[str, Any] = {
        "form": form,
        "entries": shown[:ON_A_PAGE],
        "query": query.urlencode(),
        "older": None,
    }
    if len(shown) > ON_A_PAGE:
        query["before"] = str(shown[ON_A_PAGE - 1].pk)
        context["older"] = query.urlencode()
    return render(request, "people/audit.html", context)


@require_safe
@at_least(Role.ADMINISTRATOR)
def taken_away(request: SignedIn) -> StreamingHttpResponse:
    """Give what the page would show, all of it, as CSV."""
    found = Wanted(request.GET).entries().order_by("-pk")
    audit(request, Action.EXPORTED, "audit log")
    columns = ["at", "who", "token", "action", "about", "network"]

    def rows() -> Iterator[tuple[Any, ...]]:
        yield from found.values_list(*columns).iterator(chunk_size=1000)

    return exported(request, "csv", "audit", columns, rows())
