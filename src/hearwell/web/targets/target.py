"""A target of a number, for all rows or those of a team, a channel, and so on."""

from datetime import datetime, time, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearwell.engine.question import TEAM, Asked
from hearwell.language.convention import listed
from hearwell.metrics.metric import Unit
from hearwell.report.name import labelled, spaced
from hearwell.report.number import number
from hearwell.stats.target import level_of
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.view import View, metric_of
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person
from hearwell.web.people.signed_in import SignedIn

HOURS = [MaxValueValidator(23)]


class Side(models.TextChoices):
    AT_LEAST = "at least", _("at least")
    AT_MOST = "at most", _("at most")


class Target(models.Model):
    """What a number should reach, over so many days.

    Attributes:
        where: filters, as an address has them.
        value: in the unit of the metric; a share is 0 to 1.
        checked_for: the last day for which it was looked at; a day is looked at once.

    """

    metric = models.CharField(_("number"), max_length=150)  # such as service_level:SL3
    where = models.TextField(blank=True)
    side = models.CharField(_("should be"), max_length=10, choices=Side)
    value = models.FloatField()
    window_days = models.PositiveSmallIntegerField(
        _("over so many days"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    false_alarms_per_year = models.FloatField(
        _("false alarms in a year, at most"),
        default=1.0,
        validators=[MinValueValidator(0.01), MaxValueValidator(12)],
        help_text=_("On average, by chance alone. Fewer means that true misses are told later."),
    )
    quiet_from = models.PositiveSmallIntegerField(
        _("quiet from this hour"), null=True, blank=True, validators=HOURS
    )
    quiet_to = models.PositiveSmallIntegerField(
        _("quiet up to this hour"), null=True, blank=True, validators=HOURS
    )
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    people = models.ManyToManyField(
        Person, verbose_name=_("told by mail"), blank=True, related_name="+"
    )
    channels = models.ManyToManyField(
        Channel, verbose_name=_("told to these channels"), blank=True, related_name="+"
    )
    is_on = models.BooleanField(_("alerts are on"), default=True)
    checked_for = models.DateField(null=True, editable=False)

    class Meta:
        ordering: ClassVar = ["metric", "pk"]

    def __str__(self) -> str:
        asked = self.asked
        name = listed((labelled(asked.metric, asked.variant), spaced(asked.variant)))
        filters = listed(f"{spaced(name)}: {value}" for name, value in self.view.address.where)
        return f"{name} ({filters})" if filters else name

    @property
    def asked(self) -> Asked:
        return metric_of(self.metric)

    @property
    def unit(self) -> Unit:
        return self.asked.unit

    @property
    def told(self) -> str:
        """Return what the number should be, such as "at least 80.0 %"."""
        return f"{Side(self.side).label} {number(self.value, self.unit)}"

    @property
    def is_at_least(self) -> bool:
        return self.side == Side.AT_LEAST

    @property
    def level(self) -> float:
        """Return the level of the intervals that its alerts go by."""
        return level_of(self.false_alarms_per_year)

    @property
    def view(self) -> View:
        return View.of(f"metric={self.metric}&compare=none&{self.where}")

    def may_be_seen_by(self, person: Person) -> bool:
        """May somebody see it? Who sees some teams only sees the targets of these."""
        teams = person.teams_seen
        if teams is None:
            return True
        named = set(self.view.address.wanted(TEAM))
        return bool(named) and named <= set(teams)

    def may_be_told_from(self, now: datetime, zone: str) -> datetime:
        """Return the first time at which nobody is disturbed: now, or when quiet hours end."""
        if self.quiet_from is None or self.quiet_to is None or self.quiet_from == self.quiet_to:
            return now
        local = now.astimezone(ZoneInfo(zone))
        past_midnight = self.quiet_from > self.quiet_to
        if past_midnight:
            is_quiet = local.hour >= self.quiet_from or local.hour < self.quiet_to
        else:
            is_quiet = self.quiet_from <= local.hour < self.quiet_to
        if not is_quiet:
            return now
        day = local.date() + timedelta(days=1 if local.hour >= self.quiet_to else 0)
        return datetime.combine(day, time(self.quiet_to), local.tzinfo)


class Alert(models.Model):
    """A target that is surely missed, from the day it was seen until the number reaches it again.

    The numbers are those that it was opened by.
    """

    target = models.ForeignKey(Target, on_delete=models.CASCADE, related_name="alerts")
    opened_for = models.DateField()  # the last day of the stretch that was looked at
    closed_for = models.DateField(null=True)
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    n = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    seen_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-opened_for", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target"],
                condition=models.Q(closed_for=None),
                name="target_has_one_open_alert",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.opened_for}"

    def acknowledge(self, request: SignedIn) -> None:
        """Keep who looks after it: whoever says so first."""
        with transaction.atomic():
            unseen = Alert.objects.filter(pk=self.pk, seen_at=None)
            if unseen.update(seen_by=request.user, seen_at=timezone.now()):
                audit(request, Action.ALERT, str(self))
        self.refresh_from_db()
