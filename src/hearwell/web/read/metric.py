"""One number: how it went, how groups differ, what it means, and where it comes from."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from hearwell.engine.answer import Answer
from hearwell.engine.benchmarks import benchmarks
from hearwell.engine.explain import statements
from hearwell.engine.question import Asked, Question, find, may_ask
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric
from hearwell.report.breakdown import Breakdown, breakdown, breakdowns
from hearwell.report.content import Content
from hearwell.report.definition import defined
from hearwell.report.markup import Html
from hearwell.report.name import labelled, meanings, spaced, title
from hearwell.report.tile import by_group, over_time, published
from hearwell.report.trend import trends
from hearwell.web import lakes
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import Choice, choices
from hearwell.web.read.nothing import nothing
from hearwell.web.read.scorecard import FILTERS, Row, row
from hearwell.web.read.whole import page, whole

MORE_FILTERS = ("queue", "topic", "priority")
MOST_GROUPS = 30
"""More groups than these are cut off at both ends of the ranking: the best and the worst."""


@dataclass(frozen=True)
class Pictures:
    """What is drawn of a metric."""

    course: Html
    groups: Html
    definition: Html


def metric(request: SignedIn, name: str) -> HttpResponse:
    """Show one metric in one variant, with its guardrail beside it."""
    address = Address.read(request.GET)
    asked = found(name, address.variant)
    told = whole(
        request,
        address.as_of,
        "read/metric.html",
        lambda lake: context(request, lake, address, asked),
    )
    return page(request, told, labelled(asked.metric, asked.variant))


def context(request: SignedIn, lake: Lake, address: Address, asked: Asked) -> dict[str, Any]:
    told = told_of(lake, request, address, asked)
    name = asked.metric.name
    own = next((each for each in told.card.answers if each.asked == asked), None)
    is_told = own is not None and own.counts_rows
    return {
        "address": address,
        "metric": asked.metric,
        "name": labelled(asked.metric, asked.variant),
        "meaning": meanings(asked.metric),
        "variants": variants(asked, address),
        "dimensions": dimensions(asked.metric, address, told.breakdowns.get(asked)),
        "choices": choices(request, lake, address, fitting(asked.metric)),
        "kept": [("variant", asked.variant), *(("by", each) for each in address.by)],
        "back": address.query(variant=None, by=(), grain=None),
        "now": address.query(as_of=None),
        "permanent": address.query(as_of=str(told.card.snapshot)),
        "snapshot": told.card.snapshot,
        "rows": reverse("rows", args=[name]) + address.query(variant=asked.variant, by=()),
        "why": reverse("why-changed", args=[name]) + address.query(variant=asked.variant),
        "turned": reverse("when-turned", args=[name]) + address.query(variant=asked.variant, by=()),
        "row": row(told.card, lake, address, own) if own and is_told else None,
        "nothing": None if is_told else nothing(request, lake, address, asked.metric),
        "may_open_rows": request.user.may(Role.LEAD),
        "partners": partners(told, lake, address, asked),
        "others": published(told, own) if own and is_told else None,
        "drawn": drawn(told, own) if own and is_told else None,
    }


def found(name: str, variant: str | None) -> Asked:
    """Return the metric of the address.

    Raises:
        Http404: there is none of this name.

    """
    if name not in METRICS:
        raise Http404
    return find(name, variant)[0]


def told_of(lake: Lake, request: SignedIn, address: Address, asked: Asked) -> Content:
    """Ask for the metric and its guardrail: now and before, over time, and by group."""
    teams = asking.teams(request)
    guardrail = find(asked.metric.guardrail) if asked.metric.guardrail in METRICS else ()
    fit = [each for each in guardrail if fits(each.metric, address, teams)]
    question = address.question(
        (asked, *fit), asking.newest(lake, teams), by=(), grain="none", teams=teams
    )
    about = (question, address.by, address.grain)
    return lakes.kept(lake, "metric", about, lambda: content(lake, question, address))


def content(lake: Lake, question: Question, address: Address) -> Content:
    asked = question.asked[0]
    card = asking.asked(lake, question)
    own = replace(card, answers=card.answers[:1])
    alone = replace(question, asked=(asked,), standardise=())
    has_rows = card.answers[0].counts_rows
    groups = (
        {asked: chosen(lake, alone, address.by[0])}
        if address.by
        else breakdowns(lake, alone, (asked,))
        if has_rows
        else {}
    )
    return Content(
        card=card,
        trends=trends(lake, alone, own),
        breakdowns=groups,
        needs={},
        unfit=(),
        statements={asked: statements(asked, lake.settings)},
        settings=lake.settings,
        published=tuple(benchmarks(lake, (asked,))),
        as_of=lake.as_of,
        taken_at=None,
    )


def chosen(lake: Lake, question: Question, name: str) -> Breakdown:
    """Break a metric down by a dimension, whatever groups it has."""
    answers = asking.asked(lake, replace(question, by=(name,), compare=None))
    made = breakdown(
        answers.answers[0], name, answers.zone, question.level, lake.settings.minimum_n
    )
    if len(made.ranked) > MOST_GROUPS:
        half = MOST_GROUPS // 2
        made = replace(made, ranked=(*made.ranked[:half], *made.ranked[-half:]))
    return replace(made, small=made.small[:MOST_GROUPS])


def fits(metric: Metric, address: Address, teams: tuple[str, ...] | None) -> bool:
    """Can a metric be asked with the filters of the address, by whoever asks?"""
    known = metric.record.dimensions()
    return may_ask(metric, teams) and all(name in known for name, _ in address.where)


def drawn(told: Content, answer: Answer) -> Pictures:
    name = title(answer.asked, told.card.question.asked)
    return Pictures(
        over_time(told, answer, name), by_group(told, answer, name), defined(told, [answer])
    )


def partners(told: Content, lake: Lake, address: Address, asked: Asked) -> list[Row]:
    return [
        row(told.card, lake, replace(address, variant=None), each)
        for each in told.card.answers
        if each.asked != asked and each.counts_rows
    ]


def fitting(metric: Metric) -> tuple[str, ...]:
    """Return the dimensions that can be filtered by: those usual above pages, then its own."""
    known = metric.record.dimensions()
    return tuple(name for name in (*FILTERS, *MORE_FILTERS) if name in known)


def variants(asked: Asked, address: Address) -> list[Choice]:
    return [
        Choice(
            address.query(variant=name), f"{spaced(name)}: {_(each.meaning)}", name == asked.variant
        )
        for name, each in asked.metric.variants().items()
    ]


def dimensions(metric: Metric, address: Address, shown: Breakdown | None) -> list[Choice]:
    """Return what the metric can be broken down by."""
    now = shown.dimension if shown else None
    return [
        Choice(address.query(by=(name,)), spaced(name), name == now)
        for name in metric.record.dimensions()
    ]
