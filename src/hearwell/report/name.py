"""What metrics are called on a page, and where in it they are."""

from collections.abc import Iterable

from hearwell.engine.question import Asked
from hearwell.language import ENGLISH, gettext, spoken
from hearwell.language.convention import listed
from hearwell.metrics.metric import Metric, Unit
from hearwell.records.record import Record
from hearwell.report.markup import Html, own


def spaced(name: str) -> str:
    """Return the name of a metric, variant, dimension or record in words."""
    return gettext(in_words(name))


def in_words(name: str) -> str:
    """Return a name in English, to be translated."""
    return name.replace("_", " ")


def named(record: type[Record], dimension: str, value: str | None) -> Html:
    """Return a value of a dimension: words that Hearwell gave are translated, all others as told.

    English keeps them as they are stored, which is how filters want them.
    """
    column = record.columns().get(dimension)
    is_ours = value in (column.words if column else (record.constants.get(dimension),))
    return own(spaced(value) if value and is_ours and spoken.get() != ENGLISH else value)


def meanings(metric: Metric) -> list[str]:
    """Return what a metric means, paragraph by paragraph."""
    return [gettext(each) for each in paragraphs(metric)]


def paragraphs(metric: Metric) -> list[str]:
    """Return what a metric means in English, each paragraph as one line, to be translated."""
    return [" ".join(each.split()) for each in metric.meaning.split("\n\n")]


def labelled(metric: Metric, variant: str | None = None) -> str:
    """Return the name of a metric, with what the trade calls it or its variant."""
    own = metric.variants()[variant].labels if variant else ()
    labels = own or metric.labels
    return spaced(metric.name) + (f" ({listed(labels)})" if labels else "")


def title(asked: Asked, among: Iterable[Asked]) -> str:
    """Return the name of a number; the variant is said unless it is what anyone would expect.

    Of a duration it always is: a mean and a median are hours apart.
    """
    metric, variant = asked.metric, asked.variant
    alone = sum(each.metric.name == metric.name for each in among) == 1
    usual = next(iter(metric.variants())) == variant and metric.unit is not Unit.SECONDS
    name = labelled(metric, variant)
    return name if alone and usual else listed((name, spaced(variant)))


def place(asked: Asked) -> str:
    """Return where in the page a number has its pictures."""
    return f"{asked.metric.name}-{asked.variant}"


def definition(metric: Metric) -> str:
    """Return where in the page a metric is defined."""
    return f"definition-{metric.name}"
