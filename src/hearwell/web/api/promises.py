"""What was promised to customers: by which hours, and what runs now and when it will be missed."""

from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from tomlkit import TOMLDocument

from hearwell import settings
from hearwell.engine.errors import BadQuestion, meant
from hearwell.engine.running import known_until, running
from hearwell.errors import HearwellError
from hearwell.lake.lake import Lake
from hearwell.lake.settings_file import edition, put
from hearwell.report.hours import Day, clock
from hearwell.settings import AppliedSchedule, ServiceLevelTarget, Settings
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered, whole
from hearwell.web.api.caller import administers, at_least
from hearwell.web.api.question import Query
from hearwell.web.api.rows import Place, hashed, read
from hearwell.web.inputs.change_settings import change_settings
from hearwell.web.inputs.schedules_page import SCHEDULE, TARGET, coming, hours_fit
from hearwell.web.inputs.settings_form import dimensions
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Promises"], auth=at_least(Role.LEAD))
MOST = 200
OFFICE: JsonDict = {
    "name": "office",
    "zone": "Europe/London",
    "holidays": "GB",
    "blocks": [{"days": ["monday", "friday"], "opens": "09:00", "closes": "17:30"}],
}
HOURS: JsonDict = {
    "schedules": [OFFICE],
    "targets": [{"metric": "first_response", "within_seconds": 14400}],
    "edition": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


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


class OpeningHours(BaseModel):
    """Opening hours and promises; of those that fit a row, the first is used."""

    schedules: Annotated[list[AppliedSchedule], Field(max_length=MOST)]
    targets: Annotated[list[ServiceLevelTarget], Field(max_length=MOST)]
    edition: str = Field(description="Of the settings: a change is one of what was read before.")


class HoursGiven(OpeningHours):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": HOURS})


class Previewed(Schema):
    """Opening hours that are in force, or may be."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"schedule": OFFICE}})
    schedule: AppliedSchedule


class StretchTold(BaseModel):
    opens: str
    closes: str = Field(description="On the same day: what passes midnight is told of both.")


class DayTold(BaseModel):
    date: str
    open: list[StretchTold]


class Coming(BaseModel):
    days: list[DayTold] = Field(description="Today, in the zone of the schedule, and after.")


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
    **told.described(OpeningHours, "/promises"),
)
def promises(request: SignedIn) -> HttpResponseBase:
    """Tell the opening hours, and how soon what is promised to whom."""
    return answered(request, None, lambda lake: in_force(lake.settings))


@router.put(
    "/promises",
    auth=administers,
    summary="Change opening hours and promises",
    **told.described(OpeningHours, "/promises"),
)
def change_promises(request: SignedIn, given: HoursGiven) -> HttpResponseBase:
    """Put these in the place of those that there are; the past is told by them, too."""

    def edit(document: TOMLDocument) -> None:
        for name, listed in ((SCHEDULE, given.schedules), (TARGET, given.targets)):
            put(document, name, [each.model_dump(exclude_defaults=True) for each in listed])

    change_settings(request, edit, given.edition, fit)
    return whole(in_force(settings.read(lakes.POOL.path)))


@router.post(
    "/promises/preview",
    summary="Opening hours of two weeks",
    **told.described(Coming, "/promises/preview"),
)
def preview_hours(request: SignedIn, asked: Previewed) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell when a schedule, kept or not, is open in the coming two weeks."""
    try:
        found = coming(asked.schedule)
    except HearwellError as error:  # such as a country whose holidays are not known
        raise BadQuestion(str(error)) from None
    return whole({"days": [day(each) for each in found]})


def fit(found: Settings) -> None:
    """Raise what would be wrong with each question of cases, or applies to nothing.

    Raises:
        BadQuestion.

    """
    for schedule in found.schedule:
        for name in schedule.applies_to:
            if name not in (known := dimensions()):
                problem = f"{schedule.name} applies to {name!r}. {meant(name, known)}"
                raise BadQuestion(problem)
    try:
        hours_fit(found)
    except HearwellError as error:
        raise BadQuestion(str(error)) from None


def in_force(found: Settings) -> OpeningHours:
    return OpeningHours(
        schedules=list(found.schedule),
        targets=list(found.service_level_target),
        edition=edition(lakes.POOL.path),
    )


def day(found: Day) -> dict[str, Any]:
    stretches = [{"opens": clock(opens), "closes": clock(closes)} for opens, closes in found.open]
    return {"date": found.date.isoformat(), "open": stretches}


def in_utc(instant: Any) -> str | None:
    return None if instant is None else instant.isoformat() + "Z"
