"""Addresses of the pages that say why; they are read, and change nothing."""

from django.urls import path
from django.views.decorators.http import require_safe

from hearwell.web.why import deal_breakers, drivers, everyone, page, products

PAGES = (
    ("why/", page.why, "why"),
    ("why/drivers/", drivers.drivers, "why-drivers"),
    ("why/deal-breakers/", deal_breakers.deal_breakers, "why-deal-breakers"),
    ("why/products/", products.products, "why-products"),
    ("why/everyone/", everyone.everyone, "why-everyone"),
)
urlpatterns = [path(route, require_safe(view), name=name) for route, view, name in PAGES]
