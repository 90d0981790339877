"""Survey programmes: whom they ask, what came of them, and how often anybody is asked."""

from typing import Annotated, Any, Literal

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from ninja import File, Router, Schema, UploadedFile
from ninja import Query as FromQuery
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.problem import unfit
from hearwell.web.api.question import Line, Query, Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import stored
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.surveys.again import Again as Tracked
from hearwell.web.surveys.again import tracked
from hearwell.web.surveys.forms import HabitsForm, ProgrammeForm, ReachForm
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.pages import draw, keep_habits, keep_programme, take_in
from hearwell.web.surveys.programme import Group, People, Programme, Trigger
from hearwell.web.surveys.results import GROUPS, addressed, came_of, rates

router = Router(tags=["Surveys"], auth=at_least(Role.LEAD))
writes = at_least(Role.LEAD, Scope.WRITE)
NAMES = {"topics": "left_out"}
MOST_TOPICS = 200
MOST_DAYS = 32_767
EXAMPLE: JsonDict = {"name": "After care", "design": 1, "trigger": "solved"}
HABITS: JsonDict = {"rest_days": 30, "quiet_from": 20, "quiet_to": 8}


class HabitsTold(Schema):
    """How often anybody may be asked, by all programmes together."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": HABITS})
    rest_days: int = Field(ge=1, le=730, description="Nobody is asked twice within so many days.")
    quiet_from: int | None = Field(None, ge=0, le=23, description="Nobody is asked from this hour")
    quiet_to: int | None = Field(None, ge=0, le=23, description="up to this one.")


class ProgrammeGiven(Schema):
    """A programme as it is to be; what is left out is as usual."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    name: Annotated[Text, Field(max_length=100)]
    design: int = Field(description="The number of its survey.")
    touchpoint: Annotated[str, Field(max_length=60)] = ""
    trigger: Trigger = Field(Trigger.LINK, description="When somebody is asked.")
    people: People = Field(People.ACCOUNTS, description="Who the agents are, if they are asked.")
    every_days: int = Field(91, ge=1, le=MOST_DAYS)
    after_days: int = Field(0, ge=0, le=MOST_DAYS)
    share: float = Field(1.0, ge=0.001, le=1, description="The part that is chosen, by chance.")
    quota_a_day: int | None = Field(None, ge=0, le=2**31 - 1)
    quota_by: Group = Group.NONE
    open_days: int = Field(14, ge=1, le=MOST_DAYS)
    reminds_after_days: int | None = Field(None, ge=0, le=MOST_DAYS)
    left_out: Annotated[list[Line], Field(max_length=MOST_TOPICS)] = Field(
        [], description="Topics that are never asked about."
    )
    is_on: bool = True


class ProgrammeTold(ProgrammeGiven):
    number: int
    is_anonymous: bool
    address: str = Field(description="By which anybody may answer; empty where agents are asked.")


class Programmes(BaseModel):
    programmes: list[ProgrammeTold]
    habits: HabitsTold


class Wanted(Query):
    by: Literal[*GROUPS] = Field(GROUPS[0], description="By which the response rate is told.")  # type: ignore[valid-type]  # as many as there are


class DecidedTold(BaseModel):
    status: str
    reason: str
    people: int


class RateTold(BaseModel):
    group: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int = Field(description="People who were asked.")
    hidden: str | None = Field(description="Why it is not told, where it may not be.")


class NeededTold(BaseModel):
    points: int = Field(description="A figure is sure within so many points, up and down,")
    answers: int = Field(description="with so many answers,")
    days: int | None = Field(description="which come in so many days, if as many come as of late.")


class LineTold(BaseModel):
    answer: str
    value: float | None = Field(description="The mean, or how many chose it.")
    n: int = Field(description="Who answered the question.")


class SaidTold(BaseModel):
    question: str
    is_mean: bool
    lines: list[LineTold]


class TextTold(BaseModel):
    question: str
    text: str


class CommentTold(BaseModel):
    score: int | None
    comment: str
    texts: list[TextTold]
    day: str


class AgainTold(BaseModel):
    """Those who did not answer, and are asked again."""

    asked: int
    answered: int
    silent: int = Field(description="Who could be asked again now.")


class Again(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"people": 50}})
    people: int = Field(ge=1, le=2**31 - 1, description="So many, if there are.")


class Results(BaseModel):
    """What came of a programme, of the teams that you may see.

    Scores are told by `/ask`, where they have `programme` as a dimension.
    """

    decisions: list[DecidedTold] = Field(description="Everybody who could be asked, once.")
    again: AgainTold
    answers: int
    said: list[SaidTold] = Field(description="Answers to the further questions.")
    comments: list[CommentTold] = Field(description="The newest.")
    is_held_back: bool = Field(description="Are there too few anonymous answers to be told?")
    needed: list[NeededTold]
    rates: list[RateTold] = Field(description="Who answers.")


class ReachTold(BaseModel):
    known: int = Field(description="E-mails that were taken in.")


@router.get("/surveys", summary="Survey programmes", **told.described(Programmes, "/surveys"))
def programmes(request: SignedIn) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell the programmes, and how often anybody may be asked."""
    found = Programme.objects.select_related("design")
    habits = HabitsTold.from_orm(Habits.current()).model_dump()
    return whole({"programmes": [programme(each) for each in found], "habits": habits})


@router.post(
    "/surveys",
    auth=writes,
    summary="Make a programme",
    **told.described(ProgrammeTold, "/surveys", status=201, parameters=[DESCRIBED]),
)
@once
def make_programme(request: SignedIn, given: ProgrammeGiven) -> Any:
    """Ask people of a kind, at a moment, with a survey."""
    return set_as(request, given, None)


@router.put(
    "/surveys/habits",
    auth=writes,
    summary="Change how often people are asked",
    **told.described(HabitsTold, "/surveys/habits"),
)
def change_habits(request: SignedIn, given: HabitsTold) -> Any:
    """Change it for all programmes together."""
    form = HabitsForm(given.model_dump(), instance=Habits.current())
    if wrong := unfit(request, form):
        return wrong
    keep_habits(request, form)
    return whole(given)


@router.post(
    "/surveys/e-mails",
    auth=at_least(Role.ADMINISTRATOR, Scope.WRITE),
    summary="Bring e-mails",
    **told.described(ReachTold, "/surveys/e-mails"),
)
def bring_emails(request: SignedIn, file: File[UploadedFile]) -> Any:
    """Take in where customers, or agents, can be asked by mail.

    The file is CSV with the columns customer, or agent, and email. Those known before get the new.
    """
    form = ReachForm({}, MultiValueDict({"file": [file]}))
    return unfit(request, form) or whole({"known": take_in(request, form)})


@router.put(
    "/surveys/{programme}",
    auth=writes,
    summary="Change a programme",
    **told.described(ProgrammeTold, "/surveys/1"),
)
def change_programme(request: SignedIn, programme: int, given: ProgrammeGiven) -> Any:
    """Put another in its place; its link stays."""
    return set_as(request, given, get_object_or_404(Programme, pk=stored(programme)))


@router.get(
    "/surveys/{programme}/results",
    summary="What came of a programme",
    **told.described(Results, "/surveys/1/results?by=channel"),
)
def survey_results(request: SignedIn, programme: int, asked: FromQuery[Wanted]) -> Any:
    """Tell who was asked and why not, who answers, and what they say, of the teams you may see.

    Anonymous answers are told late, and five or more at a time.
    """
    found = get_object_or_404(Programme.objects.select_related("design"), pk=stored(programme))
    teams = request.user.teams_seen
    of_it = came_of(found, teams, timezone.now())
    return whole(
        {
            "decisions": [
                {"status": status, "reason": reason, "people": n}
                for status, reason, n in of_it["decisions"]
            ],
            "again": again(of_it["again"]),
            "answers": of_it["answers"],
            "said": [said(each) for each in of_it["said"]],
            "comments": [comment(each) for each in of_it["comments"]],
            "is_held_back": of_it["few"],
            "needed": [
                {"points": points, "answers": n, "days": days}
                for points, n, days in of_it["needed"]
            ],
            "rates": [rate(each, asked.by) for each in rates(found, teams, asked.by)],
        }
    )


@router.post(
    "/surveys/{programme}/again",
    auth=writes,
    summary="Ask some again",
    **told.described(AgainTold, "/surveys/1/again", parameters=[DESCRIBED]),
)
@once
def ask_some_again(request: SignedIn, programme: int, given: Again) -> Any:
    """Ask some again who did not answer, drawn by chance: only they can tell what they think."""
    found = get_object_or_404(Programme, pk=stored(programme))
    draw(request, found, given.people)
    return whole(again(tracked(found, request.user.teams_seen, timezone.now())))


def set_as(request: SignedIn, given: ProgrammeGiven, found: Programme | None) -> HttpResponseBase:
    typed = given.model_dump(exclude={"left_out"}) | {"topics": "\n".join(given.left_out)}
    form = ProgrammeForm(typed, instance=found)
    wrong = unfit(request, form, NAMES)
    return wrong or whole(programme(keep_programme(request, form)), 200 if found else 201)


def programme(found: Programme) -> dict[str, Any]:
    same = set(ProgrammeGiven.model_fields) - {"design"}
    return {
        "number": found.pk,
        "design": found.design_id,
        **{name: getattr(found, name) for name in same},
        "is_anonymous": found.is_anonymous,
        "address": addressed(found)["address"],
    }


def again(found: Tracked) -> dict[str, Any]:
    return {name: getattr(found, name) for name in AgainTold.model_fields}


def said(found: dict[str, Any]) -> dict[str, Any]:
    lines = [{"answer": name, "value": value, "n": n} for name, value, n in found["lines"]]
    return {"question": found["question"], "is_mean": found["is_mean"], "lines": lines}


def comment(found: dict[str, Any]) -> dict[str, Any]:
    return {
        "score": found["answer"],
        "comment": found["comment"],
        "texts": [{"question": asked, "text": text} for asked, text in found["texts"]],
        "day": timezone.localdate(found["at"]).isoformat(),
    }


def rate(cell: dict[str, Any], by: str) -> dict[str, Any]:
    names = ("value", "low", "high", "n", "hidden")
    return {"group": cell["group"][by], **{name: cell[name] for name in names}}
