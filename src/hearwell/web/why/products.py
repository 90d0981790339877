"""Products that do worse than the others."""

from typing import Any

from django.http import HttpResponse

from hearwell.insights.products.explain import Products
from hearwell.insights.products.explain import products as explain
from hearwell.report.name import title
from hearwell.report.number import difference, number
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address
from hearwell.web.why.opened import opened
from hearwell.web.why.score import part

METRICS = ("customer_satisfaction", "net_promoter_score", "repeat_contact_rate")
MOST = 12


def products(request: SignedIn) -> HttpResponse:
    """Hold each product against all others."""
    return part(
        request,
        "why/products.html",
        explain,
        shown,
        about=("products",),
        metrics=METRICS,
        is_by_team=True,
    )


def shown(found: Products, address: Address) -> dict[str, Any]:
    return {
        "findings": opened(found.findings, address),
        "rows": [
            {
                "product": each.product,
                "metric": title(each.asked, found.question.asked),
                "value": number(each.value, each.unit),
                "rest": number(each.rest, each.unit),
                "gap": difference(each.gap, each.unit),
                "low": difference(each.low, each.unit),
                "high": difference(each.high, each.unit),
                "n": each.n,
                "few": not each.is_poor,
            }
            for each in found.products[:MOST]
        ],
    }
