"""Why the numbers are as they are: what the insights found."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import Field

from hearwell.engine.errors import NotByTeam
from hearwell.engine.question import Asked, Question, Teams
from hearwell.insights.change.explain import change
from hearwell.insights.drivers.explain import drivers
from hearwell.insights.guardrails.told import USUAL_BY
from hearwell.insights.guardrails.told import guardrails as guard
from hearwell.insights.self_service.told import self_service as serve
from hearwell.insights.staffing.told import staffing as staff
from hearwell.insights.topics.explain import topics
from hearwell.insights.topics.sides import read
from hearwell.insights.turned.told import turned
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.metrics import named
from hearwell.web.api.question import MOST_FILTERS, Card, OneMetric, Query, Text
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Why"], auth=at_least(Role.VIEWER))


Insight = Literal["change", "turned", "drivers", "topics"]
INSIGHTS: Mapping[Insight, Callable[[Lake, Question], Any]] = {
    "change": change,
    "turned": turned,
    "drivers": drivers,
}


class Explained(OneMetric):
    contrast: Text = Field(
        "low-high",
        description="Of topics: low-high, before-after, left-stayed, or a group against the rest, "
        "such as product=camera.",
    )


class Staffed(Query):
    queue: Annotated[list[Text], Field(max_length=MOST_FILTERS)] = Field(
        [], description="Only these queues."
    )
    begins: Text | None = Field(None, alias="from", description="First day; a week or more ago.")
    ends: Text | None = Field(None, alias="to", description="Last day, included.")
    level: float = Field(0.95, gt=0, lt=1, allow_inf_nan=False)
    as_of: Text | None = None


@router.get(
    "/metrics/{name}/why/{insight}",
    summary="Why a number is as it is",
    **told.described(told.Findings, "/metrics/service_level/why/change?last=28&by=queue"),
)
def why(
    request: SignedIn, name: Text, insight: Insight, asked: FromQuery[Explained]
) -> HttpResponseBase:
    """Tell what moved a number, when it turned, what drives it, and what people write (topics).

    A change is held against the period before if `compare` does not say otherwise, and the usual
    dimensions are looked through if `by` names none. Drivers are told to who may see all teams:
    what happened to a customer is of no team. Of topics phrases and counts are told, no texts.
    """
    one, teams = named(name, asked.variant), request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: explained(lake, insight, asked, one, teams))


@router.get(
    "/guardrails",
    summary="Guardrails",
    **told.described(told.Findings, "/guardrails?by=channel"),
)
def guardrails(request: SignedIn, asked: FromQuery[Card]) -> HttpResponseBase:
    """Tell of each number that improved whether its partner was harmed, and signs of gaming."""
    teams = request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: guarded(lake, asked, teams))


@router.get(
    "/self-service",
    summary="Self-service",
    **told.described(told.Findings, "/self-service?last=90&where=language=en"),
)
def self_service(request: SignedIn, asked: FromQuery[Card]) -> HttpResponseBase:
    """Tell which articles leave readers to ask, whether readers ask less, and what to write.

    Only `language` filters it; it is told to who may see all teams.
    """
    teams = request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: served(lake, asked, teams))


@router.get(
    "/staffing",
    summary="Staffing",
    **told.described(told.Findings, "/staffing"),
)
def staffing(request: SignedIn, asked: FromQuery[Staffed]) -> HttpResponseBase:
    """Tell of each queue and half hour of the week how many agents are needed, and are there."""
    teams = request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: staffed(lake, asked, teams))


def explained(
    lake: Lake, insight: Insight, asked: Explained, one: Asked, teams: Teams
) -> dict[str, Any]:
    """Return what an insight finds.

    Raises:
        NotByTeam, BadQuestion, and what the insight says.

    """
    if insight == "drivers" and teams is not None:
        raise NotByTeam(insight)
    more: dict[str, Any] = {"grain": "none", "compare": None, "standardise": ()}
    if insight == "change":
        more["compare"] = asked.compare or "previous"
    else:
        more["by"] = ()
    question = asked.question(lake, (one,), teams, **more)
    if insight == "topics":
        contrast = read(asked.contrast)
        about = (question, asked.contrast)
        what = lakes.kept(lake, insight, about, lambda: topics(lake, question, *contrast))
        return {**what.as_json(with_examples=False), "snapshot": lake.snapshot}
    found = lakes.kept(lake, insight, question, lambda: INSIGHTS[insight](lake, question))
    return {**found.as_json(), "snapshot": lake.snapshot}


def guarded(lake: Lake, asked: Card, teams: Teams) -> dict[str, Any]:
    by = tuple(asked.by) or USUAL_BY
    more: dict[str, Any] = {"by": (), "grain": "none", "compare": asked.against}
    question = asked.question(lake, (), teams, **more)
    found = lakes.kept(lake, "guardrails", (question, by), lambda: guard(lake, question, by))
    return found.as_json() | {"snapshot": lake.snapshot}


def served(lake: Lake, asked: Card, teams: Teams) -> dict[str, Any]:
    question = asked.question(lake, (), teams, by=(), grain="none", compare=None)
    found = lakes.kept(lake, "self-service", question, lambda: serve(lake, question))
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
