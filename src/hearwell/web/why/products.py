"""Products that do worse than the others."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from hearwell.insights.products.explain import Product, Products
from hearwell.insights.products.explain import products as explain
from hearwell.report.name import title
from hearwell.report.number import difference, number
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address
from hearwell.web.why.opened import opened
from hearwell.web.why.page import asked
from hearwell.web.why.score import SCORES, part

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
                "topics": [topic.topic for topic in each.worse_on if topic.topic] * each.is_poor,
                "drivers": drivers_of(each, found, address) if each.is_poor else "",
                "few": not each.is_poor,
            }
            for each in found.products[:MOST]
        ],
    }


def drivers_of(each: Product, found: Products, address: Address) -> str:
    """Return where it is told what drives a score of this product; nothing of other numbers."""
    if each.asked.metric.name not in SCORES or each.product is None:
        return ""
    own = replace(address, where=(*address.where, (found.of, each.product)))
    return reverse("why") + asked(own, [("metric", each.asked.metric.name)])
