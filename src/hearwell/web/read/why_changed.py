"""Why a number changed: what its groups did, and how many came through each."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hearwell.errors import WrongUse
from hearwell.insights.change.explain import change
from hearwell.insights.change.part import Amount
from hearwell.language.convention import listed
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
from hearwell.web.read.whole import part

TEMPLATE = "read/why_changed.html"


def why_changed(request: SignedIn, name: str) -> HttpResponse:
    """Take a change apart into what was served differently and who came instead."""
    address = Address.read(request.GET)
    asked, title = found(name, address.variant), _("Why it changed")
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
            return part(request, title, TEMPLATE, {"problem": what_was_wrong(problem)})
    context = {
        "findings": [told(each) for each in made.findings],
        "unit": made.unit,
        "together": [
            {
                "by": listed(spaced(name) for name in each.by),
                "rate": amount(each.rate, made.unit),
                "mix": amount(each.mix, made.unit),
            }
            for each in made.together
        ],
    }
    return part(request, title, TEMPLATE, context)


def amount(part: Amount, unit: Unit) -> str:
    """Return what something adds to a change, with its interval."""
    ends = (difference(end, unit) for end in (part.low, part.high))
    return "{} ({} … {})".format(difference(part.amount, unit), *ends)
