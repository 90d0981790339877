"""What moves satisfaction? The page around its parts, which come one by one."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.engine.question import find
from hearwell.evidence.outcome import NAMES
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address, choice
from hearwell.web.read.choices import Choice, choices
from hearwell.web.read.nothing import nothing
from hearwell.web.why.score import SCORES, score
from hearwell.web.why.topics import contrast, contrasts

FILTERS = ("channel", "team", "product")
YEAR = 365
"""Drivers and deal-breakers need many answers, and time for what comes after them."""


def why(request: SignedIn) -> HttpResponse:
    address = wide(request)
    name = score(request)
    after = choice(request.GET, "outcome", NAMES, NAMES[0])
    held = contrast(request)
    chosen = [("metric", name), ("outcome", after), ("contrast", held)]
    with asking.reading(address) as lake:
        snapshot = str(lake.snapshot)
        context: dict[str, Any] = {
            "address": address,
            "choices": choices(request, lake, address, FILTERS),
            "is_not_compared": True,
            "chooser": "why/chooser.html",
            "scores": [Choice(each, label, each == name) for each, label in SCORES.items()],
            "outcomes": [
                Choice(each, told, each == after)
                for each, told in zip(
                    NAMES,
                    (_("leave"), _("take a smaller plan"), _("buy nothing"), _("contact us again")),
                    strict=True,
                )
            ],
            "contrasts": [
                Choice(each, told, each == held) for each, told in contrasts(held).items()
            ],
            "nothing": nothing(
                request, lake, address, find(name)[0].metric, lambda moved: asked(moved, chosen)
            ),
            "now": asked(replace(address, as_of=None), chosen),
            "snapshot": snapshot,
            "permanent": asked(replace(address, as_of=snapshot), chosen),
        }
    query = asked(address, chosen)
    context["parts"] = [
        (part, title, reverse(f"why-{part}") + query)
        for part, title in (
            ("topics", _("What they write")),
            ("sentiment", _("How texts are judged")),
            ("drivers", _("What has most to do with it")),
            ("deal-breakers", _("What satisfied customers leave for")),
            ("products", _("Products that do worse")),
            ("everyone", _("One side of the story")),
            ("self-service", _("Can they help themselves?")),
        )
    ]
    return render(request, "why/why.html", context)


def wide(request: SignedIn) -> Address:
    """Return what the address asks, of a year unless it says otherwise."""
    address = Address.read(request.GET)
    if address.last is None or request.GET.get("last"):
        return address
    return replace(address, last=YEAR)


def asked(address: Address, chosen: list[tuple[str, str]]) -> str:
    """Return an address with what is chosen; it always says of how many days."""
    told = [each for each in address.pairs() if each[0] != "last"]
    last = [] if address.last is None else [("last", str(address.last))]
    return "?" + urlencode([*told, *last, *chosen])
