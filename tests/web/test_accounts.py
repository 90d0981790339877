"""Administrators let people in, say what they may do, and nobody else can."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from hearwell.web.people.models import Action, Audit, Invitation, Person, Role, Token
from hearwell.web.people.person import UNKNOWN

PASSWORD = "seven quiet herons at dusk"
LINK = re.compile(r"https?://[^\"]*(/welcome/[^\"/]+/)")


def link_of(answer):
    return LINK.search(answer.content.decode()).group(1)


@pytest.mark.django_db
def test_the_first_administrator_gives_their_own_email(client):
    person = Person.objects.create_user(UNKNOWN, role=Role.ADMINISTRATOR)
    path = f"/welcome/{Invitation.issue(person)}/"
    assert 'name="email"' in client.get(path).content.decode()
    given = {"email": "Ada@Example.org", "name": "Ada", "password": PASSWORD}
    assert client.post(path, given).url == "/"
    person.refresh_from_db()
    assert (person.email, person.name) == ("ada@example.org", "Ada")
    assert client.get(path).status_code == 410  # the link works once
    assert client.get("/account/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("password", ["short", "adalovelace@example.org", "123456789012345"])
def test_a_password_that_is_easy_to_guess_is_refused(client, password):
    person = Person.objects.create_user("adalovelace@example.org")
    path = f"/welcome/{Invitation.issue(person)}/"
    answer = client.post(path, {"name": "Ada", "password": password})
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    person.refresh_from_db()
    assert not person.has_usable_password()


def test_a_link_leads_in_once_and_its_person_sees_their_teams_only(company, signed_in, settings):
    settings.SENDS_MAILS = True
    given = {
        "email": "Erin@example.org",
        "name": "Erin",
        "language": "en",
        "role": "viewer",
        "teams": ["billing phone"],
    }
    shown = signed_in("alice").post("/people/invite/", given)
    path = link_of(shown)
    assert path in mail.outbox[0].body
    assert mail.outbox[0].to == ["erin@example.org"]
    erin = Client()
    assert erin.post(path, {"name": "Erin", "password": PASSWORD}).url == "/"
    assert Person.objects.get(email="erin@example.org").teams_seen == ("billing phone",)
    entry = Audit.objects.get(action=Action.INVITED)
    assert entry.about == "erin@example.org: viewer, billing phone"
    assert path.split("/")[2] not in " ".join(str(vars(each)) for each in Audit.objects.all())


def test_a_team_that_the_lake_does_not_know_cannot_be_given(company, signed_in, people):
    form = signed_in("alice").get(f"/people/{people['bob'].pk}/").content.decode()
    assert 'value="billing phone"' in form
    given = {"name": "Bob", "role": "lead", "teams": ["no such team"], "is_active": "on"}
    answer = signed_in("alice").post(f"/people/{people['bob'].pk}/", given)
    assert "errorlist" in answer.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"role": "viewer"},
        {"teams": ["billing phone"]},
        {"sees_all_teams": ""},
        {"is_active": ""},
    ],
)
def test_a_session_ends_with_the_rights_it_began_with(company, signed_in, people, change):
    bob = signed_in("bob")
    assert bob.get("/account/").status_code == 200
    given = {"name": "Bob", "role": "lead", "sees_all_teams": "on", "is_active": "on"} | change
    given = {name: value for name, value in given.items() if value}
    assert signed_in("alice").post(f"/people/{people['bob'].pk}/", given).status_code == 302
    assert bob.get("/account/").status_code == 302
    assert Audit.objects.filter(action=Action.PERSON, who="alice@example.org").count() == 1


def test_a_name_changes_without_ending_sessions(company, signed_in, people):
    bob = signed_in("bob")
    given = {"name": "Robert", "role": "lead", "sees_all_teams": "on", "is_active": "on"}
    signed_in("alice").post(f"/people/{people['bob'].pk}/", given)
    assert bob.get("/account/").status_code == 200


def test_administrators_cannot_shut_themselves_out(company, signed_in, people):
    signed_in("alice").post(f"/people/{people['alice'].pk}/", {"name": "A", "role": "viewer"})
    people["alice"].refresh_from_db()
    assert people["alice"].role == Role.ADMINISTRATOR
    assert people["alice"].is_active


def test_all_sessions_of_a_person_can_be_ended(signed_in, people):
    bob = signed_in("bob")
    signed_in("alice").post(f"/people/{people['bob'].pk}/sessions/")
    assert bob.get("/account/").status_code == 302


def test_a_new_link_ends_the_one_before(signed_in, people):
    alice = signed_in("alice")
    first = link_of(alice.post(f"/people/{people['bob'].pk}/link/"))
    second = link_of(alice.post(f"/people/{people['bob'].pk}/link/"))
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 200


def test_a_link_of_somebody_who_is_not_active_leads_nowhere(signed_in, people):
    path = f"/welcome/{Invitation.issue(people['bob'])}/"
    Person.objects.filter(pk=people["bob"].pk).update(is_active=False)
    assert Client().get(path).status_code == 410


def test_a_password_is_changed_and_other_sessions_end(signed_in, people):
    here, elsewhere = signed_in("bob"), signed_in("bob")
    given = {"oldpassword": "b", "password1": PASSWORD, "password2": PASSWORD}
    assert here.post("/account/password/", given).status_code == 302
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    assert Audit.objects.filter(action=Action.PASSWORD, who="bob@example.org").count() == 1


def test_ones_own_language_is_kept(signed_in, people):
    bob = signed_in("bob")
    bob.post("/account/", {"name": "Bob", "language": "ur"})
    assert 'dir="rtl"' in bob.get("/account/").content.decode()
    people["bob"].refresh_from_db()
    assert people["bob"].language == "ur"


def test_nobody_raises_their_own_role(signed_in, people):
    given = {"name": "Carol", "language": "en", "role": "administrator", "sees_all_teams": "on"}
    signed_in("carol").post("/account/", given)
    people["carol"].refresh_from_db()
    assert (people["carol"].role, people["carol"].teams_seen) == (Role.VIEWER, ("billing phone",))


def test_a_token_is_shown_once_and_taken_back(signed_in, people):
    bob = signed_in("bob")
    page = bob.post("/tokens/", {"name": "figures for Monday", "scope": "write", "days": "30"})
    text = re.search(r'value="(hearwell_[^"]+)"', page.content.decode()).group(1)
    token = Token.find(text)
    assert token.person == people["bob"]
    assert text not in bob.get("/tokens/").content.decode()
    assert text not in " ".join(str(vars(each)) for each in Audit.objects.all())
    assert signed_in("carol").post(f"/tokens/{token.pk}/revoke/").status_code == 404
    assert "figures for Monday" not in signed_in("carol").get("/tokens/").content.decode()
    assert bob.post(f"/tokens/{token.pk}/revoke/").status_code == 302
    assert Token.find(text) is None
    actions = set(Audit.objects.values_list("action", flat=True))
    assert {Action.TOKEN_MADE, Action.TOKEN_REVOKED} <= actions


def test_only_administrators_make_tokens_that_administer(signed_in):
    given = {"name": "n", "scope": "admin", "days": "30"}
    assert "errorlist" in signed_in("bob").post("/tokens/", given).content.decode()
    assert "hearwell_" in signed_in("alice").post("/tokens/", given).content.decode()


def test_the_audit_log_is_filtered_and_taken_away(signed_in, people):
    signed_in("bob")
    alice = signed_in("alice")
    alice.post(f"/people/{people['carol'].pk}/sessions/")
    page = alice.get("/audit/", {"who": "bob", "action": "signed in"}).content.decode()
    assert page.count("<bdi>bob@example.org</bdi>") == 1
    assert "<bdi>alice@example.org</bdi>" not in page
    assert "Nothing of this kind" in alice.get("/audit/", {"ends": "2001-01-01"}).content.decode()
    file = alice.get("/audit/csv/", {"action": "sessions ended"})
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert "carol@example.org" in lines[1]
    assert "export" in alice.get("/audit/").content.decode()


def test_the_audit_log_has_pages(signed_in, people):
    Audit.objects.bulk_create(
        Audit(who="bob@example.org", action=Action.EXPORTED, about=f"number {each}")
        for each in range(150)
    )
    alice = signed_in("alice")
    first = alice.get("/audit/?action=exported").content.decode()
    assert "number 149" in first
    assert "number 49<" not in first
    older = re.search(r'href="(\?[^"]*before=\d+)"', first).group(1).replace("&amp;", "&")
    second = alice.get("/audit/" + older).content.decode()
    assert "number 49<" in second
    assert "number 50<" not in second


def test_backend_settings_are_those_of_the_application():
    assert settings.AUTHENTICATION_BACKENDS[0] == "axes.backends.AxesStandaloneBackend"
