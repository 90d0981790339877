"""Nobody gets in by guessing, by another's session, or learns who has an account."""

import base64
import hmac
import re
import struct
import time
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client

from hearwell.web.people import session
from hearwell.web.people.models import Action, Audit, Invitation, Person

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def _nobody_tried_before():
    cache.clear()


def sign_in(client, email, password, **more):
    return client.post(LOGIN, {"login": email, "password": password}, **more)


def test_a_password_signs_in_and_the_session_is_another(people):
    client = Client()
    client.get(LOGIN)
    client.cookies[settings.SESSION_COOKIE_NAME] = "chosen-by-somebody-else"
    assert sign_in(client, "Bob@Example.org", "b").url == "/"
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "chosen-by-somebody-else"
    assert client.get("/account/").status_code == 200
    entry = Audit.objects.get(action=Action.SIGNED_IN)
    assert (entry.who, entry.network) == ("bob@example.org", "127.0.0.0/24")


@pytest.mark.parametrize("email", ["bob@example.org", "nobody@example.org"])
def test_five_failures_lock_out_whether_there_is_an_account_or_not(people, email):
    client = Client()
    told = [sign_in(client, email, "wrong").status_code for _ in range(5)]
    assert told == [200, 200, 200, 200, 429]
    locked = sign_in(client, email.upper(), "b")
    assert locked.status_code == 429
    assert "Too many attempts" in locked.content.decode()
    elsewhere = sign_in(client, "carol@example.org", "c")
    assert elsewhere.status_code == 302  # others at the same address are not locked out


def test_a_lock_ends(people):
    client = Client()
    for _ in range(5):
        sign_in(client, "bob@example.org", "wrong")
    cache.clear()
    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=16)
        attempt.save()
    assert sign_in(client, "bob@example.org", "b").status_code == 302


def test_failures_are_written_down_without_what_was_typed(people):
    client = Client()
    for _ in range(5):
        sign_in(client, "bob@example.org", "my secret word")
    sign_in(client, "typed-my-password-here", "x")
    sign_in(client, "secret@example.org", "x")
    kept = " ".join(str(vars(each)) for each in Audit.objects.all())
    assert "secret" not in kept
    assert Audit.objects.filter(action=Action.REFUSED, about="bob@example.org").count() == 5
    assert Audit.objects.filter(action=Action.LOCKED_OUT, about="bob@example.org").count() == 1
    assert "my secret word" not in " ".join(str(vars(each)) for each in AccessAttempt.objects.all())


def test_nothing_tells_whether_an_account_exists(people, monkeypatch):
    Person.objects.create_user("invited@example.org")
    hashed = []
    real = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or real(*given)
    )
    pages, work = set(), set()
    for email in ("bob@example.org", "nobody@example.org", "invited@example.org"):
        hashed.clear()
        page = sign_in(Client(), email, "wrong").content.decode().replace(email, "…")
        pages.add(re.sub(r'csrfmiddlewaretoken" value="\w+"|CSRFToken": "\w+"', "", page))
        work.add(len(hashed))
    assert len(pages) == 1
    assert work == {1}  # a password is hashed as often, so that it takes as long


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_to_another_site(people, elsewhere):
    client = Client()
    told = client.post(LOGIN, {"login": "bob@example.org", "password": "b", "next": elsewhere})
    assert told.url == "/"
    assert client.post("/language/", {"language": "ur", "next": elsewhere}).url == "/"
    assert client.post("/account/logout/", {"next": elsewhere}).url == "/"


def test_whoever_had_to_sign_in_first_comes_to_where_they_wanted(people):
    given = {"login": "bob@example.org", "password": "b", "next": "/tokens/"}
    assert Client().post(LOGIN, given).url == "/tokens/"


def test_a_form_without_its_token_is_refused(people):
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["alice"], backend=settings.AUTHENTICATION_BACKENDS[-1])
    for path in ("/people/invite/", "/tokens/", "/language/", "/account/logout/", LOGIN):
        assert client.post(path, {}).status_code == 403


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "127.0.0.1@evil"])
def test_another_host_is_refused(people, host):
    assert Client().get(LOGIN, headers={"host": host}).status_code == 400


def test_a_session_ends_when_nobody_uses_it(signed_in):
    client = signed_in("bob")
    changed(client, session.SEEN, settings.SESSION_IDLE_SECONDS + 1)
    assert client.get("/account/").status_code == 302


def test_a_session_ends_however_much_it_is_used(signed_in):
    client = signed_in("bob")
    changed(client, session.BEGAN, settings.SESSION_COOKIE_AGE + 1)
    assert client.get("/account/").status_code == 302


def test_use_keeps_a_session(signed_in):
    client = signed_in("bob")
    changed(client, session.SEEN, settings.SESSION_IDLE_SECONDS - 5)
    assert client.get("/account/").status_code == 200
    assert time.time() - client.session[session.SEEN] < 60


def changed(client, name, ago_seconds):
    held = client.session
    held[name] = time.time() - ago_seconds
    held.save()


def test_other_sessions_are_seen_and_ended(people):
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client, "bob@example.org", "b", headers={"user-agent": "Firefox on a train"})
    page = here.get("/account/sessions/").content.decode()
    assert page.count("Firefox on a train") == 2
    here.post("/account/sessions/")
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


# The second factor


def code(secret):
    """Return what an app shows now, by RFC 6238."""
    moment = struct.pack(">Q", int(time.time()) // 30)
    mac = hmac.digest(base64.b32decode(secret), moment, "sha1")
    (number,) = struct.unpack_from(">I", mac, mac[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


@pytest.fixture
def with_app(people):
    """Switch the second factor of Bob on; give the secret of his app, and his recovery codes."""
    client = Client()
    sign_in(client, "bob@example.org", "b")
    asked = client.get("/account/second-factor/on/").url  # for the password once more
    assert asked.startswith("/account/reauthenticate/?next=")
    page = client.post(asked, {"password": "b"}, follow=True).content.decode()
    assert "data:image/svg+xml;base64," in page
    secret = re.search(r'<code dir="ltr">(\w+)</code>', page).group(1)
    told = client.post("/account/second-factor/on/", {"code": code(secret)})
    assert told.url == "/account/recovery/"
    shown = client.get("/account/recovery/").content.decode()
    codes = re.findall(r"<li><code>(\w+)</code>", shown)
    assert len(codes) == 10
    cache.clear()
    return secret, codes


def test_a_second_factor_is_asked_for(with_app):
    _, codes = with_app
    client = Client()
    assert sign_in(client, "bob@example.org", "b").url == "/account/second-factor/code/"
    assert client.get("/account/").status_code == 302  # the password alone opens nothing
    refused = client.post("/account/second-factor/code/", {"code": "000000"})
    assert refused.status_code == 200
    assert client.post("/account/second-factor/code/", {"code": codes[0]}).url == "/"
    assert client.get("/account/").status_code == 200
    about = Audit.objects.filter(action=Action.REFUSED).values_list("about", flat=True)
    assert list(about) == ["bob@example.org: second factor"]


def test_a_recovery_code_works_once(with_app):
    _, codes = with_app
    for expected in (302, 200):
        client = Client()
        sign_in(client, "bob@example.org", "b")
        told = client.post("/account/second-factor/code/", {"code": codes[1]})
        assert told.status_code == expected


def test_secrets_of_second_factors_are_kept_encrypted(with_app):
    secret, codes = with_app
    kept = " ".join(str(each.data) for each in Authenticator.objects.all())
    assert secret not in kept
    assert not any(each in kept for each in codes)


def test_a_link_for_a_lost_password_does_not_stand_for_the_second_factor(with_app, people):
    path = f"/welcome/{Invitation.issue(people['bob'])}/"
    client = Client()
    told = client.post(path, {"name": "Bob", "password": "seven quiet herons at dusk"})
    assert told.url == LOGIN
    assert client.get("/account/").status_code == 302


def test_an_administrator_takes_a_lost_second_factor_away(with_app, signed_in, people):
    signed_in("alice").post(f"/people/{people['bob'].pk}/second-factor/")
    assert sign_in(Client(), "bob@example.org", "b").url == "/"
    about = Audit.objects.filter(action=Action.SECOND_FACTOR, who="alice@example.org")
    assert about.get().about == "bob@example.org: taken away"
