"""On which days a number turned, and what happened then."""

from dataclasses import replace

from django.http import HttpResponse
from django.utils.translation import gettext as _

from hearwell.engine.question import Question
from hearwell.errors import WrongUse
from hearwell.evidence.finding import Finding
from hearwell.insights.turned.told import FALSE_ALARMS, MIX, Turned, how, turned
from hearwell.lake.lake import Lake
from hearwell.report.chart import line
from hearwell.report.markup import Html
from hearwell.report.name import place, title
from hearwell.report.problem import what_was_wrong
from hearwell.report.trend import trends
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.metric import found
from hearwell.web.read.told import Told, said, told
from hearwell.web.read.whole import part

TEMPLATE = "read/turned.html"
TOLD_ONCE = {MIX, FALSE_ALARMS}


def when_turned(request: SignedIn, name: str) -> HttpResponse:
    """Tell on which days a number turned, of all days until the end of the page's period."""
    address, teams = Address.read(request.GET), asking.teams(request)
    heading = _("When it turned")
    with asking.reading(address) as lake:
        asked = (found(name, address.variant),)
        page = address.question(
            asked, asking.newest(lake, teams), by=(), grain="none", standardise=(), teams=teams
        )
        question = replace(page, begins=None, compare=None)
        try:
            made = lakes.kept(lake, "turned", question, lambda: turned(lake, question))
        except WrongUse as problem:
            return part(request, heading, TEMPLATE, {"problem": what_was_wrong(problem)})
        context = {
            "findings": [once(each) for each in made.findings],
            "how": said(how(made.watched)),
            "course": course(lake, question, made),
        }
    return part(request, heading, TEMPLATE, context)


def once(finding: Finding) -> Told:
    """Return a finding without what the page tells of all, or in another place."""
    notes = tuple(each for each in finding.notes if each.template not in TOLD_ONCE)
    return told(replace(finding, notes=notes))


def course(lake: Lake, question: Question, made: Turned) -> Html | None:
    """Draw how the number went, with the days on which it turned."""
    (asked,) = question.asked
    trend = lakes.kept(
        lake,
        "trend",
        question,
        lambda: trends(lake, question, asking.asked(lake, question)).get(asked),
    )
    if trend is None or len(trend.known) < 2:
        return None
    of = made.watched.series
    return line(
        trend,
        f"turned-{place(asked)}",
        _("{metric}, and when it turned").format(metric=title(asked, (asked,))),
        lake.settings.minimum_n,
        turned=[of.begins[each.day] for each in made.watched.changes],
    )
