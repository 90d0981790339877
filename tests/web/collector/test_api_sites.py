"""Programs add and change sites; keys for servers are told once, secrets for signatures never."""

from datetime import UTC, datetime

import pytest
from programs import sent, told

from hearwell.web.collector.refusal import NO_SITE, Refusal
from hearwell.web.collector.site import Site
from hearwell.web.people import secret
from hearwell.web.people.audit import Audit
from hearwell.web.people.token import Scope

SITES = "/api/v1/sites"
HELP = {"key": "help", "name": "Help", "origins": ["https://Help.example.org/start"]}


@pytest.fixture
def alice(program):
    return program("alice", Scope.ADMIN)


def test_a_site_is_added_once_and_changed(alice):
    made = told(sent(alice, SITES, HELP, idempotency_key="k"), 201)
    assert told(sent(alice, SITES, HELP, idempotency_key="k"), 201) == made
    assert (made["origins"], made["is_active"], made["has_server_key"]) == (
        ["https://help.example.org"],
        True,
        False,
    )
    address = f"{SITES}/{made['number']}"
    today = datetime.now(UTC).date()
    Refusal.add("help", today, "no consent", 3)
    Refusal.add(NO_SITE, today, "unknown site", 4)
    changed = HELP | {"name": "Help centre", "is_active": False}
    found = told(sent(alice, address, changed, "put"))
    assert told(alice.get(address)) == found | {
        "refused": [{"day": today.isoformat(), "reason": "no consent", "events": 3}]
    }
    assert told(alice.get(SITES)) == {"sites": [found], "strays": 4}
    wrong = sent(alice, address, HELP | {"key": "other"}, "put")
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "body.key")
    wrong = sent(alice, SITES, HELP | {"key": "other", "origins": ["help.example.org"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "body.origins")
    entries = Audit.objects.filter(action="settings changed").order_by("pk")
    assert [each.about for each in entries] == ["site help added", "site help changed"]


def test_secrets_of_a_site_are_not_told_again(alice, program):
    site = Site.objects.create(key="help", name="Help", origins=["https://help.example.org"])
    address = f"{SITES}/{site.pk}"
    assert program("alice", Scope.WRITE).post(f"{address}/server-key").status_code == 403
    made = told(alice.post(f"{address}/server-key"))["server_key"]
    site.refresh_from_db()
    assert site.server_key_hash == secret.hashed(made)
    for found in (alice.get(SITES), alice.get(address), sent(alice, address, HELP, "put")):
        told(found)
        text = found.content.decode()
        assert not any(each in text for each in (made, site.secret, site.server_key_hash))
