"""Who asks: somebody with a session in a browser, or a program with a token of somebody's."""

from django.conf import settings
from django.http import HttpRequest
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.security import APIKeyCookie, HttpBearer

from hearwell.web.api import rate
from hearwell.web.people.person import Person, Role
from hearwell.web.people.token import Scope, Token


class Bearer(HttpBearer):
    """A token as `Authorization: Bearer …`. One that is no longer good opens nothing."""

    def __init__(self, role: Role, scope: Scope) -> None:
        super().__init__()
        self.role, self.scope = role, scope

    def authenticate(self, request: HttpRequest, token: str) -> Token:
        found = Token.find(token)
        if found is None:
            raise AuthenticationError(401, "The token is unknown, revoked or past its end.")
        rate.count(f"token:{found.pk}", settings.ENVIRONMENT.api_requests_a_minute)
        if not found.may(self.role, self.scope):
            raise not_allowed(self.role, self.scope)
        request.user = found.person
        return found


class Session(APIKeyCookie):
    """The cookie of somebody who is signed in; with it, changes need the header X-CSRFToken."""

    param_name = settings.SESSION_COOKIE_NAME

    def __init__(self, role: Role) -> None:
        super().__init__()
        self.role = role

    def __call__(self, request: HttpRequest) -> Person | None:
        if "Authorization" in request.headers:  # whoever shows something else wants that to count
            raise AuthenticationError(401, NO_CREDENTIALS)
        found: Person | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, key: str | None) -> Person:  # noqa: ARG002  Ninja's
        if not request.user.is_authenticated:
            raise AuthenticationError(401, NO_CREDENTIALS)
        rate.count(f"person:{request.user.pk}", settings.ENVIRONMENT.api_requests_a_minute)
        if not request.user.may(self.role):
            raise not_allowed(self.role, None)
        return request.user


NO_CREDENTIALS = (
    "Say who asks: with a token, as `Authorization: Bearer hearwell_…`, or with a session. "
    "Tokens are made on the page Tokens of your account."
)


def not_allowed(role: Role, scope: Scope | None) -> AuthorizationError:
    beside = f" and a token of scope {scope}" if scope else ""
    return AuthorizationError(403, f"This needs the role {role}{beside}, or more.")


def shown_by(request: HttpRequest) -> Token | None:
    """Return the token by which somebody asks, if it is one."""
    shown = getattr(request, "auth", None)
    return shown if isinstance(shown, Token) else None


def at_least(role: Role, scope: Scope = Scope.READ) -> list[Bearer | Session]:
    """Let in only people of this role, and their tokens of this scope, or such that may more."""
    return [Bearer(role, scope), Session(role)]


administers = at_least(Role.ADMINISTRATOR, Scope.ADMIN)
"""Who may change the organisation: its people, settings and sites."""
