"""One file on its way into the lake: how far it is, what would become of it, what became of it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from hearwell.web.inputs import jobs
from hearwell.web.inputs.bringing import Bringing, State
from hearwell.web.inputs.bringing import discard as forget
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least


@at_least(Role.ADMINISTRATOR)
@require_GET
def bringing(request: SignedIn, number: int) -> HttpResponse:
    """Show how far it is; while it is under way the page asks again by itself."""
    found = get_object_or_404(Bringing, pk=number)
    if found.state == State.UPLOADED:
        return redirect("mapping", number=number)
    return render(request, "inputs/bringing.html", {"bringing": found})


@at_least(Role.ADMINISTRATOR)
@require_POST
def bring(request: SignedIn, number: int) -> HttpResponse:
    """Import what was checked."""
    found = get_object_or_404(Bringing, pk=number)
    if found.state == State.CHECKED and found.begin(State.IMPORTING):
        audit(request, Action.IMPORTED, str(found))
        jobs.bring(found.pk)
    return redirect("bringing", number=number)


@at_least(Role.ADMINISTRATOR)
@require_POST
def discard(request: SignedIn, number: int) -> HttpResponse:  # noqa: ARG001  a view's form
    """Remove an uploaded file that is not to be imported after all."""
    found = get_object_or_404(Bringing, pk=number)
    if not found.is_under_way:
        forget(found)
    return redirect("data")
