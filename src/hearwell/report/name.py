"""What metrics are called on a page, and where in it they are."""

from collections.abc import Iterable

from hearwell.engine.question import Asked
from hearwell.metrics.metric import Metric, Unit


def spaced(name: str) -> str:
    return name.replace("_", " ")


def labelled(metric: Metric, variant: str | None = None) -> str:
    """Return the name of a metric, with what the trade calls it or its variant."""
    own = metric.variants()[variant].labels if variant else ()
    labels = own or metric.labels
    return spaced(metric.name) + (f" ({', '.join(labels)})" if labels else "")


def title(asked: Asked, among: Iterable[Asked]) -> str:
    """Return the name of a number; the variant is said unless it is what anyone would expect.

    Of a duration it always is: a mean and a median are hours apart.
    """
    metric, variant = asked.metric, asked.variant
    alone = sum(each.metric.name == metric.name for each in among) == 1
    usual = next(iter(metric.variants())) == variant and metric.unit is not Unit.SECONDS
    name = labelled(metric, variant)
    return name if alone and usual else f"{name}, {spaced(variant)}"


def place(asked: Asked) -> str:
    """Return where in the page a number has its pictures."""
    return f"{asked.metric.name}-{asked.variant}"


def definition(metric: Metric) -> str:
    """Return where in the page a metric is defined."""
    return f"definition-{metric.name}"
