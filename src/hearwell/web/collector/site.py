"""A help centre or shop whose pages tell what is done on them."""

import secrets
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from hearwell.web.people import secret


def origin_of(text: str) -> str:
    """Return the origin of an address, as browsers name it; "" if it has none."""
    parts = urlsplit(text.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}"


def new_secret() -> str:
    return secrets.token_urlsafe(32)


class Site(models.Model):
    """Pages of which events are taken.

    Attributes:
        key: stands in the pages' source, and is no secret; rows have own:KEY as their source.
        origins: the addresses from which browsers may tell, such as https://help.example.org.
        secret: with it the site signs who somebody is.
        server_key_hash: of what servers and apps show.

    """

    key = models.CharField(
        _("key"),
        max_length=40,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", _("Small letters, digits and hyphens."))
        ],
    )
    name = models.CharField(_("name"), max_length=100)
    origins = models.JSONField(_("addresses"), default=list)
    secret = models.CharField(max_length=64, default=new_secret)
    server_key_hash = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        found: list[Any] = [origin_of(str(each)) for each in self.origins]
        if not all(found):
            problem = _("An address begins with https:// and a name: https://help.example.org.")
            raise ValidationError({"origins": problem})
        self.origins = list(dict.fromkeys(found))

    def new_server_key(self) -> str:
        """Return a key for servers, known here and never again; the one before opens no more."""
        made = "hearwell_site_" + secret.made()
        self.server_key_hash = secret.hashed(made)
        return made
