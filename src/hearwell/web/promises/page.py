"""How many promises to customers were kept, and which will be missed next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hearwell.engine.answer import Answers
from hearwell.engine.period import to_local
from hearwell.engine.question import EVERY_VARIANT, Teams, find
from hearwell.engine.running import Running, known_until, running
from hearwell.lake.lake import Lake
from hearwell.report.hours import days
from hearwell.report.number import difference, interval, number
from hearwell.report.verdict import SIGNS
from hearwell.settings import Settings
from hearwell.web import lakes
from hearwell.web.inputs.page_number import page_number
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import choices

ON_A_PAGE = 50
FILTERS = ("channel", "team", "priority")
PROMISE = "promise"


@dataclass(frozen=True)
class Kept:
    """How well one promise was kept, as it is told."""

    promise: str
    value: str
    interval: str
    n: int
    few: bool
    change: str
    verdict: str
    sign: str


@at_least(Role.LEAD)
@require_safe
def promises(request: SignedIn) -> HttpResponse:
    """Show what was kept in the period, what runs now, and the hours that are in force."""
    address, page = Address.read(request.GET), page_number(request)
    late, teams = request.GET.get("late") == "1", asking.teams(request)
    with asking.reading(address) as lake:
        context: dict[str, Any] = {
            "address": address,
            "now": address.query(as_of=None),
            "choices": choices(request, lake, address, FILTERS),
            "targets": lake.settings.service_level_target,
            "may_change": request.user.may(Role.ADMINISTRATOR),
            "hours": list(hours(lake.settings)),
            "zone": lake.settings.zone,
            "late": late,
            "kept": [("late", "1")] if late else [],
        }
        if lake.settings.service_level_target:
            found = lakes.kept(lake, "running", teams, lambda: running(lake, teams))
            last = lakes.kept(lake, "known-until", (), lambda: known_until(lake))
            context |= {
                "attained": list(kept(answers(lake, address, teams), lake.settings)),
                "known_until": to_local(last, lake.settings.zone) if last else None,
                **part(found, lake.settings.zone, address, page, late=late),
            }
    return render(request, "promises/promises.html", context)


def answers(lake: Lake, address: Address, teams: Teams) -> Answers:
    question = address.question(
        find("sla_attainment", EVERY_VARIANT),
        asking.newest(lake, teams),
        by=(PROMISE,),
        grain="none",
        standardise=(),
        teams=teams,
    )
    return asking.asked(lake, question)


def kept(told: Answers, settings: Settings) -> Iterator[Kept]:
    """Give each promise in the order of the settings; those of which nothing is due stay out."""
    order = {each.words: place for place, each in enumerate(settings.service_level_target)}
    cells = [
        (answer.unit, cell)
        for answer in told.answers
        for cell in answer.cells(told.zone, told.question.level)
        if cell["group"][PROMISE] in order and cell["n"]
    ]
    for unit, cell in sorted(cells, key=lambda each: order[each[1]["group"][PROMISE]]):
        compared = cell["compared"]
        verdict = compared["verdict"] if compared else ""
        yield Kept(
            cell["group"][PROMISE],
            number(cell["value"], unit),
            interval(cell["low"], cell["high"], unit),
            cell["n"],
            cell["n"] < settings.minimum_n,
            difference(compared["difference"], unit) if compared else "",
            verdict,
            SIGNS.get(verdict, ""),
        )


def part(found: Running, zone: str, address: Address, page: int, *, late: bool) -> dict[str, Any]:
    """Return a page of what runs, with the ways to the others."""
    chosen = found.only(late=late)
    begin = ON_A_PAGE * (page - 1)
    rows = chosen.rows(begin, begin + ON_A_PAGE)
    for row in rows:
        row["due_at"] = to_local(row["due_at"], zone) if row["due_at"] else None

    def to(number: int, *, late: bool) -> str:
        more = urlencode({"page": number} | ({"late": 1} if late else {}))
        return f"{address.query()}&{more}"

    return {
        "rows": rows,
        "count": len(found) - len(found.only(late=True)),
        "late_count": len(found.only(late=True)),
        "to_running": to(1, late=False),
        "to_late": to(1, late=True),
        "before": to(page - 1, late=late) if page > 1 else "",
        "after": to(page + 1, late=late) if begin + ON_A_PAGE < len(chosen) else "",
    }


def hours(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give the hours of today of each schedule that is in force."""
    for schedule in settings.schedule:
        today = datetime.now(UTC).astimezone(ZoneInfo(schedule.zone)).date()
        is_valid = (schedule.valid_from or today) <= today <= (schedule.valid_to or today)
        if is_valid:
            yield schedule.name, days(schedule, today, 1)[0].told
