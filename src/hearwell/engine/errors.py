"""What can be wrong with a question."""

from collections.abc import Iterable
from difflib import get_close_matches

from hearwell.errors import Said, WrongUse
from hearwell.language import gettext_noop


def meant(name: str, known: Iterable[str], otherwise: str | None = None) -> Said:
    """Return a hint: the names that come near, or else where to find them; or all there are."""
    by_lower = {each.lower(): each for each in known}
    near = [by_lower[each] for each in get_close_matches(name.lower(), by_lower)]
    if near:
        return Said(gettext_noop("Did you mean {near}?"), near=tuple(near))
    if otherwise is not None:
        return Said(otherwise)
    return Said(gettext_noop("There are {known}."), known=tuple(by_lower.values()))


class UnknownMetric(WrongUse):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = meant(name, known, gettext_noop("List them with `hearwell metrics`."))
        told = gettext_noop("No metric is called {given}. {hint}")
        super().__init__(told, given=repr(name), hint=hint)


class UnknownVariant(WrongUse):
    def __init__(self, metric: str, name: str, known: Iterable[str]) -> None:
        told = gettext_noop("{what} has no variant {given}; it has {known}.")
        super().__init__(told, what=metric, given=repr(name), known=tuple(known))


class UnknownDimension(WrongUse):
    def __init__(self, metric: str, name: str, known: Iterable[str]) -> None:
        told = gettext_noop("{what} cannot be grouped or filtered by {given}. {hint}")
        hint = meant(name, sorted(known))
        super().__init__(told, what=metric, given=repr(name), hint=hint)


class BadQuestion(WrongUse):
    """A question that contradicts itself or goes past a limit; the message says which."""


class NotByTeam(BadQuestion):
    """Somebody who may see some teams only asks for what is of no team."""

    def __init__(self, what: str) -> None:
        told = gettext_noop(
            "{what} is not told by team, and only some teams may be seen here. Leave it out, or "
            "ask somebody who may see everything."
        )
        super().__init__(told, what=what)
