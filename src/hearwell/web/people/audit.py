"""Who did what, when and from where. Entries are added and never changed."""

from ipaddress import ip_address, ip_network
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from hearwell.web.people.adapter import client_address
from hearwell.web.people.person import Person
from hearwell.web.people.token import Token

LONGEST_ABOUT = 500
NETWORK = {4: 24, 6: 48}
"""So many bits of an address are kept: enough to tell a network, not a person."""


class Action(models.TextChoices):
    """What is written down. Names are kept in the database: add some, rename none."""

    SIGNED_IN = "signed in", _("signed in")
    SIGNED_OUT = "signed out", _("signed out")
    REFUSED = "refused", _("sign-in refused")
    LOCKED_OUT = "locked out", _("locked out")
    PASSWORD = "password changed", _("password changed")
    SECOND_FACTOR = "second factor changed", _("second factor changed")
    INVITED = "invited", _("person invited")
    PERSON = "person changed", _("person changed")
    SESSIONS = "sessions ended", _("sessions ended")
    TOKEN_MADE = "token made", _("token made")
    TOKEN_REVOKED = "token revoked", _("token revoked")
    JOURNEY = "journey looked up", _("journey looked up")
    IDENTITY = "identity changed", _("identity changed")
    EXPORTED = "exported", _("exported")
    IMPORTED = "imported", _("imported")
    SETTINGS = "settings changed", _("settings changed")
    BOARD = "board changed", _("board changed")
    TARGET = "target changed", _("target changed")
    ENTERED = "entered by hand", _("entered by hand")
    DELIVERY = "delivery changed", _("delivery changed")


class Audit(models.Model):
    """One entry. The person's e-mail is kept as it was, should the account be gone later."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    who = models.CharField(max_length=254)
    token = models.CharField(max_length=120)  # by which a program acted for the person
    action = models.CharField(max_length=40, db_index=True)
    about = models.CharField(max_length=LONGEST_ABOUT)
    network = models.CharField(max_length=50)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.who}: {self.action} {self.about}"

    def save(self, *arguments: Any, **named: Any) -> None:
        if not self._state.adding:
            message = "An entry of the audit log cannot be changed."
            raise TypeError(message)
        super().save(*arguments, **named)

    @property
    def told(self) -> str:
        """Return the action in the reader's language."""
        return str(Action(self.action).label) if self.action in Action else self.action


def audit(
    request: HttpRequest | None, action: Action, about: str = "", *, by: Person | None = None
) -> None:
    """Write down what somebody does.

    Call it in the transaction that makes the change, so that there is never one without the other.

    Args:
        request: None where somebody at the server's own command line acts.
        about: whom or what it was done to, and how, in English as it is kept; never a secret.
        by: who acts, where the request does not say.

    """
    user = getattr(request, "user", None)
    person = by or (user if isinstance(user, Person) else None)
    shown = getattr(request, "auth", None)
    Audit.objects.create(
        person=person,
        who=person.email if person else "",
        token=str(shown) if isinstance(shown, Token) else "",
        action=action,
        about=about if len(about) <= LONGEST_ABOUT else about[: LONGEST_ABOUT - 1] + "…",
        network=network_of(request) if request else "",
    )


def network_of(request: HttpRequest) -> str:
    """Return the network that a request came from, such as 192.0.2.0/24."""
    told = client_address(request)
    if not told:
        return ""
    address = ip_address(told)
    return str(ip_network(f"{address}/{NETWORK[address.version]}", strict=False))
