"""What can be wrong with a question."""

from collections.abc import Iterable
from difflib import get_close_matches

from hearwell.errors import WrongUse
from hearwell.language import gettext_noop


def meant(name: str, known: Iterable[str], otherwise: str) -> str:
    """Return a hint: the names that come near, or else where to find them."""
    by_lower = {each.lower(): each for each in known}
    near = [by_lower[each] for each in get_close_matches(name.lower(), by_lower)]
    return f"Did you mean {' or '.join(near)}?" if near else otherwise


class UnknownMetric(WrongUse):
    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = meant(name, known, "List them with `hearwell metrics`.")
        super().__init__(f"No metric is called {name!r}. {hint}")


class UnknownVariant(WrongUse):
    def __init__(self, metric: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"{metric} has no variant {name!r}; it has {', '.join(known)}.")


class UnknownDimension(WrongUse):
    def __init__(self, metric: str, name: str, known: Iterable[str]) -> None:
        known = sorted(known)
        hint = meant(name, known, "")
        super().__init__(
            f"{metric} cannot be grouped or filtered by {name!r}. {hint} "
            f"It has {', '.join(known)}.".replace("  ", " ")
        )


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
