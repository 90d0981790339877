"""Addresses of the pages that say why; nothing is changed by them."""

from django.urls import path
from django.views.decorators.http import require_safe

from hearwell.web.why import (
    changed,
    deal_breakers,
    drivers,
    everyone,
    journey,
    page,
    products,
    self_service,
    sentiment,
    topics,
)

PAGES = (
    ("why/", page.why, "why"),
    ("why/drivers/", drivers.drivers, "why-drivers"),
    ("why/deal-breakers/", deal_breakers.deal_breakers, "why-deal-breakers"),
    ("why/products/", products.products, "why-products"),
    ("why/topics/", topics.topics, "why-topics"),
    ("why/sentiment/", sentiment.sentiment, "why-sentiment"),
    ("why/everyone/", everyone.everyone, "why-everyone"),
    ("why/self-service/", self_service.self_service, "why-self-service"),
    ("changed/", changed.changed, "changed"),
    ("changed/findings/", changed.findings, "changed-findings"),
)
urlpatterns = [
    *(path(route, require_safe(view), name=name) for route, view, name in PAGES),
    path(
        "changed/feed/",
        require_safe(changed.findings),
        {"most": changed.IN_FEED},
        name="changed-feed",
    ),
    path("journey/", journey.journey, name="journey"),
    path("journey/together/", journey.journeys, name="journeys"),
]
