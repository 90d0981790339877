"""Work that takes longer than a page may, or runs on a clock: done in a process of its own.

Applications put `@task` or `@every` on their functions in a module `jobs`, which is found here; a
function `begin` in it starts what runs all the time.
What is under way when the process stops is told as failed; what waits is kept.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from huey import SqliteHuey, crontab
from huey.consumer import Consumer

from hearwell.web.project.environment import Environment

__all__ = ["HUEY", "crontab", "every", "task"]

NICENESS = 10
"""So much it steps back for pages where the processors are busy: people wait for these."""


def queue() -> SqliteHuey:
    home = Environment().home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return SqliteHuey("hearwell", filename=str(home / "jobs.sqlite"), fsync=True)


HUEY = queue()


def task(function: Callable[..., Any]) -> Any:
    """Make a function that is called here and runs in the background."""
    return HUEY.task()(function)


def every(**when: str) -> Callable[[Callable[[], Any]], Any]:
    """Run a function on a clock (UTC), such as `every(minute="*/5")`."""
    made: Callable[[Callable[[], Any]], Any] = HUEY.periodic_task(crontab(**when))
    return made


def started() -> subprocess.Popen[bytes]:
    """Start the process that does the work; it ends with its parent, however that ends."""
    return subprocess.Popen(
        [sys.executable, "-m", "hearwell.web.background"], stdin=subprocess.PIPE
    )


def end_with_parent() -> None:
    """Wait until nobody holds the other end of our input any more."""
    os.read(sys.stdin.fileno(), 1)  # past the buffer, whose lock would be held at the end
    os.kill(os.getpid(), signal.SIGTERM)


def work() -> None:
    if hasattr(os, "nice"):  # not on Windows
        os.nice(NICENESS)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.web.project.settings")
    import django  # noqa: PLC0415  only this process needs it so
    from django.apps import apps  # noqa: PLC0415

    threading.Thread(target=end_with_parent, daemon=True, name="parent").start()
    django.setup()
    for application in apps.get_app_configs():
        name = f"{application.name}.jobs"
        if application.name.startswith("hearwell.") and find_spec(name):
            begin = getattr(import_module(name), "begin", None)
            if begin is not None:
                begin()
    from hearwell.web import background  # noqa: PLC0415, PLW0406  its queue, not that of __main__

    Consumer(background.HUEY, workers=1, worker_type="thread", check_worker_health=True).run()
    # Python cannot end while a thread is within DuckDB; what that writes is whole or nowhere.
    logging.shutdown()
    os._exit(0)


if __name__ == "__main__":
    work()
