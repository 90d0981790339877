"""What stands in the address of a survey: signed, so that nobody makes one up.

Four kinds. An invitation names its row. A link names its programme, or the round of a team, is used
by many, and leads to a sheet; a sheet names a row that is made or taken when somebody answers on
it, so that opening it, a double click and the back button make none. A person's is for saying that
they do not want to be asked.
"""

from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from hearwell.web.surveys.invitation import Invitation, new_id
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.round import Round

Kind = Literal["invitation", "link", "sheet", "person"]
KINDS: dict[str, Kind] = {"i": "invitation", "l": "link", "s": "sheet", "p": "person"}
SIGNER = Signer(sep=".", salt="hearwell.surveys")


@dataclass(frozen=True)
class Link:
    """What an address names.

    Attributes:
        programme: the key of the programme or round; "" of an invitation.
        survey: the row's name, or the person's; "" of a link.

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
    return Link(kind, names[0], "") if kind == "link" else Link(kind, "", names[0])


def of_invitation(invitation: Invitation) -> Link:
    return Link("invitation", "", invitation.pk)


def of_programme(programme: Programme) -> Link:
    return Link("link", programme.key, "")


def of_round(round_: Round) -> Link:
    return Link("link", round_.key, "")


def of_person(person: str) -> Link:
    return Link("person", "", person)


def sheet(programme: str) -> Link:
    return Link("sheet", programme, new_id())
