"""Can the inputs be trusted? Where they are from, how new they are, what is missing in them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from hearwell.clock.interval import EPOCH
from hearwell.engine.explain import Answerable, answerable, needed_for
from hearwell.engine.fact_build import MESSAGE
from hearwell.engine.freshness import Fed, fed
from hearwell.engine.period import to_local
from hearwell.engine.question import Teams, may_ask
from hearwell.engine.refusals import Refusal, count, refusals
from hearwell.engine.rollup_build import KEPT, ROLLED
from hearwell.lake.lake import Lake
from hearwell.lake.shown import shown
from hearwell.lake.upkeep import Snapshot, snapshots, stored
from hearwell.metrics.catalog import METRICS
from hearwell.report.name import labelled, spaced
from hearwell.web import lakes
from hearwell.web.inputs.bringing import Bringing
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn, at_least
from hearwell.web.read import asking

DERIVED = (MESSAGE, KEPT.format(record=""), ROLLED.format(record=""))
MOST_REASONS, MOST_GAPS, MOST_IMPORTS, MOST_SNAPSHOTS = 50, 5, 10, 15
STALE = timedelta(days=2)
"""Older than the newest of all by this, a source may have gone silent."""

LASTING = ("agent", "customer", "article")
"""Rows of these come when something new comes: that none has come lately says nothing."""


@dataclass(frozen=True)
class Source:
    """What a source told, as it is shown."""

    record: str
    fed: Fed
    oldest: datetime | None  # local, as the next two
    newest: datetime | None
    received_at: datetime
    is_stale: bool

    @property
    def gaps(self) -> list[Any]:
        return self.fed.gaps[-MOST_GAPS:]

    @property
    def more_gaps(self) -> int:
        return max(0, len(self.fed.gaps) - MOST_GAPS)


@dataclass(frozen=True)
class Need:
    """What a kind of rows is for, and whether there are any."""

    record: str
    is_here: bool
    metrics: list[str]


@dataclass(frozen=True)
class Reason:
    """Why rows of a file were refused, and the address of those rows."""

    told: Refusal
    query: str


@at_least(Role.LEAD)
@require_safe
def data(request: SignedIn) -> HttpResponse:
    """Show what the lake holds, and what came of the last files."""
    teams = asking.teams(request)
    is_administrator = request.user.may(Role.ADMINISTRATOR)
    with lakes.reading() as lake:
        zone = lake.settings.zone
        files, size = stored(lake.path)
        context: dict[str, Any] = {
            "sources": sources(fed_here(lake, teams), zone),
            "needs": needs({each.record for each in fed_here(lake, teams)}, teams),
            "zone": zone,
            "snapshots": newest_snapshots(lake),
            "files": files,
            "size_bytes": size,
            "keep_days": lake.settings.keep_snapshots_days,
            "more_is_coming": shown(lake.path) is not None,
            "imports": Bringing.objects.select_related("person")[:MOST_IMPORTS],
        }
        if teams is None:  # what was refused has no team yet
            found = lakes.kept(lake, "refusals", (), lambda: refusals(lake, MOST_REASONS))
            reasons = [Reason(each, urlencode(each.key)) for each in found]
            context |= {"refusals": reasons, "refused_rows": count(lake), "sees_refused": True}
    return render(request, "inputs/data.html", {**context, "is_administrator": is_administrator})


@at_least(Role.LEAD)
@require_safe
def fed_metrics(request: SignedIn) -> HttpResponse:
    """Show which metrics can be told, and what the others need; it asks every metric once."""
    teams = asking.teams(request)
    with lakes.reading() as lake:
        told: Answerable = lakes.kept(
            lake, "answerable", teams, lambda: answerable(lake, teams=teams)
        )
    context = {
        "told": [(name, labelled(METRICS[name])) for name in told.metrics],
        "missing": [(labelled(METRICS[name]), lack) for name, lack in told.missing.items()],
    }
    return render(request, "inputs/fed_metrics.html", context)


def fed_here(lake: Lake, teams: Teams) -> list[Fed]:
    return lakes.kept(lake, "fed", teams, lambda: fed(lake, teams))


def needs(here: set[str], teams: Teams) -> list[Need]:
    """Return what each record is for, in words."""
    return [
        Need(spaced(name), name in here, [labelled(METRICS[each]) for each in metrics])
        for name, metrics in needed(teams).items()
    ]


def needed(teams: Teams) -> dict[str, list[str]]:
    """Return the metrics that need each record."""
    found: dict[str, list[str]] = {}
    for metric in METRICS.values():
        for record in needed_for(metric) if may_ask(metric, teams) else ():
            found.setdefault(record.table_name, []).append(metric.name)
    return dict(sorted(found.items()))


def sources(found: list[Fed], zone: str) -> list[Source]:
    last = max((each.newest for each in found if each.newest), default=EPOCH)

    def local(instant: datetime | None) -> datetime | None:
        return None if instant is None else to_local(instant, zone)

    return [
        Source(
            spaced(each.record),
            each,
            local(each.oldest),
            local(each.newest),
            to_local(each.received_at, zone),
            each.record not in LASTING and each.newest is not None and last - each.newest > STALE,
        )
        for each in found
    ]


def newest_snapshots(lake: Lake) -> list[Snapshot]:
    """Return the newest states that differ in what was brought in, the newest first.

    What was derived from it belongs to it: there it is asked fastest.
    """
    found: list[Snapshot] = []
    for each in snapshots(lake):
        if found and each.message.startswith(DERIVED):
            found[-1] = replace(found[-1], number=each.number)
        else:
            found.append(replace(each, taken_at=to_local(each.taken_at, lake.settings.zone)))
    return [*reversed(found)][:MOST_SNAPSHOTS]
