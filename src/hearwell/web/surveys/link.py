"""What stands in the address of a survey: signed, so that nobody makes one up.

Three kinds. An invitation names its row. A link names its programme, is used by many, and leads to
a sheet; a sheet names a row that is made when somebody answers on it, so that opening it, a double
click and the back button make none.
"""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from hearwell.web.surveys.invitation import Invitation, new_id
from hearwell.web.surveys.programme import Programme

Kind = Literal["invitation", "link", "sheet"]
KINDS: dict[str, Kind] = {"i": "invitation", "l": "link", "s": "sheet"}
SIGNER = Signer(sep=".", salt="hearwell.surveys")


@dataclass(frozen=True)
class Link:
    """What an address names.

    Attributes:
        programme: the programme's key; "" of an invitation.
        survey: the row's name; "" of a link.

    """

    kind: Kind
    programme: str
    survey: str

    @property
    def token(self) -> str:
        begins = next(sign for sign, kind in KINDS.items() if kind == self.kind)
        named = "~".join(each for each in (self.programme, self.survey) if each)
        return SIGNER.sign(begins + named)

    @property
    def path(self) -> str:
        return reverse("survey", args=[self.token])

    @property
    def address(self) -> str:
        return settings.ENVIRONMENT.address.rstrip("/") + self.path


def opened(token: str) -> Link | None:
    """Return what a token names; None of one that was not made here."""
    try:
        named = SIGNER.unsign(token)
    except BadSignature:
        return None
    kind, names = KINDS[named[0]], named[1:].split("~")
    if kind == "sheet":
        return Link(kind, names[0], names[1])
    return Link(kind, "", names[0]) if kind == "invitation" else Link(kind, names[0], "")


def of_invitation(invitation: Invitation) -> Link:
    return Link("invitation", "", invitation.pk)


def of_programme(programme: Programme) -> Link:
    return Link("link", programme.key, "")


def sheet(programme: str) -> Link:
    return Link("sheet", programme, new_id())
