"""What holds for all programmes of the organisation together."""

from datetime import timedelta
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

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

    @property
    def rests(self) -> timedelta:
        return timedelta(days=self.rest_days)
