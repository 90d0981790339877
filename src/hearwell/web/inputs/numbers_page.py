"""Telephone numbers that one article or campaign alone shows, so that calls are credited to it."""

from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from tomlkit import TOMLDocument

from hearwell.lake import settings_file
from hearwell.lake.settings_file import ChangedMeanwhile, Refused
from hearwell.report.problem import what_was_wrong
from hearwell.settings import read
from hearwell.web import lakes
from hearwell.web.inputs.change_settings import change_settings
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

ENTRY = "telephone_number"
EMPTY_LINES, MOST_LINES = 3, 1000


class Day(forms.DateInput):
    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        return str(value) if value else None  # browsers want 2026-01-31 in every language


class NumberForm(forms.Form):
    """One line of the table; what may stand in it is checked by the settings themselves."""

    number = forms.CharField(label=_("Number as it is shown"), max_length=40, required=False)
    dialled = forms.CharField(
        label=_("As the telephone system writes it"), max_length=40, required=False
    )
    article = forms.CharField(label=_("Article"), max_length=300, required=False)
    campaign = forms.CharField(label=_("Campaign"), max_length=100, required=False)
    valid_from = forms.DateField(label=_("First day"), widget=Day, required=False)
    valid_to = forms.DateField(label=_("Last day"), widget=Day, required=False)

    def entry(self) -> dict[str, Any]:
        """Return the line as the settings have it; nothing where it is empty."""
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return {"number": "", **found} if found else {}


TABLE = formset_factory(NumberForm, extra=EMPTY_LINES, max_num=MOST_LINES, absolute_max=MOST_LINES)


def entries(table: "BaseFormSet[NumberForm]") -> dict[int, dict[str, Any]]:
    """Return what is written, by the place of its line."""
    return {place: entry for place, form in enumerate(table) if (entry := form.entry())}


def tell(table: "BaseFormSet[NumberForm]", refused: Refused) -> list[str]:
    """Put what was wrong below its line; return what is wrong with the whole."""
    places, others = list(entries(table)), []
    for place, told in refused.problems:
        if len(place) > 1:
            table.forms[places[int(place[1])]].add_error(None, told)
        else:
            others.append(told)
    return others


def keep(request: SignedIn, numbers: list[dict[str, Any]], seen: str) -> None:
    """Put these numbers in the place of those that there are.

    Raises:
        Refused, ChangedMeanwhile.

    """

    def edit(document: TOMLDocument) -> None:
        settings_file.put(document, ENTRY, numbers)

    change_settings(request, edit, seen)


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def numbers(request: SignedIn) -> HttpResponse:
    """Show the table of numbers, and write it when it can be used."""
    lake = lakes.POOL.path
    there = [each.model_dump(exclude_defaults=True) for each in read(lake).telephone_number]
    table = TABLE(request.POST) if request.method == "POST" else TABLE(initial=there)
    problems: list[str] = []
    if request.method == "POST" and table.is_valid():
        try:
            keep(request, [*entries(table).values()], request.POST.get("seen", ""))
        except Refused as problem:
            problems = tell(table, problem)
        except ChangedMeanwhile as problem:
            problems = [what_was_wrong(problem)]
        else:
            return redirect("numbers")
    context = {
        "table": table,
        "problems": problems,
        "seen": request.POST.get("seen") or settings_file.edition(lake),
    }
    return render(request, "inputs/numbers.html", context, status=400 if problems else 200)
