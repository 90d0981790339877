"""What somebody looks at: one or two numbers, by what, over which time. An address holds it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from hearwell.engine.question import (
    CUSTOM,
    MOST_DIMENSIONS,
    Asked,
    Question,
    Teams,
    check_dimension,
    find,
)
from hearwell.errors import WrongUse
from hearwell.language.convention import listed
from hearwell.report.name import spaced, title
from hearwell.web.read.address import Address

MOST_METRICS = 2
USUAL = "call_volume"


class TooManyChosen(WrongUse):
    def __init__(self, what: str, most: int) -> None:
        told = _("Choose at most {most} of these: {what}.")
        super().__init__(told.format(most=most, what=what))


@dataclass(frozen=True)
class View:
    """Numbers, and the question about them.

    Attributes:
        left_out: names of dimensions that the address has and one of the metrics does not.

    """

    asked: tuple[Asked, ...]
    address: Address
    left_out: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the part of an address after the question mark.

        Raises:
            UnknownMetric, UnknownVariant, UnknownDimension, NoSuchChoice, TooManyChosen.

        """
        wanted = [text for text in query.getlist("metric") if text.strip()] or [USUAL]
        asked = tuple(dict.fromkeys(metric_of(text) for text in wanted))
        if len(asked) > MOST_METRICS:
            raise TooManyChosen(", ".join(wanted), MOST_METRICS)
        address = replace(Address.read(query), variant=None)
        if len(address.by) > MOST_DIMENSIONS:
            raise TooManyChosen(", ".join(address.by), MOST_DIMENSIONS)
        names = dict.fromkeys((*address.by, *(name for name, _ in address.where)))
        for name in names:
            if not any(has(each, name) for each in asked):
                check_dimension(asked[0].metric, name)
        lacking = {name for name in names if not all(has(each, name) for each in asked)}
        fit = replace(
            address,
            by=tuple(name for name in address.by if name not in lacking),
            where=tuple(pair for pair in address.where if pair[0] not in lacking),
            standardise=tuple(name for name in address.standardise if name not in lacking),
        )
        return cls(asked, fit, tuple(name for name in names if name in lacking))

    @classmethod
    def of(cls, text: str) -> Self:
        """Read a view that was saved."""
        return cls.read(QueryDict(text))

    @property
    def title(self) -> str:
        """Return what a view is called until somebody gives it a name."""
        numbers = _(" and ").join(title(each, self.asked) for each in self.asked)
        by = listed(spaced(name) for name in self.address.by)
        return (
            _("{numbers} by {dimensions}").format(numbers=numbers, dimensions=by) if by else numbers
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        for each in self.asked:
            yield "metric", written(each)
        yield from self.address.pairs()

    @property
    def text(self) -> str:
        """Return the question as text, to be kept or put after a question mark."""
        return urlencode(list(self.pairs()))

    def query(self, **changes: Any) -> str:
        """Return the address with something changed, with its question mark."""
        return "?" + replace(self, address=replace(self.address, **changes)).text

    def question(self, newest: str | None, teams: Teams, **more: Any) -> Question:
        return self.address.question(self.asked, newest, teams=teams, **more)


def metric_of(text: str) -> Asked:
    """Return the metric that somebody named, such as "service level: SL3" or "CSAT"."""
    name, _colon, variant = text.partition(":")
    return find(name, variant.strip() or None)[0]


def written(asked: Asked) -> str:
    return f"{asked.metric.name}:{asked.variant}"


def has(asked: Asked, name: str) -> bool:
    """Can a metric be told by a dimension, or filtered by it?"""
    try:
        check_dimension(asked.metric, name)
    except WrongUse:
        return False
    return True


def dimensions(view: View) -> list[str]:
    """Return what all numbers of a view can be told by."""
    first, *others = (each.metric.record.dimensions() for each in view.asked)
    shared = [name for name in first if all(name in other for other in others)]
    own = [name for name in view.address.by if name.startswith(CUSTOM)]
    return [name for name in (*shared, *own) if all(has(each, name) for each in view.asked)]
