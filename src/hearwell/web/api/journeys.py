"""The ways that customers take: all together, and one customer's."""

from typing import Annotated, Any, Literal

from django.core.exceptions import BadRequest
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.engine.errors import BadQuestion, NotByTeam
from hearwell.insights.journeys.identity import splits
from hearwell.insights.journeys.person import journey as journey_of
from hearwell.insights.journeys.person import known_as
from hearwell.insights.journeys.told import USUAL_STAGES, USUAL_WITHIN_DAYS
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.journey_point import KINDS
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Period, Query, Text
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.why.journey import split, together

router = Router(tags=["Why"], auth=at_least(Role.LEAD))
EXAMPLE: JsonDict = {"customer": "ann@example.org"}
SPLIT: JsonDict = {
    "customer": "ann@example.org",
    "joined_by": "visitor",
    "joined_key": "browser of the library",
    "customer_id": "ann@example.org",
    "is_split": True,
}
Kind = Literal[*KINDS]  # type: ignore[valid-type]  # as many as there are kinds of touches


class Ways(Period, Query):
    path_to: Kind = Field("contact", description="The ways to this kind of touch.")
    stage: Annotated[list[Kind], Field(max_length=len(KINDS))] = Field(
        [], description=f"The stages of the funnel; if none, {', '.join(USUAL_STAGES)}."
    )
    within_days: float = Field(
        USUAL_WITHIN_DAYS, ge=0.01, le=3_650, description="From one stage to the next."
    )
    level: float = Field(0.95, gt=0, lt=1, allow_inf_nan=False)
    as_of: Text | None = None


class Whose(Schema):
    """The customer stands in the body, so that they get into no address, history or log."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    customer: Annotated[Text, Field(max_length=200)] = Field(
        description="The identifier, e-mail address or telephone number that you know."
    )


class Key(Schema):
    """A visitor or caller that joins touches to a customer."""

    joined_by: Literal["visitor", "caller"]
    joined_key: Text
    customer_id: Text = Field(description="The customer as the journey tells it.")


class Splitting(Key):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": SPLIT})
    customer: Annotated[Text, Field(max_length=200)]
    is_split: bool = Field(description="Is it split off, or joined again?")


class PathTold(BaseModel):
    kinds: list[str] = Field(description="The touches of the way, oldest first.")
    times: int
    customers: int


class StageTold(BaseModel):
    kind: str
    customers: int = Field(description="Who came to it by way of the stages before.")


class JourneysTold(BaseModel):
    turned: int = Field(description="Customers who turned in the period.")
    stayed: int = Field(description="Those who stayed content.")
    findings: list[told.FindingTold] = Field(description="What comes before turns.")
    paths: list[PathTold]
    funnel: list[StageTold]
    snapshot: int


class TouchTold(BaseModel):
    customer_id: str = Field(description="As the lake keeps it.")
    at: str
    kind: str
    reference: str | None
    channel: str | None
    topic: str | None
    product: str | None
    mood: float | None = Field(description="How it was, 0 to 1.")
    chance: float | None = Field(description="That the customer has fallen from the usual level.")
    joined_by: str
    joined_key: str | None


class JourneyTold(BaseModel):
    """One customer's touches, oldest first."""

    customer_id: str
    touches: list[TouchTold]
    turned: int | None = Field(description="The place of the touch with which it turned.")
    noticed: int | None = Field(description="The place of the touch after which that was sure.")
    just_before: list[int] = Field(description="The places of those in the two weeks before.")
    splits: list[Key] = Field(description="What was split off this customer.")
    snapshot: int


@router.get(
    "/journeys",
    summary="Journeys",
    **told.described(JourneysTold, "/journeys?path_to=contact&last=91"),
)
def journeys(request: SignedIn, asked: FromQuery[Ways]) -> HttpResponseBase:
    """Tell what comes before customers turn, the usual ways to a touch, and a funnel.

    Journeys are of no team: they are told to who may see all.
    """
    teams = request.user.teams_seen

    def made(lake: Lake) -> dict[str, Any]:
        begins, ends = asked.period(lake, teams)
        found = together(
            lake,
            begins,
            ends,
            teams,
            asked.level,
            to=asked.path_to,
            stages=tuple(asked.stage) or USUAL_STAGES,
            within_days=asked.within_days,
        )
        return found.as_json() | {"snapshot": lake.snapshot}

    return answered(request, asked.as_of, made)


@router.post(
    "/journey", summary="One customer's journey", **told.described(JourneyTold, "/journey")
)
def journey(request: SignedIn, whose: Whose) -> HttpResponseBase:
    """Tell everything one customer did, and where it turned.

    Every look is written into the audit log, by the keyed hash that the lake keeps.
    """
    return answered(request, None, lambda lake: looked_up(lake, request, whose.customer.strip()))


@router.post(
    "/journey/split",
    auth=at_least(Role.LEAD, Scope.WRITE),
    summary="Split a journey",
    **told.described(JourneyTold, "/journey/split"),
)
def split_journey(request: SignedIn, asked: Splitting) -> HttpResponseBase:
    """Say that a visitor or caller is not this customer, now and later; or take that back."""
    if request.user.teams_seen is not None:
        what = "journeys"
        raise NotByTeam(what)
    customer = asked.customer.strip()
    row = asked.model_dump(include={"joined_by", "joined_key", "customer_id"})
    try:
        split(request, customer, row, is_split=asked.is_split)
    except BadRequest:
        raise HttpError(422, "The journey of this customer tells of no such customer_id.") from None
    return answered(request, None, lambda lake: looked_up(lake, request, customer))


def looked_up(lake: Lake, request: SignedIn, customer: str) -> dict[str, Any]:
    """Return one customer's journey.

    Raises:
        NotByTeam.
        HttpError: 404, nothing is known of the customer.

    """
    names = known_as(lake, customer)
    audit(request, Action.JOURNEY, names[-1])
    try:
        found = journey_of(lake, customer, request.user.teams_seen)
    except NotByTeam:
        raise
    except BadQuestion as problem:
        raise HttpError(404, str(problem)) from None
    off = [
        {"joined_by": by, "joined_key": key, "customer_id": whose}
        for by, key, whose in splits(lake, names)
    ]
    return found.as_json() | {"splits": off, "snapshot": lake.snapshot}
