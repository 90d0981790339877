"""A message that is to go out, to a person by mail or to a channel, and each attempt to send it."""

import logging
import time
import uuid
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import ClassVar, Self

from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from urllib3.exceptions import HTTPError

from hearwell.errors import HearwellError
from hearwell.language import speaking
from hearwell.report.problem import what_was_wrong
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.mail import send_mail
from hearwell.web.explore.words import Words
from hearwell.web.people.person import Person

LOG = logging.getLogger(__name__)

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
"""After each attempt that failed; after the last it is given up."""

UNDER_WAY = timedelta(minutes=10)
"""What was begun so long ago ended with its process, and is tried again."""

MAY_PASS = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.CONFLICT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}
"""Of the answers that refuse a post, those that a later attempt may not get."""


class State(models.TextChoices):
    WAITING = "waiting", _("waiting")
    SENT = "sent", _("sent")
    FAILED = "failed", _("given up")


class Message(models.Model):
    """One message to one receiver."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, related_name="+")
    words = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    next_at = models.DateTimeField(db_index=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-made_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(person=None) ^ models.Q(channel=None),
                name="message_has_one_receiver",
            ),
        ]

    def __str__(self) -> str:
        return str(self.words["title"])

    @property
    def receiver(self) -> Person | Channel | None:
        return self.person or self.channel

    @classmethod
    def write(
        cls, receiver: Person | Channel, words: Words, not_before: datetime | None = None
    ) -> Self:
        return cls.objects.create(
            person=receiver if isinstance(receiver, Person) else None,
            channel=receiver if isinstance(receiver, Channel) else None,
            words=words.kept(),
            next_at=not_before or timezone.now(),
        )

    @classmethod
    def due(cls, now: datetime) -> list[Self]:
        return list(
            cls.objects.filter(state=State.WAITING, next_at__lte=now).order_by("next_at")[:50]
        )

    def attempt(self, now: datetime) -> None:
        """Try to send it, unless another process does; write down what came of it."""
        mine = Message.objects.filter(pk=self.pk, state=State.WAITING, next_at=self.next_at)
        if not mine.update(next_at=now + UNDER_WAY):
            return
        began = time.perf_counter()
        status, told, is_final = self.sent()
        milliseconds = round(1000 * (time.perf_counter() - began))
        with transaction.atomic():
            before = self.attempts.count()
            is_sent = not told
            self.attempts.create(
                at=now, milliseconds=milliseconds, status=status, told=told[:300], is_sent=is_sent
            )
            if is_sent:
                self.state = State.SENT
            elif is_final or before >= len(WAITS):
                self.state = State.FAILED
            else:
                self.next_at = now + WAITS[before]
            self.save(update_fields=["state", "next_at"])

    def sent(self) -> tuple[int | None, str, bool]:
        """Send it; return the status, what went wrong ("" if nothing), and whether for good."""
        words = Words.read(self.words)
        reader = self.person if self.channel is None else self.channel.owner
        if reader is None or not reader.is_active:
            return None, str(_("This person has no account any more.")), True
        try:
            with translation.override(reader.language), speaking(reader.language):
                if self.channel is not None:
                    return judged(self.channel.send(str(self.pk), words))
                send_mail(reader.email, words)
        except HearwellError as error:
            return None, what_was_wrong(error), True
        except (OSError, HTTPError) as error:  # its text may hold the address, which is a secret
            LOG.warning("message %s was not sent: %s", self.pk, type(error).__name__)
            return None, type(error).__name__, False
        return None, "", False


def judged(status: int) -> tuple[int, str, bool]:
    if 200 <= status < 300:
        return status, "", False
    is_final = status < 500 and status not in MAY_PASS
    return status, str(_("The receiver answered {status}.")).format(status=status), is_final


class Attempt(models.Model):
    """One attempt to send a message. It holds no address and no secret."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)  # of HTTP
    told = models.CharField(max_length=300)
    is_sent = models.BooleanField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.told or self.status or 'sent'}"
