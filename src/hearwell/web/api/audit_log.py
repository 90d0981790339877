"""Who did what, when and from where."""

from datetime import date

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import BaseModel, Field

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.page import Page
from hearwell.web.api.question import Text
from hearwell.web.people.audit import Action
from hearwell.web.people.audit_page import entries
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Organisation"], auth=at_least(Role.ADMINISTRATOR))


class EntryTold(BaseModel):
    at: str
    who: str
    token: str = Field(description="By which a program acted for them; empty on a page.")
    action: str
    about: str
    network: str


class Log(BaseModel):
    entries: list[EntryTold]
    next: int | None = Field(description="The cursor of the next page; null after the last.")


class Looked(Page):
    who: Text | None = Field(None, description="A part of an e-mail.")
    action: Action | None = None
    begins: date | None = Field(None, alias="from", description="First day.")
    ends: date | None = Field(None, alias="to", description="Last day, included.")


@router.get("/audit", summary="Audit log", **told.described(Log, "/audit?from=2026-06-01"))
def audit_log(request: SignedIn, asked: FromQuery[Looked]) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell who did what, when and from where, the newest first."""
    shown, more = asked.of(entries(asked.who, asked.action, asked.begins, asked.ends))
    names = ("who", "token", "action", "about", "network")
    found = [
        {"at": each.at.isoformat(), **{name: getattr(each, name) for name in names}}
        for each in shown
    ]
    return whole({"entries": found, "next": more})
