"""How large a request's body may be.

Django keeps it on disk before it looks at anything else, whoever sent it: so what is large is taken
only of those who are signed in. How slowly it may come is decided in `connection.py`.
"""

from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

OF_ANYBODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
OF_PEOPLE = settings.ENVIRONMENT.upload_limit_megabytes * 1_000_000 + OF_ANYBODY
GONE = {"type": "http.disconnect"}


class Bounded:
    """An application that gets no body without bounds."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        body = Body(scope, receive, send)
        told = body.headers.get(b"content-length", b"0")
        if told.isdigit() and await body.may_have(int(told)):
            await self.application(scope, body.receive, body.send)
        else:
            await body.refuse()


class Body:
    """The body of a request on its way, and the answer to it."""

    def __init__(self, scope: Any, receive: Any, send: Any) -> None:
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.take, self.give = receive, send
        self.came_bytes, self.most = 0, OF_ANYBODY
        self.is_refused = False

    async def receive(self) -> Any:
        if self.is_refused:
            return GONE
        message = await self.take()
        self.came_bytes += len(message.get("body", b""))
        return message if await self.may_have(self.came_bytes) else await self.refuse()

    async def send(self, message: Any) -> None:
        if not self.is_refused:
            await self.give(message)

    async def may_have(self, size: int) -> bool:
        if size > self.most and self.most == OF_ANYBODY and await is_signed_in(self.headers):
            self.most = OF_PEOPLE
        return size <= self.most

    async def refuse(self) -> Any:
        """Answer for the application, and tell it that nobody waits any more."""
        self.is_refused = True
        headers = [(b"connection", b"close"), (b"content-length", b"0")]
        await self.give({"type": "http.response.start", "status": 413, "headers": headers})
        await self.give({"type": "http.response.body", "body": b""})
        return GONE


async def is_signed_in(headers: dict[bytes, bytes]) -> bool:
    try:
        cookies = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return False
    key = cookies.get(settings.SESSION_COOKIE_NAME)
    return key is not None and await sync_to_async(has_person, thread_sensitive=False)(key.value)


def has_person(key: str) -> bool:
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return bool(store.get("_auth_user_id"))
