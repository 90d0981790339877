"""The settings of the organisation: what it is now, and who changed what."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from hearwell.lake import settings_file
from hearwell.lake.settings_file import ChangedMeanwhile, Refused
from hearwell.report.problem import what_was_wrong
from hearwell.settings import read
from hearwell.web import lakes
from hearwell.web.inputs.change_settings import change_settings
from hearwell.web.inputs.settings_change import SettingsChange
from hearwell.web.inputs.settings_form import SettingsForm
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

SHOWN_CHANGES = 30


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def settings(request: SignedIn) -> HttpResponse:
    """Show the settings, and write them when they can be used."""
    lake = lakes.POOL.path
    form = SettingsForm(read(lake), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            change_settings(request, form.edit, request.POST.get("seen", ""))
        except Refused as problem:
            form.tell(problem)
        except ChangedMeanwhile as problem:
            form.add_error(None, what_was_wrong(problem))
        else:
            return redirect("settings")
    context = {
        "form": form,
        "seen": request.POST.get("seen") or settings_file.edition(lake),
        "changes": SettingsChange.objects.select_related("person")[:SHOWN_CHANGES],
    }
    return render(request, "inputs/settings.html", context)
