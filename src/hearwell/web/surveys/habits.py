"""What holds for all programmes of the organisation together."""

from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.web.surveys.rules import is_quiet

HOURS = [MaxValueValidator(23)]


class Habits(models.Model):
    """How often anybody may be asked, and when nobody is. There is one row."""

    rest_days = models.PositiveSmallIntegerField(
        _("nobody is asked twice within so many days"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )
    quiet_from = models.PositiveSmallIntegerField(
        _("nobody is asked from this hour"), null=True, blank=True, default=20, validators=HOURS
    )
    quiet_to = models.PositiveSmallIntegerField(
        _("up to this hour"), null=True, blank=True, default=8, validators=HOURS
    )

    def __str__(self) -> str:
        return str(self.rest_days)

    @classmethod
    def current(cls) -> Self:
        return cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def held(cls) -> Self:
        """Return them, and let nobody else decide whom to ask until the transaction ends."""
        cls.current()
        return cls.objects.select_for_update().get(pk=1)

    @property
    def rests(self) -> timedelta:
        return timedelta(days=self.rest_days)

    def are_quiet(self, now: datetime, zone: str) -> bool:
        """Is nobody asked at an instant?"""
        return is_quiet(now.astimezone(ZoneInfo(zone)).hour, self.quiet_from, self.quiet_to)
