"""Findings in the language of whoever reads them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from hearwell.engine.period import WEEKDAYS
from hearwell.evidence.finding import Finding
from hearwell.evidence.sentence import OTHERS, Sentence, Value
from hearwell.language.convention import listed
from hearwell.language.date import weekday
from hearwell.metrics.catalog import METRICS
from hearwell.report.name import labelled, spaced
from hearwell.report.number import NOTHING, count, difference, number


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
    found = value.value
    match value.kind:
        case "metric":
            name = str(found)
            address = reverse("metric", args=[name])
            if value.variant:
                address += f"?variant={value.variant}"
            words = labelled(METRICS[name], value.variant)
            return format_html('<a href="{}">{}</a>', address, words)
        case "group":
            pairs = found if isinstance(found, tuple) else ()
            told = [f"{spaced(name)} {word(own)}" for name, own in pairs]
            return format_html("<bdi>{}</bdi>", listed(told))
        case "dimension" | "factor":
            return format_html("{}", spaced(str(found)))
        case "weekday_time":
            day, _space, time = str(found).partition(" ")
            return format_html("<bdi>{} {}</bdi>", weekday(WEEKDAYS.index(day)), time)
        case "number" | "difference" | "count":
            return format_html("<b>{}</b>", figure(value))
    return format_html("<bdi>{}</bdi>", word(found if isinstance(found, str) else None))


def figure(value: Value) -> str:
    if not isinstance(value.value, float | int):
        return NOTHING
    if value.kind == "count" or value.unit is None:
        return count(value.value)
    return (number if value.kind == "number" else difference)(value.value, value.unit)


def word(value: str | None) -> str:
    if value is None:
        return _("unknown")
    return _("all others") if value == OTHERS else value
