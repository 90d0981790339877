"""Sites are made by administrators; what they are called is text to every reader."""

from datetime import UTC, datetime

import pytest

from hearwell.web.collector.refusal import NO_SITE, Refusal
from hearwell.web.collector.site import Site
from hearwell.web.people.audit import Audit

EVIL = "<script>alert(1)</script>{{ 7|add:7 }}"


@pytest.fixture
def alice(company, signed_in):
    return signed_in("alice")


def test_a_site_is_added_and_its_name_is_text(alice):
    form = {"name": EVIL, "key": "help", "addresses": "https://help.example.org/some/page"}
    made = alice.post("/sites/", form | {"is_active": "on"})
    assert made.status_code == 302
    site = Site.objects.get()
    assert site.origins == ["https://help.example.org"]
    for path in ("/sites/", made.url):
        page = alice.get(path).content.decode()
        assert "<script>alert" not in page
        assert "{{ 7|add:7 }}" in page
    assert "help" in Audit.objects.get(action="settings changed").about


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("addresses", "javascript:alert(1)"),
        ("addresses", "help.example.org"),
        ("addresses", ""),
        ("key", "../help"),
        ("key", "Help me"),
        ("key", 'x"><img src=x>'),
    ],
)
def test_an_address_or_a_key_that_could_be_more_than_that_is_refused(alice, name, value):
    form = {"name": "Help", "key": "help", "addresses": "https://help.example.org"}
    page = alice.post("/sites/", form | {name: value})
    assert page.status_code == 200
    assert page.context["form"].errors.keys() == {name}
    assert not Site.objects.exists()


def test_what_was_refused_is_told_with_its_reason(alice):
    site = Site.objects.create(key="help", name="Help", origins=["https://help.example.org"])
    today = datetime.now(UTC).date()
    for _ in range(2):
        Refusal.add("help", today, "origin", 3)
        Refusal.add(NO_SITE, today, "unknown_site", 4)
    page = alice.get(f"/sites/{site.pk}/").content.decode()
    assert "<td><code>origin</code></td><td>6</td>" in page
    assert "8 events in the last 14 days" in alice.get("/sites/").content.decode()


def test_a_key_for_servers_is_shown_once(alice):
    site = Site.objects.create(key="help", name="Help", origins=["https://help.example.org"])
    first = alice.post(f"/sites/{site.pk}/", {"server_key": "new"}).context["server_key"]
    site.refresh_from_db()
    assert first not in site.server_key_hash
    assert first not in alice.get(f"/sites/{site.pk}/").content.decode()
