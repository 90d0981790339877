"""The page that people open every morning: how are we doing, and did anything truly change?"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.engine.answer import Answer, Answers
from hearwell.engine.question import Teams
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Question as Theme
from hearwell.report import day
from hearwell.report.name import place, spaced, title
from hearwell.report.number import difference, interval, number
from hearwell.report.trend import Trend, trends
from hearwell.report.verdict import SIGNS
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import choices
from hearwell.web.read.sparkline import sparkline
from hearwell.web.read.whole import page, whole

FILTERS = ("channel", "team", "product", "language")
WORSE = "worse"


@dataclass(frozen=True)
class Row:
    """One number of the scorecard, as it is told."""

    name: str
    place: str
    address: str
    meaning: str
    value: str
    interval: str
    n: int
    few: bool
    hidden: str | None
    change: str | None
    verdict: str | None
    told_verdict: str
    sign: str
    guardrails: list[str]  # names of the numbers that got worse beside this one
    simulated: bool


@dataclass(frozen=True)
class Section:
    title: str
    rows: list[Row]
    silent: list[str]  # metrics of which nothing is known


def scorecard(request: SignedIn) -> HttpResponse:
    """Show the numbers; their pictures come after, so that the page is there at once."""
    address = Address.read(request.GET)
    told = whole(
        request,
        address.as_of,
        "read/scorecard.html",
        lambda lake: context(request, lake, address),
    )
    return page(request, told, _("Scorecard"))


def context(request: SignedIn, lake: Lake, address: Address) -> dict[str, Any]:
    card = card_of(lake, address, asking.teams(request))
    return {
        "address": address,
        "sections": [section(card, lake, address, theme) for theme in Theme],
        "counts": {key.split()[0]: n for key, n in counts(card).items()},
        "now": address.query(as_of=None),
        "choices": choices(request, lake, address, FILTERS),
        "snapshot": card.snapshot,
        "permanent": address.query(as_of=str(card.snapshot)),
        "pictures": reverse("scorecard-pictures") + address.query(as_of=str(card.snapshot)),
        "all_changed": reverse("changed") + address.query(by=(), grain=None, variant=None),
        "changed": reverse("changed-feed") + address.query(by=(), grain=None, variant=None),
        "newest": [
            (spaced(record), told_day(fresh["newest"][:10]))
            for record, fresh in card.newest.items()
            if fresh["newest"]
        ],
        "zone": card.zone,
        "begins": told_day(card.question.begins),
        "ends": told_day(card.question.ends),
        "all_simulated": all(
            each.asked.metric.name in card.simulated for each in card.answers if each.counts_rows
        ),
        "is_empty": not any(each.counts_rows for each in card.answers),
    }


def told_day(text: str | None) -> str | None:
    return day.asked(text) if text else None


def card_of(lake: Lake, address: Address, teams: Teams) -> Answers:
    where = [f"{name}={value}" for name, value in address.where]
    question = address.question(
        asked_for((), where, teams=teams),
        asking.newest(lake, teams),
        by=(),
        grain="none",
        standardise=(),
        teams=teams,
    )
    return asking.asked(lake, question)


def trends_of(lake: Lake, card: Answers) -> dict[Any, Trend]:
    return lakes.kept(lake, "trends", card.question, lambda: trends(lake, card.question, card))


def pictures(request: SignedIn) -> HttpResponse:
    """Draw the course of each number over the period, small."""
    address = Address.read(request.GET)

    def drawn(lake: Lake) -> dict[str, Any]:
        found = trends_of(lake, card_of(lake, address, asking.teams(request)))
        minimum = lake.settings.minimum_n
        return {
            "drawn": {place(asked): sparkline(trend, minimum) for asked, trend in found.items()}
        }

    return HttpResponse(whole(request, address.as_of, "read/pictures.html", drawn))


def section(card: Answers, lake: Lake, address: Address, theme: Theme) -> Section:
    own = [each for each in card.answers if each.asked.metric.question is theme]
    counted = [each for each in own if each.counts_rows]
    told = {each.asked.metric.name for each in counted}
    silent = dict.fromkeys(
        spaced(each.asked.metric.name) for each in own if each.asked.metric.name not in told
    )
    return Section(
        _(theme.value),
        [row(card, lake, address, each) for each in counted],
        list(silent),
    )


def row(card: Answers, lake: Lake, address: Address, answer: Answer) -> Row:
    asked, unit = answer.asked, answer.unit
    (cell,) = answer.cells(card.zone, card.question.level)
    compared = cell["compared"]
    verdict = compared["verdict"] if compared else None
    return Row(
        name=title(asked, card.question.asked),
        place=place(asked),
        address=reverse("metric", args=[asked.metric.name]) + address.query(variant=asked.variant),
        meaning=_(answer.meaning),
        value=number(cell["value"], unit),
        interval=interval(cell["low"], cell["high"], unit),
        n=cell["n"],
        few=cell["n"] < lake.settings.minimum_n,
        hidden=cell["hidden"],
        change=difference(compared["difference"], unit) if compared else None,
        verdict=verdict,
        told_verdict=_(verdict) if verdict else "",
        sign=SIGNS[verdict] if verdict else "",
        guardrails=list(broken(card, answer)) if verdict == "better" else [],
        simulated=asked.metric.name in card.simulated,
    )


def broken(card: Answers, answer: Answer) -> Iterator[str]:
    """Give the partners that had to stay as they were and got worse."""
    for other in card.answers:
        if other.asked.metric.name == answer.asked.metric.guardrail:
            compared = other.compared_cell(0)
            if compared and compared["verdict"] == WORSE:
                yield title(other.asked, card.question.asked)


def counts(card: Answers) -> dict[str, int]:
    """Return how many numbers got better, worse, or show no evidence of a change."""
    found = dict.fromkeys(SIGNS, 0)
    for each in card.answers:
        compared = each.compared_cell(0) if each.counts_rows else None
        if compared:
            found[compared["verdict"]] += 1
    return found
