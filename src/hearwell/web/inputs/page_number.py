"""Which page of many rows an address asks for."""

from django.http import Http404

from hearwell.web.people.signed_in import SignedIn

MOST = 100_000


def page_number(request: SignedIn) -> int:
    """Return the number of the page, from 1.

    Raises:
        Http404: it is none.

    """
    text = request.GET.get("page", "1")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= MOST):
        raise Http404
    return int(text)
