"""The question that the address of a page holds: whoever opens it is told the same."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Self, get_args
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from hearwell.engine.period import Compare, Grain
from hearwell.engine.question import Asked, Question
from hearwell.errors import WrongUse
from hearwell.metrics.clock import ClockName

WHERE = "where."
LAST = (7, 28, 91, 365)
"""How many of the newest days may be chosen by a click."""

USUAL = 28


class NoSuchChoice(WrongUse):
    def __init__(self, name: str, value: str, known: tuple[str, ...]) -> None:
        told = _("The address has {name}={value}; {name} may be {known}.")
        super().__init__(told.format(name=name, value=value, known=", ".join(known)))


@dataclass(frozen=True)
class Address:
    """What may be asked of any page, spelled as in the address."""

    last: int | None = USUAL  # of the newest days; None where the period is given
    begins: str | None = None
    ends: str | None = None
    compare: Compare | None = "previous"
    clock: ClockName = "calendar"
    level: float = 0.95
    where: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()
    grain: Grain | None = None
    variant: str | None = None
    standardise: tuple[str, ...] = ()
    as_of: str | None = None

    @classmethod
    def read(cls, query: QueryDict) -> Self:
        """Read the part of an address after the question mark.

        Raises:
            NoSuchChoice.

        """
        begins, ends = query.get("from") or None, query.get("to") or None
        compare = choice(query, "compare", (*get_args(Compare), "none"), "previous")
        return cls(
            last=None if begins or ends else int(number(query, "last", USUAL)),
            begins=begins,
            ends=ends,
            compare=None if compare == "none" else compare,
            clock=choice(query, "clock", get_args(ClockName), "calendar"),
            level=number(query, "level", 0.95),
            where=tuple(
                (name.removeprefix(WHERE), value)
                for name in query
                if name.startswith(WHERE)
                for value in query.getlist(name)
                if value
            ),
            by=tuple(dict.fromkeys(each for each in query.getlist("by") if each)),
            grain=choice(query, "grain", get_args(Grain), None),
            variant=query.get("variant") or None,
            standardise=tuple(each for each in query.getlist("standardise") if each),
            as_of=query.get("as_of") or None,
        )

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Give the names and values of the address; what is usual is left out."""
        if self.begins:
            yield "from", self.begins
        if self.ends:
            yield "to", self.ends
        if self.last not in {None, USUAL}:
            yield "last", str(self.last)
        if self.compare != "previous":
            yield "compare", self.compare or "none"
        if self.clock != "calendar":
            yield "clock", self.clock
        if self.level != 0.95:
            yield "level", f"{self.level:g}"
        yield from ((WHERE + name, value) for name, value in self.where)
        yield from (("by", each) for each in self.by)
        if self.grain:
            yield "grain", self.grain
        if self.variant:
            yield "variant", self.variant
        yield from (("standardise", each) for each in self.standardise)
        if self.as_of:
            yield "as_of", self.as_of

    def query(self, **changes: Any) -> str:
        """Return the address with something changed, with its question mark."""
        text = urlencode(list(replace(self, **changes).pairs()))
        return f"?{text}" if text else "?"

    def wanted(self, name: str) -> list[str]:
        """Return the values wanted of a dimension."""
        return [value for each, value in self.where if each == name]

    def period(self, newest: str | None) -> tuple[str | None, str | None]:
        """Return the first and last day asked for.

        Args:
            newest: the last day of which there is anything.

        """
        if self.last is None or newest is None:
            return self.begins, self.ends
        first = date.fromisoformat(newest) - timedelta(days=self.last - 1)
        return first.isoformat(), newest

    def question(self, asked: tuple[Asked, ...], newest: str | None, **more: Any) -> Question:
        begins, ends = self.period(newest)
        given: Mapping[str, Any] = {
            "by": self.by,
            "grain": self.grain or "none",
            "begins": begins,
            "ends": ends,
            "where": self.where,
            "compare": self.compare,
            "clock": self.clock,
            "level": self.level,
            "standardise": self.standardise if self.compare else (),
        }
        return Question(asked, **{**given, **more})


def choice(query: QueryDict, name: str, known: tuple[str, ...], usual: Any) -> Any:
    value = query.get(name)
    if not value:
        return usual
    if value not in known:
        raise NoSuchChoice(name, value, known)
    return value


def number(query: QueryDict, name: str, usual: float) -> float:
    value = query.get(name)
    if not value:
        return usual
    try:
        found = float(value)
    except ValueError:
        raise NoSuchChoice(name, value, (f"{usual:g}",)) from None
    if not 0 < found < 10_000:
        raise NoSuchChoice(name, value, (f"{usual:g}",))
    return found
