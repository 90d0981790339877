"""A token opens what its person may see, until it ends or is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hearwell.web.people.models import Role, Scope, Token

WEEK = timedelta(days=7)


@pytest.fixture
def token(people):
    return Token.issue(people["bob"], "nightly figures", Scope.WRITE, WEEK)


def test_a_token_is_found_by_its_text_which_is_not_kept(token):
    made, text = token
    found = Token.find(text)
    assert found == made
    assert found.used_at is not None
    assert text not in " ".join(str(value) for value in vars(found).values())
    assert text.startswith(made.begins)


def test_another_text_finds_nothing(token):
    assert Token.find("hearwell_" + "a" * 43) is None
    assert Token.find("") is None
    assert Token.find(token[0].token_hash) is None


def test_a_token_ends(token):
    made, text = token
    Token.objects.filter(pk=made.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert Token.find(text) is None


def test_a_token_that_was_revoked_opens_nothing(token):
    made, text = token
    made.revoke()
    assert Token.find(text) is None


def test_a_token_ends_with_its_persons_account(token, people):
    people["bob"].is_active = False
    people["bob"].save()
    assert Token.find(token[1]) is None


def test_a_token_does_no_more_than_its_scope_and_its_person(token):
    made = token[0]
    assert made.may(Role.LEAD, Scope.READ)
    assert made.may(Role.LEAD, Scope.WRITE)
    assert not made.may(Role.LEAD, Scope.ADMIN)
    assert not made.may(Role.ADMINISTRATOR, Scope.READ)


def test_a_token_lasts_a_year_at_most(people):
    made, _ = Token.issue(people["bob"], "for ever", Scope.READ, timedelta(days=10_000))
    assert made.ends_at < timezone.now() + timedelta(days=367)
