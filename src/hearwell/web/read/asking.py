"""Ask the engine for whoever is signed in: they are told of the teams that they may see."""

from collections.abc import Iterator
from contextlib import contextmanager

from hearwell.engine.answer import Answers
from hearwell.engine.ask import ask
from hearwell.engine.question import Question, Teams
from hearwell.engine.scorecard import last_days
from hearwell.lake.lake import Lake
from hearwell.web import lakes
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read.address import Address


@contextmanager
def reading(address: Address) -> Iterator[Lake]:
    """Hold one state of the lake for a page: as the address wants it, or as it is now."""
    with lakes.reading(address.as_of) as lake:
        yield lake


def newest(lake: Lake, teams: Teams = None) -> str | None:
    """Return the last day of which there is anything in the lake that may be seen."""
    return lakes.kept(lake, "newest", teams, lambda: last_days(lake, teams)[1])


def asked(lake: Lake, question: Question) -> Answers:
    """Ask, unless the same was asked of the same state before."""
    return lakes.kept(lake, "answers", question, lambda: ask(lake, question))


def teams(request: SignedIn) -> tuple[str, ...] | None:
    return request.user.teams_seen
