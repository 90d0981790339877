"""Writes down what Django and its companions tell of sign-ins, passwords and second factors."""

from typing import Any

from allauth.account.signals import password_changed, password_set
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from allauth.socialaccount.signals import social_account_added
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from hearwell.web.people.adapter import typed_email
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person
from hearwell.web.people.session import begin


def watch() -> None:
    user_logged_in.connect(signed_in)
    user_logged_out.connect(signed_out)
    user_login_failed.connect(refused)
    user_locked_out.connect(locked_out)
    for signal in (password_changed, password_set):
        signal.connect(changed_password)
    for signal in (authenticator_added, authenticator_removed, authenticator_reset):
        signal.connect(changed_second_factor)
    authentication_failed.connect(refused_second_factor)
    social_account_added.connect(connected)


def signed_in(request: HttpRequest, user: Person, **_more: Any) -> None:
    begin(request)
    audit(request, Action.SIGNED_IN, by=user)


def signed_out(request: HttpRequest, user: Person | None, **_more: Any) -> None:
    if user is not None:
        audit(request, Action.SIGNED_OUT, by=user)


def refused(credentials: dict[str, Any], request: HttpRequest | None = None, **_more: Any) -> None:
    if request is not None:
        audit(request, Action.REFUSED, whose(typed_email(request, credentials)))


def locked_out(request: HttpRequest, username: str, **_more: Any) -> None:
    audit(request, Action.LOCKED_OUT, whose(username))


def whose(email: str) -> str:
    """Return whose account was tried. What belongs to none is not kept: it may be a password."""
    if Person.objects.filter(email=email).exists():
        return email
    return "an e-mail that has no account"


def changed_password(request: HttpRequest, user: Person, **_more: Any) -> None:
    audit(request, Action.PASSWORD, by=user)


def changed_second_factor(request: HttpRequest, user: Person, **more: Any) -> None:
    audit(request, Action.SECOND_FACTOR, str(more["authenticator"].type), by=user)


def refused_second_factor(request: HttpRequest, user: Person, **_more: Any) -> None:
    audit(request, Action.REFUSED, f"{user.email}: second factor")


def connected(request: HttpRequest, sociallogin: Any, **_more: Any) -> None:
    person = sociallogin.user
    audit(request, Action.PERSON, f"{person.email}: single sign-on", by=person)
