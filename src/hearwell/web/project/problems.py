"""Answers to what went wrong: what it was, and what to do next."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hearwell.errors import HearwellError, WrongUse
from hearwell.report.problem import what_was_wrong


def problem(request: HttpRequest, status: int, title: str, told: str) -> HttpResponse:
    return render(request, "problem.html", {"title": title, "told": told}, status=status)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  not for readers
    return problem(
        request,
        403,
        _("This form was too old"),
        _("Go back, load the page again and send it once more."),
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return problem(request, 400, _("This cannot be asked"), str(exception or ""))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return problem(
        request,
        403,
        _("Your role may not do this"),
        _("Ask an administrator of your organisation if you need it."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001
    return problem(
        request,
        404,
        _("There is no such page"),
        _("The address may be misspelled, or what it led to is gone."),
    )


def fault(request: HttpRequest) -> HttpResponse:
    return problem(
        request,
        500,
        _("This is a fault of Hearwell"),
        _("Nothing was changed. It was written to the server's log; please report it."),
    )


def tells_problems(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Turn what was wrong with a question or the lake into a page that says what to do."""

    def answered(request: HttpRequest) -> HttpResponse:
        return answer(request)

    def told(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, HearwellError):
            return None
        is_question = isinstance(exception, WrongUse)
        title = _("This cannot be asked") if is_question else _("This could not be done")
        return problem(request, 400 if is_question else 503, title, what_was_wrong(exception))

    answered.process_exception = told  # type: ignore[attr-defined]  # where Django looks for it
    return answered
