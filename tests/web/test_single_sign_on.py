"""Single sign-on lets in those who have an account, by an e-mail that the provider has verified."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from provider import CLIENT, SECRET, Provider

from hearwell.web.people.models import Person

BOB = {"sub": "4711", "email": "Bob@Example.org", "email_verified": True, "name": "Robert"}


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running, settings, people):
    cache.clear()
    running.claims, running.token_claims = BOB, {}
    app = {
        "provider_id": "oidc",
        "name": "Sign in with the organisation",
        "client_id": CLIENT,
        "secret": SECRET,
        "settings": {"server_url": running.address},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
    }
    return running


def sent(browser):
    """Begin to sign in; return what the provider is asked."""
    answer = browser.post("/account/single-sign-on/oidc/", {"next": "/tokens/"})
    return parse_qs(urlsplit(answer.url).query)


def back(browser, code, state):
    return browser.get("/account/single-sign-on/oidc/callback/", {"code": code, "state": state})


def come(browser, provider):
    asked = sent(browser)
    return back(browser, provider.authorize(asked), asked["state"][0])


def is_signed_in(browser, email="bob@example.org"):
    page = browser.get("/account/")
    return page.status_code == 200 and email in page.content.decode()


def test_the_page_for_signing_in_offers_it(provider):
    assert "Sign in with the organisation" in Client().get("/account/login/").content.decode()


def test_somebody_who_was_invited_comes_in_and_is_known_from_then_on(provider, people):
    browser = Client()
    assert come(browser, provider).url == "/tokens/"
    assert is_signed_in(browser)
    provider.claims = BOB | {"email": "another@example.org"}  # the account goes by its subject now
    later = Client()
    come(later, provider)
    assert is_signed_in(later)
    assert SocialAccount.objects.get().user == people["bob"]
    assert Person.objects.get(pk=people["bob"].pk).check_password("b")


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": "stranger@example.org"},
    ],
)
def test_an_email_that_is_not_verified_or_not_known_opens_nothing(provider, people, claims):
    provider.claims = BOB | claims
    browser, before = Client(), Person.objects.count()
    page = come(browser, provider)
    assert "You have no account here" in page.content.decode()
    assert not is_signed_in(browser)
    assert Person.objects.count() == before
    assert not SocialAccount.objects.exists()


def test_an_account_that_is_not_active_stays_shut(provider, people):
    come(Client(), provider)
    Person.objects.filter(pk=people["bob"].pk).update(is_active=False)
    browser = Client()
    come(browser, provider)
    assert not is_signed_in(browser)


def test_a_second_factor_is_still_asked_for(provider, people):
    TOTP.activate(people["bob"], "JBSWY3DPEHPK3PXP")
    browser = Client()
    assert come(browser, provider).url == "/account/second-factor/code/"
    assert not is_signed_in(browser)


@pytest.mark.parametrize(
    "claims", [{"aud": "another application"}, {"iss": "https://evil.example"}, {"exp": 1}]
)
def test_a_token_for_somebody_else_opens_nothing(provider, claims):
    provider.token_claims = claims
    browser = Client()
    assert "did not work" in come(browser, provider).content.decode()
    assert not is_signed_in(browser)


def test_the_answer_to_another_browser_opens_nothing(provider):
    asked = sent(Client())
    browser = Client()
    page = back(browser, provider.authorize(asked), asked["state"][0])
    assert "did not work" in page.content.decode()
    assert not is_signed_in(browser)


def test_a_code_works_once(provider):
    browser = Client()
    asked = sent(browser)
    code = provider.authorize(asked)
    assert back(browser, code, asked["state"][0]).status_code == 302
    again = Client()
    state = sent(again)["state"][0]
    assert "did not work" in back(again, code, state).content.decode()
    assert not is_signed_in(again)
