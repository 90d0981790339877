"""Rules against asking too often: who of those who could be asked is, and why the others are not.

Functions of what is given to them alone. Each person who could be asked gets one decision, so that
those asked and those not asked, by reason, are together those who could be.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from hearwell.jobs.eligible import Eligible

NOBODY_KNOWN = "nobody known"
TOPIC_LEFT_OUT = "topic left out"
STOPPED = "does not want to be asked"
NO_ADDRESS = "no address"
NOT_CHOSEN = "not chosen"
RESTS = "asked not long before"
QUOTA = "quota reached"


@dataclass(frozen=True)
class Limits:
    """What a programme and the organisation want.

    Attributes:
        seed: of the programme, so that chance decides the same again.
        rests: for so long after anybody asked a person, nobody does.

    """

    seed: str
    rests: timedelta
    share: float = 1.0
    quota: int | None = None
    quota_by: str = ""
    left_out: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Known:
    """What is known of people when it is decided."""

    last_asked: Mapping[str, datetime]
    stopped: AbstractSet[str]
    reachable: AbstractSet[str]
    asked_today: Mapping[str, int]  # by group of the quota


@dataclass(frozen=True)
class Decision:
    """What becomes of somebody who could be asked: a status of the records, with its reason."""

    eligible: Eligible
    status: str
    reason: str = ""


def decide(
    eligible: Sequence[Eligible], limits: Limits, known: Known, now: datetime
) -> list[Decision]:
    """Decide for each, in an order of chance, so that a quota does not favour whoever came first.

    Args:
        now: when those would be asked who are; aware, as the instants of `known`.

    """
    last_asked, asked_today = dict(known.last_asked), Counter(known.asked_today)
    decisions = []
    for each in sorted(eligible, key=lambda one: chance(limits.seed, one.about, "order")):
        status, reason = refused(each, limits, known)
        group = getattr(each, limits.quota_by) if limits.quota_by else ""
        if not status:
            before = last_asked.get(each.person)
            if before is not None and now - before < limits.rests:
                status, reason = "throttled", RESTS
            elif limits.quota is not None and asked_today[group] >= limits.quota:
                status, reason = "throttled", QUOTA
        if not status:
            status = "sent"
            last_asked[each.person] = now
            asked_today[group] += 1
        decisions.append(Decision(each, status, reason))
    return decisions


def refused(each: Eligible, limits: Limits, known: Known) -> tuple[str, str]:
    """Return the first reason for which somebody is not asked, whoever else is; "" if none."""
    reasons = (
        (bool(each.skip), "suppressed", each.skip),
        (each.topic in limits.left_out, "suppressed", TOPIC_LEFT_OUT),
        (not each.person, "suppressed", NOBODY_KNOWN),
        (each.person in known.stopped, "suppressed", STOPPED),
        (each.person not in known.reachable, "suppressed", NO_ADDRESS),
        (chance(limits.seed, each.about, "share") >= limits.share, "held_out", NOT_CHOSEN),
    )
    return next(((status, why) for holds, status, why in reasons if holds), ("", ""))


def chance(*about: str) -> float:
    """Return a number from 0 up to 1 that looks random, and is the same for the same words."""
    digest = hashlib.sha256("\0".join(about).encode()).digest()
    return int.from_bytes(digest[:7]) / 256**7


def is_quiet(hour: int, quiet_from: int | None, quiet_to: int | None) -> bool:
    """Is this hour one in which nobody is disturbed? Quiet hours may pass midnight."""
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return False
    if quiet_from < quiet_to:
        return quiet_from <= hour < quiet_to
    return hour >= quiet_from or hour < quiet_to
