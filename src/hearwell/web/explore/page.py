"""The page on which anybody puts a question of their own, and takes the answer away."""

from dataclasses import replace
from typing import Any, get_args

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from hearwell.engine.period import Grain
from hearwell.engine.question import MOST_DIMENSIONS, Asked, Teams, may_ask
from hearwell.lake.lake import Lake
from hearwell.language.convention import listed
from hearwell.metrics.catalog import METRICS
from hearwell.report.name import labelled, spaced
from hearwell.web.explore.board import Board
from hearwell.web.explore.telling import asked as answered
from hearwell.web.explore.telling import columns, rows, told
from hearwell.web.explore.view import View, dimensions, written
from hearwell.web.export import FORMATS, exported
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.choices import Choice, choices
from hearwell.web.read.nothing import Nothing, nothing
from hearwell.web.read.scorecard import told_day
from hearwell.web.read.whole import page, whole

OFTEN_FILTERED = (
    "channel",
    "team",
    "product",
    "language",
    "queue",
    "topic",
    "priority",
    "touchpoint",
    "programme",
)
"""Dimensions of few values, of which a page can offer each to be ticked."""


@require_safe
def explore(request: SignedIn) -> HttpResponse:
    """Show one or two numbers, as the address asks for them."""
    view = View.read(request.GET)
    told_numbers = whole(
        request,
        view.address.as_of,
        "explore/numbers.html",
        lambda lake: context(request, lake, view),
    )
    boards = (*Board.changed_by(request.user).values_list("pk", "title", named=True),)
    return page(
        request,
        told_numbers,
        view.title,
        "explore/explore.html",
        question=view.text,
        boards=boards,
    )


def context(request: SignedIn, lake: Lake, view: View) -> dict[str, Any]:
    teams = asking.teams(request)
    fitting = dimensions(view)
    found = told(lake, view, teams)
    is_told = any(each.counts_rows for each in found.answers.answers)
    filters = tuple(name for name in OFTEN_FILTERED if name in fitting)
    return {
        "view": view,
        "address": view.address,
        "told": found,
        "begins": told_day(found.begins),
        "ends": told_day(found.ends),
        "nothing": None if is_told else nothing_of(request, lake, view),
        "choices": choices(request, lake, view.address, filters),
        "chooser": "explore/chooser.html",
        "metrics": metrics(teams),
        "chosen": numbers(view),
        "dimensions": [
            Choice(name, spaced(name), name in view.address.by)
            for name in dict.fromkeys((*fitting, *view.address.by))
        ],
        "most_dimensions": MOST_DIMENSIONS,
        "grains": grains(view),
        "dimensions_told": [spaced(name) for name in view.address.by],
        "left_out": [spaced(name) for name in view.left_out],
        "now": view.query(as_of=None),
        "permanent": view.query(as_of=str(found.answers.snapshot)),
        "snapshot": found.answers.snapshot,
        "kinds": list(FORMATS),
        "query": view.query(),
    }


def nothing_of(request: SignedIn, lake: Lake, view: View) -> Nothing:
    metric = view.asked[0].metric
    return nothing(
        request, lake, view.address, metric, lambda moved: replace(view, address=moved).query()
    )


@require_safe
def file(request: SignedIn, kind: str) -> StreamingHttpResponse:
    """Return all numbers of the address as a file."""
    view = View.read(request.GET)
    with asking.reading(view.address) as lake:
        answers, _overall = answered(lake, view, asking.teams(request))
    audit(request, Action.EXPORTED, view.text)
    name = "-".join(each.metric.name for each in view.asked)
    return exported(request, kind, name, columns(answers), rows(answers))


def metrics(teams: Teams) -> list[Choice]:
    """Return all that may be asked, to be found by what it or a variant of it is called."""
    return [
        Choice(
            written(Asked(metric, variant)),
            listed((labelled(metric, variant), spaced(variant))),
            False,
        )
        for metric in METRICS.values()
        if may_ask(metric, teams)
        for variant in metric.variants()
    ]


def numbers(view: View) -> list[Choice]:
    """Return the two places for a metric, with what is chosen in them."""
    chosen = [written(each) for each in view.asked]
    first = Choice(chosen[0], _("Number"), True)
    return [first, Choice(chosen[1] if len(chosen) > 1 else "", _("Second number"), False)]


def grains(view: View) -> list[Choice]:
    told = {
        "none": _("one value"),
        "hour_of_week": _("by hour of the week"),
        "day": _("by day"),
        "week": _("by week"),
        "month": _("by month"),
        "quarter": _("by quarter"),
        "year": _("by year"),
    }
    now = view.address.grain or "none"
    return [Choice(grain, told[grain], grain == now) for grain in get_args(Grain)]
