"""What is sent every week, where to, and what came of each attempt."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import BaseModel, Field

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.page import MOST
from hearwell.web.api.question import Query
from hearwell.web.api.rows import BadCursor
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.deliveries import messages_seen, owned
from hearwell.web.explore.delivery import Delivery, Weekday
from hearwell.web.explore.message import Message, State
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Deliveries"], auth=at_least(Role.LEAD))


class DeliveryTold(BaseModel):
    number: int
    board: int | None = Field(description="Its number; null is the scorecard.")
    weekday: str
    hour: int = Field(description="0 to 23, in the organisation's zone.")
    people: list[str] = Field(description="E-mails.")
    channels: list[int]
    is_on: bool
    owner: str


class ChannelTold(BaseModel):
    """A place outside to which messages are posted; its address is a secret."""

    number: int
    title: str
    kind: str
    host: str
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


def channel(found: Channel) -> dict[str, Any]:
    return {
        "number": found.pk,
        "title": found.title,
        "kind": found.kind,
        "host": found.host,
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
