"""A target as somebody sets it, on a page or by a program: what is wrong is told of each entry."""

from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hearwell.engine.question import TEAM, may_ask
from hearwell.errors import HearwellError
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Better, Unit
from hearwell.report.name import spaced
from hearwell.report.problem import what_was_wrong
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.view import has, metric_of, written
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.choices import values
from hearwell.web.targets.target import Side, Target

FILTERS = (TEAM, "channel", "queue", "product", "priority", "topic")


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
                label=capfirst(spaced(name)),
                choices=[*everything, *((value, value) for value in offered)],
                required=limited,
                initial=known.get(name, ""),
            )
        self.order_fields(["metric", *FILTERS, "side", "wanted"])

    def clean_metric(self) -> str:
        try:
            asked = metric_of(self.cleaned_data["metric"])
        except HearwellError as error:
            raise forms.ValidationError(what_was_wrong(error)) from error
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


def keep(request: SignedIn, form: TargetForm) -> Target:
    """Save a target that is right, a new one as of whoever makes it, and write that down."""
    if form.instance.pk is None:
        form.instance.owner = request.user
    with transaction.atomic():
        saved = form.save()
        audit(request, Action.TARGET, f"{saved}: {saved.told}")
    return saved


def remove(request: SignedIn, target: Target) -> None:
    with transaction.atomic():
        audit(request, Action.TARGET, f"{target}: deleted")
        target.delete()
