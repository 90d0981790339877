"""An invitation to answer, made for everybody who could be asked, and what was answered."""

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hearwell.records.survey import STATUSES
from hearwell.web.surveys.design import Version
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.round import Round

CHANGEABLE = timedelta(hours=24)
LONGEST_COMMENT = 4000
MACHINE = "answered as by a machine"
TOO_MANY = "more answers than people asked"

NOT_WAITING, WAITING, UNDER_WAY = range(3)
"""Has what changed still to be brought to the lake?"""


def new_id() -> str:
    """Return a name of 128 random bits, so that it says nothing of the order of answers."""
    return secrets.token_urlsafe(16)


class Invitation(models.Model):
    """One for each person who could be asked, and moment; it says why, if nobody was asked.

    Of an anonymous survey it holds nobody, and of all times only the day.

    Attributes:
        about: for what somebody is asked, such as the solving of a case; once for each programme.
        sheet: of a round of agents, what whoever took this row has in their address.
        person: as the lake has it: for customers a keyed hash.
        follows: the invitation that was not answered, of whom this one was drawn to ask again.
        like_machine: the answer came as a machine's would; it is kept and does not count.

    """

    survey_id = models.CharField(primary_key=True, max_length=30, default=new_id)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="invitations")
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="invitations")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="rows")
    # "" would be one sheet
    sheet = models.CharField(max_length=30, unique=True, null=True)  # noqa: DJ001
    about = models.CharField(max_length=250)
    follows = models.CharField(max_length=30, blank=True)
    person = models.CharField(max_length=250, blank=True)
    case_id = models.CharField(max_length=250, blank=True)
    call_id = models.CharField(max_length=250, blank=True)
    order_id = models.CharField(max_length=250, blank=True)
    agent_id = models.CharField(max_length=250, blank=True)
    team = models.CharField(max_length=250, blank=True)
    product = models.CharField(max_length=250, blank=True)
    topic = models.CharField(max_length=250, blank=True)
    channel = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=35, blank=True)
    status = models.CharField(
        _("state"), max_length=20, choices=[(each, each) for each in STATUSES]
    )
    reason = models.CharField(max_length=100, blank=True)
    selection_probability = models.FloatField(null=True)
    eligible_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.SmallIntegerField(null=True)
    items = models.JSONField(default=dict)  # on the scale
    said = models.JSONField(default=dict)  # in words: texts, and places of what was chosen
    comment = models.TextField(blank=True)
    like_machine = models.BooleanField(default=False)
    to_mail = models.BooleanField(default=False, db_index=True)  # a mail is still to be sent
    changed_at = models.DateTimeField(default=timezone.now)
    waiting = models.PositiveSmallIntegerField(default=WAITING, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["programme", "about"], name="survey_asked_once_about")
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "status"], name="survey_programme_status")
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.survey_id}"

    @property
    def is_answered(self) -> bool:
        return self.answered_at is not None

    def may_answer(self, now: datetime) -> bool:
        """May an answer still be given, or changed?"""
        if self.status in {"opted_out", "expired"}:
            return False
        if self.round is not None:
            return now < self.round.ends_at
        if self.answered_at is not None:
            return now < self.answered_at + (
                2 * CHANGEABLE if self.programme.is_anonymous else CHANGEABLE
            )
        return self.sent_at is None or now < self.sent_at + timedelta(days=self.programme.open_days)

    def keep(self, now: datetime, **what: Any) -> None:
        """Keep what was said, and what was said before; the same said again changes nothing.

        Args:
            what: answer, items, said or comment.

        """
        at = self.programme_time(now)
        with transaction.atomic():
            found = Invitation.objects.select_for_update().get(pk=self.pk)
            if all(getattr(found, name) == value for name, value in what.items()):
                return
            for name, value in what.items():
                setattr(found, name, value)
            found.like_machine |= found.reason == TOO_MANY
            found.answered_at = found.answered_at or at
            found.opened_at = found.opened_at or at
            found.status = "started" if found.like_machine else "answered"
            found.reason = (found.reason or MACHINE) if found.like_machine else ""
            found.note_change(at if self.round is None else found.changed_at)
            Answer.objects.create(
                invitation=found,
                at=at,
                answer=found.answer,
                items=found.items,
                said=found.said,
                comment=found.comment,
            )

    def note_change(self, at: datetime) -> None:
        """Save, to be brought to the lake."""
        self.changed_at = max(at, self.changed_at)
        self.waiting = WAITING
        self.save()

    def programme_time(self, now: datetime) -> datetime:
        """Return the time that may be kept: of an anonymous answer the day, in a round its last."""
        if self.round is not None:
            return self.round.ends_at - timedelta(days=1)
        if self.programme.is_anonymous:
            return now.replace(hour=0, minute=0, second=0, microsecond=0)
        return now


class Answer(models.Model):
    """What was said, each time that it changed."""

    key = models.CharField(primary_key=True, max_length=30, default=new_id)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="answers")
    at = models.DateTimeField()
    answer = models.SmallIntegerField(null=True)
    items = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    comment = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["at"]

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.answer}"
