"""The rows behind a number: page by page, as JSON or as files."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from django.core import signing
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import Field

from hearwell.engine.errors import BadQuestion, meant
from hearwell.engine.question import Asked
from hearwell.engine.rows import Rows, told_of
from hearwell.engine.rows import rows as rows_behind
from hearwell.lake.lake import Lake
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.metrics import named
from hearwell.web.api.question import OneMetric, Text
from hearwell.web.export import exported
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

FILES = ("text/csv", "application/vnd.apache.parquet")
SALT = "rows"
MOST_COLUMNS = 100

router = Router(tags=["Numbers"], auth=at_least(Role.LEAD))


class Page(OneMetric):
    limit: int = Field(100, ge=1, le=10_000, description="Rows of a page.")
    cursor: str | None = Field(
        None, max_length=500, description="`next` of the page before; the question stays the same."
    )
    column: Annotated[list[Text], Field(max_length=MOST_COLUMNS)] = Field(
        [], description="Columns of the record to tell beside those that decided."
    )
    format: Literal["json", "csv", "parquet"] = Field(
        "json", description="In files, the header Link names the next page."
    )

    def about(self, one: Asked) -> str:
        """Name the question, so that no cursor is taken for one of another."""
        asked = self.model_dump(exclude={"cursor", "limit", "format"})
        return hashed((one.metric.name, one.variant, asked))


class Place(NamedTuple):
    """Where a page begins: in which state of the lake, after how many rows, of which question."""

    snapshot: int
    after: int
    about: str

    def cursor(self) -> str:
        return signing.dumps(self, salt=SALT)


def hashed(about: Any) -> str:
    return hashlib.sha256(repr(about).encode()).hexdigest()[:16]


class UnknownColumn(BadQuestion):
    def __init__(self, metric: str, name: str, known: list[str]) -> None:
        hint = meant(name, known)
        super().__init__(f"The rows of {metric} have no column {name!r}. {hint}")


class BadCursor(BadQuestion):
    def __init__(self) -> None:
        super().__init__("This cursor belongs to no such question. Begin without a cursor.")


@router.get(
    "/metrics/{name}/rows",
    summary="Rows behind a number",
    **told.described(told.RowsTold, "/metrics/call_volume/rows?limit=20", files=FILES),
)
def rows(request: SignedIn, name: Text, asked: FromQuery[Page]) -> HttpResponseBase:
    """Tell the rows that a number counts, oldest first.

    All pages are of the state of the lake in which the first was asked for, also if rows come or
    change in between. That something was taken away is written into the audit log.
    """
    one, teams = named(name, asked.variant), request.user.teams_seen
    for column in asked.column:
        if column not in (known := told_of(one)):
            raise UnknownColumn(one.metric.name, column, known)
    about = asked.about(one)
    place = read(asked.cursor, about) if asked.cursor else None
    after = place.after if place else 0

    def made(lake: Lake) -> Any:
        question = asked.question(lake, (one,), teams, grain="none", compare=None, standardise=())
        found = rows_behind(lake, question, asked.limit, offset=after, more=asked.column)
        until = after + len(found.rows)
        audit(request, Action.EXPORTED, f"{one.metric.name} {one.variant}, rows to {until}")
        more = Place(lake.snapshot, until, about).cursor() if until < found.total else None
        if asked.format == "json":
            return in_json(found, more, lake.snapshot)
        return in_file(request, asked.format, one.metric.name, found, more)

    return answered(request, str(place.snapshot) if place else asked.as_of, made)


def read(cursor: str, about: str) -> Place:
    """Return where the page begins that a cursor asks for.

    Raises:
        BadCursor: it is none of ours, or of another question.

    """
    try:
        place = Place(*signing.loads(cursor, salt=SALT))
    except signing.BadSignature:
        raise BadCursor from None
    if place.about != about:
        raise BadCursor
    return place


def in_json(found: Rows, more: str | None, snapshot: int) -> dict[str, Any]:
    return {
        "total": found.total,
        "columns": found.columns,
        "rows": [
            {name: told_value(value) for name, value in zip(found.columns, row, strict=True)}
            for row in found.rows
        ],
        "next": more,
        "snapshot": snapshot,
    }


def told_value(value: Any) -> Any:
    """Return a value as JSON has it: an instant says that it is UTC, money keeps its digits."""
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return str(value) if isinstance(value, Decimal) else value


def in_file(
    request: SignedIn, kind: str, name: str, found: Rows, more: str | None
) -> StreamingHttpResponse:
    response = exported(request, kind, name, found.columns, found.rows)
    if more:
        query = request.GET.copy()
        query["cursor"] = more
        following = request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response
