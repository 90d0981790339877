"""What has most to do with a score."""

from typing import Any

from django.http import HttpResponse
from django.utils.html import strip_tags

from hearwell.insights.drivers.driver import Driver, Drivers, Met
from hearwell.insights.drivers.explain import drivers as explain
from hearwell.metrics.metric import Unit
from hearwell.report.number import NOTHING, number
from hearwell.report.scale import scale
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address
from hearwell.web.read.told import written
from hearwell.web.why.driver_map import driver_map
from hearwell.web.why.interval import drawn
from hearwell.web.why.opened import opened
from hearwell.web.why.score import part, score


def drivers(request: SignedIn) -> HttpResponse:
    """Draw effect against performance, and tell each factor's numbers."""
    return part(
        request,
        "why/drivers.html",
        explain,
        shown,
        about=("drivers",),
        metrics=(score(request),),
        is_by_team=False,  # what happened to a customer is of no team
    )


def shown(found: Drivers, address: Address) -> dict[str, Any]:
    span = scale([0.0, *(each.high / found.explained for each in found.drivers)], Unit.SHARE)
    named = [(strip_tags(written(each.factor.label)), each) for each in found.drivers]
    return {
        "findings": opened(found.findings, address),
        "map": driver_map(named),
        "n": found.n,
        "explained": number(found.explained, Unit.SHARE),
        "rows": [
            {
                "name": name,
                "share": number(each.share, Unit.SHARE),
                "drawn": drawn(
                    span,
                    each.share,
                    each.low / found.explained,
                    each.high / found.explained,
                    Unit.SHARE,
                ),
                "bad": value(each.bad, found.unit),
                "good": value(each.good, found.unit),
                "performance": performance(each),
                "few": not each.believed,
            }
            for name, each in named
        ],
    }


def value(met: Met, unit: Unit) -> str:
    return NOTHING if met.value != met.value else number(met.value, unit)


def performance(each: Driver) -> str:
    return NOTHING if each.performance is None else number(each.performance, Unit.SHARE)
