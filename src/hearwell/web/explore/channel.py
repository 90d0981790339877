"""A place outside to which messages are posted: Slack, Teams, or a program of one's own."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext_lazy as _

from hearwell.web.explore.posting import post
from hearwell.web.explore.words import Words
from hearwell.web.people.person import Person


class Kind(models.TextChoices):
    SLACK = "slack", "Slack"
    TEAMS = "teams", "Teams"
    WEBHOOK = "webhook", _("webhook")


def nonce() -> str:
    return get_random_string(32)


class Channel(models.Model):
    """What is posted is told of the teams that the owner may see.

    The secret that posts are signed with is made of the server's own and a nonce, so that the
    database alone does not hold it.
    """

    title = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    address = models.CharField(_("address"), max_length=1000)  # whoever knows it may post: a secret
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    nonce = models.CharField(max_length=32, default=nonce)

    class Meta:
        ordering: ClassVar = ["title", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def host(self) -> str:
        """Return the part of the address that may be shown."""
        return urlsplit(self.address).hostname or ""

    @property
    def secret(self) -> str:
        """Return what posts are signed with, in the form of Standard Webhooks."""
        return "whsec_" + base64.b64encode(self.key()).decode()

    def key(self) -> bytes:
        return salted_hmac(
            "hearwell channel", f"{self.pk}.{self.nonce}", algorithm="sha256"
        ).digest()

    def written(self, words: Words) -> dict[str, Any]:
        if self.kind == Kind.SLACK:
            return words.as_slack()
        return words.as_teams() if self.kind == Kind.TEAMS else words.as_json()

    def send(self, message_id: str, words: Words) -> int:
        """Post a message; return the status of the answer."""
        body = json.dumps(self.written(words), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "User-Agent": "Hearwell"}
        if self.kind == Kind.WEBHOOK:
            headers |= self.signed(message_id, int(time.time()), body)
        return post(self.address, body, headers)

    def signed(self, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
        """Return the headers that prove where a post comes from and when (Standard Webhooks)."""
        content = f"{message_id}.{timestamp}.".encode() + body
        mac = hmac.new(self.key(), content, hashlib.sha256).digest()
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": "v1," + base64.b64encode(mac).decode(),
        }
