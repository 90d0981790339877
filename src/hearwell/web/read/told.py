"""Findings in the language of whoever reads them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import Sentence, Value
from hearwell.report.number import NOTHING, count, difference, number
from hearwell.report.value import in_words


@dataclass(frozen=True)
class Told:
    """A finding as it stands on a page."""

    kind: str
    says: SafeString
    notes: list[SafeString]
    sure: float
    people: int


def told(finding: Finding) -> Told:
    return Told(
        finding.kind,
        said(finding.says),
        [said(each) for each in finding.notes],
        finding.sure,
        finding.people,
    )


def said(sentence: Sentence) -> SafeString:
    """Return a sentence as HTML: values are set apart, and metrics lead to their page."""
    values = {name: written(value) for name, value in sentence.values.items()}
    return format_html(_(sentence.template), **values)


def written(value: Value) -> SafeString:
    told = in_words(value, figure)
    match value.kind:
        case "metric":
            address = reverse("metric", args=[str(value.value)])
            if value.variant:
                address += f"?variant={value.variant}"
            return format_html('<a href="{}">{}</a>', address, told)
        case "dimension" | "factor":
            return format_html("{}", told)
        case "number" | "difference" | "count":
            return format_html("<b>{}</b>", told)
    return format_html("<bdi>{}</bdi>", told)


def figure(value: Value) -> str:
    if not isinstance(value.value, float | int):
        return NOTHING
    if value.kind == "count" or value.unit is None:
        return count(value.value)
    return (number if value.kind == "number" else difference)(value.value, value.unit)
