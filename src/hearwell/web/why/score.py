"""The score that the page asks about, and the part of the page that one insight tells of it."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hearwell.engine.errors import NotByTeam
from hearwell.engine.question import Asked, Question, find, may_ask
from hearwell.errors import WrongUse
from hearwell.lake.lake import Lake
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking, whole
from hearwell.web.read.address import Address, choice

Made = TypeVar("Made")

SCORES = {
    "customer_satisfaction": "CSAT",
    "net_promoter_score": "NPS",
    "customer_effort_score": "CES",
}
"""What may be asked about; the first is usual."""

WAYS = {"customer_effort_score": "easy"}
"""How a score is counted on this page, if not as is usual: so that all scales are in it."""


def score(request: SignedIn) -> str:
    return str(choice(request.GET, "metric", tuple(SCORES), next(iter(SCORES))))


def part(  # noqa: PLR0913  what is asked, how, of whom, and how it is shown
    request: SignedIn,
    template: str,
    insight: Callable[[Lake, Question], Made],
    shown: Callable[[Made, Address], dict[str, Any]],
    *,
    about: tuple[str, ...],
    metrics: tuple[str, ...],
    is_by_team: bool,
) -> HttpResponse:
    """Ask an insight and show what it found; what it cannot tell is said in its place.

    Args:
        about: names the insight and its options, by which its answer is kept.
        metrics: those asked about, of which people of some teams are told what they may see.
        is_by_team: may people be told of it who see some teams only?

    """
    address, teams = Address.read(request.GET), asking.teams(request)
    asked: tuple[Asked, ...] = tuple(
        each
        for name in metrics
        for each in find(name, WAYS.get(name))
        if may_ask(each.metric, teams)
    )
    try:
        if not asked or not (teams is None or is_by_team):
            raise NotByTeam(about[0].replace("-", " ").capitalize())
        with asking.reading(address) as lake:
            question = address.question(
                asked,
                asking.newest(lake, teams),
                by=(),
                grain="none",
                compare=None,
                standardise=(),
                teams=teams,
            )
            name, *options = about
            key = (question, *options) if options else question
            made = lakes.kept(lake, name, key, lambda: insight(lake, question))
    except WrongUse as problem:
        context = {"problem": what_was_wrong(problem)}
        return whole.part(request, _("Why"), template, context)
    return whole.part(request, _("Why"), template, shown(made, address))
