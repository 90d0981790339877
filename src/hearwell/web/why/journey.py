"""When did a customer turn, and what happened just before? One customer, and all together."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from hearwell.engine.errors import BadQuestion
from hearwell.engine.period import instant, period, shown
from hearwell.engine.question import Teams
from hearwell.errors import WrongUse
from hearwell.insights.journeys.identity import splits
from hearwell.insights.journeys.person import Journey, known_as
from hearwell.insights.journeys.person import journey as journey_of
from hearwell.insights.journeys.told import Journeys
from hearwell.insights.journeys.told import journeys as journeys_of
from hearwell.jobs.entered import enter, take_back
from hearwell.lake.errors import LakeLocked
from hearwell.lake.lake import Lake, open_lake
from hearwell.language.convention import listed
from hearwell.metrics.metric import Unit
from hearwell.records.identity_split import KEYS, IdentitySplit
from hearwell.report.name import spaced
from hearwell.report.number import NOTHING, number
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import choices
from hearwell.web.read.whole import part
from hearwell.web.why.opened import opened
from hearwell.web.why.page import asked, wide
from hearwell.web.why.time_line import time_line

TOGETHER = "why/journeys.html"
MOST_TOUCHES = 300
"""Of a customer with more, the newest are shown."""

EARLIEST, LATEST = "1970-01-02", "2200-12-30"


class CustomerForm(forms.Form):
    """Whose journey: it is sent in the body, so that it gets into no address, history or log."""

    customer = forms.CharField(
        label=_("Customer"),
        max_length=200,
        help_text=_("The identifier, e-mail address or telephone number that you know."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@at_least(Role.LEAD)
@require_http_methods(["GET", "HEAD", "POST"])
def journey(request: SignedIn) -> HttpResponse:
    """Look a customer up; every look is written down, by the keyed hash that the lake keeps."""
    address, teams = wide(request), asking.teams(request)
    form = CustomerForm(request.POST or None, label_suffix="")
    if teams is None and form.is_valid() and "do" in request.POST:
        resplit(request, form.cleaned_data["customer"].strip())
    with asking.reading(address) as lake:
        context: dict[str, Any] = {
            "form": form,
            "address": address,
            "choices": choices(request, lake, address, ()),
            "is_not_compared": True,
            "now": asked(replace(address, as_of=None), []),
            "together": reverse("journeys") + asked(address, []),
            "is_limited": teams is not None,
        }
        if form.is_valid():
            customer = form.cleaned_data["customer"].strip()
            audit(request, Action.JOURNEY, known_as(lake, customer)[-1])
            context["splits"] = splits(lake, known_as(lake, customer))
            try:
                found = journey_of(lake, customer, teams)
            except BadQuestion as problem:
                form.add_error("customer", what_was_wrong(problem))
            else:
                context |= told_of(found)
    return render(request, "why/journey.html", context)


def resplit(request: SignedIn, customer: str) -> None:
    """Do what the page's buttons ask; say what stands in the way of it."""
    row = {name: request.POST.get(name, "") for name in IdentitySplit.key() if name != "source"}
    try:
        split(request, customer, row, is_split=request.POST["do"] == "split")
    except LakeLocked as problem:
        messages.error(request, what_was_wrong(problem))


def split(request: SignedIn, customer: str, row: dict[str, str], *, is_split: bool) -> None:
    """Split what a visitor or caller joins off a customer, or join it again; write down who did.

    Raises:
        BadRequest: this joins nothing to the customer.
        LakeLocked.

    """
    with lakes.silent(open_lake(lakes.POOL.path, writable=True)) as lake:
        if row["joined_by"] not in KEYS or row["customer_id"] not in known_as(lake, customer):
            raise BadRequest
        (enter if is_split else take_back)(lake, IdentitySplit, row)
    done = "split off" if is_split else "joined again to"
    about = f"{row['joined_by']} {row['joined_key']} {done} {row['customer_id']}"
    audit(request, Action.IDENTITY, about)


def told_of(found: Journey) -> dict[str, Any]:
    """Return what a page shows of one customer, the newest touches if there are very many."""
    hidden = max(len(found.touches) - MOST_TOUCHES, 0)
    touches, before = found.touches[hidden:], set(found.just_before)
    turned = None if found.turned is None or found.turned < hidden else found.turned - hidden
    at = [shown(each.at, found.zone)[:16].replace("T", " ") for each in touches]
    return {
        "hidden": hidden,
        "zone": found.zone,
        "joins": [
            {"by": spaced(by), "joined_by": by, "key": key, "customer_id": kept, "n": n}
            for (by, key, kept), n in found.joins.items()
        ],
        "turned_on": None if found.turned is None else day(found, found.turned),
        "drawn": time_line(touches, [each[:10] for each in at], turned),
        "touches": [
            {
                "at": when,
                "kind": spaced(each.kind),
                "channel": each.channel,
                "topic": each.topic,
                "product": each.product,
                "joined_by": spaced(each.joined_by),
                "mood": NOTHING if each.mood is None else number(each.mood, Unit.SHARE),
                "is_turn": place == found.turned,
                "is_noticed": place == found.noticed,
                "is_before": place in before,
            }
            for place, (each, when) in enumerate(zip(touches, at, strict=True), hidden)
        ],
    }


def day(found: Journey, place: int) -> str:
    return shown(found.touches[place].at, found.zone)[:10]


@at_least(Role.LEAD)
@require_safe
def journeys(request: SignedIn) -> HttpResponse:
    """Tell what comes before turns, the usual ways to a contact, and how far customers come."""
    title = str(_("What comes before customers turn"))
    address, teams = Address.read(request.GET), asking.teams(request)
    with asking.reading(address) as lake:
        begins, ends = address.period(asking.newest(lake, teams))
        try:
            found = together(lake, begins, ends, teams, address.level)
        except WrongUse as problem:
            return part(request, title, TOGETHER, {"problem": what_was_wrong(problem)})
    stages = [None, *(each.customers for each in found.funnel)]
    context = {
        "findings": opened(found.findings, address),
        "paths": [
            {
                "way": listed([spaced(kind) for kind in each.kinds]),
                "times": each.times,
                "n": each.customers,
            }
            for each in found.paths
        ],
        "funnel": [
            {
                "kind": spaced(each.kind),
                "n": each.customers,
                "share": number(each.customers / before, Unit.SHARE) if before else "",
            }
            for each, before in zip(found.funnel, stages, strict=False)
        ],
    }
    return part(request, title, TOGETHER, context)


def together(
    lake: Lake, begins: str | None, ends: str | None, teams: Teams, level: float, **more: Any
) -> Journeys:
    """Return what journeys have in common; `more` is what the insight may be asked beside."""

    def made() -> Journeys:
        zone = lake.settings.zone
        span = period(instant(begins or EARLIEST, zone), instant(ends or LATEST, zone, last=True))
        return journeys_of(lake, span, teams=teams, level=level, **more)

    about = (begins, ends, teams, level, tuple(more.items()))
    return lakes.kept(lake, "journeys", about, made)
