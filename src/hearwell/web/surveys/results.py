"""What came of a programme: who was asked and why not, who answers, and what they say."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import segno
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hearwell.engine.ask import ask
from hearwell.engine.question import Question as Put
from hearwell.engine.question import Teams, find
from hearwell.insights.everyone.explain import FEWEST_AGAIN
from hearwell.metrics.metric import Unit
from hearwell.report import number
from hearwell.report.markup import Html
from hearwell.stats.sample_size import LARGEST_SPREAD, answers_needed
from hearwell.web import lakes
from hearwell.web.surveys import link as links
from hearwell.web.surveys.again import invitations, tracked
from hearwell.web.surveys.instrument import INSTRUMENTS
from hearwell.web.surveys.invitation import Invitation
from hearwell.web.surveys.programme import Programme, Trigger
from hearwell.web.surveys.question import SCALED, Kind, Question
from hearwell.web.surveys.released import FEWEST, released_until

COMMENTS = 50
NEWEST = 5000
PRESENT = timedelta(days=28)
REACHES = (3, 5, 10)
LEVEL = 0.95
SCORES = {
    "csat": "customer_satisfaction:satisfied",
    "nps": "net_promoter_score:score",
    "ces": "customer_effort_score:easy",
    "esat": "agent_satisfaction:satisfied",
    "enps": "employee_net_promoter_score:score",
}
GROUPS = ("team", "channel", "language")


def results(found: Programme, teams: Teams, by: str, now: datetime) -> dict[str, Any]:
    """Return what a programme's page tells, of the teams that may be seen.

    Args:
        by: the dimension by which the response rate is told.

    """
    instrument = INSTRUMENTS[found.design.instrument].record
    about = urlencode({"where.programme": found.name, "last": 91})
    by = by if by in GROUPS else GROUPS[0]
    return {
        **addressed(found),
        **came_of(found, teams, now),
        "fewest": FEWEST,
        "enough_again": FEWEST_AGAIN,
        "by": by,
        "groups": [(each, each == by) for each in GROUPS],
        "rates": [rate(each, by) for each in rates(found, teams, by)],
        "more": f"/explore/?metric=survey_response_rate:answered&by={by}&{about}",
        "score": f"/explore/?metric={SCORES[instrument]}&{about}" if instrument in SCORES else "",
    }


def came_of(found: Programme, teams: Teams, now: datetime) -> dict[str, Any]:
    """Return who was asked, how many answered and what they said, of the teams that may be seen."""
    rows = invitations(found, teams)
    answered = rows.filter(answered_at__isnull=False, like_machine=False)
    recent = answered.filter(answered_at__gte=now - PRESENT).count()
    if found.is_anonymous:
        answered = let_out(answered, now)
        recent = 0 if recent < FEWEST else recent
    return {
        "decisions": decisions(rows.filter(follows=""), is_anonymous=found.is_anonymous),
        "again": tracked(found, teams, now),
        "answers": answered.count(),
        "said": said(answered, found),
        "comments": [*comments(answered)],
        "few": found.is_anonymous and not answered.exists(),
        "needed": [*needed(found, recent)],
    }


def needed(found: Programme, recent: int) -> Iterator[tuple[int, int, int | None]]:
    """Give how many answers make a figure how sure, and in how many days they come.

    Args:
        recent: so many came in the last four weeks.

    """
    instrument = INSTRUMENTS[found.design.instrument].record
    kind = "net score" if instrument in {"nps", "enps"} else "share"
    for reach in REACHES:
        n = answers_needed(LARGEST_SPREAD[kind], reach, LEVEL)
        yield reach, n, round(n * PRESENT.days / recent) if recent else None


def addressed(found: Programme) -> dict[str, Any]:
    """Return the link for everybody, and its picture; agents who are mailed have links by team."""
    if found.trigger == Trigger.AGENTS:
        return {"address": ""}
    link = links.of_programme(found)
    picture = segno.make(link.address, error="m").svg_inline(scale=4, dark="#000", light="#fff")
    script = link.address.removesuffix(link.path) + reverse("survey-script")
    return {
        "address": link.address,
        "picture": Html(picture),
        "script": script,
        "token": link.token,
    }


def decisions(rows: QuerySet[Invitation], *, is_anonymous: bool) -> list[tuple[str, str, int]]:
    """Return how many there are of each state and reason.

    Of agents it is told who was asked, and not what became of it: who looks often would see when
    somebody answers.
    """
    if is_anonymous:
        rows = rows.exclude(sent_at=None, status__in=("started", "answered"))
    counts: Counter[tuple[str, str]] = Counter()
    for status, reason, n in rows.values_list("status", "reason").annotate(n=Count("pk")):
        is_asked = is_anonymous and status not in {"held_out", "throttled", "suppressed"}
        counts["sent" if is_asked else status, "" if is_asked else reason] += n
    return [(status, reason, n) for (status, reason), n in sorted(counts.items())]


def rates(found: Programme, teams: Teams, by: str) -> list[dict[str, Any]]:
    """Return the response rate of each group with its interval, that of most asked first."""
    put = Put(
        find("survey_response_rate", "answered"),
        by=(by,),
        where=(("programme", found.name),),
        teams=teams,
    )
    with lakes.reading() as lake:
        return sorted(ask(lake, put).cells(), key=lambda each: -each["n"])


def rate(cell: dict[str, Any], by: str) -> tuple[str, str, str, int]:
    """Return a response rate as it is told, with its interval, and how many were asked."""
    return (
        cell["group"][by] or _("unknown"),
        _(cell["hidden"]) if cell["hidden"] else number.number(cell["value"], Unit.SHARE),
        number.interval(cell["low"], cell["high"], Unit.SHARE),
        cell["n"],
    )


def let_out(answered: QuerySet[Invitation], now: datetime) -> QuerySet[Invitation]:
    """Keep the anonymous answers that may be shown: of rounds that are over, and of batches."""
    today = now.date()
    by_round: dict[date, int] = {}
    by_day: dict[date, int] = {}
    for begins_on, at, n in answered.values_list("round__begins_on", "answered_at").annotate(
        n=Count("pk")
    ):
        if begins_on is not None:
            by_round[begins_on] = by_round.get(begins_on, 0) + n
        elif at is not None:
            by_day[at.date()] = by_day.get(at.date(), 0) + n
    open_days = timedelta(days=answered.values_list("programme__open_days", flat=True).first() or 0)
    over = [day for day, n in by_round.items() if n >= FEWEST and day + open_days < today]
    shown = Q(round__begins_on__in=over)
    until = released_until(by_day, today)
    if until is not None:
        shown |= Q(round=None, answered_at__date__lte=until)
    return answered.filter(shown)


def said(answered: QuerySet[Invitation], found: Programme) -> list[dict[str, Any]]:
    """Return how often each answer was given to the further questions of the newest version."""
    version = found.design.newest
    asked = [*version.asked_ever(version.spoken(get_language() or ""))]
    if not any(each.kind != Kind.TEXT for each in asked):
        return []
    rows = answered.filter(version=version).order_by("-answered_at")
    newest = list(rows.values_list("items", "said")[:NEWEST])
    return [told for each in asked if (told := counted(each, newest))]


def counted(asked: Question, rows: list[tuple[dict[str, int], dict[str, Any]]]) -> dict[str, Any]:
    if asked.kind == Kind.TEXT:
        return {}
    if asked.kind in SCALED:
        scores = [
            (row, [items[key] for items, _said in rows if key in items]) for key, row in asked.items
        ]
        lines = [(row, sum(each) / len(each) if each else None, len(each)) for row, each in scores]
        return {"question": asked.question, "is_mean": True, "lines": lines}
    chosen = Counter(at for _items, words in rows for at in set(words.get(asked.key, [])))
    n = sum(asked.key in words for _items, words in rows)
    lines = [(option, chosen[at], n) for at, option in enumerate(asked.options)]
    return {"question": asked.question, "is_mean": False, "lines": lines}


def comments(answered: QuerySet[Invitation]) -> Iterator[dict[str, Any]]:
    """Give the newest comments beside their scores, and other texts beside what they answer."""
    rows = answered.exclude(comment="", said={}).select_related("version")
    for row in rows.order_by("-answered_at", "pk")[:COMMENTS]:
        version = row.version
        texts = [
            (each.question, row.said[each.key])
            for each in version.asked_ever(version.spoken(get_language() or ""))
            if each.kind == Kind.TEXT and each.key in row.said
        ]
        if row.comment or texts:
            yield {
                "answer": row.answer,
                "comment": row.comment,
                "texts": texts,
                "at": row.answered_at,
            }
