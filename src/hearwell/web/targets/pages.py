"""Pages of targets: how each stands, which alerts are open, and what may be changed."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.errors import HearwellError
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.report.chart import span
from hearwell.report.markup import Html
from hearwell.report.number import interval, number, share_of
from hearwell.report.problem import what_was_wrong
from hearwell.report.scale import scale
from hearwell.web import lakes
from hearwell.web.explore.page import metrics
from hearwell.web.explore.words import Row
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.targets.attaining import Attained, attained
from hearwell.web.targets.form import TargetForm, keep
from hearwell.web.targets.form import remove as forget
from hearwell.web.targets.target import Alert, Target
from hearwell.web.targets.watching import address, guardrail

RECENT = 20


@dataclass(frozen=True)
class Standing:
    """A target as the page tells it."""

    target: Target
    value: str
    interval: str
    level: str
    n: int
    state: str  # met, missed, unsure, few, none
    picture: Html | None
    guardrail: Row | None
    question: str
    alert: Alert | None
    simulated: bool
    problem: str


@require_safe
def targets(request: SignedIn) -> HttpResponse:
    """Show how each target stands that may be seen."""
    seen = visible(request.user)
    with lakes.reading() as lake:
        found = [standing(lake, each, request.user) for each in seen]
    alerts = Alert.objects.filter(target__in=seen).exclude(closed_for=None)
    context = {
        "standings": found,
        "closed": alerts.select_related("target")[:RECENT],
        "may_change": request.user.may(Role.LEAD),
    }
    return render(request, "targets/targets.html", context)


def visible(person: Person) -> list[Target]:
    every = Target.objects.select_related("owner").prefetch_related("alerts")
    return [
        each
        for each in every
        if each.metric.partition(":")[0] in METRICS and each.may_be_seen_by(person)
    ]


def standing(lake: Lake, target: Target, person: Person) -> Standing:
    alert = next((each for each in target.alerts.all() if each.closed_for is None), None)
    level = share_of(round(target.level, 4))
    try:
        found = attained(lake, target, person.teams_seen)
    except HearwellError as error:
        return Standing(
            target, "–", "", level, 0, "none", None, None, "", alert, False, what_was_wrong(error)
        )
    if found is None or found.cell is None:
        return Standing(target, "–", "", level, 0, "none", None, None, "", alert, False, "")
    cell = found.cell
    return Standing(
        target=target,
        value=number(cell["value"], target.unit),
        interval=interval(cell["low"], cell["high"], target.unit),
        level=level,
        n=cell["n"],
        state=state(found),
        picture=drawn(found),
        guardrail=guardrail(found) if found.guardrail else None,
        question=address(target, found),
        alert=alert,
        simulated=found.simulated,
        problem="",
    )


def state(found: Attained) -> str:
    if not found.is_enough:
        return "few"
    if found.is_missed:
        return "missed"
    return "met" if found.is_surely_met else "unsure"


def drawn(found: Attained) -> Html | None:
    """Draw the value with its interval, and the target as a dashed line."""
    cell, target = found.cell, found.target
    if cell is None or cell["value"] is None:
        return None
    ends = {name: cell[name] for name in ("value", "low", "high")}
    return span(scale([*ends.values(), target.value], target.unit), ends, target.value, target.unit)


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, number: int | None = None) -> HttpResponse:
    """Make a target, or change one."""
    found = own(request.user, number) if number else None
    person = request.user
    given = {"metric": request.GET.get("metric", "")} if found is None else None
    with lakes.reading() as lake:
        form = TargetForm(person, lake, request.POST or None, instance=found, initial=given)
    if request.method == "POST" and form.is_valid():
        keep(request, form)
        messages.success(request, _("The target was saved."))
        return redirect("targets")
    context = {"form": form, "target": found, "metrics": metrics(person.teams_seen)}
    return render(request, "targets/edit.html", context)


@at_least(Role.LEAD)
@require_POST
def remove(request: SignedIn, number: int) -> HttpResponse:
    forget(request, own(request.user, number))
    messages.success(request, _("The target was deleted."))
    return redirect("targets")


@at_least(Role.LEAD)
@require_POST
def alert_seen(request: SignedIn, number: int) -> HttpResponse:
    """Tell the others that somebody looks after an alert."""
    alert = get_object_or_404(Alert, pk=number)
    own(request.user, alert.target_id)
    alert.acknowledge(request)
    return redirect("targets")


def own(person: Person, number: int) -> Target:
    """Return a target that somebody may see, and so change, being a lead."""
    found = get_object_or_404(Target, pk=number)
    if not found.may_be_seen_by(person):
        raise Http404
    return found
