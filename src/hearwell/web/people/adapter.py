"""Nobody signs up: administrators invite, and single sign-on lets in those who have an account."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # it has no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  allauth's name
        return False


class SingleSignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # it has no types
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        return False


def client_address(request: HttpRequest) -> str:
    """Return where a request came from; proxies are believed as far as the settings say."""
    told: str = Accounts().get_client_ip(request)
    return told
