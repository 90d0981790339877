"""One number: how it went, how groups differ, what it means, and where it comes from."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from hearwell.engine.question import Asked, find
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric
from hearwell.report.content import Content, content
from hearwell.report.definition import defined
from hearwell.report.name import labelled, spaced, title
from hearwell.report.tile import by_group, over_time
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking
from hearwell.web.read.address import Address
from hearwell.web.read.choices import Choice, choices
from hearwell.web.read.scorecard import FILTERS, row


def metric(request: SignedIn, name: str) -> HttpResponse:
    """Show one metric in one variant, with its guardrail beside it."""
    address = Address.read(request.GET)
    asked = found(name, address.variant)
    with asking.reading(address) as lake:
        told = content_of(lake, request, address, (asked, *partner(asked.metric)))
        own = next((each for each in told.card.answers if each.asked == asked), None)
        context: dict[str, Any] = {
            "address": address,
            "metric": asked.metric,
            "name": labelled(asked.metric, asked.variant),
            "back": address.query(variant=None, by=()),
            "meaning": asked.metric.meaning.split("\n\n"),
            "variants": variants(asked, address),
            "dimensions": dimensions(asked.metric, address),
            "choices": choices(request, lake, address, fitting(asked.metric)),
            "kept": [("variant", asked.variant), *(("by", each) for each in address.by)],
            "now": address.query(as_of=None),
            "permanent": address.query(as_of=str(told.card.snapshot)),
            "snapshot": told.card.snapshot,
            "rows": reverse("rows", args=[name]) + address.query(variant=asked.variant),
            "row": None,
        }
        if own is not None and own.counts_rows:
            context |= {
                "row": row(told.card, lake, address, own),
                "partners": [
                    row(told.card, lake, address, each)
                    for each in told.card.answers
                    if each is not own and each.counts_rows
                ],
                "course": over_time(told, own, title(asked, told.card.question.asked)),
                "groups": by_group(told, own, title(asked, told.card.question.asked)),
                "definition": defined(told, [own]),
            }
    return render(request, "read/metric.html", context)


def found(name: str, variant: str | None) -> Asked:
    """Return the metric of the address.

    Raises:
        Http404: there is none of this name.

    """
    if name not in METRICS:
        raise Http404
    return find(name, variant)[0]


def partner(metric: Metric) -> tuple[Asked, ...]:
    """Return the number that must not get worse for this one's sake."""
    return find(metric.guardrail) if metric.guardrail in METRICS else ()


def content_of(
    lake: Lake, request: SignedIn, address: Address, asked: tuple[Asked, ...]
) -> Content:
    by = address.by
    fit = tuple(each for each in asked if each is asked[0] or has_all(each.metric, address))
    question = address.question(
        fit,
        asking.newest(lake),
        by=(),
        grain="none",
        teams=asking.teams(request),
    )
    return lakes.kept(lake, "content", (question, by), lambda: content(lake, question, by))


def has_all(metric: Metric, address: Address) -> bool:
    """Does a metric have the dimensions that the address filters by?"""
    known = metric.record.dimensions()
    return all(name in known for name, _ in address.where)


def fitting(metric: Metric) -> tuple[str, ...]:
    """Return the dimensions that can be filtered by: those usual above pages, then its own."""
    known = metric.record.dimensions()
    own = [name for name in ("queue", "topic", "priority") if name in known]
    return (*(name for name in FILTERS if name in known), *own)


def variants(asked: Asked, address: Address) -> list[Choice]:
    return [
        Choice(
            address.query(variant=name), f"{spaced(name)}: {each.meaning}", name == asked.variant
        )
        for name, each in asked.metric.variants().items()
    ]


def dimensions(metric: Metric, address: Address) -> list[Choice]:
    """Return what the metric can be broken down by."""
    known = [
        name
        for name in metric.record.dimensions()
        if not (metric.is_anonymous and name == "agent_id")
    ]
    return [
        Choice(address.query(by=(name,)), spaced(name), address.by == (name,)) for name in known
    ]
