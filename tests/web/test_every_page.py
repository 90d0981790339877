"""What holds for every page: what browsers may do with it, and that nothing in it runs inline."""

import re
from pathlib import Path

import pytest
from addresses import example, routes
from django.conf import settings
from django.template import engines
from django.test import Client

import hearwell.web

TEMPLATES = Path(hearwell.web.__file__).parent / "templates"
INLINE = re.compile(
    r"""<style|<script(?![^>]*\ssrc=)|\sstyle\s*=|\son\w+\s*=\s*["']|javascript:""", re.IGNORECASE
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}
FOR_OTHERS = {"survey.js": {"Cross-Origin-Resource-Policy": "cross-origin"}}
"""What pages of other origins fetch."""


def directives(answer):
    policy = answer.headers["Content-Security-Policy"].split(";")
    return {name: rest for name, *rest in (each.split() for each in policy)}


@pytest.mark.parametrize("route", list(routes()))
@pytest.mark.parametrize("who", ["alice", None])
def test_browsers_are_told_what_they_may_do(signed_in, who, route):
    browser = signed_in(who) if who else Client()
    answer = browser.get(example(route), {"last": "not a number"})
    wanted = HEADERS | FOR_OTHERS.get(route, {})
    assert {name: answer.headers.get(name) for name in HEADERS} == wanted
    assert ("no-store" in answer.headers["Cache-Control"]) == (route not in FOR_OTHERS)
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert "Server" not in answer.headers
    policy = directives(answer)
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == ["'self'"]
    if answer.headers["Content-Type"].startswith("text/html") and not answer.streaming:
        assert not INLINE.search(answer.content.decode())


@pytest.mark.parametrize(
    "path", ["/", "/metric/call_volume/?by=team", "/people/", "/people/invite/", "/tokens/"]
)
def test_nothing_in_a_page_runs_inline(company, signed_in, path):
    page = signed_in("alice").get(path)
    assert page.status_code == 200
    assert not INLINE.search(page.content.decode())


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        "<style>p { }</style>",
        "<script>alert(1)</script>",
        '<a onclick="go()">',
        '<a href="javascript:go()">',
    ],
)
def test_what_runs_inline_would_be_found(text):
    assert INLINE.search(text)


@pytest.mark.parametrize(
    "template", sorted(str(each.relative_to(TEMPLATES)) for each in TEMPLATES.rglob("*.html"))
)
def test_no_template_has_inline_style_or_script(template):
    if "mail" in template:
        pytest.skip("a mail has no other place for its style")
    assert not INLINE.search((TEMPLATES / template).read_text("utf-8"))


@pytest.mark.parametrize(
    "name",
    [
        "account/login.html",
        "account/logout.html",
        "account/reauthenticate.html",
        "account/password_change.html",
        "account/account_inactive.html",
        "account/signup_closed.html",
        "mfa/index.html",
        "mfa/authenticate.html",
        "mfa/reauthenticate.html",
        "mfa/totp/activate_form.html",
        "mfa/totp/deactivate_form.html",
        "mfa/recovery_codes/index.html",
        "mfa/recovery_codes/generate.html",
        "socialaccount/login.html",
        "socialaccount/login_cancelled.html",
        "socialaccount/authentication_error.html",
        "usersessions/usersession_list.html",
        "429.html",
    ],
)
def test_pages_of_allauth_are_in_our_own_look(name):
    found = Path(engines["django"].get_template(name).origin.name)
    assert found.is_relative_to(TEMPLATES)


@pytest.mark.django_db
def test_the_cookies_of_a_session_are_kept_from_scripts(people):
    browser = Client()
    browser.post("/account/login/", {"login": "bob@example.org", "password": "b"})
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        "/account/signup/",
        "/account/email/",
        "/account/confirm-email/",
        "/account/password/reset/",
        "/account/password/set/",
        "/account/3rdparty/",
        "/account/3rdparty/signup/",
        "/admin/",
    ],
)
def test_pages_for_signing_up_are_not_there(signed_in, path):
    assert signed_in("alice").get(path).status_code == 404
