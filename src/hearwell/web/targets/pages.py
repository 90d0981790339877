"""Pages of targets: how each stands, which alerts are open, and what may be changed."""

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hearwell.engine.question import TEAM, may_ask
from hearwell.errors import HearwellError
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Better, Unit
from hearwell.report.chart import span
from hearwell.report.markup import Html
from hearwell.report.number import interval, number, share_of
from hearwell.report.scale import scale
from hearwell.web import lakes
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.page import metrics
from hearwell.web.explore.view import has, metric_of, written
from hearwell.web.explore.words import Row
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read.choices import values
from hearwell.web.targets.attaining import Attained, attained
from hearwell.web.targets.target import Alert, Side, Target
from hearwell.web.targets.watching import address, guardrail

FILTERS = (TEAM, "channel", "queue", "product", "priority", "topic")
RECENT = 20


class TargetForm(forms.ModelForm):  # type: ignore[type-arg]  # not at run time
    """A target as it is typed: shares as percent, one filter of each kind."""

    wanted = forms.FloatField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("Shares in percent, times in seconds."),
    )

    class Meta:
        model = Target
        fields: ClassVar = [
            "metric",
            "side",
            "wanted",
            "window_days",
            "false_alarms_per_year",
            "quiet_from",
            "quiet_to",
            "people",
            "channels",
            "is_on",
        ]
        widgets: ClassVar = {
            "metric": forms.TextInput(attrs={"list": "metrics", "autocomplete": "off"}),
            "people": forms.CheckboxSelectMultiple,
            "channels": forms.CheckboxSelectMultiple,
        }

    def __init__(self, person: Person, lake: Lake, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.person = person
        target: Target = self.instance
        known = dict(target.view.address.where) if target.pk else {}
        if target.pk:
            self.initial["wanted"] = shown(target.value, target.unit)
        people = Person.objects.filter(is_active=True).order_by("name", "email")
        self.fields["people"].queryset = people  # type: ignore[attr-defined]
        mine = Q(owner=person) | Q(pk__in=target.channels.all() if target.pk else [])
        self.fields["channels"].queryset = Channel.objects.filter(mine)  # type: ignore[attr-defined]
        for name in FILTERS:
            offered = dict.fromkeys([*values(lake, name, person.teams_seen), *known.values()])
            limited = name == TEAM and person.teams_seen is not None
            everything = [] if limited else [("", _("all"))]
            self.fields[name] = forms.ChoiceField(
                label=name.capitalize(),
                choices=[*everything, *((value, value) for value in offered)],
                required=limited,
                initial=known.get(name, ""),
            )
        self.order_fields(["metric", *FILTERS, "side", "wanted"])

    def clean_metric(self) -> str:
        try:
            asked = metric_of(self.cleaned_data["metric"])
        except HearwellError as error:
            raise forms.ValidationError(str(error)) from error
        if not may_ask(asked.metric, self.person.teams_seen):
            raise forms.ValidationError(_("This number is not told by team."))
        return written(asked)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "metric" not in cleaned:
            return cleaned
        asked = metric_of(cleaned["metric"])
        for name in FILTERS:
            if cleaned.get(name) and not has(asked, name):
                self.add_error(name, _("This number does not know it."))
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_to") is None):
            self.add_error("quiet_to", _("Quiet hours need both, or neither."))
        wanted = {Better.HIGHER: Side.AT_LEAST, Better.LOWER: Side.AT_MOST}
        meant = asked.metric.variants()[asked.variant].better or asked.metric.better
        if meant in wanted and cleaned.get("side") not in {None, wanted[meant]}:
            told = _("Of this number {side} is good.").format(side=wanted[meant].label)
            self.add_error("side", told)
        return cleaned

    def save(self, commit: bool = True) -> Target:  # noqa: FBT001, FBT002  Django's own
        target: Target = self.instance
        target.value = kept(self.cleaned_data["wanted"], target.unit)
        chosen = [(f"where.{name}", self.cleaned_data[name]) for name in FILTERS]
        target.where = urlencode([(name, value) for name, value in chosen if value])
        target.checked_for = None
        saved: Target = super().save(commit)
        return saved


def shown(value: float, unit: Unit) -> float:
    return round(100 * value, 6) if unit is Unit.SHARE else value


def kept(value: float, unit: Unit) -> float:
    return value / 100 if unit is Unit.SHARE else value


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
        return Standing(target, "–", "", level, 0, "none", None, None, "", alert, False, str(error))
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
    found = own(request, number) if number else None
    person = request.user
    given = {"metric": request.GET.get("metric", "")} if found is None else None
    with lakes.reading() as lake:
        form = TargetForm(person, lake, request.POST or None, instance=found, initial=given)
    if request.method == "POST" and form.is_valid():
        if found is None:
            form.instance.owner = person
        with transaction.atomic():
            saved = form.save()
            audit(request, Action.TARGET, f"{saved}: {saved.told}")
        messages.success(request, _("The target was saved."))
        return redirect("targets")
    context = {"form": form, "target": found, "metrics": metrics(person.teams_seen)}
    return render(request, "targets/edit.html", context)


@at_least(Role.LEAD)
@require_POST
def remove(request: SignedIn, number: int) -> HttpResponse:
    found = own(request, number)
    with transaction.atomic():
        audit(request, Action.TARGET, _("{target}: deleted").format(target=found))
        found.delete()
    messages.success(request, _("The target was deleted."))
    return redirect("targets")


def own(request: SignedIn, number: int) -> Target:
    """Return a target that somebody may see, and so change, being a lead."""
    found = get_object_or_404(Target, pk=number)
    if not found.may_be_seen_by(request.user):
        raise Http404
    return found
