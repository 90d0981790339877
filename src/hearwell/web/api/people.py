"""The people of the organisation: who they are, what they may do and see, and changes of that."""

from typing import Annotated, Any

from allauth.mfa.models import Authenticator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query as FromQuery
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import administers, at_least, shown_by
from hearwell.web.api.page import Page
from hearwell.web.api.problem import Wrong, problem, unfit
from hearwell.web.api.question import Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import stored
from hearwell.web.people.directory import (
    MOST_TEAMS,
    OF_OTHERS,
    Invited,
    Rights,
    invited,
    keep,
    linked,
    mailed,
    sign_out,
    teams,
)
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Organisation"], auth=at_least(Role.ADMINISTRATOR))
INVITED: JsonDict = {"email": "ann@example.org", "role": "lead", "teams": ["billing"]}
CHANGED: JsonDict = {"role": "viewer", "sees_all_teams": False, "teams": ["billing"]}
Teams = Annotated[list[Text], Field(max_length=MOST_TEAMS)]
Name = Annotated[str, Field(max_length=150)]


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


class InvitedTold(PersonTold):
    is_mailed: bool | None = Field(
        description="Was their link mailed? Null where this server sends no mails."
    )


class PersonLink(BaseModel):
    """Where somebody chooses a password: told once, it works once and for 24 hours."""

    link: str
    is_mailed: bool | None


class Inviting(Schema):
    """Somebody who is to have an account; what is left out lets them see and do the least."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": INVITED})
    email: Annotated[Text, Field(max_length=254)]
    name: Name = ""
    language: Text | None = Field(None, description="Such as ur; yours if none.")
    role: Role = Role.VIEWER
    sees_all_teams: bool = False
    teams: Teams = Field([], description="Those of which they see rows, if not all.")


class Changing(Schema):
    """What somebody may do and see; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": CHANGED})
    name: Name | None = None
    role: Role | None = None
    sees_all_teams: bool | None = None
    teams: Teams | None = None
    is_active: bool | None = Field(
        None, description="Who is not can neither sign in nor use tokens."
    )


@router.get("/people", summary="People", **told.described(People, "/people"))
def people(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell who has an account, what they may do and which teams they may see; the newest first."""
    shown, more = asked.of(Person.objects.all())
    holders = with_second_factor(shown)
    found = [person(each, has_second_factor=each.pk in holders) for each in shown]
    return whole({"people": found, "teams": teams(), "next": more})


@router.post(
    "/people",
    auth=administers,
    summary="Invite somebody",
    **told.described(InvitedTold, "/people", status=201, parameters=[DESCRIBED]),
)
@once
def invite(request: SignedIn, given: Inviting) -> Any:
    """Make an account, and mail its person a link to choose a password.

    Where no mail goes out, `POST /people/{number}/link` gives a link to hand over. A token makes no
    administrator.
    """
    may_make(request, given.role)
    form = Invited(given.model_dump() | {"language": given.language or request.user.language})
    if wrong := unfit(request, form):
        return wrong
    made, link = invited(request, form)
    told_of = person(made, has_second_factor=False) | {"is_mailed": mailed(made, link)}
    return whole(told_of, 201)


@router.patch(
    "/people/{number}",
    auth=administers,
    summary="Change what somebody may",
    **told.described(PersonTold, "/people/1"),
)
def change_person(request: SignedIn, number: int, given: Changing) -> Any:
    """Change what somebody may do and see; that ends their sessions.

    Nobody changes their own role. A token changes no administrator and makes none.
    """
    found = changed_by(request, number)
    wanted = given.model_dump(exclude_none=True)
    may_make(request, wanted.get("role", found.role))
    if found == request.user:
        own = [
            name
            for name in OF_OTHERS
            if wanted.get(name, getattr(found, name)) != getattr(found, name)
        ]
        if own:
            told_of = "Nobody changes this of themselves. Ask another administrator."
            wrong_own = [Wrong(at=f"body.{name}", detail=told_of) for name in own]
            return problem(request, 422, told_of, wrong_own)
    now = {name: getattr(found, name) for name in Rights.Meta.fields}
    form = Rights(now | wanted, instance=found)
    if wrong := unfit(request, form):
        return wrong
    changed = keep(request, form)
    return whole(person(changed, has_second_factor=bool(with_second_factor([changed]))))


@router.post(
    "/people/{number}/link",
    auth=administers,
    summary="Make somebody a link",
    **told.described(PersonLink, "/people/1/link"),
)
def make_link(request: SignedIn, number: int) -> Any:
    """Make a link for somebody who has lost the password, or their first link.

    Those before it end. A token makes none for an administrator.
    """
    found = changed_by(request, number, is_active=True)
    link = linked(request, found)
    return whole({"link": link, "is_mailed": mailed(found, link)})


@router.delete(
    "/people/{number}/sessions",
    auth=administers,
    summary="Sign somebody out",
    **told.described(None, "/people/1/sessions", status=204),
)
def end_sessions(request: SignedIn, number: int) -> Any:
    """End all sessions of somebody; their tokens stay."""
    sign_out(request, changed_by(request, number))
    return HttpResponse(status=204)


def changed_by(request: SignedIn, number: int, **more: Any) -> Person:
    """Return somebody whom the caller may change.

    Raises:
        Http404.
        HttpError: 403, a token changes no administrator.

    """
    found = get_object_or_404(Person, pk=stored(number), **more)
    may_make(request, found.role)
    return found


def may_make(request: SignedIn, role: str) -> None:
    """Keep a token that got into the wrong hands from lasting beyond its end.

    Raises:
        HttpError: 403.

    """
    if role == Role.ADMINISTRATOR and shown_by(request):
        told_of = "A token changes no administrator and makes none. Do it on the page People."
        raise HttpError(403, told_of)


def with_second_factor(people: list[Person]) -> set[int]:
    second = Authenticator.objects.filter(type=Authenticator.Type.TOTP, user__in=people)
    return set(second.values_list("user_id", flat=True))


def person(found: Person, *, has_second_factor: bool) -> dict[str, Any]:
    names = ("email", "name", "role", "sees_all_teams", "teams", "language", "is_active")
    return {
        "number": found.pk,
        **{name: getattr(found, name) for name in names},
        "has_second_factor": has_second_factor,
        "signed_in_at": found.last_login.isoformat() if found.last_login else None,
    }
