"""How texts are judged, and how well; it is learnt from the organisation's own scored comments."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hearwell.engine.errors import NotByTeam
from hearwell.insights.sentiment.explain import sentiment as explain
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.whole import part
from hearwell.web.why.opened import opened

TEMPLATE, ABOUT = "why/sentiment.html", "sentiment"


def sentiment(request: SignedIn) -> HttpResponse:
    """Tell whether texts are judged, and how well; all of them teach it, of whichever team."""
    title = _("How texts are judged")
    if asking.teams(request) is not None:
        return part(request, title, TEMPLATE, {"problem": what_was_wrong(NotByTeam(ABOUT))})
    address = Address.read(request.GET)
    with asking.reading(address) as lake:
        found = lakes.kept(lake, ABOUT, (), lambda: explain(lake))
    return part(request, title, TEMPLATE, {"findings": opened(found.findings, address)})
