"""What a server such as uvicorn runs: the collector for its own addresses, Django for the rest."""

import os
import warnings
from typing import Any

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

# WhiteNoise reads files in pieces as it finds them; they are small and lie on this disk.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.web.project.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402  Django must be set up

from hearwell.web.collector.jobs import FOLDER  # noqa: E402
from hearwell.web.collector.receive import PATH, SCRIPT, Receiver  # noqa: E402
from hearwell.web.project.bodies import Bounded  # noqa: E402
from hearwell.web.project.threads import Threaded  # noqa: E402


class OneThread(ASGIHandler):
    """Django's handler, but for middleware and views that are all synchronous, as ours are.

    What some of the companions have for asynchronous ones would send each request from its thread
    to the loop and back before a view is asked, and once more after it.
    """

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.get_response)(request)


pages = Threaded(Bounded(OneThread()))
collector = Receiver(FOLDER, settings.ENVIRONMENT.lake, settings.ENVIRONMENT.behind_proxies)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and (scope["path"].startswith(PATH) or scope["path"] == SCRIPT):
        await collector(scope, receive, send)
        return
    await pages(scope, receive, send)
