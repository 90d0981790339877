"""The scorecard, asked before anybody comes: whenever the lake or its settings have changed.

Answers are kept by the process that answers, so that it asks itself; it learns of imports by
whomever they are made.
"""

import logging
import threading

from hearwell.web import lakes
from hearwell.web.read.address import Address
from hearwell.web.read.scorecard import card_of, trends_of

LOOK_EVERY_SECONDS = 5.0

log = logging.getLogger(__name__)


def warming(stop: threading.Event) -> threading.Thread:
    """Begin to keep the scorecard warm, until the event is set."""
    thread = threading.Thread(target=keep_warm, args=(stop,), name="warming", daemon=True)
    thread.start()
    return thread


def keep_warm(stop: threading.Event, look_every_seconds: float = LOOK_EVERY_SECONDS) -> None:
    """Ask once nothing has changed between two looks: an import changes the lake several times."""
    before = warm = None
    while not stop.is_set():
        try:
            now = state()
            if now == before != warm:
                warm = now
                ask()
            before = now
        except Exception:  # whoever opens the page is told; this goes on
            log.exception("the scorecard could not be asked ahead")
        stop.wait(look_every_seconds)


def state() -> tuple[int, int]:
    """Return what answers depend on: the snapshot, and the edition of the settings."""
    with lakes.reading() as lake:
        return lake.snapshot, lakes.POOL.edition()


def ask() -> None:
    """Ask what the page asks of somebody who sees all teams and has chosen nothing."""
    with lakes.exactly(), lakes.reading() as lake:
        snapshot = str(card_of(lake, Address(), None).snapshot)
    with lakes.reading(snapshot) as lake:  # the pictures of a page name its state
        trends_of(lake, card_of(lake, Address(as_of=snapshot), None))
