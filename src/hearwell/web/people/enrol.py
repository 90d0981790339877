"""Give somebody an account from the server's own command line."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from hearwell.errors import WrongUse
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.invitation import Invitation
from hearwell.web.people.person import Person


class NoEmail(WrongUse):
    def __init__(self, typed: str) -> None:
        super().__init__(f"{typed!r} is no e-mail; type one such as ada@example.org.")


def enrol(email: str, role: str | None, teams: Sequence[str] | None, address: str) -> str:
    """Return a link for a person, whose account is made where there is none.

    Args:
        role: None keeps it as it is; a new account is a viewer's.
        teams: of which they see rows; None keeps them as they are.
        address: what links begin with, without a slash at its end.

    Raises:
        NoEmail.

    """
    try:
        validate_email(email)
    except ValidationError:
        raise NoEmail(email) from None
    with transaction.atomic():
        person = Person.objects.filter(email=email.lower()).first()
        if person is None:
            person = Person(email=email.lower())
            person.set_unusable_password()
        person.is_active = True
        person.role = role or person.role
        if teams:
            person.sees_all_teams, person.teams = False, list(teams)
        person.save()
        audit(None, Action.INVITED, person.told_rights())
        return address + reverse("welcome", args=[Invitation.issue(person)])
