"""How long somebody stays signed in: for so long at most, and less when they are away."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

BEGAN, SEEN = "began", "seen"
NOTED_EVERY_SECONDS = 60

Answer = Callable[[HttpRequest], HttpResponse]


def limits(answer: Answer) -> Answer:
    """End a session that is too old, or was not used for too long."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now, session = time.time(), request.session
            began, seen = session.get(BEGAN, 0), session.get(SEEN, 0)
            if (
                now - began > settings.SESSION_COOKIE_AGE
                or now - seen > settings.SESSION_IDLE_SECONDS
            ):
                logout(request)
            elif now - seen > NOTED_EVERY_SECONDS:
                session[SEEN] = now
        return answer(request)

    return answered


def begin(request: HttpRequest) -> None:
    """Note when somebody signed in."""
    request.session[BEGAN] = request.session[SEEN] = time.time()
