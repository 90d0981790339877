"""What happened: told by programs that release, price or switch something."""

from typing import Annotated, Any, Literal

from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict, Field

from hearwell.engine.errors import BadQuestion, NotByTeam
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Text
from hearwell.web.inputs.by_hand import EVENTS, EventForm, put
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

router = Router(tags=["Why"], auth=at_least(Role.LEAD, Scope.WRITE))


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
