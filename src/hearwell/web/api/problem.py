"""What went wrong, as RFC 9457 wants it told to programs."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field
from pydantic_core import to_json

from hearwell.engine.errors import NotByTeam
from hearwell.errors import HearwellError
from hearwell.lake.errors import LakeLocked, NoSnapshot
from hearwell.lake.settings_file import ChangedMeanwhile, Refused
from hearwell.web.api.rate import TooMany

PROBLEM = "application/problem+json"
BUSY_SECONDS = 5


class Wrong(BaseModel):
    """One part of a request that is wrong."""

    at: str = Field(description="Where it is, such as `query.level` or `body.metrics.0`.")
    detail: str


class Problem(BaseModel):
    """A problem by RFC 9457."""

    type: str = Field(description="`about:blank`: the status says what kind of problem it is.")
    title: str = Field(description="The name of the status.")
    status: int
    detail: str = Field(description="What was wrong, and what to do next.")
    request_id: str = Field(description="To be named when the problem is reported.")
    errors: list[Wrong] | None = Field(None, description="Each part of the request that is wrong.")


def body(request: HttpRequest, status: int, detail: str, wrong: list[Wrong] | None = None) -> bytes:
    found = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        request_id=getattr(request, "request_id", ""),
        errors=wrong,
    )
    return to_json(found, exclude_none=True)


def problem(
    request: HttpRequest, status: int, detail: str, wrong: list[Wrong] | None = None
) -> HttpResponse:
    return HttpResponse(body(request, status, detail, wrong), status=status, content_type=PROBLEM)


def retold(request: HttpRequest, response: HttpResponse) -> None:
    """Turn a page that tells of a problem into one for programs; its headers stay."""
    response.content = body(request, response.status_code, DETAILS.get(response.status_code, ""))
    response.headers["Content-Type"] = PROBLEM
    response.headers.pop("Content-Language", None)


DETAILS = {
    400: "The request cannot be read. Look at its address, headers and body.",
    403: "This may not be done. Whoever asks with a session sends X-CSRFToken with every change.",
    404: "There is nothing at this address. /api/v1/openapi.json lists what there is.",
    405: "The address does not know this method; the header Allow names those it knows.",
    500: "This is a fault of Hearwell, and was written to the server's log. Please report it.",
}


def status_of(error: HearwellError) -> int:
    """Return the status that fits: is it the question, the asker, or the lake?"""
    if isinstance(error, NotByTeam):
        return 403
    is_question = error.exit_code == 2 or isinstance(error, NoSnapshot)
    return 422 if is_question else 503


def told(request: HttpRequest, error: HearwellError) -> HttpResponse:
    response = problem(request, status_of(error), str(error))
    if isinstance(error, LakeLocked):
        response.headers["Retry-After"] = str(BUSY_SECONDS)
    return response


def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
    response = problem(request, error.status_code, error.message)
    if error.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="hearwell"'
    return response


def limited(request: HttpRequest, error: TooMany) -> HttpResponse:
    response = problem(request, 429, str(error))
    response.headers["Retry-After"] = str(error.wait_seconds)
    return response


def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = wrongs(error.errors)
    return problem(
        request, 422, f"The request does not fit its description: {listed(wrong)}", wrong
    )


def wrongs(errors: Iterable[Mapping[str, Any]]) -> list[Wrong]:
    """Return what Pydantic found wrong, in our words."""
    return [
        Wrong(at=place(each["loc"]), detail=each["msg"].removeprefix("Value error, "))
        for each in errors
    ]


def wrong_in(form: BaseForm, names: Mapping[str, str] | None = None) -> list[Wrong]:
    """Return what is wrong with a form that a body filled in.

    Args:
        names: of fields whose values have another name in the body, that name.

    """
    known = {NON_FIELD_ERRORS: ""} | dict(names or {})
    return [
        Wrong(at=f"body.{known.get(name, name)}".rstrip("."), detail=each["message"])
        for name, errors in form.errors.get_json_data().items()
        for each in errors
    ]


def unfit(
    request: HttpRequest, form: BaseForm, names: Mapping[str, str] | None = None
) -> HttpResponse | None:
    """Return what is wrong with a form that a body filled in; None where nothing is.

    Args:
        names: as for `wrong_in`.

    """
    wrong = wrong_in(form, names)
    return problem(request, 422, f"It cannot be kept: {listed(wrong)}", wrong) if wrong else None


def listed(wrong: Iterable[Wrong]) -> str:
    return "; ".join(f"{each.at}: {each.detail}" if each.at else each.detail for each in wrong)


def place(parts: Iterable[Any]) -> str:
    """Return where a value is, without the name of the argument that takes the whole."""
    return ".".join(str(each) for each in parts if each != "asked")


def nowhere(request: HttpRequest, _: Http404) -> HttpResponse:
    return problem(request, 404, DETAILS[404])


def left(request: HttpRequest, error: Refused) -> HttpResponse:
    wrong = [
        Wrong(at=".".join(("body", *map(str, where))), detail=detail)
        for where, detail in error.problems
    ]
    return problem(request, 422, f"The settings were left as they are: {listed(wrong)}", wrong)


def changed_meanwhile(request: HttpRequest, _: ChangedMeanwhile) -> HttpResponse:
    told_of = "The settings are another edition by now. Read them again, and make your change anew."
    return problem(request, 409, told_of)


HANDLERS: dict[type[Exception], Callable[[HttpRequest, Any], HttpResponse]] = {
    HearwellError: told,
    Refused: left,
    ChangedMeanwhile: changed_meanwhile,
    HttpError: refused,
    TooMany: limited,
    ValidationError: invalid,
    Http404: nowhere,
}


def tells(api: NinjaAPI) -> None:
    """Let an API tell of all problems in this way."""
    for kind, handler in HANDLERS.items():
        api.add_exception_handler(kind, handler)
