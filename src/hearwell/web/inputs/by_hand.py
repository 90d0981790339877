"""What people enter by hand: what happened, and figures of others to compare with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import instant, to_local
from hearwell.engine.sums import sql
from hearwell.errors import HearwellError
from hearwell.jobs.entered import SOURCE, enter, take_back
from hearwell.lake.errors import LakeLocked
from hearwell.lake.lake import Lake, open_lake
from hearwell.metrics.metric import Unit
from hearwell.records.benchmark import COMPARABILITY, Benchmark
from hearwell.records.event import KINDS, Event
from hearwell.records.record import Record
from hearwell.report.name import spaced
from hearwell.report.number import number
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.explore.page import metrics
from hearwell.web.explore.view import metric_of
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.targets.form import kept

MOST_SHOWN = 200
LONGEST = 300
NOTHING = ("", "–")


class EventForm(forms.Form):
    """Something that happened, in the organisation's zone."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"))
    title = forms.CharField(label=gettext_lazy("What happened"), max_length=LONGEST)
    started_at = forms.CharField(
        label=gettext_lazy("From"), widget=forms.TextInput(attrs={"type": "datetime-local"})
    )
    ended_at = forms.CharField(
        label=gettext_lazy("To"),
        required=False,
        help_text=gettext_lazy("Empty where it goes on, or was over at once."),
        widget=forms.TextInput(attrs={"type": "datetime-local"}),
    )
    dimension = forms.CharField(
        label=gettext_lazy("Only where"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("A dimension such as product; empty where it could touch all."),
    )
    value = forms.CharField(
        label=gettext_lazy("is"),
        max_length=LONGEST,
        required=False,
        help_text=gettext_lazy("Its value, such as camera."),
    )

    def __init__(self, zone: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.zone = zone
        self.fields["kind"].choices = [(each, spaced(each)) for each in KINDS]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("started_at", "ended_at"):
            if cleaned.get(name):
                try:
                    cleaned[name] = instant(cleaned[name], self.zone)
                except BadQuestion as problem:
                    self.add_error(name, what_was_wrong(problem))
        begins, ends = cleaned.get("started_at"), cleaned.get("ended_at")
        if begins and ends and ends < begins:
            self.add_error("ended_at", _("It ends before it begins."))
        if bool(cleaned.get("dimension")) != bool(cleaned.get("value")):
            self.add_error("value", _("A dimension and its value go together."))
        return cleaned

    def row(self) -> dict[str, Any]:
        told = {name: each or None for name, each in self.cleaned_data.items()}
        return {"event_id": uuid4().hex, **told}


class BenchmarkForm(forms.Form):
    """A figure of others: shares as percent, times in seconds."""

    metric = forms.CharField(
        label=gettext_lazy("Number"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"list": "metrics", "autocomplete": "off"}),
    )
    who = forms.CharField(
        label=gettext_lazy("Of whom"),
        max_length=LONGEST,
        help_text=gettext_lazy("A competitor, or a trade."),
    )
    period = forms.CharField(
        label=gettext_lazy("Of when"), max_length=60, help_text=gettext_lazy("Such as 2025.")
    )
    value = forms.FloatField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("Shares in percent, times in seconds."),
    )
    low = forms.FloatField(label=gettext_lazy("Interval from"), required=False)
    high = forms.FloatField(label=gettext_lazy("Interval to"), required=False)
    n = forms.IntegerField(label=gettext_lazy("Counted (n)"), required=False, min_value=1)
    comparability = forms.ChoiceField(
        label=gettext_lazy("Counted by"),
        required=False,
        choices=[
            ("", gettext_lazy("rules that nobody knows")),
            *zip(
                COMPARABILITY,
                (
                    gettext_lazy("the same rules as here"),
                    gettext_lazy("similar rules"),
                    gettext_lazy("other rules"),
                ),
                strict=True,
            ),
        ],
    )
    source_text = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=1000,
        help_text=gettext_lazy("Publisher and year, and how it was counted."),
    )
    url = forms.URLField(label=gettext_lazy("Address"), required=False, assume_scheme="https")

    def __init__(self, zone: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        try:
            asked = metric_of(cleaned.get("metric", ""))
        except HearwellError as problem:
            self.add_error("metric", what_was_wrong(problem))
            return cleaned
        cleaned["metric"] = f"{asked.metric.name}.{asked.variant}"
        for name in ("value", "low", "high"):
            if cleaned.get(name) is not None:
                cleaned[name] = kept(cleaned[name], asked.unit)
        ends = [cleaned.get(name) for name in ("low", "value", "high")]
        told = [each for each in ends if each is not None]
        if told != sorted(told):
            self.add_error("low", _("The interval does not hold the value."))
        if asked.unit is Unit.SHARE and any(not 0 <= each <= 1 for each in told):
            self.add_error("value", _("A share lies between 0 and 100 %."))
        return cleaned

    def row(self) -> dict[str, Any]:
        return {name: None if each == "" else each for name, each in self.cleaned_data.items()}


@dataclass(frozen=True)
class Kind:
    """What is entered: its record and form, and how a row is shown."""

    name: str
    record: type[Record]
    form: Callable[..., EventForm | BenchmarkForm]
    key: tuple[str, ...]
    order: str
    shown: Callable[[Mapping[str, Any], str], list[str]]


def event_shown(row: Mapping[str, Any], zone: str) -> list[str]:
    ends = row["ended_at"]
    where = f"{spaced(row['dimension'])}: {row['value']}" if row["dimension"] else ""
    return [
        row["title"] or row["event_id"],
        spaced(row["kind"] or "other"),
        f"{to_local(row['started_at'], zone):%Y-%m-%d %H:%M}",
        f"{to_local(ends, zone):%Y-%m-%d %H:%M}" if ends else "",
        where,
    ]


def benchmark_shown(row: Mapping[str, Any], zone: str) -> list[str]:
    del zone
    try:
        asked = metric_of(row["metric"].replace(".", ":", 1))
        told = number(row["value"], asked.unit)
    except HearwellError:
        told = str(row["value"])
    rules = spaced(row["comparability"]) if row["comparability"] else ""
    return [row["metric"], row["who"], row["period"], told, rules, row["source_text"] or ""]


EVENTS = Kind("events", Event, EventForm, ("event_id",), "started_at", event_shown)
BENCHMARKS = Kind(
    "benchmarks", Benchmark, BenchmarkForm, ("metric", "who", "period"), "period", benchmark_shown
)


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def events(request: SignedIn) -> HttpResponse:
    """Show what happened, and take in more."""
    return entered(request, EVENTS)


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def benchmarks(request: SignedIn) -> HttpResponse:
    """Show figures of others, and take in more."""
    return entered(request, BENCHMARKS)


def entered(request: SignedIn, kind: Kind) -> HttpResponse:
    """Show the rows, and enter or take back one. It is for those who may see all teams."""
    if request.user.teams_seen is not None:
        return render(request, "inputs/by_hand.html", {"kind": kind.name, "is_limited": True})
    with lakes.reading() as lake:
        zone = lake.settings.zone
        rows = rows_of(lake, kind)
    form = kind.form(
        zone, request.POST if "title" in request.POST or "who" in request.POST else None
    )
    if request.method == "POST":
        try:
            if written(request, kind, form):
                return redirect(kind.name)
        except LakeLocked as problem:
            messages.error(request, what_was_wrong(problem))
    context = {
        "kind": kind.name,
        "zone": zone,
        "form": form,
        "metrics": metrics(None) if kind is BENCHMARKS else (),
        "rows": [
            (kind.shown(row, zone), [(n, row[n]) for n in kind.key], row["source"] == SOURCE)
            for row in rows
        ],
    }
    return render(request, "inputs/by_hand.html", context)


def written(request: SignedIn, kind: Kind, form: EventForm | BenchmarkForm) -> bool:
    """Enter what the form says, or take back the row whose key was sent."""
    if "remove" in request.POST:
        remove(request, kind, {name: request.POST.get(f"key-{name}", "") for name in kind.key})
        return True
    if not form.is_valid():
        return False
    put(request, kind, form.row())
    messages.success(request, _("It was saved."))
    return True


def put(request: SignedIn, kind: Kind, row: Mapping[str, Any]) -> None:
    """Write a row, and who did it."""
    with writable() as lake:
        enter(lake, kind.record, row)
    told = ", ".join(str(row[name]) for name in (*kind.key, "title") if row.get(name))
    audit(request, Action.ENTERED, f"{kind.name}: {told}")


def remove(request: SignedIn, kind: Kind, key: Mapping[str, str]) -> bool:
    """Take back a row that was entered by hand; return whether there was one."""
    with writable() as lake:
        removed = take_back(lake, kind.record, key)
    if removed:
        audit(request, Action.ENTERED, f"{kind.name}: {', '.join(key.values())} taken back")
    return removed > 0


def writable() -> Lake:
    return lakes.silent(open_lake(lakes.POOL.path, writable=True))


def rows_of(lake: Lake, kind: Kind) -> list[dict[str, Any]]:
    lake.use(kind.record)
    table = kind.record.unbound()
    names = list(kind.record.columns())
    others = [name for name in kind.key if name != kind.order]
    ordered = table.order_by(table[kind.order].desc(), *others).limit(MOST_SHOWN)
    found = lake.connection.execute(sql(ordered.select(*names))).fetchall()
    return [dict(zip(names, row, strict=True)) for row in found]
