"""Why a number changed: what its groups did, and how many came through each."""

from django.http import HttpResponse
from django.shortcuts import render

from hearwell.errors import WrongUse
from hearwell.insights.change.explain import change
from hearwell.insights.change.part import Amount
from hearwell.metrics.metric import Unit
from hearwell.report.name import spaced
from hearwell.report.number import difference
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.metric import found
from hearwell.web.read.told import told


def why_changed(request: SignedIn, name: str) -> HttpResponse:
    """Take a change apart into what was served differently and who came instead."""
    address = Address.read(request.GET)
    asked = found(name, address.variant)
    with asking.reading(address) as lake:
        question = address.question(
            (asked,),
            asking.newest(lake, asking.teams(request)),
            grain="none",
            standardise=(),
            teams=asking.teams(request),
        )
        try:
            made = lakes.kept(lake, "change", question, lambda: change(lake, question))
        except WrongUse as problem:
            return render(request, "read/why_changed.html", {"problem": what_was_wrong(problem)})
    context = {
        "findings": [told(each) for each in made.findings],
        "unit": made.unit,
        "together": [
            {
                "by": ", ".join(spaced(name) for name in each.by),
                "rate": amount(each.rate, made.unit),
                "mix": amount(each.mix, made.unit),
            }
            for each in made.together
        ],
    }
    return render(request, "read/why_changed.html", context)


def amount(part: Amount, unit: Unit) -> str:
    """Return what something adds to a change, with its interval."""
    ends = (difference(end, unit) for end in (part.low, part.high))
    return "{} ({} … {})".format(difference(part.amount, unit), *ends)
