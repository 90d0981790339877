"""Every address of the application and an example of each, found by walking the resolver."""

from django.urls import get_resolver
from django.urls.resolvers import URLPattern

EXAMPLES = {
    "<int:number>": "999999",
    "<int:place>": "1",
    "<int:key>": "1",
    "<int:score>": "1",
    "<str:token>": "no-such-token",
    "<str:secret>": "no-such-secret",
    "<str:name>": "no_such_metric",
    "<str:kind>": "csv",
    "<str:provider_id>": "oidc",
}
ELSEWHERE = ("api/", "mcp")
"""Addresses of programs: operations and scopes of these have a matrix of their own."""


PERIOD = "from=2026-05-10&to=2026-06-20"

PAGES = (
    f"/?{PERIOD}",
    f"/metric/service_level/?{PERIOD}",
    f"/metric/call_volume/rows/?{PERIOD}",
    f"/explore/?metric=call_volume:calls&grain=week&{PERIOD}",
    "/boards/",
    "/targets/",
    f"/staffing/?{PERIOD}",
    f"/help-centre/?{PERIOD}",
    "/data/",
    "/data/upload/",
    "/settings/",
    "/settings/numbers/",
    "/settings/schedules/",
    "/people/",
    "/audit/",
    "/tokens/",
    "/account/",
    "/sites/",
    "/deliveries/",
    "/promises/",
    "/surveys/",
    "/why/",
    "/api/",
)
"""Pages that have something to show of a company that was simulated."""


def routes(patterns=None, before=""):
    """Give each route as it is written in the application."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            if not route.startswith(ELSEWHERE):
                yield route
        else:
            yield from routes(pattern.url_patterns, route)


def example(route):
    """Return an address of a route, of something that does not exist."""
    for part, value in EXAMPLES.items():
        route = route.replace(part, value)
    assert "<" not in route, f"Add an example of what {route} holds to EXAMPLES."
    return "/" + route
