"""Links by which a board is shown on a screen where nobody signs in."""

from typing import Any, Literal

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.stored import stored
from hearwell.web.explore.board import KioskLink
from hearwell.web.explore.boards import KIOSK_DAYS, end, linked_to, own
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope

router = Router(tags=["Boards"], auth=at_least(Role.VIEWER))


class LinkGiven(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"days": 30}})
    days: Literal[*KIOSK_DAYS] = Field(7, description="It ends after so many days.")  # type: ignore[valid-type]  # as many as there are


class LinkTold(BaseModel):
    number: int
    made_by: str = Field(description="It shows what they may see.")
    made_at: str
    ends_at: str


class LinkMade(LinkTold):
    address: str = Field(description="Told once: whoever has it sees the board.")


class Links(BaseModel):
    links: list[LinkTold]


@router.get("/boards/{number}/links", summary="Links", **told.described(Links, "/boards/1/links"))
def board_links(request: SignedIn, number: int) -> HttpResponseBase:
    """Tell the links of a board that you may change, the newest first; their addresses are not."""
    found = own(request, stored(number)).links.select_related("maker").order_by("-pk")
    return whole({"links": [link(each) for each in found]})


@router.post(
    "/boards/{number}/links",
    auth=at_least(Role.LEAD, Scope.WRITE),
    summary="Make a link",
    **told.described(LinkMade, "/boards/1/links", status=201),
)
def make_link_of_board(request: SignedIn, number: int, given: LinkGiven) -> HttpResponseBase:
    """Make a link that shows a board as you see it, to whoever has it. Each is another one."""
    found = own(request, stored(number))
    address = linked_to(request, found, given.days)
    return whole(link(found.links.latest("pk")) | {"address": address}, 201)


@router.delete(
    "/boards/{number}/links/{link}",
    auth=at_least(Role.VIEWER, Scope.WRITE),
    summary="End a link",
    **told.described(None, "/boards/1/links/1", status=204),
)
def end_link(request: SignedIn, number: int, link: int) -> Any:
    """End a link at once."""
    found = own(request, stored(number))
    end(request, get_object_or_404(KioskLink, board=found, pk=stored(link)))
    return HttpResponse(status=204)


def link(found: KioskLink) -> dict[str, Any]:
    return {
        "number": found.pk,
        "made_by": str(found.maker),
        "made_at": found.made_at.isoformat(),
        "ends_at": found.ends_at.isoformat(),
    }
