"""Every page decides who may see it: signed in unless it says otherwise, and by role."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from hearwell.web.people.person import Person, Role


class SignedIn(HttpRequest):
    """A request of somebody who is signed in: all others are turned away before a view is asked."""

    user: Person


View = Callable[..., HttpResponseBase]


def at_least(role: Role) -> Callable[[View], View]:
    """Let in only people of this role or one that may do more."""

    def guarded(view: View) -> View:
        @wraps(view)
        def guard(request: HttpRequest, *arguments: object, **named: object) -> HttpResponseBase:
            if not (request.user.is_authenticated and request.user.may(role)):
                raise PermissionDenied
            return view(request, *arguments, **named)

        guard.role = role  # type: ignore[attr-defined]  # the test of permissions reads it
        return guard

    return guarded
