"""Who asks, and by which tokens their programs may."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least, not_allowed, shown_by
from hearwell.web.api.page import Page
from hearwell.web.api.people import Name, PersonTold, person, with_second_factor
from hearwell.web.api.problem import unfit
from hearwell.web.api.question import Text
from hearwell.web.api.stored import stored
from hearwell.web.people.own import Own
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope, Token
from hearwell.web.people.token_pages import seen_by, take_back

router = Router(tags=["Account"], auth=at_least(Role.VIEWER))
writes = at_least(Role.VIEWER, Scope.WRITE)


class TokenTold(BaseModel):
    number: int
    name: str
    person: str = Field(description="E-mail of whom it is.")
    scope: Scope
    begins: str = Field(description="Its first characters; the rest is known to its holder only.")
    made_at: str
    ends_at: str
    used_at: str | None = Field(description="The last time.")
    revoked_at: str | None
    is_good: bool = Field(description="Does it open anything now?")


class Tokens(BaseModel):
    tokens: list[TokenTold]
    next: int | None = Field(description="The cursor of the next page; null after the last.")


class AccountTold(PersonTold):
    token: TokenTold | None = Field(description="By which it was asked; null for a session.")


class Owning(Schema):
    """What one may change of oneself; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"language": "ur"}})
    name: Name | None = None
    language: Text | None = None


@router.get("/account", summary="Your account", **told.described(AccountTold, "/account"))
def account(request: SignedIn) -> HttpResponseBase:
    """Tell who you are, what you may do and see, and by which token you ask."""
    return whole(of(request, request.user))


@router.patch(
    "/account",
    auth=writes,
    summary="Change your account",
    **told.described(AccountTold, "/account"),
)
def change_account(request: SignedIn, given: Owning) -> Any:
    """Change your name or language. Passwords and second factors are changed in a browser only."""
    found = request.user
    now = {name: getattr(found, name) for name in Own.Meta.fields}
    form = Own(now | given.model_dump(exclude_none=True), instance=found)
    if wrong := unfit(request, form):
        return wrong
    return whole(of(request, form.save()))


@router.get("/tokens", summary="Tokens", **told.described(Tokens, "/tokens"))
def tokens(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:
    """Tell your tokens, the newest first; administrators are told everybody's.

    None is told whole, and none is made here: a program cannot outlive its own.
    """
    shown, more = asked.of(seen_by(request.user).select_related("person"))
    return whole({"tokens": [token(each) for each in shown], "next": more})


@router.delete(
    "/tokens/{number}",
    auth=writes,
    summary="Revoke a token",
    **told.described(None, "/tokens/1", status=204),
)
def revoke_token(request: SignedIn, number: int) -> Any:
    """Take a token back: your own; administrators anybody's, by a token that may administer."""
    found = get_object_or_404(seen_by(request.user), pk=stored(number))
    shown = shown_by(request)
    if shown and found.person != request.user and not shown.may(Role.ADMINISTRATOR, Scope.ADMIN):
        raise not_allowed(Role.ADMINISTRATOR, Scope.ADMIN)
    take_back(request, found)
    return HttpResponse(status=204)


def of(request: SignedIn, found: Person) -> dict[str, Any]:
    shown = shown_by(request)
    own = person(found, has_second_factor=bool(with_second_factor([found])))
    return own | {"token": token(shown) if shown else None}


def token(found: Token) -> dict[str, Any]:
    instants = ("made_at", "ends_at", "used_at", "revoked_at")
    at = {name: getattr(found, name) for name in instants}
    return {
        "number": found.pk,
        **{name: getattr(found, name) for name in ("name", "scope", "begins", "is_good")},
        "person": found.person.email,
        **{name: each.isoformat() if each else None for name, each in at.items()},
    }
