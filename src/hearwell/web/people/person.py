"""A person with an account: the role says what they may do, the teams what they may see."""

import json
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from hearwell.language import ENGLISH, LANGUAGES

UNKNOWN = "administrator@localhost"
"""The e-mail of the first administrator until they have told their own."""


class Role(models.TextChoices):
    """What somebody may do. Each may do what those before may."""

    VIEWER = "viewer", _("viewer")  # sees numbers
    AGENT = "agent", _("agent")  # answers customers
    LEAD = "lead", _("lead")  # sets targets and alerts, opens rows
    ADMINISTRATOR = "administrator", _("administrator")  # accounts, data, settings

    def includes(self, other: "Role") -> bool:
        order = list(Role)
        return order.index(self) >= order.index(other)


class People(BaseUserManager["Person"]):
    def create_user(self, email: str, password: str | None = None, **more: Any) -> "Person":
        person = self.model(email=self.normalize_email(email).lower(), **more)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.VIEWER)
    sees_all_teams = models.BooleanField(_("sees all teams"), default=True)
    teams = models.JSONField(_("teams"), default=list, blank=True)  # names, as records have them
    language = models.CharField(
        _("language"), max_length=8, choices=list(LANGUAGES.items()), default=ENGLISH
    )
    is_active = models.BooleanField(_("active"), default=True)
    made_at = models.DateTimeField(auto_now_add=True)
    session_edition = models.PositiveIntegerField(default=0)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="person_has_a_role"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session was begun with; Django ends it once that is another.

        So it ends with a new password, role or teams, and when an administrator says so.
        """
        held = (self.password, self.role, self.sees_all_teams, self.teams, self.session_edition)
        salt = "hearwell.web.people.session"
        return salted_hmac(salt, json.dumps(held), secret=secret, algorithm="sha256").hexdigest()

    def end_sessions(self) -> None:
        self.session_edition += 1
        self.save(update_fields=["session_edition"])

    def may(self, role: Role) -> bool:
        """May they do what this role may?"""
        return self.is_active and Role(self.role).includes(role)

    @property
    def teams_seen(self) -> tuple[str, ...] | None:
        """The teams whose rows they may see; None is all of them. Administrators see all."""
        if self.sees_all_teams or self.role == Role.ADMINISTRATOR:
            return None
        return tuple(self.teams)

    def told_rights(self) -> str:
        """Return what they may do and see, for the audit log: in English, whoever reads it."""
        seen = self.teams_seen
        teams = "all teams" if seen is None else ", ".join(seen) or "no team"
        return f"{self.email}: {self.role}, {teams}{'' if self.is_active else ', not active'}"
