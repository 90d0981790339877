"""Events that were refused, by day and reason: they are counted, so that nobody wonders."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F

NO_SITE = ""
"""Where no site has the key: one row for all of them, or strangers could make any number."""


class Refusal(models.Model):
    site_key = models.CharField(max_length=40)
    day = models.DateField()
    reason = models.CharField(max_length=40)
    events = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site_key", "day", "reason"], name="refusal_by_day")
        ]
        ordering: ClassVar = ["-day", "site_key", "reason"]

    def __str__(self) -> str:
        return f"{self.site_key} {self.day}: {self.reason} {self.events}"

    @classmethod
    def add(cls, site_key: str, day: date, reason: str, events: int) -> None:
        found, _made = cls.objects.get_or_create(site_key=site_key, day=day, reason=reason)
        cls.objects.filter(pk=found.pk).update(events=F("events") + events)
