"""Start the application: its database and files made ready, its first administrator invited."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from hearwell.web.project.connection import Connection


def ready(lake: Path, address: str, tell: Callable[[str], None]) -> None:
    """Make the database and the files that pages fetch; tell how the first person gets in."""
    database_ready(lake, address)
    from django.core.management import call_command  # noqa: PLC0415  after settings are there

    call_command("collectstatic", verbosity=0, interactive=False)
    link = first_link(address)
    if link:
        tell(f"Nobody has an account yet. The first administrator signs in here, once:\n  {link}")


def database_ready(lake: Path, address: str) -> None:
    """Make the database, or bring it to this version; to be called once in a process."""
    configured(lake, address)
    from django.core.management import call_command  # noqa: PLC0415  after settings are there

    Path(os.environ["HEARWELL_HOME"]).mkdir(mode=0o700, parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def configured(lake: Path, address: str) -> None:
    """Set up Django for this lake; to be called once in a process."""
    import django  # noqa: PLC0415  start-up time of other commands

    os.environ["HEARWELL_LAKE"] = str(lake.absolute())
    os.environ.setdefault("HEARWELL_HOME", str(lake.absolute() / "web"))
    os.environ["HEARWELL_ADDRESS"] = address
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.web.project.settings")
    django.setup()


def first_link(address: str) -> str | None:
    """Return a link for the first administrator; None once somebody has signed in."""
    from hearwell.web.people.invitation import Invitation  # noqa: PLC0415  after set-up
    from hearwell.web.people.person import UNKNOWN, Person, Role  # noqa: PLC0415

    if Person.objects.exclude(password__startswith="!").exists():  # noqa: S106  none was chosen
        return None
    person = Person.objects.filter(role=Role.ADMINISTRATOR).first() or (
        Person.objects.create_user(UNKNOWN, role=Role.ADMINISTRATOR)
    )
    return f"{address}/welcome/{Invitation.issue(person)}/"


def serve(host: str, port: int) -> None:
    """Answer, and work in the background, until Ctrl-C; what is under way is finished first."""
    config = uvicorn.Config(
        "hearwell.web.project.asgi:application",
        http=Connection,
        host=host,
        port=port,
        log_level="warning",
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # the application believes as many proxies as it was told of
        timeout_graceful_shutdown=10,
        timeout_keep_alive=20,
    )
    from hearwell.web import background, warming  # noqa: PLC0415  they read where the home is

    # uvicorn raises the signal again when it has stopped: then the rest is to stop as well
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    jobs = background.started()
    server, stop = uvicorn.Server(config), threading.Event()
    warmer = warming.warming(stop)
    try:
        server.run()
    finally:
        stop.set()
        jobs.terminate()
        warming.end(warmer)
        jobs.wait(timeout=20)
    if not server.started:
        sys.exit(1)
