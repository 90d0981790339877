"""What is done with collected events in the background: they become rows within seconds."""

import logging
import threading
import time
from pathlib import Path

from django.conf import settings

from hearwell.errors import HearwellError
from hearwell.jobs.collected import bring_in_collected, has_any
from hearwell.lake.lake import open_lake

FOLDER = Path(settings.ENVIRONMENT.home) / "collected"
EVERY_SECONDS = 2.0
LOG = logging.getLogger("hearwell.collector")


def watch(stopped: threading.Event) -> None:
    """Bring events in as they come, until told to stop. Whatever fails is tried again."""
    while not stopped.wait(EVERY_SECONDS):
        try:
            if has_any(FOLDER):
                bring_in()
        except HearwellError as problem:  # somebody else writes, or the disk is full
            LOG.warning("collected events wait: %s", problem)
        except Exception:
            LOG.exception("collected events could not be brought in")
            time.sleep(10 * EVERY_SECONDS)


def bring_in() -> int:
    """Bring in what is there; return how many events there were."""
    with open_lake(Path(settings.ENVIRONMENT.lake), writable=True) as lake:
        lake.connection.execute("set enable_progress_bar = false")
        found = bring_in_collected(lake, FOLDER)
    if found.unreadable:
        LOG.error("%d lines of collected events could not be read", found.unreadable)
    return found.events


def begin() -> None:
    """Start the watch; it ends with the process."""
    threading.Thread(target=watch, args=(threading.Event(),), daemon=True, name="collect").start()
