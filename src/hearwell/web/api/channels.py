"""Places outside to which messages are posted."""

from typing import Annotated, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.problem import unfit
from hearwell.web.api.question import Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import stored
from hearwell.web.explore.channel import Channel, Kind
from hearwell.web.explore.deliveries import ChannelForm, keep, owned, remove, renew
from hearwell.web.explore.delivery import Delivery
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

router = Router(tags=["Deliveries"], auth=at_least(Role.LEAD, Scope.WRITE))
CHANNEL: JsonDict = {
    "title": "Support room",
    "kind": "slack",
    "address": "https://hooks.slack.com/services/…",
}


class ChannelGiven(Schema):
    """A place outside to which messages are to be posted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": CHANNEL})
    title: Annotated[Text, Field(max_length=100)]
    kind: Kind
    address: Annotated[str, Field(min_length=1, max_length=1000)] = Field(
        description="Whoever knows it may post there: it is told nowhere."
    )


class ChannelTold(BaseModel):
    """A place outside to which messages are posted; its address is a secret."""

    number: int
    title: str
    kind: str
    host: str
    owner: str


class SecretTold(BaseModel):
    secret: str = Field(description="Told once: by it posts are signed (Standard Webhooks).")


@router.post(
    "/deliveries/channels",
    summary="Make a channel",
    **told.described(ChannelTold, "/deliveries/channels", status=201, parameters=[DESCRIBED]),
)
@once
def make_channel(request: SignedIn, given: ChannelGiven) -> Any:
    """Let messages be posted to Slack, Teams or a program of your own."""
    form = ChannelForm(given.model_dump())
    return unfit(request, form) or whole(channel(keep(request, form)), 201)


@router.delete(
    "/deliveries/channels/{number}",
    summary="Delete a channel",
    **told.described(None, "/deliveries/channels/1", status=204),
)
def delete_channel(request: SignedIn, number: int) -> Any:
    """Post nothing there any more."""
    remove(request, mine(Channel, request, number))
    return HttpResponse(status=204)


@router.post(
    "/deliveries/channels/{number}/secret",
    summary="Give a channel another secret",
    **told.described(SecretTold, "/deliveries/channels/1/secret"),
)
def renew_secret(request: SignedIn, number: int) -> Any:
    """Sign posts with another secret from now on; the one before ends."""
    found = mine(Channel, request, number)
    renew(request, found)
    return whole({"secret": found.secret})


def mine(kind: type[Delivery | Channel], request: SignedIn, number: int) -> Any:
    """Return what the caller may change; of others nobody learns whether they are there."""
    return get_object_or_404(owned(kind, request.user), pk=stored(number))


def channel(found: Channel) -> dict[str, Any]:
    return {
        "number": found.pk,
        "title": found.title,
        "kind": found.kind,
        "host": found.host,
        "owner": str(found.owner),
    }
