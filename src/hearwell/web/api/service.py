"""The API: its operations, put together, and its description."""

from functools import cache
from typing import Any

from django.http.response import HttpResponseBase
from ninja import NinjaAPI, Router
from ninja.constants import NOT_SET
from ninja.operation import Operation

from hearwell.web.api import (
    account,
    audit_log,
    boards,
    channels,
    deliveries,
    designs,
    dimensions,
    events,
    findings,
    imports,
    journeys,
    lake,
    links,
    metrics,
    numbers,
    people,
    programmes,
    promises,
    rows,
    settings,
    sites,
    surveys,
    targets,
)
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import Bearer, at_least
from hearwell.web.api.problem import PROBLEM, tells
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

ABOUT = """Whatever the pages can ask, targets, alerts and imports, with the same roles and teams.

Show a token as `Authorization: Bearer hearwell_…`, or ask with the session of a browser.
Problems are told by RFC 9457. `ETag` and `If-None-Match` spare an answer that has not changed."""

ROUTERS = (
    metrics.router,
    dimensions.router,
    numbers.router,
    rows.router,
    findings.router,
    journeys.router,
    events.router,
    boards.router,
    links.router,
    channels.router,  # before deliveries, whose addresses would take theirs
    deliveries.router,
    targets.router,
    promises.router,
    lake.router,
    imports.router,
    designs.router,  # before programmes, whose addresses would take theirs
    programmes.router,
    surveys.router,
    sites.router,
    people.router,
    settings.router,
    audit_log.router,
    account.router,
)


def guard(router: Router, operation: Operation) -> Bearer:
    own = operation.auth_param
    found: Any = router.auth if own is NOT_SET else own
    bearer: Bearer = found[0]
    return bearer


ALLOWED = {
    operation.view_func.__name__: (guard(router, operation).role, guard(router, operation).scope)
    for router in ROUTERS
    for view in router.path_operations.values()
    for operation in view.operations
}
"""Who may ask, and with a token of which scope, by the name of the operation."""


class Service(NinjaAPI):
    """An API whose description says what problems look like, and who may ask what."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **named: Any) -> Any:
        schema = super().get_openapi_schema(**named)
        for path in schema["paths"].values():
            for operation in path.values():
                role, scope = ALLOWED[operation["operationId"]]
                operation |= {"x-role": role, "x-scope": scope}
                for status, response in operation["responses"].items():
                    if int(status) >= 400:
                        response["content"] = {PROBLEM: response["content"]["application/json"]}
        return schema


API = Service(
    title="Hearwell",
    version="1",
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
)
tells(API)
for each in ROUTERS:
    API.add_router("", each)


@API.get("/openapi.json", auth=at_least(Role.VIEWER), include_in_schema=False)
def openapi(request: SignedIn) -> HttpResponseBase:
    """Describe the API to programs."""
    return answered(request, None, lambda _: description())


@cache
def description() -> Any:
    """Return the description, which is made once."""
    return API.get_openapi_schema()
