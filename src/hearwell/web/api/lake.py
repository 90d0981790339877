"""The state of the data: how fresh they are, and the states that can be asked for."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Router

from hearwell.engine.framing import bounds_of
from hearwell.engine.question import TEAM, Teams
from hearwell.lake.lake import Lake
from hearwell.lake.upkeep import snapshots as states
from hearwell.metrics.catalog import METRICS
from hearwell.records import RECORDS
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Data"], auth=at_least(Role.VIEWER))


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
