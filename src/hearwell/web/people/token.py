"""What a program shows in place of a password: for one person, with a scope and an end."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearwell.web.people import secret
from hearwell.web.people.person import Person, Role

BEGINS = "hearwell_"
"""So that programs which look for secrets in code find ours."""

SHOWN = len(BEGINS) + 4
"""So many characters are kept as they are, by which people tell their tokens apart."""

LONGEST = timedelta(days=366)
NOTED_EVERY = timedelta(minutes=1)


class Scope(models.TextChoices):
    """What a program may do with a token. Each may do what those before may."""

    READ = "read", _("read")
    WRITE = "write", _("read and change")
    ADMIN = "admin", _("administer")

    def includes(self, other: "Scope") -> bool:
        order = list(Scope)
        return order.index(self) >= order.index(other)


class Tokens(models.QuerySet["Token"]):
    def good(self) -> Self:
        """Keep those that still open something."""
        return self.filter(
            ends_at__gt=timezone.now(), revoked_at__isnull=True, person__is_active=True
        )


class Token(models.Model):
    """Whoever shows it may do what its person may, within its scope."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=10, choices=Scope, default=Scope.READ)
    begins = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar = Tokens.as_manager()

    class Meta:
        ordering: ClassVar = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.begins}…)"

    @classmethod
    def issue(cls, person: Person, name: str, scope: Scope, lasts: timedelta) -> tuple[Self, str]:
        """Return a new token and its text, which is known here and never again."""
        text = BEGINS + secret.made()
        token = cls.objects.create(
            person=person,
            name=name,
            scope=scope,
            begins=text[:SHOWN],
            token_hash=secret.hashed(text),
            ends_at=timezone.now() + min(lasts, LONGEST),
        )
        return token, text

    @classmethod
    def find(cls, text: str) -> "Token | None":
        """Return the token of a text that is still good, and note that it was used."""
        found = (
            cls.objects.good()
            .select_related("person")
            .filter(token_hash=secret.hashed(text))
            .first()
        )
        if found is not None:
            found.note_use(timezone.now())
        return found

    def note_use(self, now: datetime) -> None:
        if self.used_at is None or now - self.used_at > NOTED_EVERY:
            self.used_at = now
            self.save(update_fields=["used_at"])

    def may(self, role: Role, scope: Scope) -> bool:
        """May its person do what this role may, and the token be used for it?"""
        return Scope(self.scope).includes(scope) and self.person.may(role)

    @property
    def is_good(self) -> bool:
        return self.revoked_at is None and self.ends_at > timezone.now() and self.person.is_active

    def revoke(self) -> None:
        if self.revoked_at is None:
            self.revoked_at = timezone.now()
            self.save(update_fields=["revoked_at"])
