"""Ask somebody, and bring what they answered in a conversation: for inboxes and other programs."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import Router, Schema
from ninja.errors import HttpError
from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from hearwell.jobs.eligible import Eligible
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Text
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.surveys.delivery import Delivered, invite, take
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import people_of

router = Router(tags=["Surveys"], auth=at_least(Role.LEAD, Scope.WRITE))
EXAMPLE: JsonDict = {"key": "case 4711 solved", "customer": "ann@example.org", "by": "link"}
ANSWER: JsonDict = {"score": 4, "comment": "Quick, thank you."}
Name = Annotated[Text, StringConstraints(max_length=240)]


class Asking(Schema):
    """Whom to ask, and about what."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    key: Name = Field(
        description="Your own name for what it is about. The same again asks nobody twice."
    )
    customer: Name = Field(description="As your files and systems name them.")
    by: Literal["link", "mail", "message"] = Field(
        "link", description="mail is sent from here; a link or a message is for you to deliver."
    )
    case_id: Name | None = None
    call_id: Name | None = None
    order_id: Name | None = None
    agent_id: Name | None = None
    team: Name | None = None
    product: Name | None = None
    topic: Name | None = None
    channel: Annotated[Text, StringConstraints(max_length=60)] | None = None
    language: Annotated[Text, StringConstraints(max_length=35)] | None = Field(
        None, description="Such as ur; else that of the browser."
    )


class Answering(Schema):
    """What somebody answered in a conversation."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": ANSWER})
    score: int | None = Field(None, ge=-1000, le=1000, description="On the scale of the survey.")
    comment: Annotated[str, StringConstraints(max_length=4000)] | None = None


class ChoiceTold(Schema):
    score: int
    label: str
    address: str


class InvitationMessage(Schema):
    """What to show, and where it is answered."""

    language: str
    question: str
    low: str
    high: str
    choices: list[ChoiceTold]
    address: str


class Invited(Schema):
    """What was decided. Whoever is not to be asked has a reason and no message."""

    survey_id: str
    status: str
    reason: str
    message: InvitationMessage | None


class Answered(Schema):
    survey_id: str
    status: str


@router.post(
    "/surveys/{programme}/invitations",
    summary="Ask somebody",
    **told.described(Invited, "/surveys/1/invitations"),
)
def invitations(request: SignedIn, programme: int, asked: Asking) -> HttpResponseBase:  # noqa: ARG001
    """Ask somebody by a programme, if its rules allow it; its number stands in its address."""
    found = Programme.objects.select_related("design").filter(pk=in_range(programme)).first()
    if found is None:
        raise Http404
    now = timezone.now()
    given = asked.model_dump(exclude={"key", "customer", "by"}, exclude_none=True)
    with lakes.reading() as lake:
        person = people_of(lake, [asked.customer]).get(asked.customer, "")
        about = Eligible(f"api:{asked.key}", person, now, **given)
        return whole(invited(invite(lake, found, about, asked.by, now)))


@router.post(
    "/surveys/invitations/{survey_id}/answer",
    summary="Bring an answer",
    **told.described(Answered, "/surveys/invitations/AbCdEfGhIjKlMnOpQrStUw/answer"),
)
def answer(request: SignedIn, survey_id: str, said: Answering) -> HttpResponseBase:  # noqa: ARG001
    """Keep what somebody answered in a conversation; it may be changed for 24 hours."""
    rows = Invitation.objects.select_related("programme__design", "version__design")
    row = rows.filter(pk=survey_id, about__startswith="api:").first()
    if row is None:
        raise Http404
    if not take(row, timezone.now(), said.score, said.comment):
        problem = "This was answered long ago, has ended, or was not asked: nothing is kept."
        raise HttpError(422, problem)
    row.refresh_from_db()
    return whole({"survey_id": row.pk, "status": row.status})


def in_range(number: int) -> int:
    return number if 0 < number < 2**63 else 0


def invited(found: Delivered) -> dict[str, Any]:
    message = found.message
    told_message = message and {
        "language": message.language,
        "question": message.question,
        "low": message.low,
        "high": message.high,
        "choices": [
            {"score": each.point.score, "label": each.point.label, "address": each.address}
            for each in message.choices
        ],
        "address": message.address,
    }
    return {
        "survey_id": found.survey_id,
        "status": found.status,
        "reason": found.reason,
        "message": told_message,
    }
