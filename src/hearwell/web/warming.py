"""The scorecard, asked before anybody comes: at the start, and when the lake or settings change.

Answers are kept by the process that answers, so that it asks itself; it learns of imports by
whomever they are made.
"""

import logging
import threading
from collections import Counter

from django.db import close_old_connections

from hearwell.engine.question import Teams
from hearwell.web import lakes
from hearwell.web.people.person import Person
from hearwell.web.read.address import Address
from hearwell.web.read.choices import values
from hearwell.web.read.scorecard import FILTERS, card_of, trends_of

LOOK_EVERY_SECONDS = 5.0
MOST_VIEWS = 10
"""Of people who are limited to teams, those of so many different ones need not wait."""

log = logging.getLogger(__name__)


def warming(stop: threading.Event) -> threading.Thread:
    """Begin to keep the scorecard warm, until the event is set."""
    thread = threading.Thread(target=keep_warm, args=(stop,), name="warming", daemon=True)
    thread.start()
    return thread


def end(warmer: threading.Thread) -> None:
    """Break off what is asked ahead: Python cannot end while a thread is within DuckDB."""
    for _ in range(100):
        if warmer.is_alive():
            lakes.POOL.interrupt()
            warmer.join(timeout=0.1)


def keep_warm(stop: threading.Event, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
    """Ask at once, and then when nothing changes between two looks: imports change it often."""
    before = warm = None
    while not stop.is_set():
        try:
            now = state()
            if now != warm and (now == before or warm is None):
                warm = now
                for teams in views():
                    if not stop.is_set():
                        ask(teams)
            before = now
        except Exception:  # whoever opens the page is told; this goes on
            if not stop.is_set():
                log.exception("the scorecard could not be asked ahead")
        stop.wait(look_every_seconds)


def state() -> tuple[int, int]:
    """Return what answers depend on: the snapshot, and the edition of the settings."""
    with lakes.reading() as lake:
        return lake.snapshot, lakes.POOL.edition()


def ask(teams: Teams) -> None:
    """Ask what the page asks of those who see these teams and have chosen nothing."""
    with lakes.exactly(), lakes.reading() as lake:
        snapshot = str(card_of(lake, Address(), teams).snapshot)
        for name in FILTERS:
            values(lake, name, teams)
    with lakes.reading(snapshot) as lake:  # the pictures of a page name its state
        trends_of(lake, card_of(lake, Address(as_of=snapshot), teams))


def views() -> list[Teams]:
    """Return which teams are seen together, by the most people first; all of them before."""
    close_old_connections()
    seen = Counter(person.teams_seen for person in Person.objects.filter(is_active=True))
    often = [teams for teams, _ in seen.most_common() if teams]
    return [None, *often[:MOST_VIEWS]]
