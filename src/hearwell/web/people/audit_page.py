"""The audit log, to be looked through and taken away."""

from collections.abc import Iterator
from datetime import timedelta
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
        given, entries = self.cleaned_data, Audit.objects.all()
        if given["who"]:
            entries = entries.filter(who__icontains=given["who"])
        if given["action"]:
            entries = entries.filter(action=given["action"])
        if given["begins"]:
            entries = entries.filter(at__date__gte=given["begins"])
        if given["ends"]:
            entries = entries.filter(at__date__lt=given["ends"] + timedelta(days=1))
        return entries


@require_safe
@at_least(Role.ADMINISTRATOR)
def log(request: SignedIn) -> HttpResponse:
    """Show the newest entries first; older ones by the number of the last that was shown."""
    form = Wanted(request.GET)
    entries = form.entries()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal():
        entries = entries.filter(pk__lt=int(before))
    shown = list(entries.order_by("-pk")[: ON_A_PAGE + 1])
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
    entries = Wanted(request.GET).entries().order_by("-pk")
    audit(request, Action.EXPORTED, "audit log")
    columns = ["at", "who", "token", "action", "about", "network"]

    def rows() -> Iterator[tuple[Any, ...]]:
        yield from entries.values_list(*columns).iterator(chunk_size=1000)

    return exported(request, "csv", "audit", columns, rows())
