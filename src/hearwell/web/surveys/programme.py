"""Whom to ask, when, and by which rules."""

import secrets
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.web.surveys.design import Design
from hearwell.web.surveys.instrument import INSTRUMENTS


class Trigger(models.TextChoices):
    """What makes somebody one who could be asked. Names are kept in the database."""

    LINK = "link", _("whoever has the link")
    SOLVED = "solved", _("after a case is solved")
    CALL = "call", _("after a call")
    DELIVERED = "delivered", _("after a delivery")
    ORDERED = "ordered", _("after an order")
    CART_LEFT = "cart_left", _("after a cart was left")
    READ = "read", _("after an article was read")
    JOINED = "joined", _("after somebody became a customer")
    EACH = "each", _("every customer, every so many days")
    AGENTS = "agents", _("agents, each quarter")


class People(models.TextChoices):
    """Who the agents are."""

    ACCOUNTS = "accounts", _("those who have an account as agent")
    LAKE = "lake", _("those in your data, by the e-mails that you gave")


class Group(models.TextChoices):
    """By what a quota is counted."""

    NONE = "", _("all together")
    TEAM = "team", _("team")
    CHANNEL = "channel", _("channel")
    TOPIC = "topic", _("topic")


def new_key() -> str:
    return secrets.token_urlsafe(16)


class Programme(models.Model):
    """Asks people of a kind, at a moment, with a design.

    Attributes:
        key: stands in the link that everybody may use; signed there.
        share: so large a part of those who could be asked is chosen, by chance.
        left_out: values of topic that are never asked, such as spam.

    """

    name = models.CharField(_("name"), max_length=100, unique=True)
    design = models.ForeignKey(
        Design, verbose_name=_("survey"), on_delete=models.PROTECT, related_name="programmes"
    )
    touchpoint = models.CharField(_("point of the journey"), max_length=60, blank=True)
    trigger = models.CharField(_("asks"), max_length=10, choices=Trigger, default=Trigger.LINK)
    people = models.CharField(
        _("which agents"), max_length=10, choices=People, default=People.ACCOUNTS
    )
    every_days = models.PositiveSmallIntegerField(
        _("every so many days"), default=91, validators=[MinValueValidator(1)]
    )
    after_days = models.PositiveSmallIntegerField(
        _("so many days later"),
        default=0,
        help_text=_("After an order, a cart, an article, or becoming a customer."),
    )
    share = models.FloatField(
        _("part that is chosen"),
        default=1.0,
        validators=[MinValueValidator(0.001), MaxValueValidator(1.0)],
    )
    quota_a_day = models.PositiveIntegerField(_("at most so many a day"), null=True, blank=True)
    quota_by = models.CharField(
        _("counted by"), max_length=10, choices=Group, default=Group.NONE, blank=True
    )
    left_out = models.JSONField(_("topics that are never asked"), default=list, blank=True)
    open_days = models.PositiveSmallIntegerField(
        _("open for so many days"), default=14, validators=[MinValueValidator(1)]
    )
    reminds_after_days = models.PositiveSmallIntegerField(
        _("reminds once, after so many days"), null=True, blank=True
    )
    key = models.CharField(max_length=30, unique=True, default=new_key, editable=False)
    is_on = models.BooleanField(_("on"), default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_anonymous(self) -> bool:
        return INSTRUMENTS[self.design.instrument].is_anonymous
