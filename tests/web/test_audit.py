"""What people do is written down, and stays as it was written."""

import pytest
from django.test import RequestFactory

from hearwell.web.people.models import Action, Audit, audit


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
    ],
)
def test_an_entry_tells_who_did_what_from_which_network(people, address, network):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    request.user = people["bob"]
    audit(request, Action.EXPORTED, "wait_time")
    entry = Audit.objects.get()
    assert (entry.who, entry.action, entry.about) == ("bob@example.org", "exported", "wait_time")
    assert entry.network == network


def test_an_entry_outlives_the_account(people):
    audit(None, Action.PERSON, "carol", by=people["alice"])
    people["alice"].delete()
    entry = Audit.objects.get()
    assert (entry.person, entry.who) == (None, "alice@example.org")


def test_an_entry_cannot_be_changed(people):
    audit(None, Action.PERSON, "carol", by=people["alice"])
    entry = Audit.objects.get()
    entry.about = "dave"
    with pytest.raises(TypeError, match="cannot be changed"):
        entry.save()
