"""Have we enough people? Waits by hour of the week, and who was needed against who was there."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import find, may_ask
from hearwell.insights.staffing.told import Staffing, target_of
from hearwell.insights.staffing.told import staffing as plan_of
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.report.name import labelled
from hearwell.report.number import number as share
from hearwell.report.problem import what_was_wrong
from hearwell.stats.erlang import Target
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address, choice, number
from hearwell.web.read.choices import Choice, choices
from hearwell.web.read.heat import Day, heat, hours_of, plan_heat
from hearwell.web.read.nothing import nothing
from hearwell.web.read.told import told
from hearwell.web.read.whole import part

SHOWN = {
    "wait_time": ("p90", _("Wait, nine of ten")),
    "hold_time": ("mean", _("Hold time")),
    "service_level": (None, _("Service level")),
    "abandonment_rate": (None, _("Abandoned")),
    "call_volume": (None, _("Calls")),
    "occupancy": (None, _("Busy")),
}
FILTERS = ("queue", "team", "channel")
PLAN = "read/plan.html"


WHAT_IF = {
    "in_time": (50, 99, _("Answered in time, at least: {share}")),
    "abandoned": (1, 30, _("Hang up, at most: {share}")),
    "occupancy": (50, 99, _("Busy, at most: {share}")),
}
"""What may be chosen as the target, in percent."""


@dataclass(frozen=True)
class Slider:
    """One part of the target, in percent."""

    name: str
    least: int
    most: int
    value: int
    label: str


@dataclass(frozen=True)
class Queue:
    """The half hours of one queue: who is needed."""

    name: str | None
    days: list[Day]


def staffing(request: SignedIn) -> HttpResponse:
    """Shade the hours of the week by how long callers wait."""
    address = Address.read(request.GET)
    name = choice(request.GET, "metric", tuple(SHOWN), "wait_time")
    variant, title = SHOWN[name]
    (asked,) = find(name, variant)
    teams = asking.teams(request)
    with asking.reading(address) as lake:
        context: dict[str, Any] = {
            "address": address,
            "choices": choices(request, lake, address, FILTERS),
            "kept": [("metric", name)],
            "is_not_compared": True,
            "now": address.query(as_of=None),
            "title": title,
            "shown": [
                Choice(f"{address.query()}&metric={each}", str(words), each == name)
                for each, (_variant, words) in SHOWN.items()
                if may_ask(find(each)[0].metric, teams)
            ],
            "name": labelled(asked.metric, asked.variant),
            "heat": None,
        }
        if may_ask(asked.metric, teams):
            question = address.question(
                (asked,),
                asking.newest(lake, teams),
                by=(),
                grain="hour_of_week",
                compare=None,
                standardise=(),
                teams=teams,
            )
            answers = asking.asked(lake, question)
            context["heat"] = heat(
                answers.answers[0], answers.zone, address.level, lake.settings.minimum_n
            )
            if context["heat"] is None:
                context["nothing"] = nothing(
                    request, lake, address, asked.metric, lambda a: f"{a.query()}&metric={name}"
                )
            context["simulated"] = asked.metric.name in answers.simulated
            context["snapshot"] = answers.snapshot
    context["plan"] = f"{address.query()}"
    return render(request, "read/staffing.html", context)


def plan(request: SignedIn) -> HttpResponse:
    """Say how many are needed in each half hour, and whether they are there; it takes a while."""
    title = str(_("Needed against there"))
    address = Address.read(request.GET)
    with asking.reading(address) as lake:
        try:
            target = target_given(request, target_of(lake))
            made = planned(lake, address, asking.teams(request), target)
        except BadQuestion as problem:
            return part(request, title, PLAN, {"problem": what_was_wrong(problem)})
    halves = made.as_json()["half_hours"]
    hours = hours_of(halves) if halves else range(0)
    queues = [
        Queue(name, plan_heat([row for row in halves if row["queue"] == name], hours))
        for name in dict.fromkeys(row["queue"] for row in halves)
    ]
    context = {
        "findings": [told(each) for each in made.findings],
        "queues": queues,
        "hours": [f"{hour:02}" for hour in hours],
        "what_if": sliders(target),
        "kept": list(address.pairs()),
    }
    return part(request, title, PLAN, context)


def target_given(request: SignedIn, usual: Target) -> Target:
    """Return the target that the address asks for; what it does not say is as usual.

    Raises:
        NoSuchChoice.

    """
    given = {}
    for name, (least, most, _label) in WHAT_IF.items():
        if request.GET.get(name):
            percent = number(request.GET, name, 100 * getattr(usual, name))
            given[name] = min(max(percent, least), most) / 100
    return replace(usual, **given)


def sliders(target: Target) -> list[Slider]:
    found = []
    for name, (least, most, label) in WHAT_IF.items():
        value = getattr(target, name)
        told_share = label.format(share=share(value, Unit.SHARE))
        found.append(Slider(name, least, most, round(100 * value), told_share))
    return found


def planned(
    lake: Lake, address: Address, teams: tuple[str, ...] | None, target: Target
) -> Staffing:
    begins, ends = address.period(asking.newest(lake, teams))
    queues = tuple(address.wanted("queue"))
    about = (begins, ends, queues, teams, address.level, target)
    return lakes.kept(
        lake,
        "staffing",
        about,
        lambda: plan_of(
            lake,
            begins=begins,
            ends=ends,
            queues=queues,
            teams=teams,
            target=target,
            level=address.level,
        ),
    )
