"""What was promised to customers: by which hours, and what runs now and when it will be missed."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router
from pydantic import BaseModel, Field

from hearwell.engine.running import known_until, running
from hearwell.lake.lake import Lake
from hearwell.settings import AppliedSchedule, ServiceLevelTarget
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Query
from hearwell.web.api.rows import Place, hashed, read
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Promises"], auth=at_least(Role.LEAD))


class Page(Query):
    late: bool = Field(False, description="Those that are missed already, in place of the others.")
    limit: int = Field(100, ge=1, le=10_000, description="Promises of a page.")
    cursor: str | None = Field(None, max_length=500, description="`next` of the page before.")


class RunningTold(BaseModel):
    source: str
    case_id: str
    target: str = Field(description="Such as first_response or resolution.")
    promise: str = Field(description="In words: by these `/ask?metric=sla_attainment` tells it.")
    channel: str | None
    priority: str | None
    team: str | None
    agent_id: str | None
    due_at: str | None = Field(description="UTC; null where the opening hours are not known.")


class RunningPage(BaseModel):
    """Promises that are not kept yet, the next to be missed first."""

    running: list[RunningTold]
    total: int
    known_until: str | None = Field(description="UTC: the last instant known of any case.")
    next: str | None = Field(description="The cursor of the next page; null after the last.")
    snapshot: int


class HoursTold(BaseModel):
    """What is in force; of those that fit a row, the first is used."""

    schedules: list[AppliedSchedule]
    targets: list[ServiceLevelTarget]


@router.get(
    "/promises/running",
    summary="Promises that run",
    **told.described(RunningPage, "/promises/running?limit=20"),
)
def running_promises(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:
    """Tell which promises run now, and when each will be missed.

    How many were kept is told by `/ask?metric=sla_attainment&by=promise`.
    """
    teams, about = request.user.teams_seen, hashed(("running", asked.late))
    place = read(asked.cursor, about) if asked.cursor else None
    after = place.after if place else 0

    def made(lake: Lake) -> dict[str, Any]:
        every = lakes.kept(lake, "running", teams, lambda: running(lake, teams))
        last = lakes.kept(lake, "known-until", (), lambda: known_until(lake))
        found, until = every.only(late=asked.late), after + asked.limit
        more = Place(lake.snapshot, until, about).cursor() if until < len(found) else None
        return {
            "running": [
                row | {"due_at": in_utc(row["due_at"])} for row in found.rows(after, until)
            ],
            "total": len(found),
            "known_until": in_utc(last),
            "next": more,
            "snapshot": lake.snapshot,
        }

    return answered(request, str(place.snapshot) if place else None, made)


@router.get(
    "/promises",
    summary="Opening hours and promises",
    **told.described(HoursTold, "/promises"),
)
def promises(request: SignedIn) -> HttpResponseBase:
    """Tell the opening hours, and how soon what is promised to whom."""
    return answered(
        request,
        None,
        lambda lake: HoursTold(
            schedules=list(lake.settings.schedule),
            targets=list(lake.settings.service_level_target),
        ),
    )


def in_utc(instant: Any) -> str | None:
    return None if instant is None else instant.isoformat() + "Z"
