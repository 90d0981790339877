"""What is entered by hand: what happened, which programs tell too, and figures of others."""

from typing import Annotated, Any, Literal

from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from hearwell.engine.errors import BadQuestion, NotByTeam
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered, whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Text
from hearwell.web.api.rows import told_value
from hearwell.web.inputs.by_hand import (
    BENCHMARKS,
    EVENTS,
    MOST_SHOWN,
    EventForm,
    Kind,
    put,
    rows_of,
)
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

router = Router(tags=["Why"], auth=at_least(Role.LEAD, Scope.WRITE))
reads = at_least(Role.LEAD)


class EventTold(Schema):
    """An event. The same `event_id` told again changes it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "event_id": "camera-2.1",
                "kind": "release",
                "title": "Camera 2.1",
                "started_at": "2026-03-27T09:00",
                "dimension": "product",
                "value": "camera",
            }
        },
    )
    event_id: Text = Field(description="Your own name of it.")
    kind: Literal[
        "release",
        "campaign",
        "outage",
        "price_change",
        "number_change",
        "staff_change",
        "rule_change",
        "other",
    ]
    title: Annotated[Text, Field(max_length=300)] = Field(description="As people call it.")
    started_at: Text = Field(description="A day or an instant; the organisation's zone.")
    ended_at: Text | None = None
    dimension: Text | None = Field(None, description="Where it could touch some only: product.")
    value: Text | None = Field(None, description="Of the dimension: camera.")


class EventListed(BaseModel):
    """Something that happened; instants are UTC."""

    source: str
    event_id: str
    kind: str | None
    title: str | None
    started_at: str
    ended_at: str | None
    dimension: str | None
    value: str | None


class Events(BaseModel):
    events: list[EventListed] = Field(description=f"The newest {MOST_SHOWN}.")
    snapshot: int


class BenchmarkListed(BaseModel):
    """A figure of others."""

    metric: str = Field(description="With its variant, such as service_level.SL3.")
    who: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    comparability: str | None
    source_text: str | None
    url: str | None


class Benchmarks(BaseModel):
    benchmarks: list[BenchmarkListed] = Field(description=f"The newest {MOST_SHOWN}.")
    snapshot: int


@router.get("/events", auth=reads, summary="Events", **told.described(Events, "/events"))
def events(request: SignedIn) -> HttpResponseBase:
    """Tell what happened, such as releases; it is for those who may see all teams."""
    return entered(request, EVENTS)


@router.get(
    "/benchmarks", auth=reads, summary="Benchmarks", **told.described(Benchmarks, "/benchmarks")
)
def benchmarks(request: SignedIn) -> HttpResponseBase:
    """Tell figures of others to compare with; it is for those who may see all teams."""
    return entered(request, BENCHMARKS)


def entered(request: SignedIn, kind: Kind) -> HttpResponseBase:
    """Tell the rows that were entered.

    Raises:
        NotByTeam.

    """
    if request.user.teams_seen is not None:
        raise NotByTeam(kind.name)

    def made(lake: Lake) -> dict[str, Any]:
        rows = [
            {name: told_value(each) for name, each in row.items() if name != "received_at"}
            for row in rows_of(lake, kind)
        ]
        return {kind.name: rows, "snapshot": lake.snapshot}

    return answered(request, None, made)


@router.post("/events", summary="Tell of an event", **told.described(told.EventKept, "/events"))
def tell_event(request: SignedIn, event: EventTold) -> HttpResponseBase:
    """Keep an event, such as a release: where a number turned, what coincides is told.

    It needs a token that may change things, and is for those who may see all teams.
    """
    if request.user.teams_seen is not None:
        problem = "An event"
        raise NotByTeam(problem)
    with lakes.reading() as lake:
        zone = lake.settings.zone
    form = EventForm(zone, event.dict(exclude_none=True))
    if not form.is_valid():
        told_of = form.errors.get_json_data().items()
        wrong = [f"{name}: {each['message']}" for name, listed in told_of for each in listed]
        raise BadQuestion(" ".join(wrong))
    row: dict[str, Any] = form.row() | {"event_id": event.event_id}
    put(request, EVENTS, row)
    return whole({"event_id": event.event_id})
