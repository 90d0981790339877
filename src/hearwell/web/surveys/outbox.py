"""What is still to be brought to the lake, and noted as brought once it is committed there."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from hearwell.jobs.answered import bring_in_answered
from hearwell.lake.lake import Lake
from hearwell.web.surveys.instrument import INSTRUMENTS
from hearwell.web.surveys.invitation import NOT_WAITING, UNDER_WAY, WAITING, Invitation
from hearwell.web.surveys.round import Round

AT_ONCE = 5000


def has_any(now: datetime) -> bool:
    return due(now).exists()


def due(now: datetime) -> QuerySet[Invitation]:
    """Return what is to be brought to the lake by now.

    The lake knows when each of its states was made. So that this does not tell when somebody
    answered in confidence, such answers wait until their day is over, or their round: with all
    that were asked in it, or meanwhile it would seem that nobody answers.
    """
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    own = [key for key, each in INSTRUMENTS.items() if each.is_anonymous]
    is_anonymous = Q(programme__design__instrument__in=own)
    is_over = Q(answered_at__lt=midnight) | Q(answered_at=None)
    running = [each.pk for each in Round.objects.select_related("programme") if each.ends_at > now]
    waiting = Invitation.objects.exclude(waiting=NOT_WAITING).exclude(round__in=running)
    return waiting.filter(~is_anonymous | is_over)


def bring_in(lake: Lake, now: datetime) -> int:
    """Bring what changed to the lake; return how many rows that were.

    Rows are marked before they are read and let go after the commit. One that changes meanwhile
    waits again; after a crash in between the same rows are brought once more.
    """
    waiting = due(now).order_by("changed_at", "pk")  # names are made by chance
    keys = list(waiting.values_list("pk", flat=True)[:AT_ONCE])
    if not keys:
        return 0
    these = Invitation.objects.filter(pk__in=keys)
    these.filter(waiting=WAITING).update(waiting=UNDER_WAY)
    rows: Sequence[Invitation] = list(
        these.select_related("programme", "version__design").order_by("pk")
    )
    bring_in_answered(lake, map(record_of, rows))
    these.filter(waiting=UNDER_WAY).update(waiting=NOT_WAITING)
    return len(rows)


def record_of(row: Invitation) -> dict[str, Any]:
    """Return an invitation as the records have it.

    What was answered as by a machine stays here: the record says that it was, and has no answer.
    """
    version, programme = row.version, row.programme
    counts = not row.like_machine
    instrument = INSTRUMENTS[version.design.instrument]
    told = {
        "survey_id": row.pk,
        "received_at": plain(row.changed_at),
        "instrument": instrument.record,
        "programme": programme.name,
        "touchpoint": programme.touchpoint,
        "follows": row.follows,
        "status": row.status,
        "status_reason": row.reason,
        "selection_probability": row.selection_probability,
        "question_version": str(version),
        "scale_low": version.scale_low,
        "scale_high": version.scale_high,
        "higher_is_better": version.higher_is_better,
        "case_id": row.case_id,
        "call_id": row.call_id,
        "order_id": row.order_id,
        "customer_id": row.person if not instrument.is_anonymous else "",
        "agent_id": row.agent_id,
        "team": row.team,
        "product": row.product,
        "topic": row.topic,
        "channel": row.channel,
        "language": row.language,
        "eligible_at": plain(row.eligible_at),
        "sent_at": plain(row.sent_at),
        "opened_at": plain(row.opened_at),
        "answered_at": plain(row.answered_at) if counts else None,
        "answer": row.answer if counts else None,
        **(further_of(row) if counts else {}),
        "comment": row.comment if counts else "",
    }
    return {name: value for name, value in told.items() if value not in ("", None, {})}


def further_of(row: Invitation) -> dict[str, dict[str, Any]]:
    """Return the answers to the other questions by what those ask."""
    version = row.version
    asked = list(version.asked_ever(version.spoken("")))
    names = {name: asks for each in asked for name, asks in each.items}
    return {
        "items": {names[name]: float(score) for name, score in row.items.items() if name in names},
        "said": {
            each.question: each.told(row.said[each.key]) for each in asked if each.key in row.said
        },
    }


def plain(at: datetime | None) -> str | None:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ") if at else None
