"""Ask some of those again who did not answer: only they can tell what the silent think.

They are drawn by chance, so that they stand for the others. Nobody is asked again twice, nor
sooner than the organisation's rest allows.
"""

from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from django.db import transaction
from django.db.models import QuerySet

from hearwell.engine.question import Teams
from hearwell.web.surveys.asked import AT_ONCE, Asked
from hearwell.web.surveys.asking import COPIED
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.stop import Stop


@dataclass(frozen=True)
class Again:
    """How many were asked again, how many of them answered, and how many could be asked now."""

    asked: int
    answered: int
    silent: int


def invitations(programme: Programme, teams: Teams) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(programme=programme)
    return rows if teams is None else rows.filter(team__in=teams)


def silent(programme: Programme, teams: Teams, now: datetime) -> QuerySet[Invitation]:
    """Return the invitations that ended without an answer, of whom could be asked again."""
    rows = invitations(programme, teams)
    if programme.is_anonymous:
        return rows.none()
    again = Invitation.objects.filter(programme=programme).exclude(follows="")
    rested = Asked.objects.filter(at__gt=now - Habits.current().rests)
    return (
        rows.filter(status="expired", answered_at=None, follows="")
        .filter(person__in=Reach.objects.values("person"))
        .exclude(person__in=again.values("person"))
        .exclude(person__in=Stop.objects.values("person"))
        .exclude(person__in=rested.values("person"))
    )


def tracked(programme: Programme, teams: Teams, now: datetime) -> Again:
    again = invitations(programme, teams).exclude(follows="")
    could = silent(programme, teams, now).values("person").distinct()
    return Again(again.count(), again.filter(status="answered").count(), could.count())


def ask_again(programme: Programme, people: int, teams: Teams, now: datetime) -> int:
    """Draw so many people by chance and ask them again; return how many there were."""
    with transaction.atomic():
        Habits.held()
        waiting = list(silent(programme, teams, now).order_by("pk"))
        SystemRandom().shuffle(waiting)
        by_person = {each.person: each for each in waiting}
        drawn = list(by_person.values())[:people]
        Invitation.objects.bulk_create(
            [following(each, now, len(drawn) / len(by_person)) for each in drawn],
            batch_size=AT_ONCE,
        )
        Asked.keep((each.person for each in drawn), now)
    return len(drawn)


def following(row: Invitation, now: datetime, probability: float) -> Invitation:
    copied = {name: getattr(row, name) for name in COPIED} | {"about": f"again {row.pk}"}
    return Invitation(
        programme=row.programme,
        version=row.programme.design.newest,
        follows=row.pk,
        status="sent",
        selection_probability=probability,
        eligible_at=now,
        sent_at=now,
        to_mail=True,
        changed_at=now,
        **copied,
    )
