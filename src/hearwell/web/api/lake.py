"""The state of the data: how fresh they are, and the states that can be asked for."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Router
from pydantic import BaseModel, Field

from hearwell.engine.framing import bounds_of
from hearwell.engine.freshness import Fed
from hearwell.engine.question import TEAM, Teams
from hearwell.lake.lake import Lake
from hearwell.lake.upkeep import snapshots as states
from hearwell.metrics.catalog import METRICS
from hearwell.records import RECORDS
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.promises import in_utc
from hearwell.web.inputs.data_page import fed_here, needed
from hearwell.web.inputs.data_page import sources as as_shown
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Data"], auth=at_least(Role.VIEWER))


class GapTold(BaseModel):
    """Days without rows, both ends included; days that usually have none do not count."""

    begins: str = Field(alias="from")
    ends: str = Field(alias="to")
    days: int


class SourceTold(BaseModel):
    """What one source told of one record; instants are UTC."""

    record: str
    source: str
    rows: int
    oldest: str | None = Field(description="By when things happened; null where no row says so.")
    newest: str | None
    received: str = Field(description="When the last row was.")
    is_stale: bool = Field(description="Is it two days behind the newest of all?")
    gaps: list[GapTold] = Field(description="Days of the organisation's zone.")


class Sources(BaseModel):
    zone: str
    sources: list[SourceTold]
    snapshot: int


class NeedTold(BaseModel):
    record: str
    is_here: bool
    metrics: list[str] = Field(description="Metrics that cannot be told without it.")


class Needs(BaseModel):
    needs: list[NeedTold]
    snapshot: int


@router.get(
    "/freshness",
    summary="Freshness",
    **told.described(told.Freshness, "/freshness"),
)
def freshness(request: SignedIn) -> HttpResponseBase:
    """Tell of each record when the newest of what may be seen happened, and when it came."""
    teams = request.user.teams_seen

    def made(lake: Lake) -> dict[str, Any]:
        records = lakes.kept(lake, "freshness", teams, lambda: fresh(lake, teams))
        return {"zone": lake.settings.zone, "records": records, "snapshot": lake.snapshot}

    return answered(request, None, made)


def fresh(lake: Lake, teams: Teams) -> list[dict[str, Any]]:
    """Return how fresh the records are that metrics count and whose rows may be seen."""
    dated = {each.record: each.dated_by for each in METRICS.values()}
    found = []
    for name, record in RECORDS.items():
        if record not in dated or (teams is not None and TEAM not in record.dimensions()):
            continue
        lake.use(record)
        bounds = bounds_of(lake, record, dated[record], (), teams)
        if bounds.last is not None:
            found.append({"record": name, **bounds.text(lake.settings.zone)})
    return found


@router.get(
    "/sources",
    auth=at_least(Role.LEAD),
    summary="Sources",
    **told.described(Sources, "/sources"),
)
def sources(request: SignedIn) -> HttpResponseBase:
    """Tell what each source told of each record, how new it is, and on which days nothing came."""
    teams = request.user.teams_seen

    def made(lake: Lake) -> dict[str, Any]:
        zone, found = lake.settings.zone, fed_here(lake, teams)
        told_of = zip(found, as_shown(found, zone), strict=True)
        return {
            "zone": zone,
            "sources": [source(each, is_stale=shown.is_stale) for each, shown in told_of],
            "snapshot": lake.snapshot,
        }

    return answered(request, None, made)


def source(told_of: Fed, *, is_stale: bool) -> dict[str, Any]:
    return {
        **{name: getattr(told_of, name) for name in ("record", "source", "rows")},
        "oldest": in_utc(told_of.oldest),
        "newest": in_utc(told_of.newest),
        "received": in_utc(told_of.received_at),
        "is_stale": is_stale,
        "gaps": [
            {"from": each.first.isoformat(), "to": each.last.isoformat(), "days": each.days}
            for each in told_of.gaps
        ],
    }


@router.get(
    "/needs",
    auth=at_least(Role.LEAD),
    summary="What metrics need",
    **told.described(Needs, "/needs"),
)
def needs(request: SignedIn) -> HttpResponseBase:
    """Tell of each record whether there is any, and which metrics cannot be told without it.

    What a metric lacks is told by `/answerable`.
    """
    teams = request.user.teams_seen

    def made(lake: Lake) -> dict[str, Any]:
        here = {each.record for each in fed_here(lake, teams)}
        return {
            "needs": [
                {"record": name, "is_here": name in here, "metrics": metrics}
                for name, metrics in needed(teams).items()
            ],
            "snapshot": lake.snapshot,
        }

    return answered(request, None, made)


@router.get(
    "/snapshots",
    summary="Snapshots",
    **told.described(told.Snapshots, "/snapshots"),
)
def snapshots(request: SignedIn) -> HttpResponseBase:
    """Tell which states of the lake can be asked for with `as_of`."""
    sees_all = request.user.teams_seen is None

    def made(lake: Lake) -> dict[str, Any]:
        return {
            "snapshots": [
                {
                    "snapshot": each.number,
                    "taken_at": each.taken_at.isoformat() + "Z",
                    "message": each.message if sees_all else None,  # it may count others' rows
                }
                for each in states(lake)
            ]
        }

    return answered(request, None, made)
