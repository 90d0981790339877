"""A value with its interval, drawn on a scale that others share."""

from hearwell.metrics.metric import Unit
from hearwell.report.chart import span
from hearwell.report.markup import Html
from hearwell.report.scale import Scale


def drawn(on: Scale, value: float, low: float | None, high: float | None, unit: Unit) -> Html:
    return span(on, {"value": value, "low": low, "high": high}, None, unit)
