"""Around every answer: a name for the request; for programs, also problems as they read them."""

import logging
import re
import uuid
from collections.abc import Callable, Mapping

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from hearwell.web.api.problem import problem, retold
from hearwell.web.inputs.upload import most_bytes
from hearwell.web.surveys.forms import LARGEST_FILE

FOR_PROGRAMS = ("/api/", "/mcp")
TAKES_FILES: Mapping[str, Callable[[], int]] = {
    "/api/v1/imports": most_bytes,
    "/api/v1/surveys/e-mails": lambda: LARGEST_FILE,
}
"""Where a file may be sent, and how large it may be."""

LARGEST_BODY_BYTES = 1024 * 1024
SPEAKS_FOR_ITSELF = ("application/problem+json", "application/json")

LOG = logging.getLogger(__name__)
PLAIN = re.compile(r"[A-Za-z0-9._-]{1,64}")
GZIP = GZipMiddleware(lambda _: HttpResponse())


def frames(
    answer: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def answered(request: HttpRequest) -> HttpResponseBase:
        asked_by = request.headers.get("X-Request-ID", "")
        name = asked_by if PLAIN.fullmatch(asked_by) else uuid.uuid4().hex
        request.request_id = name  # type: ignore[attr-defined]
        is_program = request.path.startswith(FOR_PROGRAMS)
        response = for_programs(request, answer) if is_program else answer(request)
        if is_program or not response.streaming:  # files come compressed, or are long
            response = GZIP.process_response(request, response)
        response.headers["X-Request-ID"] = name
        if response.status_code >= 500:
            LOG.error(
                "request %s: %s %s: %d", name, request.method, request.path, response.status_code
            )
        return response

    return answered


def for_programs(
    request: HttpRequest, answer: Callable[[HttpRequest], HttpResponseBase]
) -> HttpResponseBase:
    refused = refusal(request)
    if refused:
        return refused
    response = answer(request)
    kind = response.headers.get("Content-Type", "")
    is_page = response.status_code >= 400 and not kind.startswith(SPEAKS_FOR_ITSELF)
    if is_page and isinstance(response, HttpResponse):
        retold(request, response)
    return response


def refusal(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body that is too large, or does not say how large it is."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if "Transfer-Encoding" in request.headers or not length.isdecimal():
        return problem(request, 411, "Say with Content-Length how long the body is.")
    file = TAKES_FILES.get(request.path)
    most = LARGEST_BODY_BYTES + (file() if file else 0)
    if int(length) > most:
        told = f"The body is larger than {most:,} bytes. Ask for less at once."
        return problem(request, 413, told)
    return None
