"""What changed in the period that somebody should know of: a page, and a feed on the scorecard."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.engine.question import Question, Teams
from hearwell.errors import WrongUse
from hearwell.evidence.digest import MOST
from hearwell.evidence.finding import Finding
from hearwell.jobs.digest import changed as changed_in
from hearwell.lake.lake import Lake
from hearwell.metrics.metric import Unit
from hearwell.report.number import number
from hearwell.report.problem import what_was_wrong
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import choices
from hearwell.web.read.scorecard import told_day
from hearwell.web.read.told import told
from hearwell.web.read.whole import part
from hearwell.web.why.opened import address_of

DIGEST = "why/digest.html"
FILTERS = ("channel", "team")
IN_FEED = 3
SUREST = 0.999
"""Nothing is told to be surer than that."""


def changed(request: SignedIn) -> HttpResponse:
    address = Address.read(request.GET)
    with asking.reading(address) as lake:
        context: dict[str, Any] = {
            "address": address,
            "choices": choices(request, lake, address, FILTERS),
            "now": address.query(as_of=None),
            "snapshot": lake.snapshot,
            "permanent": address.query(as_of=str(lake.snapshot)),
            "findings": reverse("changed-findings") + address.query(),
        }
    return render(request, "why/changed.html", context)


def findings(request: SignedIn, most: int = MOST) -> HttpResponse:
    """Tell the weightiest findings; nothing is a valid answer."""
    title = _("What changed")
    address = Address.read(request.GET)
    teams = asking.teams(request)
    with asking.reading(address) as lake:
        question = question_of(lake, address, teams)
        try:
            found = digest(lake, question)
        except WrongUse as problem:
            return part(request, title, DIGEST, {"problem": what_was_wrong(problem)})
    whole = replace(address, by=(), grain=None, variant=None)
    context = {
        "findings": [shown(each, whole) for each in found[:most]],
        "more": reverse("changed") + whole.query() if most < MOST else None,
        "begins": told_day(question.begins),
        "ends": told_day(question.ends),
    }
    return part(request, title, DIGEST, context)


def question_of(lake: Lake, address: Address, teams: Teams) -> Question:
    return address.question(
        (),
        asking.newest(lake, teams),
        by=(),
        grain="none",
        compare=address.compare or "previous",
        standardise=(),
        teams=teams,
    )


def digest(lake: Lake, question: Question) -> list[Finding]:
    """Return the weightiest findings of a period.

    Raises:
        BadQuestion: there is no period to compare with.

    """
    return lakes.kept(lake, "digest", question, lambda: changed_in(lake, question))


def shown(finding: Finding, address: Address) -> dict[str, Any]:
    return {
        "told": told(finding),
        "address": address_of(finding.opens, address),
        "sure": number(min(finding.sure, SUREST), Unit.SHARE),
    }
