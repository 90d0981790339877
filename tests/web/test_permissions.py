"""Who may do what: every address, every role, every method; none may be missing here.

Each address is asked for something that does not exist, or in a way that cannot be answered: what
counts is whether the one who asks is turned away or heard.
"""

import pytest
from addresses import example, routes
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from hearwell.web.people.person import Person, Role

ANYBODY = "anybody"
VIEWER, AGENT, LEAD, ADMINISTRATOR = Role
READ = {"GET": VIEWER}
DEED = {"POST": VIEWER}
FORM = {"GET": VIEWER, "POST": VIEWER}

MATRIX = {
    "": READ,
    "scorecard/pictures/": READ,
    "metric/<str:name>/": READ,
    "metric/<str:name>/rows/": {"GET": LEAD},
    "metric/<str:name>/rows.<str:kind>": {"GET": LEAD},
    "metric/<str:name>/why/": READ,
    "metric/<str:name>/turned/": READ,
    "staffing/": READ,
    "staffing/plan/": READ,
    "help-centre/": READ,
    "why/": READ,
    "why/drivers/": READ,
    "why/deal-breakers/": READ,
    "why/products/": READ,
    "why/topics/": READ,
    "why/sentiment/": READ,
    "why/everyone/": READ,
    "why/self-service/": READ,
    "changed/": READ,
    "changed/findings/": READ,
    "changed/feed/": READ,
    "journey/": {"GET": LEAD, "POST": LEAD},
    "journey/together/": {"GET": LEAD},
    # Explore and boards: a board says itself who may see and change it
    "explore/": READ,
    "explore/file/<str:kind>/": READ,
    "boards/": FORM,
    "boards/save/": DEED,
    "boards/<int:number>/": READ,
    "boards/<int:number>/kiosk/": READ,
    "boards/<int:number>/edit/": FORM,
    "boards/<int:number>/remove/": DEED,
    "boards/<int:number>/panels/<int:place>/": DEED,
    "boards/<int:number>/links/": {"POST": LEAD},
    "boards/<int:number>/links/<int:key>/end/": DEED,
    "kiosk/<str:secret>/": {"GET": ANYBODY},
    "deliveries/": {"GET": LEAD},
    "deliveries/new/": {"GET": LEAD, "POST": LEAD},
    "deliveries/<int:number>/": {"GET": LEAD, "POST": LEAD},
    "deliveries/<int:number>/act/": {"POST": LEAD},
    "deliveries/channels/new/": {"GET": LEAD, "POST": LEAD},
    "deliveries/channels/<int:number>/act/": {"POST": LEAD},
    "deliveries/log/": {"GET": LEAD},
    # Targets
    "targets/": READ,
    "targets/new/": {"GET": LEAD, "POST": LEAD},
    "targets/<int:number>/": {"GET": LEAD, "POST": LEAD},
    "targets/<int:number>/remove/": {"POST": LEAD},
    "targets/alerts/<int:number>/seen/": {"POST": LEAD},
    # Inputs
    "data/": {"GET": LEAD},
    "data/metrics/": {"GET": LEAD},
    "data/events/": {"GET": LEAD, "POST": LEAD},
    "data/benchmarks/": {"GET": LEAD, "POST": LEAD},
    "data/refused/": {"GET": ADMINISTRATOR},
    "data/refused/rows.csv": {"GET": ADMINISTRATOR},
    "data/upload/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "data/imports/<int:number>/": {"GET": ADMINISTRATOR},
    "data/imports/<int:number>/mapping/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "data/imports/<int:number>/import/": {"POST": ADMINISTRATOR},
    "data/imports/<int:number>/discard/": {"POST": ADMINISTRATOR},
    # The collector
    "sites/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "sites/<int:number>/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    # Surveys
    "surveys/": {"GET": LEAD, "POST": LEAD},
    "surveys/e-mails/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "surveys/designs/<int:number>/": {"GET": LEAD, "POST": LEAD},
    "surveys/designs/<int:number>/preview/": {"POST": LEAD},
    "surveys/programmes/new/": {"GET": LEAD, "POST": LEAD},
    "surveys/programmes/<int:number>/": {"GET": LEAD, "POST": LEAD},
    "surveys/programmes/<int:number>/qr.svg": {"GET": LEAD},
    "surveys/programmes/<int:number>/again/": {"POST": LEAD},
    # Whoever has the signed address may answer
    "survey.js": {"GET": ANYBODY},
    "s/<str:token>/": {"GET": ANYBODY, "POST": ANYBODY},
    "s/<str:token>/<int:score>/": {"GET": ANYBODY, "POST": ANYBODY},
    "promises/": {"GET": LEAD},
    "settings/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "settings/numbers/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "settings/schedules/": {"GET": LEAD},
    "settings/schedules/new/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "settings/schedules/<int:place>/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "settings/promises/new/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "settings/promises/<int:place>/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    # Accounts
    "people/": {"GET": ADMINISTRATOR},
    "people/invite/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "people/<int:number>/": {"GET": ADMINISTRATOR, "POST": ADMINISTRATOR},
    "people/<int:number>/link/": {"POST": ADMINISTRATOR},
    "people/<int:number>/sessions/": {"POST": ADMINISTRATOR},
    "people/<int:number>/second-factor/": {"POST": ADMINISTRATOR},
    "audit/": {"GET": ADMINISTRATOR},
    "audit/csv/": {"GET": ADMINISTRATOR},
    "tokens/": FORM,
    "tokens/<int:number>/revoke/": DEED,  # one's own; an administrator anybody's
    "welcome/<str:token>/": {"GET": ANYBODY, "POST": ANYBODY},
    "language/": {"POST": ANYBODY},
    "account/": FORM,
    "account/login/": {"GET": ANYBODY, "POST": ANYBODY},
    "account/logout/": {"GET": ANYBODY, "POST": ANYBODY},
    "account/inactive/": {"GET": ANYBODY},
    "account/reauthenticate/": FORM,
    "account/password/": FORM,
    "account/sessions/": FORM,
    "account/second-factor/": READ,
    "account/second-factor/code/": {"GET": ANYBODY, "POST": ANYBODY},  # half-way into signing in
    "account/second-factor/again/": FORM,
    "account/second-factor/on/": FORM,
    "account/second-factor/off/": FORM,
    "account/recovery/": READ,
    "account/recovery/new/": FORM,
    "account/recovery/file/": READ,
    "account/single-sign-on/cancelled/": {"GET": ANYBODY},
    "account/single-sign-on/error/": {"GET": ANYBODY},
    "account/single-sign-on/<str:provider_id>/": {"GET": ANYBODY, "POST": ANYBODY},
    "account/single-sign-on/<str:provider_id>/callback/": {"GET": ANYBODY},
}


@pytest.fixture
def browsers(db):
    """Give a browser for a stranger and for a person of each role, all of whom see all teams."""
    cache.clear()
    found = {None: Client()}
    for role in Role:
        person = Person.objects.create_user(f"{role}@example.org", "a secret of theirs", role=role)
        found[role] = Client()
        found[role].force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return found


def test_every_address_is_in_the_matrix():
    walked = list(routes())
    assert len(walked) > 50
    missing, gone = set(walked) - set(MATRIX), set(MATRIX) - set(walked)
    assert not missing, f"Say in MATRIX who may use {sorted(missing)}."
    assert not gone, f"Take {sorted(gone)} out of MATRIX: there are no such addresses."


@pytest.mark.parametrize(
    ("route", "method"),
    [(route, method) for route, methods in MATRIX.items() for method in methods],
)
def test_nobody_does_more_than_their_role_may(browsers, route, method):
    needed = MATRIX[route][method]
    for role, browser in browsers.items():
        answer = asked(browser, method, example(route))
        allowed = needed == ANYBODY or (role is not None and role.includes(needed))
        assert heard(answer) == allowed, f"{role} {method} {route}: {answer.status_code}"
        assert answer.status_code not in {405, 500}


@pytest.mark.parametrize("route", [each for each in MATRIX if not each.startswith("account/")])
def test_no_address_takes_another_method(browsers, route):
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(MATRIX[route]):
        for role in (Role.VIEWER, Role.ADMINISTRATOR):
            answer = asked(browsers[role], method, example(route))
            assert answer.status_code in {403, 405}, f"{role} {method} {route}"


def asked(browser, method, path):
    return browser.generic(method, path, QUERY_STRING="last=not-a-number")


def heard(answer):
    """Was the one who asked let in, whatever the answer says?"""
    if answer.status_code == 302:
        return not answer.url.startswith("/account/login/?next=")
    return answer.status_code != 403
