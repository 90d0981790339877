"""The organisation: its people, its settings, and who did what."""

from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import BaseModel, Field

from hearwell.lake.lake import Lake
from hearwell.web.api import told
from hearwell.web.api.answered import answered, whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.page import Page
from hearwell.web.api.question import Text
from hearwell.web.inputs.settings_change import SettingsChange
from hearwell.web.people.audit import Action
from hearwell.web.people.audit_page import entries
from hearwell.web.people.directory import teams
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Organisation"], auth=at_least(Role.ADMINISTRATOR))


class PersonTold(BaseModel):
    number: int
    email: str
    name: str
    role: Role
    sees_all_teams: bool
    teams: list[str] = Field(description="Those of which they see rows, if not all.")
    language: str
    is_active: bool
    has_second_factor: bool
    signed_in_at: str | None = Field(description="The last time.")


class People(BaseModel):
    people: list[PersonTold]
    teams: list[str] = Field(description="All teams that the lake knows of.")
    next: int | None = Field(description="The cursor of the next page; null after the last.")


class SettingsTold(BaseModel):
    settings: dict[str, Any] = Field(description="As in hearwell.toml, with what is usual.")


class ChangeTold(BaseModel):
    at: str
    by: str | None
    entry: str
    before: str
    after: str


class Changes(BaseModel):
    changes: list[ChangeTold]
    next: int | None = Field(description="The cursor of the next page; null after the last.")


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


@router.get("/people", summary="People", **told.described(People, "/people"))
def people(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:  # noqa: ARG001  as below
    """Tell who has an account, what they may do and which teams they may see; the newest first."""
    shown, more = asked.of(Person.objects.all())
    second = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=shown)
    holders = set(second.values_list("user_id", flat=True))
    found = [person(each, has_second_factor=each.pk in holders) for each in shown]
    return whole({"people": found, "teams": teams(), "next": more})


@router.get("/settings", summary="Settings", **told.described(SettingsTold, "/settings"))
def settings(request: SignedIn) -> HttpResponseBase:
    """Tell the organisation's settings."""

    def made(lake: Lake) -> dict[str, Any]:
        return {"settings": lake.settings.model_dump(mode="json", by_alias=True)}

    return answered(request, None, made)


@router.get(
    "/settings/changes",
    summary="Changes of settings",
    **told.described(Changes, "/settings/changes"),
)
def settings_changes(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:  # noqa: ARG001  as above
    """Tell who changed which setting, the newest first."""
    shown, more = asked.of(SettingsChange.objects.select_related("person"))
    found = [
        {
            "at": each.at.isoformat(),
            "by": str(each.person) if each.person else None,
            **{name: getattr(each, name) for name in ("entry", "before", "after")},
        }
        for each in shown
    ]
    return whole({"changes": found, "next": more})


@router.get("/audit", summary="Audit log", **told.described(Log, "/audit?from=2026-06-01"))
def audit_log(request: SignedIn, asked: FromQuery[Looked]) -> HttpResponseBase:  # noqa: ARG001  as above
    """Tell who did what, when and from where, the newest first."""
    shown, more = asked.of(entries(asked.who, asked.action, asked.begins, asked.ends))
    names = ("who", "token", "action", "about", "network")
    found = [
        {"at": each.at.isoformat(), **{name: getattr(each, name) for name in names}}
        for each in shown
    ]
    return whole({"entries": found, "next": more})


def person(found: Person, *, has_second_factor: bool) -> dict[str, Any]:
    names = ("email", "name", "role", "sees_all_teams", "teams", "language", "is_active")
    return {
        "number": found.pk,
        **{name: getattr(found, name) for name in names},
        "has_second_factor": has_second_factor,
        "signed_in_at": found.last_login.isoformat() if found.last_login else None,
    }
