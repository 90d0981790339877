"""Headers of every answer, beside those that Django and its companions set."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

MORE_HEADERS = {
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


def more_headers(
    answer: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in MORE_HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):  # pages tell what not everyone may know
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered
