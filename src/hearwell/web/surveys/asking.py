"""Ask those who could be asked, as far as the rules allow; note of all others why they were not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import transaction

from hearwell.jobs.eligible import TRIGGERS, Eligible, eligible
from hearwell.lake.lake import Lake
from hearwell.web.surveys.asked import AT_ONCE, Asked
from hearwell.web.surveys.design import Version
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import WAITING, Invitation
from hearwell.web.surveys.programme import Programme, Trigger
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.rules import Decision, Known, Limits, decide
from hearwell.web.surveys.stop import Stop

LOOKS_BACK = timedelta(days=3)
"""What reached the lake later than this after it happened asks nobody any more."""

COPIED = (
    "about",
    "person",
    "case_id",
    "call_id",
    "order_id",
    "agent_id",
    "team",
    "product",
    "topic",
    "channel",
    "language",
)
Item = TypeVar("Item")


def look(lake: Lake, now: datetime) -> Counter[str]:
    """Decide of all who have become eligible since the last look; return decisions by status.

    In quiet hours nothing is decided: who became eligible waits until they end.
    """
    habits = Habits.current()
    counted: Counter[str] = Counter()
    if habits.are_quiet(now, lake.settings.zone):
        return counted
    running = Programme.objects.select_related("design").filter(is_on=True, trigger__in=TRIGGERS)
    for programme in running:
        if not programme.is_anonymous:
            counted += Counter(each.status for each in asked_by(lake, programme, habits, now))
    return counted


def asked_by(lake: Lake, programme: Programme, habits: Habits, now: datetime) -> list[Decision]:
    """Decide of those who could be asked by one programme, and keep the decisions at once."""
    since = max(programme.made_at, now - LOOKS_BACK)
    days = programme.every_days if programme.trigger == Trigger.EACH else programme.after_days
    crowd = eligible(lake, programme.trigger, plain(since), plain(now), days)
    if not crowd:
        return []
    version = programme.design.newest
    with transaction.atomic():
        Habits.held()
        decided = known_about(programme, crowd)
        fresh = [each for each in crowd if each.about not in decided]
        decisions = decide(
            fresh, limits(programme, habits), known(programme, fresh, now, lake.settings.zone), now
        )
        Invitation.objects.bulk_create(
            [invited(programme, version, each, now) for each in decisions], batch_size=AT_ONCE
        )
        Asked.keep((each.eligible.person for each in decisions if is_sent(each)), now)
    return decisions


def is_sent(decision: Decision) -> bool:
    return decision.status == "sent"


def invited(
    programme: Programme, version: Version, decision: Decision, now: datetime
) -> Invitation:
    return Invitation(
        programme=programme,
        version=version,
        status=decision.status,
        reason=decision.reason,
        selection_probability=programme.share,
        eligible_at=decision.eligible.at.replace(tzinfo=UTC),
        sent_at=now if is_sent(decision) else None,
        to_mail=is_sent(decision),
        changed_at=now,
        **{name: getattr(decision.eligible, name)[:250] for name in COPIED},
    )


def limits(programme: Programme, habits: Habits) -> Limits:
    return Limits(
        seed=programme.key,
        rests=habits.rests,
        share=programme.share,
        quota=programme.quota_a_day,
        quota_by=programme.quota_by,
        left_out=frozenset(programme.left_out),
    )


def known(
    programme: Programme,
    crowd: Sequence[Eligible],
    now: datetime,
    zone: str,
    *,
    is_mailed: bool = True,
) -> Known:
    """Return what is known of the people of a crowd, and how many were asked today."""
    people = sorted({each.person for each in crowd if each.person})
    last_asked: dict[str, datetime] = {}
    stopped: set[str] = set()
    reachable: set[str] = set() if is_mailed else set(people)
    for some in parts(people):
        last_asked |= dict(Asked.objects.filter(pk__in=some).values_list("person", "at"))
        stopped |= set(Stop.objects.filter(pk__in=some).values_list("person", flat=True))
        reachable |= set(Reach.objects.filter(pk__in=some).values_list("person", flat=True))
    today = now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = Invitation.objects.filter(programme=programme, sent_at__gte=today)
    groups = sent.values_list(programme.quota_by, flat=True) if programme.quota_by else None
    by_group = Counter(groups) if groups is not None else Counter({"": sent.count()})
    return Known(last_asked, stopped, reachable, by_group)


def known_about(programme: Programme, crowd: Sequence[Eligible]) -> set[str]:
    """Return about what it was decided before."""
    found: set[str] = set()
    for some in parts([each.about for each in crowd]):
        these = Invitation.objects.filter(programme=programme, about__in=some)
        found |= set(these.values_list("about", flat=True))
    return found


def end(now: datetime) -> int:
    """Close invitations that were open long enough; return how many."""
    closed = 0
    for programme in Programme.objects.all():
        over = Invitation.objects.filter(
            programme=programme,
            status="sent",
            sent_at__lt=now - timedelta(days=programme.open_days),
        )
        closed += over.update(status="expired", changed_at=now, waiting=WAITING, to_mail=False)
    return closed


def parts(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Give items in parts that databases take at once."""
    left = iter(items)
    while part := list(islice(left, AT_ONCE)):
        yield part


def plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
