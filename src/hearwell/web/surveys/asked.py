"""When somebody was last asked anything, so that nobody is asked too often."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models

AT_ONCE = 500
"""So many rows are written by one statement."""


class Asked(models.Model):
    """A person as the lake has them, and when they were asked. It does not say what."""

    person = models.CharField(primary_key=True, max_length=250)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.person

    @staticmethod
    def keep(persons: Iterable[str], at: datetime) -> None:
        """Note that these were asked; of whoever was asked before, the last time holds."""
        Asked.objects.bulk_create(
            [Asked(person=each, at=at) for each in persons],
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=["person"],
            update_fields=["at"],
        )
