"""Programs invite and change people and revoke tokens, and never last beyond their own token."""

import pytest
from django.core import mail
from django.test import Client
from programs import sent, showing, shown, told

from hearwell.web.api.models import Repeat
from hearwell.web.people.models import Audit, Invitation, Person, Role, Token
from hearwell.web.people.token import Scope

PEOPLE, TOKENS = "/api/v1/people", "/api/v1/tokens"
ERIN = {"email": "Erin@example.org", "name": "Erin", "role": "lead", "teams": ["billing phone"]}

pytestmark = pytest.mark.usefixtures("company")


@pytest.fixture
def alice(program):
    return program("alice", Scope.ADMIN)


def test_somebody_is_invited_once_and_sees_their_teams_only(alice, settings):
    settings.SENDS_MAILS = True
    made = told(sent(alice, PEOPLE, ERIN, idempotency_key="erin"), 201)
    assert told(sent(alice, PEOPLE, ERIN, idempotency_key="erin"), 201) == made
    assert (made["role"], made["sees_all_teams"], made["is_mailed"]) == ("lead", False, True)
    (letter,) = mail.outbox
    assert letter.to == ["erin@example.org"]
    kept = bytes(Repeat.objects.get().answer).decode()
    assert "welcome" not in kept  # whoever reads the database gets into no account
    again = sent(alice, PEOPLE, ERIN)
    assert (again.status_code, again.json()["errors"][0]["at"]) == (422, "body.email")
    entries = Audit.objects.filter(action="invited")
    assert [each.about for each in entries] == ["erin@example.org: lead, billing phone"]
    plain = told(sent(alice, PEOPLE, {"email": "fay@example.org"}), 201)
    assert (plain["role"], plain["sees_all_teams"], plain["teams"]) == ("viewer", False, [])


def test_a_new_link_is_told_once_and_opens_the_account(alice, people):
    found = told(alice.post(f"{PEOPLE}/{people['bob'].pk}/link"))
    path = found["link"].removeprefix("http://127.0.0.1:8000")
    given = {"name": "Bob", "password": "seven quiet herons at dusk"}
    assert Client().post(path, given).url == "/"
    assert not Invitation.objects.exists()
    people["dave"].is_active = False
    people["dave"].save()
    assert alice.post(f"{PEOPLE}/{people['dave'].pk}/link").status_code == 404


def test_a_change_of_rights_is_written_down_and_ends_sessions(alice, people, signed_in):
    browser = signed_in("bob")
    assert browser.get("/account/").status_code == 200
    address = f"{PEOPLE}/{people['bob'].pk}"
    found = told(
        sent(alice, address, {"sees_all_teams": False, "teams": ["billing phone"]}, "patch")
    )
    assert (found["role"], found["name"], found["teams"]) == ("lead", "Bob", ["billing phone"])
    assert browser.get("/account/").status_code == 302
    entry = Audit.objects.get(action="person changed")
    assert entry.about.endswith("lead, all teams → bob@example.org: lead, billing phone")
    assert entry.token.startswith("test")
    wrong = sent(alice, address, {"teams": ["no such team"]}, "patch")
    assert (wrong.status_code, wrong.json()["errors"][0]["at"]) == (422, "body.teams")
    _, text = shown(people, "bob")
    told(sent(alice, address, {"is_active": False}, "patch"))
    assert showing(text).get("/api/v1/account").status_code == 401


def test_sessions_of_somebody_are_ended(alice, people, signed_in):
    browser = signed_in("bob")
    assert alice.delete(f"{PEOPLE}/{people['bob'].pk}/sessions").status_code == 204
    assert browser.get("/account/").status_code == 302
    assert Audit.objects.filter(action="sessions ended").count() == 1


def test_a_token_neither_makes_nor_changes_an_administrator(alice, people):
    other = Person.objects.create_user("eve@example.org", role=Role.ADMINISTRATOR)
    own, bob = (f"{PEOPLE}/{people[name].pk}" for name in ("alice", "bob"))
    refused = (
        sent(alice, PEOPLE, ERIN | {"role": "administrator"}),
        sent(alice, bob, {"role": "administrator"}, "patch"),
        sent(alice, f"{PEOPLE}/{other.pk}", {"role": "viewer"}, "patch"),
        sent(alice, own, {"name": "A."}, "patch"),
        alice.post(f"{own}/link"),
        alice.post(f"{PEOPLE}/{other.pk}/link"),
        alice.delete(f"{PEOPLE}/{other.pk}/sessions"),
    )
    for answer in refused:
        assert answer.status_code == 403
        assert "page People" in answer.json()["detail"]
    assert not Person.objects.filter(email="erin@example.org").exists()
    assert not Invitation.objects.exists()


def test_nobody_changes_their_own_role_with_a_session_either(people, signed_in):
    browser, own = signed_in("alice"), f"{PEOPLE}/{people['alice'].pk}"
    for wrong in ({"role": "viewer"}, {"is_active": False}):
        answer = sent(browser, own, wrong, "patch")
        assert answer.status_code == 422
        assert [each["at"] for each in answer.json()["errors"]] == [f"body.{next(iter(wrong))}"]
    told(sent(browser, own, {"name": "A.", "role": "administrator"}, "patch"))
    people["alice"].refresh_from_db()
    assert (people["alice"].name, people["alice"].role) == ("A.", "administrator")
    told(sent(browser, f"{PEOPLE}/{people['bob'].pk}", {"role": "administrator"}, "patch"))


@pytest.mark.parametrize("scope", [Scope.READ, Scope.WRITE])
def test_rights_are_given_by_no_token_without_the_scope_for_it(program, people, scope):
    alice, bob = program("alice", scope), people["bob"].pk
    for answer in (
        sent(alice, PEOPLE, ERIN),
        sent(alice, f"{PEOPLE}/{bob}", {"role": "viewer"}, "patch"),
        alice.post(f"{PEOPLE}/{bob}/link"),
        alice.delete(f"{PEOPLE}/{bob}/sessions"),
    ):
        assert answer.status_code == 403


def test_tokens_are_told_to_their_people_without_what_opens(people, program):
    _, secret = shown(people, "bob", Scope.WRITE)
    shown(people, "carol")
    bob = showing(secret)
    answer = bob.get(TOKENS)
    assert {each["person"] for each in told(answer)["tokens"]} == {"bob@example.org"}
    everybody = program("alice").get(f"{TOKENS}?limit=100")
    assert {each["person"] for each in told(everybody)["tokens"]} == {
        f"{name}@example.org" for name in ("alice", "bob", "carol")
    }
    hashes = [each.token_hash for each in Token.objects.all()]
    for found in (answer, everybody):
        text = found.content.decode()
        assert not any(each in text for each in (secret, *hashes))
    assert told(bob.get("/api/v1/account"))["token"]["scope"] == "write"


def test_one_revokes_ones_own_tokens_and_an_administrator_those_of_others(people, program):
    tokens = {name: shown(people, name)[0].pk for name in ("alice", "bob", "carol")}
    bob = program("bob", Scope.WRITE)
    assert bob.delete(f"{TOKENS}/{tokens['carol']}").status_code == 404
    assert program("bob").delete(f"{TOKENS}/{tokens['bob']}").status_code == 403
    assert bob.delete(f"{TOKENS}/{tokens['bob']}").status_code == 204
    writes = program("alice", Scope.WRITE)
    assert writes.delete(f"{TOKENS}/{tokens['alice']}").status_code == 204
    assert writes.delete(f"{TOKENS}/{tokens['carol']}").status_code == 403
    assert program("alice", Scope.ADMIN).delete(f"{TOKENS}/{tokens['carol']}").status_code == 204
    assert not any(each.is_good for each in Token.objects.filter(pk__in=tokens.values()))
    assert Audit.objects.filter(action="token revoked").count() == 3


def test_one_changes_ones_own_name_and_language_and_nothing_else(program, people):
    carol = program("carol", Scope.WRITE)
    found = told(sent(carol, "/api/v1/account", {"language": "ur"}, "patch"))
    assert (found["name"], found["language"], found["teams"]) == ("Carol", "ur", ["billing phone"])
    for wrong in ({"language": "tlh"}, {"role": "lead"}, {"sees_all_teams": True}):
        assert sent(carol, "/api/v1/account", wrong, "patch").status_code == 422
    assert sent(program("carol"), "/api/v1/account", {"name": "x"}, "patch").status_code == 403
