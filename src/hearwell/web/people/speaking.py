"""In which language an answer is: the one chosen here, the person's, or the browser's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from hearwell.language import LANGUAGES, speaking


def speaks(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def answered(request: HttpRequest) -> HttpResponse:
        language = chosen(request)
        with translation.override(language), speaking(language):
            request.LANGUAGE_CODE = language
            response = answer(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return answered


def chosen(request: HttpRequest) -> str:
    asked = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
    if asked in LANGUAGES:
        return asked
    if request.user.is_authenticated and request.user.language in LANGUAGES:
        return request.user.language
    return translation.get_language_from_request(request)
