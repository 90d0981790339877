"""What is sent every week, where to, and what came of each attempt."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.channels import ChannelTold, channel, mine
from hearwell.web.api.page import MOST
from hearwell.web.api.problem import unfit
from hearwell.web.api.question import Query, Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.rows import BadCursor
from hearwell.web.api.stored import by_email
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.deliveries import (
    DeliveryForm,
    keep,
    messages_seen,
    owned,
    remove,
    send,
)
from hearwell.web.explore.delivery import Delivery, Weekday
from hearwell.web.explore.message import Message, State
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

router = Router(tags=["Deliveries"], auth=at_least(Role.LEAD))
writes = at_least(Role.LEAD, Scope.WRITE)
MOST_RECEIVERS = 100
EXAMPLE: JsonDict = {"board": 1, "weekday": "monday", "hour": 7, "people": ["ann@example.org"]}
DAYS = tuple(each.name.lower() for each in Weekday)


class DeliveryGiven(Schema):
    """A delivery as it is to be; what is left out is as usual."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    board: int | None = Field(None, description="Its number; the scorecard if none.")
    weekday: Literal[*DAYS] = "monday"  # type: ignore[valid-type]  # as many as there are
    hour: int = Field(8, ge=0, le=23, description="In the organisation's zone.")
    people: Annotated[list[Text], Field(max_length=MOST_RECEIVERS)] = Field(
        [], description="E-mails of those to whom it is mailed."
    )
    channels: Annotated[list[int], Field(max_length=MOST_RECEIVERS)] = Field(
        [], description="Numbers of channels of the owner's that it is posted to."
    )
    is_on: bool = True


class DeliveryTold(BaseModel):
    number: int
    board: int | None = Field(description="Its number; null is the scorecard.")
    weekday: str
    hour: int = Field(description="0 to 23, in the organisation's zone.")
    people: list[str] = Field(description="E-mails.")
    channels: list[int]
    is_on: bool
    owner: str


class Deliveries(BaseModel):
    deliveries: list[DeliveryTold]
    channels: list[ChannelTold]


class AttemptTold(BaseModel):
    at: str
    milliseconds: int
    status: int | None = Field(description="Of HTTP.")
    trouble: str = Field(description="What went wrong; empty if nothing did.")
    is_sent: bool


class MessageTold(BaseModel):
    number: str
    title: str
    to: str
    written_at: str
    state: str
    next_at: str | None = Field(description="When it is tried again, while it is waiting.")
    attempts: list[AttemptTold]


class Messages(BaseModel):
    messages: list[MessageTold]
    next: str | None = Field(description="The cursor of the next page; null after the last.")


class Page(Query):
    limit: int = Field(100, ge=1, le=MOST, description="Messages of a page.")
    cursor: UUID | None = Field(None, description="`next` of the page before.")


@router.get("/deliveries", summary="Deliveries", **told.described(Deliveries, "/deliveries"))
def deliveries(request: SignedIn) -> HttpResponseBase:
    """Tell your deliveries and channels; administrators are told everybody's."""
    found = owned(Delivery, request.user).select_related("owner")
    sent = found.prefetch_related("people", "channels")
    channels = owned(Channel, request.user).select_related("owner")
    return whole(
        {
            "deliveries": [delivery(each) for each in sent],
            "channels": [channel(each) for each in channels],
        }
    )


@router.get(
    "/deliveries/log", summary="Log of deliveries", **told.described(Messages, "/deliveries/log")
)
def delivery_log(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:
    """Tell of each message to whom it went and what came of each attempt, the newest first."""
    seen = messages_seen(request.user)
    if asked.cursor is not None:
        last = seen.filter(pk=asked.cursor).first()
        if last is None:
            raise BadCursor
        seen = seen.filter(Q(made_at__lt=last.made_at) | Q(made_at=last.made_at, pk__gt=last.pk))
    found = list(seen[: asked.limit + 1])
    shown = found[: asked.limit]
    more = str(shown[-1].pk) if len(found) > asked.limit else None
    return whole({"messages": [message(each) for each in shown], "next": more})


@router.post(
    "/deliveries",
    auth=writes,
    summary="Make a delivery",
    **told.described(DeliveryTold, "/deliveries", status=201, parameters=[DESCRIBED]),
)
@once
def make_delivery(request: SignedIn, given: DeliveryGiven) -> Any:
    """Send a board, or the scorecard, every week. Each is told of the teams that they may see."""
    return set_as(request, given, None)


@router.put(
    "/deliveries/{number}",
    auth=writes,
    summary="Change a delivery",
    **told.described(DeliveryTold, "/deliveries/1"),
)
def change_delivery(request: SignedIn, number: int, given: DeliveryGiven) -> Any:
    """Put another in its place. It keeps its owner."""
    return set_as(request, given, mine(Delivery, request, number))


@router.delete(
    "/deliveries/{number}",
    auth=writes,
    summary="Delete a delivery",
    **told.described(None, "/deliveries/1", status=204),
)
def delete_delivery(request: SignedIn, number: int) -> Any:
    """Send it no more."""
    remove(request, mine(Delivery, request, number))
    return HttpResponse(status=204)


@router.post(
    "/deliveries/{number}/send",
    auth=writes,
    summary="Send a delivery now",
    **told.described(DeliveryTold, "/deliveries/1/send", status=202, parameters=[DESCRIBED]),
)
@once
def send_delivery(request: SignedIn, number: int) -> Any:
    """Send it out of its time; the log tells what comes of it."""
    found = mine(Delivery, request, number)
    send(request, found)
    return whole(delivery(found), 202)


def set_as(request: SignedIn, given: DeliveryGiven, found: Delivery | None) -> HttpResponseBase:
    typed = given.model_dump() | {
        "weekday": DAYS.index(given.weekday),
        "people": by_email(given.people),
    }
    form = DeliveryForm(found.owner if found else request.user, typed, instance=found)
    wrong = unfit(request, form)
    return wrong or whole(delivery(keep(request, form)), 200 if found else 201)


def delivery(found: Delivery) -> dict[str, Any]:
    return {
        "number": found.pk,
        "board": found.board_id,
        "weekday": Weekday(found.weekday).name.lower(),
        "hour": found.hour,
        "people": [each.email for each in found.people.all()],
        "channels": [each.pk for each in found.channels.all()],
        "is_on": found.is_on,
        "owner": str(found.owner),
    }


def message(found: Message) -> dict[str, Any]:
    return {
        "number": str(found.pk),
        "title": str(found),
        "to": str(found.receiver),
        "written_at": found.made_at.isoformat(),
        "state": found.state,
        "next_at": found.next_at.isoformat() if found.state == State.WAITING else None,
        "attempts": [
            {
                "at": each.at.isoformat(),
                "milliseconds": each.milliseconds,
                "status": each.status,
                "trouble": each.told,
                "is_sent": each.is_sent,
            }
            for each in found.attempts.all()
        ],
    }
