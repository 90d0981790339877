"""What is entered by hand: what happened, which programs tell too, and figures of others."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.engine.errors import NotByTeam
from hearwell.engine.question import find
from hearwell.lake.lake import Lake
from hearwell.records.benchmark import COMPARABILITY
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered, whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.problem import unfit
from hearwell.web.api.question import Query, Text
from hearwell.web.api.rows import told_value
from hearwell.web.explore.view import written
from hearwell.web.inputs.by_hand import (
    BENCHMARKS,
    EVENTS,
    LONGEST,
    MOST_SHOWN,
    BenchmarkForm,
    EventForm,
    Kind,
    put,
    remove,
    rows_of,
)
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.targets.form import shown

router = Router(tags=["Why"], auth=at_least(Role.LEAD, Scope.WRITE))
FIGURE: JsonDict = {
    "metric": "service_level",
    "variant": "SL3",
    "who": "telecommunications",
    "period": "2025",
    "value": 0.8,
    "source_text": "the regulator's yearly report",
}
reads = at_least(Role.LEAD)


class EventTold(Schema):
    """An event. The same `event_id` told again changes it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "event_id": "camera-2.1",
                "kind": "release",
                "title": "Camera 2.1",
                "started_at": "2026-03-27T09:00",
                "dimension": "product",
                "value": "camera",
            }
        },
    )
    event_id: Text = Field(description="Your own name of it.")
    kind: Literal[
        "release",
        "campaign",
        "outage",
        "price_change",
        "number_change",
        "staff_change",
        "rule_change",
        "other",
    ]
    title: Annotated[Text, Field(max_length=300)] = Field(description="As people call it.")
    started_at: Text = Field(description="A day or an instant; the organisation's zone.")
    ended_at: Text | None = None
    dimension: Text | None = Field(None, description="Where it could touch some only: product.")
    value: Text | None = Field(None, description="Of the dimension: camera.")


class EventListed(BaseModel):
    """Something that happened; instants are UTC."""

    source: str
    event_id: str
    kind: str | None
    title: str | None
    started_at: str
    ended_at: str | None
    dimension: str | None
    value: str | None


class EventKey(Query):
    event_id: Text


class BenchmarkKey(BaseModel):
    metric: str
    who: str
    period: str


class BenchmarkNamed(Query):
    metric: Text
    who: Text
    period: Text


class BenchmarkTold(Schema):
    """A figure of others."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": FIGURE})
    metric: Text = Field(description="Name or label.")
    variant: Text | None = Field(None, description="One of the metric's; its first if none.")
    who: Annotated[Text, Field(max_length=LONGEST)] = Field(description="A competitor, or a trade.")
    period: Annotated[Text, Field(max_length=60)] = Field(description="Such as 2025.")
    value: float = Field(allow_inf_nan=False, description="Shares 0 to 1, times in seconds.")
    low: float | None = Field(None, allow_inf_nan=False)
    high: float | None = Field(None, allow_inf_nan=False)
    n: int | None = Field(None, ge=1, le=2**31 - 1)
    comparability: Literal[*COMPARABILITY] | None = Field(  # type: ignore[valid-type]  # as many as there are
        None, description="By which rules it was counted; unknown if none."
    )
    source_text: Annotated[Text, Field(max_length=1000)] = Field(
        description="Publisher and year, and how it was counted."
    )
    url: Annotated[Text, Field(max_length=1000)] | None = None

    def typed(self) -> dict[str, Any]:
        """Return what a person would type into the form.

        Raises:
            UnknownMetric, UnknownVariant.

        """
        asked = find(self.metric, self.variant)[0]
        figures = {name: getattr(self, name) for name in ("value", "low", "high")}
        return (
            self.model_dump(exclude={"variant"}, exclude_none=True)
            | {"metric": written(asked)}
            | {name: shown(each, asked.unit) for name, each in figures.items() if each is not None}
        )


class Events(BaseModel):
    events: list[EventListed] = Field(description=f"The newest {MOST_SHOWN}.")
    snapshot: int


class BenchmarkListed(BaseModel):
    """A figure of others."""

    metric: str = Field(description="With its variant, such as service_level.SL3.")
    who: str
    period: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    comparability: str | None
    source_text: str | None
    url: str | None


class Benchmarks(BaseModel):
    benchmarks: list[BenchmarkListed] = Field(description=f"The newest {MOST_SHOWN}.")
    snapshot: int


@router.get("/events", auth=reads, summary="Events", **told.described(Events, "/events"))
def events(request: SignedIn) -> HttpResponseBase:
    """Tell what happened, such as releases; it is for those who may see all teams."""
    return entered(request, EVENTS)


@router.get(
    "/benchmarks", auth=reads, summary="Benchmarks", **told.described(Benchmarks, "/benchmarks")
)
def benchmarks(request: SignedIn) -> HttpResponseBase:
    """Tell figures of others to compare with; it is for those who may see all teams."""
    return entered(request, BENCHMARKS)


def entered(request: SignedIn, kind: Kind) -> HttpResponseBase:
    """Tell the rows that were entered.

    Raises:
        NotByTeam.

    """
    for_all_teams(request, kind)

    def made(lake: Lake) -> dict[str, Any]:
        rows = [
            {name: told_value(each) for name, each in row.items() if name != "received_at"}
            for row in rows_of(lake, kind)
        ]
        return {kind.name: rows, "snapshot": lake.snapshot}

    return answered(request, None, made)


@router.post("/events", summary="Tell of an event", **told.described(told.EventKept, "/events"))
def tell_event(request: SignedIn, event: EventTold) -> HttpResponseBase:
    """Keep an event, such as a release: where a number turned, what coincides is told.

    It needs a token that may change things, and is for those who may see all teams.
    """
    for_all_teams(request, EVENTS)
    with lakes.reading() as lake:
        zone = lake.settings.zone
    form = EventForm(zone, event.dict(exclude_none=True))
    if wrong := unfit(request, form):
        return wrong
    row: dict[str, Any] = form.row() | {"event_id": event.event_id}
    put(request, EVENTS, row)
    return whole({"event_id": event.event_id})


@router.delete(
    "/events",
    summary="Take back an event",
    **told.described(None, "/events?event_id=x", status=204),
)
def take_back_event(request: SignedIn, asked: FromQuery[EventKey]) -> HttpResponseBase:
    """Remove an event that was told here or on the page; those of files come again with these."""
    return taken_back(request, EVENTS, asked)


@router.post(
    "/benchmarks",
    summary="Tell a figure of others",
    **told.described(BenchmarkKey, "/benchmarks"),
)
def tell_benchmark(request: SignedIn, figure: BenchmarkTold) -> HttpResponseBase:
    """Keep a figure of others to compare with. Of the same metric, whom and period there is one."""
    for_all_teams(request, BENCHMARKS)
    form = BenchmarkForm("", figure.typed())
    if wrong := unfit(request, form):
        return wrong
    row = form.row()
    put(request, BENCHMARKS, row)
    return whole({name: row[name] for name in BENCHMARKS.key})


@router.delete(
    "/benchmarks",
    summary="Take back a figure",
    **told.described(
        None, "/benchmarks?metric=service_level.SL3&who=others&period=2025", status=204
    ),
)
def take_back_benchmark(request: SignedIn, asked: FromQuery[BenchmarkNamed]) -> HttpResponseBase:
    """Remove a figure that was told here or on the page; the metric as it is listed."""
    return taken_back(request, BENCHMARKS, asked)


def for_all_teams(request: SignedIn, kind: Kind) -> None:
    """Let only those pass who may see all teams.

    Raises:
        NotByTeam.

    """
    if request.user.teams_seen is not None:
        raise NotByTeam(kind.name)


def taken_back(request: SignedIn, kind: Kind, key: Query) -> HttpResponseBase:
    for_all_teams(request, kind)
    if not remove(request, kind, key.model_dump()):
        raise Http404
    return HttpResponse(status=204)
