"""What is done with surveys in the background: answers become records within seconds."""

import logging
import threading
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from hearwell.errors import HearwellError
from hearwell.lake.lake import open_lake
from hearwell.web import lakes
from hearwell.web.background import every
from hearwell.web.surveys import agents, asking, mails, outbox

EVERY_SECONDS = 2.0
AFTER_FAULT_SECONDS = 20.0
LOG = logging.getLogger("hearwell.surveys")


def watch(stopped: threading.Event) -> None:
    """Bring answers in as they come, until told to stop. Whatever fails is tried again."""
    wait = EVERY_SECONDS
    while not stopped.wait(wait):
        wait = EVERY_SECONDS
        try:
            while outbox.has_any(timezone.now()) and bring_in():
                pass
        except HearwellError as problem:  # somebody else writes, or the disk is full
            LOG.warning("answers wait: %s", problem)
        except Exception:
            LOG.exception("answers could not be brought in")
            wait = AFTER_FAULT_SECONDS
        finally:
            close_old_connections()


def bring_in() -> int:
    with open_lake(Path(settings.ENVIRONMENT.lake), writable=True) as lake:
        lake.connection.execute("set enable_progress_bar = false")
        return outbox.bring_in(lake, timezone.now())


def begin() -> None:
    """Start the watch; it ends with the process."""
    threading.Thread(target=watch, args=(threading.Event(),), daemon=True, name="answers").start()


@every(minute="*")
def ask() -> None:
    """Ask those who have become eligible, remind once, and close what was open long enough."""
    now = timezone.now()
    with lakes.reading() as lake:
        asking.look(lake, now)
        agents.look(lake, now)
        zone = lake.settings.zone
    mails.remind(now, zone)
    mails.send_waiting(now, zone)
    mails.send_letters(now, zone)
    asking.end(now)
