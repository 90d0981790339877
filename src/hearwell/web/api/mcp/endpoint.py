"""Where assistants ask: one message in, one answer out, and nothing kept in between."""

import json
import logging
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja.errors import HttpError
from pydantic_core import to_json

from hearwell.web.api import problem
from hearwell.web.api.caller import NO_CREDENTIALS, Bearer
from hearwell.web.api.mcp.message import (
    HEADER_MISMATCH,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    STATELESS,
    UNSUPPORTED_VERSION,
    Message,
    Refused,
    read,
    version_of,
)
from hearwell.web.api.mcp.methods import finished, known
from hearwell.web.api.rate import TooMany
from hearwell.web.people.person import Role
from hearwell.web.people.token import Scope, Token

LOG = logging.getLogger(__name__)
BEARER = Bearer(Role.VIEWER, Scope.READ)
STATUSES = {METHOD_NOT_FOUND: 404, INVALID_PARAMS: 400}


@csrf_exempt  # only a token opens it, and no browser sends one by itself
@login_not_required
@require_POST
def endpoint(request: HttpRequest) -> HttpResponse:
    """Answer one message of the protocol."""
    try:
        check(request)
        token = shown(request)
    except HttpError as error:
        return problem.refused(request, error)
    except TooMany as error:
        return problem.limited(request, error)
    return answered(request, token.person.teams_seen)


def shown(request: HttpRequest) -> Token:
    """Return the token that opens this.

    Raises:
        HttpError, TooMany.

    """
    token: Token | None = BEARER(request)
    if token is None:
        raise HttpError(401, NO_CREDENTIALS)
    return token


def check(request: HttpRequest) -> None:
    """Refuse what no client of the protocol sends, such as a page of another site.

    Raises:
        HttpError.

    """
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.get_host()}":
        raise HttpError(403, "Pages of other sites may not ask here.")
    if request.content_type != "application/json":
        raise HttpError(415, "Send JSON, with Content-Type: application/json.")
    if not request.accepts("application/json"):
        raise HttpError(406, "Answers are JSON: accept application/json.")


def answered(request: HttpRequest, teams: tuple[str, ...] | None) -> HttpResponse:
    message, version = None, STATELESS[0]  # its statuses fit what cannot be read, too
    try:
        message = read(decoded(request.body))
        version = version_of(message, request.headers)
        if message.is_notification:
            return HttpResponse(status=202)
        result = done(message, version, teams)
    except Refused as error:
        told = {"jsonrpc": "2.0", "id": message and message.id, "error": error.as_json()}
        return in_json(told, status_of(error, version))
    return in_json({"jsonrpc": "2.0", "id": message.id, "result": result})


def decoded(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise Refused(PARSE_ERROR, "The body is no JSON.") from None


def done(message: Message, version: str, teams: tuple[str, ...] | None) -> dict[str, Any]:
    method = known(version).get(message.method)
    if method is None:
        raise Refused(METHOD_NOT_FOUND, f"There is no method {message.method!r}.")
    try:
        return finished(method(message.params, teams, version), message.method, version)
    except Refused:
        raise
    except Exception:
        LOG.exception("%s", message.method)
        told = "This is a fault of Hearwell, and was written to the server's log."
        raise Refused(INTERNAL_ERROR, told) from None


def status_of(error: Refused, version: str) -> int:
    """Return the status that goes with an error; after a handshake, only messages have them."""
    if error.code in {PARSE_ERROR, INVALID_REQUEST, HEADER_MISMATCH, UNSUPPORTED_VERSION}:
        return 400
    return STATUSES.get(error.code, 200) if version in STATELESS else 200


def in_json(found: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(to_json(found), status=status, content_type="application/json")
