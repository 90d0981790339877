"""A thread is lent to one request at a time, and stays for the next."""

import asyncio
import threading
import time

import pytest
from asgiref.sync import sync_to_async

from hearwell.web.project.threads import Threaded


async def asked(threads, work):
    """Have a request do some work in its thread."""
    done = []

    async def application(scope, receive, send):
        done.append(await sync_to_async(work)())

    threads.application = application
    await threads({}, None, None)
    return done[0]


def wait_for(threads, number):
    """Wait until so many threads are free."""
    while len(threads.free) < number:
        time.sleep(0.001)


def test_the_next_request_has_the_same_thread():
    async def ask_twice():
        threads, found = Threaded(None), []
        for _ in range(2):
            found.append(await asked(threads, threading.get_ident))
            await asyncio.to_thread(wait_for, threads, 1)
        return found

    first, second = asyncio.run(ask_twice())
    assert first == second != threading.get_ident()


def test_a_thread_at_work_for_somebody_who_has_gone_is_not_lent():
    begun, end = threading.Event(), threading.Event()

    def long():
        begun.set()
        end.wait()
        return threading.get_ident()

    async def leave():
        threads = Threaded(None)
        gone = asyncio.create_task(asked(threads, long))
        await asyncio.to_thread(begun.wait)
        busy = {each.ident for each in threading.enumerate()}
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert threads.free == []
        assert await asked(threads, threading.get_ident) not in busy
        end.set()
        await asyncio.to_thread(wait_for, threads, 2)

    asyncio.run(leave())
