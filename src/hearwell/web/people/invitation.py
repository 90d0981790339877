"""A link that works once and lets somebody choose a password."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from hearwell.web.people import secret
from hearwell.web.people.person import Person

VALID = timedelta(hours=24)


class Invitation(models.Model):
    """For one person; only a hash of what the link holds is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person} until {self.ends_at}"

    @classmethod
    def issue(cls, person: Person, *, now: datetime | None = None) -> str:
        """Return the token of a new link; those before it end."""
        cls.objects.filter(person=person).delete()
        token = secret.made()
        ends = (now or timezone.now()) + VALID
        cls.objects.create(person=person, token_hash=secret.hashed(token), ends_at=ends)
        return token

    @classmethod
    def find(cls, token: str) -> Self | None:
        """Return the invitation of a token that is still good."""
        good = cls.objects.filter(ends_at__gt=timezone.now(), person__is_active=True)
        return good.select_related("person").filter(token_hash=secret.hashed(token)).first()

    def take(self) -> bool:
        """Use it up; false where somebody else has done so at the same time."""
        taken, _ = type(self).objects.filter(pk=self.pk).delete()
        return taken > 0
