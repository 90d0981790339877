"""Threads that stay from one request to the next, each with its connection to the database.

Django has a new thread for each request, and a connection for each thread: to open that takes as
long as to tell a page that is kept.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from asgiref.sync import ThreadSensitiveContext

MOST_FREE = 24
"""More threads than these end when they come back."""


class Threaded:
    """An application whose requests have a thread each, of those that are free."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.free: list[ThreadPoolExecutor] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        thread = self.free.pop() if self.free else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.application(scope, receive, send)
        finally:  # whoever asked may have gone while the thread still works for them

            def over(_: "Future[None]") -> None:
                self.take_back(thread)

            thread.submit(nothing).add_done_callback(over)

    def take_back(self, thread: ThreadPoolExecutor) -> None:
        if len(self.free) < MOST_FREE:
            self.free.append(thread)
        else:
            thread.shutdown(wait=False)


def nothing() -> None:
    """Do nothing, once all before is done."""
