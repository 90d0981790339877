"""Findings as they stand on a page, each with the address that shows the numbers behind it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from hearwell.engine.question import Question
from hearwell.evidence.finding import Finding
from hearwell.web.read.address import Address
from hearwell.web.read.told import Told, told


@dataclass(frozen=True)
class Opened:
    told: Told
    address: str | None  # of the question that it opens, if that is another than the page's


def opened(findings: Iterable[Finding], address: Address) -> list[Opened]:
    return [
        Opened(told(each), address_of(each.opens, address) if narrows(each, address) else None)
        for each in findings
    ]


def narrows(finding: Finding, address: Address) -> bool:
    """Tell whether a finding is about fewer rows than the page."""
    return finding.opens is not None and finding.opens.where != address.where


def address_of(question: Question | None, address: Address) -> str | None:
    """Return the page of the one metric, or Explore with several; over the page's own period."""
    if question is None or not question.asked:
        return None
    whole = replace(
        address,
        where=question.where,
        by=question.by,
        grain=None,
        variant=None,
        standardise=(),
    )
    if len(question.asked) == 1:
        (asked,) = question.asked
        return reverse("metric", args=[asked.metric.name]) + whole.query(variant=asked.variant)
    metrics = [("metric", f"{each.metric.name}:{each.variant}") for each in question.asked]
    return f"{reverse('explore')}?{urlencode([*metrics, *whole.pairs()])}"
