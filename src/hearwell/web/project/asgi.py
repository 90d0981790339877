"""What a server such as uvicorn runs: the collector for its own addresses, Django for the rest."""

import os
import warnings
from typing import Any

from django.core.asgi import get_asgi_application

# WhiteNoise reads files in pieces as it finds them; they are small and lie on this disk.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hearwell.web.project.settings")
pages = get_asgi_application()

from hearwell.web.collector.jobs import FOLDER  # noqa: E402  Django must be set up
from hearwell.web.collector.receive import PATH, SCRIPT, Receive, Receiver, Scope, Send  # noqa: E402
from hearwell.web.project.environment import Environment  # noqa: E402

collector = Receiver(FOLDER, Environment().behind_proxies)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http" and (scope["path"].startswith(PATH) or scope["path"] == SCRIPT):
        await collector(scope, receive, send)
        return
    django: Any = pages
    await django(scope, receive, send)
