"""By what numbers can be grouped and filtered, and the values there are."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from ninja.errors import HttpError
from pydantic import Field

from hearwell.engine.errors import UnknownDimension
from hearwell.engine.question import Teams, may_ask
from hearwell.engine.values import MOST_VALUES, values_of
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.metrics import definition
from hearwell.web.api.question import Query, Text
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Definitions"], auth=at_least(Role.VIEWER))


class Values(Query):
    limit: int = Field(MOST_VALUES, ge=1, le=1_000, description="At most so many values.")
    as_of: Text | None = None


@router.get(
    "/dimensions",
    summary="All dimensions",
    **told.described(told.Dimensions, "/dimensions"),
)
def dimensions(request: SignedIn) -> HttpResponseBase:
    """Tell what numbers can be grouped and filtered by, and which numbers."""
    teams = request.user.teams_seen

    def made(lake: Lake) -> dict[str, Any]:
        found: dict[str, list[str]] = {}
        for metric in METRICS.values():
            if may_ask(metric, teams):
                for name in definition(metric, lake.settings)["dimensions"]:
                    found.setdefault(name, []).append(metric.name)
        named = [{"dimension": name, "metrics": found[name]} for name in sorted(found)]
        return {"dimensions": named}

    return answered(request, None, made)


@router.get(
    "/dimensions/{name}/values",
    summary="Values of a dimension",
    **told.described(told.Values, "/dimensions/queue/values?limit=20"),
)
def values(request: SignedIn, name: Text, asked: FromQuery[Values]) -> HttpResponseBase:
    """Tell the values that a dimension has in the lake, and how many rows have each."""
    teams = request.user.teams_seen
    try:
        return answered(request, asked.as_of, lambda lake: counted(lake, name, teams, asked.limit))
    except UnknownDimension as error:
        raise HttpError(404, str(error)) from None


def counted(lake: Lake, name: str, teams: Teams, limit: int) -> dict[str, Any]:
    found = lakes.kept(
        lake,
        "counted values",
        (name, teams, limit),
        lambda: values_of(lake, name, teams, limit),
    )
    values = [each._asdict() for each in found]
    return {"dimension": name, "values": values, "snapshot": lake.snapshot}
