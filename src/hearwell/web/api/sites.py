"""Help centres and shops whose pages tell what is done on them."""

from typing import Annotated, Any

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import administers, at_least
from hearwell.web.api.problem import Wrong, problem, unfit
from hearwell.web.api.question import Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import stored
from hearwell.web.collector.pages import (
    REFUSED_DAYS,
    SiteForm,
    keep,
    new_server_key,
    refused,
    strays,
)
from hearwell.web.collector.site import Site
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Sites"], auth=at_least(Role.ADMINISTRATOR))
EXAMPLE: JsonDict = {"key": "help", "name": "Help", "origins": ["https://help.example.org"]}
NAMES = {"addresses": "origins"}
MOST_ORIGINS = 100


class SiteGiven(Schema):
    """A site as it is to be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    key: Annotated[Text, Field(max_length=40)] = Field(
        description="Stands in the source of its pages, and in rows; it never changes."
    )
    name: Annotated[Text, Field(max_length=100)]
    origins: Annotated[list[Text], Field(max_length=MOST_ORIGINS)] = Field(
        description="Where its pages are, such as https://help.example.org."
    )
    is_active: bool = Field(True, description="Are its events taken?")

    def typed(self) -> dict[str, Any]:
        given = self.model_dump(exclude={"origins"})
        return given | {"addresses": "\n".join(self.origins)}


class SiteTold(BaseModel):
    number: int
    key: str = Field(description="It is no secret: rows have own:KEY as their source.")
    name: str
    origins: list[str]
    is_active: bool
    has_server_key: bool = Field(description="May servers and apps tell, too?")


class Sites(BaseModel):
    sites: list[SiteTold]
    strays: int = Field(
        description=f"Events of the last {REFUSED_DAYS} days that named a site which is not here."
    )


class RefusedTold(BaseModel):
    day: str
    reason: str
    events: int


class SiteWhole(SiteTold):
    refused: list[RefusedTold] = Field(
        description=f"Events that were not taken in the last {REFUSED_DAYS} days."
    )


class KeyTold(BaseModel):
    server_key: str = Field(description="Told once: servers and apps show it as a token.")


@router.get("/sites", summary="Sites", **told.described(Sites, "/sites"))
def sites(request: SignedIn) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell the sites, and where their pages are. Secrets for signatures stand on their pages."""
    return whole({"sites": [site(each) for each in Site.objects.all()], "strays": strays()})


@router.get("/sites/{number}", summary="One site", **told.described(SiteWhole, "/sites/1"))
def one_site(request: SignedIn, number: int) -> HttpResponseBase:  # noqa: ARG001  as above
    """Tell one site, and what of it was refused."""
    found = get_object_or_404(Site, pk=stored(number))
    not_taken = [
        {"day": each.day.isoformat(), "reason": each.reason, "events": each.events}
        for each in refused(found.key)
    ]
    return whole(site(found) | {"refused": not_taken})


@router.post(
    "/sites",
    auth=administers,
    summary="Add a site",
    **told.described(SiteTold, "/sites", status=201, parameters=[DESCRIBED]),
)
@once
def add_site(request: SignedIn, given: SiteGiven) -> Any:
    """Take events of the pages of a site."""
    form = SiteForm(given.typed())
    return unfit(request, form, NAMES) or whole(site(keep(request, form)), 201)


@router.put(
    "/sites/{number}",
    auth=administers,
    summary="Change a site",
    **told.described(SiteTold, "/sites/1"),
)
def change_site(request: SignedIn, number: int, given: SiteGiven) -> Any:
    """Put another in its place; its key and secrets stay."""
    found = get_object_or_404(Site, pk=stored(number))
    if given.key != found.key:
        detail = f"A key never changes; that of this site is {found.key}. Add another site."
        return problem(request, 422, detail, [Wrong(at="body.key", detail=detail)])
    form = SiteForm(given.typed(), instance=found)
    return unfit(request, form, NAMES) or whole(site(keep(request, form)))


@router.post(
    "/sites/{number}/server-key",
    auth=administers,
    summary="Give a site another key",
    **told.described(KeyTold, "/sites/1/server-key"),
)
def renew_server_key(request: SignedIn, number: int) -> Any:
    """Make a key with which the site's servers and apps tell; the one before ends."""
    found = get_object_or_404(Site, pk=stored(number))
    return whole({"server_key": new_server_key(request, found)})


def site(found: Site) -> dict[str, Any]:
    return {
        "number": found.pk,
        **{name: getattr(found, name) for name in ("key", "name", "origins", "is_active")},
        "has_server_key": bool(found.server_key_hash),
    }
