"""A process that has loaded the application, and makes others of it that can be killed at once.

Usage: nursery.py LAKE HOME PORT KEY ANSWERERS: then a word on a line of its input for each
process to be made: `serve` answers requests, `bring` brings in what it finds until it is killed,
`finish` brings in all that there is and ends. The answer is the number of the process.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path

lake, home, port, key, answerers = sys.argv[1:]
os.environ |= {
    "HEARWELL_LAKE": lake,
    "HEARWELL_HOME": home,
    "HEARWELL_HOSTS": '["127.0.0.1"]',
    "DJANGO_SETTINGS_MODULE": "hearwell.web.project.settings",
}
Path(home, "static").mkdir(parents=True, exist_ok=True)

import uvicorn  # noqa: E402

from hearwell.web.project import asgi  # noqa: E402  it sets Django up
from hearwell.web.project.connection import Connection  # noqa: E402

from django.core.management import call_command  # isort: skip  # noqa: E402
from django.db import connections  # isort: skip  # noqa: E402
from django.utils import timezone  # isort: skip  # noqa: E402

from hearwell.web.collector import jobs as events  # noqa: E402
from hearwell.web.collector.site import Site  # noqa: E402
from hearwell.web.people import secret  # noqa: E402
from hearwell.web.surveys import answering, link, outbox  # noqa: E402
from hearwell.web.surveys import jobs as answers  # noqa: E402
from hearwell.web.surveys.design import Design  # noqa: E402
from hearwell.web.surveys.invitation import Invitation  # noqa: E402
from hearwell.web.surveys.programme import Programme  # noqa: E402


def ask() -> None:
    """Make the site, and people who were asked; write down what they were sent."""
    call_command("migrate", verbosity=0, interactive=False)
    Site.objects.create(key="help", name="Help", server_key_hash=secret.hashed(key))
    care = Programme.objects.create(name="care", design=Design.begin("After care", "csat"))
    version = care.design.newest
    rows = [
        Invitation(
            programme=care,
            version=version,
            about=f"case {number}",
            status="sent",
            sent_at=timezone.now(),
        )
        for number in range(int(answerers))
    ]
    Invitation.objects.bulk_create(rows)
    sent = [
        {
            "id": row.pk,
            "path": link.of_invitation(row).path,
            "shown": answering.SHOWN.sign(row.pk),
        }
        for row in rows
    ]
    Path(home, "sent.json").write_text(json.dumps(sent))
    time.sleep(answering.AT_ONCE.total_seconds())  # sooner, an answer is taken for a machine's
    connections.close_all()  # none is shared with those that are made


def serve() -> None:
    uvicorn.run(
        asgi.application,
        http=Connection,
        host="127.0.0.1",
        port=int(port),
        log_level="error",
        lifespan="off",
    )


def bring() -> None:
    while True:
        bring_once()
        time.sleep(0.05)


def bring_once() -> bool:
    found = False
    if events.has_any(events.FOLDER):
        found = events.bring_in() > 0
    if outbox.has_any(timezone.now()):
        found = answers.bring_in() > 0 or found
    return found


def finish() -> None:
    while bring_once():
        pass


def tell(what: object) -> None:
    sys.stdout.write(f"{what}\n")
    sys.stdout.flush()


MADE = {"serve": serve, "bring": bring, "finish": finish}

ask()
tell("ready")
for word in map(str.strip, sys.stdin):
    child = os.fork()
    if child == 0:
        status = 1
        try:
            MADE[word]()
            status = 0
        except BaseException:
            traceback.print_exc()
            raise
        finally:
            os._exit(status)
    tell(child)
    if word == "finish":
        tell(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
