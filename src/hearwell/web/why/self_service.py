"""Whether customers can help themselves: a part of Why, and of the help centre's page."""

from typing import Any

from django.http import HttpResponse

from hearwell.insights.self_service.told import SelfService
from hearwell.insights.self_service.told import self_service as explain
from hearwell.metrics.metric import Unit
from hearwell.report.number import NOTHING, interval, number
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address
from hearwell.web.why.opened import opened
from hearwell.web.why.score import part

MOST = 20


def self_service(request: SignedIn) -> HttpResponse:
    """Tell which articles fail, whether readers ask less, and what to write."""
    return part(
        request,
        "why/self_service.html",
        explain,
        shown,
        about=("self-service",),
        metrics=("article_reads",),
        is_by_team=False,
    )


def shown(found: SelfService, address: Address) -> dict[str, Any]:
    return {
        "findings": opened(found.findings, address),
        "articles": [
            {
                "name": each.name,
                "reads": round(each.reads),
                "rate": number(each.rate, Unit.EACH),
                "interval": interval(each.low, each.high, Unit.EACH),
                "unmet": round(each.unmet),
                "read_for": NOTHING
                if each.of_expected is None
                else number(each.of_expected, Unit.SHARE),
            }
            for each in found.articles.articles[:MOST]
        ],
        "searches": [
            {
                "words": each.words,
                "people": each.people,
                "share": number(each.share, Unit.SHARE),
                "interval": interval(each.low, each.high, Unit.SHARE),
            }
            for each in found.searches[:MOST]
        ],
    }
