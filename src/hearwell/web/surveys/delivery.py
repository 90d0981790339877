"""Ask somebody now: for programs, the inbox and connectors, which say about what and whom.

The rules decide as they do for whom the clock finds. Whoever is asked gets a link, a mail, or a
message that stands in a conversation, and answers there or on the page.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction

from hearwell.errors import WrongUse
from hearwell.jobs.eligible import Eligible
from hearwell.lake.lake import Lake
from hearwell.web.surveys import link as links
from hearwell.web.surveys.asked import Asked
from hearwell.web.surveys.asking import invited, known, limits
from hearwell.web.surveys.design import Point
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import LONGEST_COMMENT, Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.question import cleaned
from hearwell.web.surveys.rules import decide

By = Literal["link", "mail", "message"]


@dataclass(frozen=True)
class Choice:
    """One answer of a scale, for a button: its address opens the page to confirm it."""

    point: Point
    address: str


@dataclass(frozen=True)
class Message:
    """What stands in a conversation, or beside a link.

    Attributes:
        choices: none where a survey has no scale.
        low, high: what both ends of the scale mean.

    """

    language: str
    question: str
    low: str
    high: str
    choices: tuple[Choice, ...]
    address: str


@dataclass(frozen=True)
class Delivered:
    """What was decided. Nobody is to be asked without a message.

    Attributes:
        status, reason: as the survey record has them.

    """

    survey_id: str
    status: str
    reason: str
    message: Message | None


class NotAsked(WrongUse):
    """A programme does not ask in this way; the message says why."""


def invite(lake: Lake, programme: Programme, about: Eligible, by: By, now: datetime) -> Delivered:
    """Ask somebody, if the rules allow it. The same once more is answered as the first time.

    Args:
        about: who, and about what. Its `about` is the caller's own name for this.
        by: a mail is sent from here; the others are the caller's to deliver.

    Raises:
        NotAsked.

    """
    if programme.is_anonymous:
        problem = "An anonymous survey is asked by a link that everybody gets alike."
        raise NotAsked(problem)
    if not programme.is_on:
        problem = f"The programme {programme.name} is off. Switch it on to ask."
        raise NotAsked(problem)
    with transaction.atomic():
        habits = Habits.held()
        row = Invitation.objects.filter(programme=programme, about=about.about).first()
        if row is None:
            found = known(programme, [about], now, lake.settings.zone, is_mailed=by == "mail")
            (decision,) = decide([about], limits(programme, habits), found, now)
            row = invited(programme, programme.design.newest, decision, now)
            row.to_mail = by == "mail" and row.status == "sent"
            row.save()
            if row.status == "sent":
                Asked.objects.update_or_create(person=row.person, defaults={"at": now})
    asks = row.status in {"sent", "started", "answered"}
    return Delivered(row.pk, row.status, row.reason, message(row) if asks else None)


def message(row: Invitation) -> Message:
    """Return what to say, in the language of the record."""
    version, link = row.version, links.of_invitation(row)
    language = version.spoken(row.language)
    own, points = version.said(language), version.points(language) if version.has_scale else []
    return Message(
        language,
        own["question"],
        own.get("low", ""),
        own.get("high", ""),
        tuple(Choice(each, f"{link.address}{each.score}/?lang={language}") for each in points),
        f"{link.address}?lang={language}",
    )


def take(row: Invitation, now: datetime, score: int | None, comment: str | None = None) -> bool:
    """Keep what somebody answered in a conversation; return whether it could still be.

    Args:
        score: of the scale; None leaves it as it is, as does a comment of None.

    Raises:
        NotAsked: it is not on the scale, or there is a comment without a score.

    """
    version = row.version
    if score is None and row.answer is None:
        problem = "The first answer needs a score."
        raise NotAsked(problem)
    if score is not None and not (
        version.has_scale and version.scale_low <= score <= version.scale_high
    ):
        problem = f"The scale is {version.scale_low} to {version.scale_high}."
        raise NotAsked(problem)
    if not (row.status in {"sent", "answered"} and row.may_answer(now)):
        return False
    told: dict[str, int | str] = {} if score is None else {"answer": score}
    if comment is not None:
        told |= {"comment": cleaned(comment)[:LONGEST_COMMENT]}
    row.keep(now, **told)
    return True
