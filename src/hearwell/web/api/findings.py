"""Why the numbers are as they are: what the insights found."""

from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import Field

from hearwell.engine.question import Asked, Teams
from hearwell.insights.change.explain import change as explain
from hearwell.insights.staffing.told import staffing as staff
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.metrics import named
from hearwell.web.api.question import MOST_FILTERS, OneMetric, Query, Text
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Why"], auth=at_least(Role.VIEWER))


class Staffed(Query):
    queue: Annotated[list[Text], Field(max_length=MOST_FILTERS)] = Field(
        [], description="Only these queues."
    )
    begins: Text | None = Field(None, alias="from", description="First day; a week or more ago.")
    ends: Text | None = Field(None, alias="to", description="Last day, included.")
    level: float = Field(0.95, gt=0, lt=1, allow_inf_nan=False)
    as_of: Text | None = None


@router.get(
    "/metrics/{name}/change",
    summary="What moved a number",
    **told.described(told.Findings, "/metrics/service_level/change?last=28&by=queue"),
)
def change(request: SignedIn, name: Text, asked: FromQuery[OneMetric]) -> HttpResponseBase:
    """Take a change apart: did groups change, or how many came through each?

    Without `compare` it is held against the period before; without `by` the usual dimensions are
    looked through.
    """
    one, teams = named(name, asked.variant), request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: moved(lake, asked, one, teams))


@router.get(
    "/staffing",
    summary="Staffing",
    **told.described(told.Findings, "/staffing"),
)
def staffing(request: SignedIn, asked: FromQuery[Staffed]) -> HttpResponseBase:
    """Tell of each queue and half hour of the week how many agents are needed, and are there."""
    teams = request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: staffed(lake, asked, teams))


def moved(lake: Lake, asked: OneMetric, one: Asked, teams: Teams) -> dict[str, Any]:
    compare = asked.compare or "previous"
    question = asked.question(lake, (one,), teams, compare=compare, grain="none")
    found = lakes.kept(lake, "change", question, lambda: explain(lake, question))
    return found.as_json() | {"snapshot": lake.snapshot}


def staffed(lake: Lake, asked: Staffed, teams: Teams) -> dict[str, Any]:
    about = (asked.begins, asked.ends, tuple(asked.queue), asked.level, teams)
    found = lakes.kept(
        lake,
        "staffing",
        about,
        lambda: staff(
            lake,
            begins=asked.begins,
            ends=asked.ends,
            queues=asked.queue,
            level=asked.level,
            teams=teams,
        ),
    )
    return found.as_json() | {"snapshot": lake.snapshot}
