"""Opening hours, and what is promised: looked at, tried and changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods
from tomlkit import TOMLDocument

from hearwell.clock.business import business_days
from hearwell.clock.schedule import WEEKDAYS, Schedule
from hearwell.engine.case_build import FIRST_DAY, LAST_DAY, check_targets
from hearwell.engine.values import own_dimensions
from hearwell.errors import HearwellError
from hearwell.lake import settings_file
from hearwell.lake.settings_file import Refused
from hearwell.metrics.facts.deadline import Deadline
from hearwell.metrics.metric import Unit
from hearwell.records.case import Case
from hearwell.report.hours import Day, days
from hearwell.report.number import number
from hearwell.report.problem import what_was_wrong
from hearwell.settings import AppliedSchedule, ServiceLevelTarget, Settings, read
from hearwell.web import lakes
from hearwell.web.inputs.change_settings import change_settings
from hearwell.web.inputs.schedule_form import (
    EMPTY_BLOCKS,
    Written,
    read_schedule,
    read_target,
    typed_schedule,
    typed_target,
)
from hearwell.web.inputs.settings_form import dimensions
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least

TWO_WEEKS = 14
SCHEDULE, TARGET = "schedule", "service_level_target"
SAVE, REMOVE, EARLIER, PREVIEW = "save", "remove", "earlier", "preview"


@dataclass(frozen=True)
class Hours:
    """A schedule and its coming two weeks."""

    place: int
    schedule: AppliedSchedule
    days: list[Day]


@dataclass(frozen=True)
class Target:
    """A target as it is shown."""

    place: int
    target: ServiceLevelTarget
    told_within: str


@at_least(Role.LEAD)
@require_GET
def schedules(request: SignedIn) -> HttpResponse:
    """Show all schedules with their coming two weeks, and all targets."""
    settings = read(lakes.POOL.path)
    context = {
        "schedules": [
            Hours(place, each, coming(each)) for place, each in enumerate(settings.schedule)
        ],
        "targets": [
            Target(place, each, number(each.within_seconds, Unit.SECONDS))
            for place, each in enumerate(settings.service_level_target)
        ],
        "may_change": request.user.may(Role.ADMINISTRATOR),
    }
    return render(request, "inputs/schedules.html", context)


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def schedule(request: SignedIn, place: int | None = None) -> HttpResponse:
    """Show the form of a schedule, try what is typed, or keep it."""
    settings = read(lakes.POOL.path)
    before = at(settings.schedule, place)
    written = (
        read_schedule(request.POST)
        if request.method == "POST"
        else Written(typed_schedule(before, settings.zone))
    )
    shown: AppliedSchedule | None = before
    if request.method == "POST":
        shown = written.check(AppliedSchedule)
    drawn = previewed(shown, written) if shown else []
    if request.method == "POST":
        done = kept(request, SCHEDULE, place, written, None if written.problems else shown)
        if done:
            return done
    context = {
        "place": place,
        "written": written,
        "rows": [*written.typed["blocks"], *({"days": ()} for _ in range(EMPTY_BLOCKS))],
        "weekdays": weekdays(),
        "days": drawn,
        "zones": sorted(available_timezones()),
        **around(request, dimensions(), written),
    }
    return render(request, "inputs/schedule.html", context)


@at_least(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def promise(request: SignedIn, place: int | None = None) -> HttpResponse:
    """Show the form of a target, or keep what is typed."""
    settings = read(lakes.POOL.path)
    before = at(settings.service_level_target, place)
    written = (
        read_target(request.POST) if request.method == "POST" else Written(typed_target(before))
    )
    if request.method == "POST":
        done = kept(request, TARGET, place, written, written.check(ServiceLevelTarget))
        if done:
            return done
    context = {
        "place": place,
        "written": written,
        "metrics": promised(),
        "units": [("minutes", _("minutes")), ("hours", _("hours")), ("days", _("days"))],
        "clocks": [("business", _("opening hours")), ("calendar", _("calendar time"))],
        **around(request, (*Deadline.dimensions(), *own_of_cases()), written),
    }
    return render(request, "inputs/promise.html", context)


def kept(
    request: SignedIn, name: str, place: int | None, written: Written, found: object | None
) -> HttpResponse | None:
    """Do what was asked with the entry; return None where the form is to be shown again."""
    do = request.POST.get("do", SAVE)
    edits: dict[str, Callable[[list[dict[str, Any]]], None]] = {
        SAVE: lambda listed: save(listed, place, written.entry),
        REMOVE: lambda listed: remove(listed, place),
        EARLIER: lambda listed: earlier(listed, place),
    }
    if do not in edits or (do == SAVE and found is None):
        return None

    def edit(document: TOMLDocument) -> None:
        listed = settings_file.listed(document, name)
        edits[do](listed)
        settings_file.put(document, name, listed)

    try:
        change_settings(request, edit, request.POST.get("seen", ""), hours_fit)
    except Refused as problem:
        count = len(getattr(read(lakes.POOL.path), name))
        written.tell(problem, name, count if place is None else place)
        return None
    except HearwellError as problem:
        written.wrong("", what_was_wrong(problem))
        return None
    return redirect("schedules")


def hours_fit(settings: Settings) -> None:
    """Raise what would be wrong with each question of cases, such as two schedules at once."""
    business_days(settings.schedule, FIRST_DAY.date(), LAST_DAY.date())
    check_targets(settings)


def save(listed: list[dict[str, Any]], place: int | None, entry: dict[str, Any]) -> None:
    if place is None:
        listed.append(entry)
    else:
        listed[place] = entry


def remove(listed: list[dict[str, Any]], place: int | None) -> None:
    if place is not None:
        listed.pop(place)


def earlier(listed: list[dict[str, Any]], place: int | None) -> None:
    """Let it be asked before the one that stands before it."""
    if place:
        listed[place - 1 : place + 1] = [listed[place], listed[place - 1]]


def at(listed: tuple[Any, ...], place: int | None) -> Any:
    if place is None:
        return None
    if place >= len(listed):
        raise Http404
    return listed[place]


def around(request: SignedIn, known: Iterable[str], written: Written) -> dict[str, Any]:
    """Return what both forms have."""
    applies = written.typed.get("applies", ())
    return {
        "seen": request.POST.get("seen") or settings_file.edition(lakes.POOL.path),
        "dimensions": sorted({*known, *(name for name, _v in applies)}),
        "applies": [*applies, ("", [])],
        "problem": written.problems.get("", []),
    }


def own_of_cases() -> list[str]:
    with lakes.reading() as lake:
        return lakes.kept(lake, "own of cases", (), lambda: own_dimensions(lake, Case))


def previewed(schedule: Schedule, written: Written) -> list[Day]:
    try:
        return coming(schedule)
    except HearwellError as problem:  # such as a country whose holidays are not known
        written.wrong("holidays", what_was_wrong(problem))
        return []


def coming(schedule: Schedule) -> list[Day]:
    """Return the coming two weeks, from today in the schedule's zone."""
    return days(schedule, today(schedule.zone), TWO_WEEKS)


def today(zone: str) -> date:
    return datetime.now(UTC).astimezone(ZoneInfo(zone)).date()


def weekdays() -> list[tuple[str, str]]:
    told = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return list(zip(WEEKDAYS, told, strict=True))


def promised() -> list[tuple[str, str]]:
    return [
        ("first_response", _("first response")),
        ("next_response", _("further responses")),
        ("resolution", _("solution")),
    ]
