"""What makes customers leave who say that they are satisfied."""

from typing import Any

from django.http import HttpResponse

from hearwell.evidence.outcome import NAMES
from hearwell.insights.deal_breakers.explain import DealBreakers
from hearwell.insights.deal_breakers.explain import deal_breakers as explain
from hearwell.language.convention import isolated
from hearwell.metrics.metric import Unit
from hearwell.report.number import count, number
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address, choice
from hearwell.web.read.told import written
from hearwell.web.why.opened import opened
from hearwell.web.why.score import part, score

MOST = 12


def deal_breakers(request: SignedIn) -> HttpResponse:
    """Tell what goes with leaving, of customers who gave the same answer."""
    after = choice(request.GET, "outcome", NAMES, NAMES[0])
    return part(
        request,
        "why/deal_breakers.html",
        lambda lake, question: explain(lake, question, after),
        shown,
        about=("deal-breakers", after),
        metrics=(score(request),),
        is_by_team=False,
    )


def shown(found: DealBreakers, address: Address) -> dict[str, Any]:
    return {
        "findings": opened(found.findings, address),
        "rows": [
            {
                "name": written(each.label),
                "bad": of(each.bad_left, each.bad_n),
                "others": of(each.ok_left, each.ok_n),
                "ratio": number(each.ratio, Unit.EACH),
                "low": number(each.low, Unit.EACH),
                "high": number(each.high, Unit.EACH),
                "few": not each.believed,
            }
            for each in found.suspects[:MOST]
        ],
    }


def of(some: int, of_all: int) -> str:
    return isolated(f"{count(some)} / {count(of_all)}")
