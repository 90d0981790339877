"""How accounts here differ from what allauth expects.

Nobody signs up: administrators invite, and single sign-on lets in those who have an account.
"""

import base64
import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from hearwell.web.people.person import Person


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # it has no types
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("This e-mail and password do not fit together."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "too_many_login_attempts": _("Too many attempts. Try again in a few minutes."),
        "rate_limited": _("Too many attempts. Try again in a few minutes."),
        "same_as_current": _("This is your password already."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's name
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002
        return reverse("account")


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it has no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account of whoever comes for the first time, by an e-mail that was verified."""
        if sociallogin.is_existing:
            return
        verified = [
            each.email.lower() for each in sociallogin.email_addresses if each.verified is True
        ]
        person = Person.objects.filter(email__in=verified, is_active=True).first()
        if person is not None:
            sociallogin.connect(request, person)


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # it has no types
    """Keeps secrets of authenticators encrypted: a copy of the database opens nothing."""

    error_messages: ClassVar = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is wrong, or too old."),
    }

    def encrypt(self, text: str) -> str:
        return self._cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._cipher().decrypt(encrypted_text.encode()).decode()

    def _cipher(self) -> Fernet:
        key = hashlib.sha256(b"second factor" + settings.SECRET_KEY.encode()).digest()
        return Fernet(base64.urlsafe_b64encode(key))


def client_address(request: HttpRequest) -> str:
    """Return where a request came from, "" if nobody says so.

    Proxies are believed as far as the settings say.
    """
    try:
        return str(Accounts().get_client_ip(request))
    except PermissionDenied:
        return ""


def typed_email(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Return the e-mail that somebody tries to sign in with, as axes counts failures by it."""
    given = credentials or {}
    typed = given.get("email") or given.get("login") or request.POST.get("login") or ""
    return str(typed).strip().lower()[:254]
