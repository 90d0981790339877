"""One side of the story: what those say who answer, and what all would say."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hearwell.insights.everyone.explain import Everyone
from hearwell.insights.everyone.explain import everyone as explain
from hearwell.report.number import interval, number
from hearwell.report.scale import scale
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address
from hearwell.web.why.interval import drawn
from hearwell.web.why.opened import opened
from hearwell.web.why.score import part, score


def everyone(request: SignedIn) -> HttpResponse:
    """Show a score as measured, adjusted, and of everyone."""
    return part(
        request,
        "why/everyone.html",
        explain,
        shown,
        about=("everyone",),
        metrics=(score(request),),
        is_by_team=True,
    )


def shown(found: Everyone, address: Address) -> dict[str, Any]:
    sides = [
        (_("measured"), found.measured),
        (_("adjusted"), found.adjusted),
        (_("everyone"), found.everyone),
    ]
    known = [(name, each) for name, each in sides if each is not None]
    span = scale([end for _name, each in known for end in (each.low, each.high)], found.unit)
    return {
        "findings": opened(found.findings, address),
        "rows": [
            {
                "name": name,
                "value": number(each.value, found.unit),
                "interval": interval(each.low, each.high, found.unit),
                "drawn": drawn(span, each.value, each.low, each.high, found.unit),
            }
            for name, each in known
        ],
    }
