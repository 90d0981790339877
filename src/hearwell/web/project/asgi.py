"""What a server such as uvicorn runs: the collector for its own addresses, Django for the rest."""

import os
import warnings
from typing import Any

from django.core.asgi import get_asgi_application

# WhiteNoise reads files in pieces as it finds them; they are small and lie on this disk.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.web.project.settings")
django = get_asgi_application()

from django.conf import settings  # noqa: E402  Django must be set up

from hearwell.web.collector.jobs import FOLDER  # noqa: E402
from hearwell.web.collector.receive import PATH, SCRIPT, Receiver  # noqa: E402
from hearwell.web.project.bodies import Bounded  # noqa: E402
from hearwell.web.project.threads import Threaded  # noqa: E402

pages = Threaded(Bounded(django))
collector = Receiver(FOLDER, settings.ENVIRONMENT.lake, settings.ENVIRONMENT.behind_proxies)


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "http" and (scope["path"].startswith(PATH) or scope["path"] == SCRIPT):
        await collector(scope, receive, send)
        return
    await pages(scope, receive, send)
