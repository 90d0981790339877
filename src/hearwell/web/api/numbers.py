"""The numbers: whatever the pages can ask, in the contract of `--format json`."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router

from hearwell.engine.question import Asked, Teams
from hearwell.engine.scorecard import asked_for
from hearwell.lake.lake import Lake
from hearwell.web.api import told
from hearwell.web.api.answered import answered
from hearwell.web.api.caller import at_least
from hearwell.web.api.question import Asking, Card, ManyMetrics, Put
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.read import asking

router = Router(tags=["Numbers"], auth=at_least(Role.VIEWER))


@router.get(
    "/ask",
    summary="Ask",
    **told.described(
        told.AnswersTold, "/ask?metric=service_level&by=queue&last=28&compare=previous"
    ),
)
def ask(request: SignedIn, asked: FromQuery[ManyMetrics]) -> HttpResponseBase:
    """Tell values with their intervals, and changes with verdicts that hold for all together."""
    return numbers(request, asked, asked.asked())


@router.post(
    "/ask",
    summary="Ask, in JSON",
    **told.described(told.AnswersTold, "/ask"),
)
def put(request: SignedIn, asked: Put) -> HttpResponseBase:
    """Answer the same with the question in the body, where each metric has a variant of its own.

    It takes `question` of an answer and `opens` of a finding as they stand.
    """
    return numbers(request, asked, asked.asked())


@router.get(
    "/scorecard",
    summary="Scorecard",
    **told.described(told.AnswersTold, "/scorecard?where=channel=phone"),
)
def scorecard(request: SignedIn, asked: FromQuery[Card]) -> HttpResponseBase:
    """Tell how care is doing; of the newest 28 days, if it is not said of which."""
    return answered(request, asked.as_of, lambda lake: card(lake, asked, request.user.teams_seen))


def numbers(request: SignedIn, asked: Asking, metrics: tuple[Asked, ...]) -> HttpResponseBase:
    teams = request.user.teams_seen
    return answered(request, asked.as_of, lambda lake: answers(lake, asked, metrics, teams))


def answers(lake: Lake, asked: Asking, metrics: tuple[Asked, ...], teams: Teams) -> dict[str, Any]:
    return asking.asked(lake, asked.question(lake, metrics, teams)).as_json()


def card(lake: Lake, asked: Card, teams: Teams) -> dict[str, Any]:
    usual = asked_for(asked.by, asked.where, asked.variant, teams)
    question = asked.question(lake, usual, teams, compare=asked.against)
    return asking.asked(lake, question).as_json()
