"""A board or the scorecard, sent every week to people by mail and to channels."""

from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearwell.web.explore.board import Board
from hearwell.web.explore.channel import Channel
from hearwell.web.people.person import Person, Role

TOO_LATE = timedelta(days=2)
"""A server that stood still does not send what is older than this."""


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Delivery(models.Model):
    """When it goes, and to whom: to people of the teams they may see, to channels of the owner's.

    Attributes:
        done_for: the last time of the week for which it was sent.

    """

    board = models.ForeignKey(
        Board,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        verbose_name=_("board"),
        help_text=_("Without one the scorecard is sent."),
    )
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(
        _("weekday"), choices=Weekday, default=Weekday.MONDAY
    )
    hour = models.PositiveSmallIntegerField(
        _("hour"),
        default=8,
        validators=[MaxValueValidator(23)],
        help_text=_("From 0 to 23, in the organisation's time zone."),
    )
    people = models.ManyToManyField(
        Person, verbose_name=_("by mail to"), blank=True, related_name="+"
    )
    channels = models.ManyToManyField(
        Channel, verbose_name=_("to these channels"), blank=True, related_name="+"
    )
    is_on = models.BooleanField(_("is sent"), default=True)
    done_for = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["weekday", "hour", "pk"]

    def __str__(self) -> str:
        return self.board.title if self.board else str(_("Scorecard"))

    def due(self, now: datetime, zone: str) -> datetime | None:
        """Return the time of the week for which it has to be sent now, if there is one."""
        local = now.astimezone(ZoneInfo(zone))
        days = (local.weekday() - self.weekday) % 7
        at = (local - timedelta(days=days)).replace(
            hour=self.hour, minute=0, second=0, microsecond=0
        )
        if at > local:
            at -= timedelta(days=7)
        is_new = at > self.done_for and local - at < TOO_LATE
        return at if self.is_on and is_new else None

    def take(self, at: datetime) -> bool:
        """Claim a time of the week; False where another process was first."""
        mine = Delivery.objects.filter(pk=self.pk, done_for__lt=at)
        return bool(mine.update(done_for=at))

    def receivers(self) -> list[Person | Channel]:
        """Return who gets it: people who may open the board, channels whose owner may."""
        people = [each for each in self.people.all() if each.is_active and self.may_see(each)]
        channels = [
            each
            for each in self.channels.select_related("owner")
            if each.owner.may(Role.LEAD) and self.may_see(each.owner)
        ]
        return [*people, *channels]

    def may_see(self, person: Person) -> bool:
        return self.board is None or Board.seen_by(person).filter(pk=self.board.pk).exists()
