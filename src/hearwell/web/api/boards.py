"""Boards: questions that somebody saved, ready to be put; read, made and changed."""

from typing import Annotated, Any

from django.db import transaction
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.engine.errors import BadQuestion
from hearwell.errors import WrongUse
from hearwell.web.api import question as questions
from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.problem import listed, problem, wrong_in
from hearwell.web.api.question import Put, Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import by_email, stored
from hearwell.web.explore.board import Board, Panel
from hearwell.web.explore.boards import Sharing, delete, may_change, opened, own
from hearwell.web.explore.view import View
from hearwell.web.people.audit import Action, audit
from hearwell.web.people.person import Person, Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.read.address import Address

router = Router(tags=["Boards"], auth=at_least(Role.VIEWER))
writes = at_least(Role.VIEWER, Scope.WRITE)
MOST_PANELS, MOST_READERS = 50, 500
EXAMPLE: JsonDict = {
    "title": "Mornings",
    "panels": [{"title": "Calls in time", "question": questions.EXAMPLE}],
}


class PanelGiven(Schema):
    """A question on a board. Without a period it is asked of the newest 28 days."""

    model_config = ConfigDict(extra="forbid")
    title: Annotated[Text, Field(max_length=150)]
    question: Put

    def view(self) -> View:
        """Return what is kept of it: it always tells what is now.

        Raises:
            BadQuestion: the pages could not show the same.
            UnknownMetric, UnknownVariant, UnknownDimension, TooManyChosen.

        """
        asked = self.question
        address = Address(
            last=asked.last,
            begins=asked.begins,
            ends=asked.ends,
            compare=asked.compare,
            clock=asked.clock,
            level=asked.level,
            where=tuple(asked.filters()),
            by=tuple(asked.by),
            grain=None if asked.grain == "none" else asked.grain,
            standardise=tuple(asked.standardise),
        )
        view = View.of(View(asked.asked(), address).text)
        if view.left_out or view.address.where != address.where:
            problem = f"{self.title}: each filter has a value, and is of a dimension of all metrics"
            raise BadQuestion(problem)
        return view


class BoardGiven(Schema):
    """A board as it is to be; what is left out is as usual."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    title: Annotated[Text, Field(max_length=150)]
    is_for_everybody: bool = Field(False, description="May everybody open it?")
    readers: Annotated[list[Text], Field(max_length=MOST_READERS)] = Field(
        [], description="E-mails of others who may open it."
    )
    refresh_minutes: int = Field(
        5, ge=1, le=24 * 60, description="On a screen: told anew after so many minutes."
    )
    panels: Annotated[list[PanelGiven], Field(max_length=MOST_PANELS)] = Field(
        [], description="In their order."
    )


@router.get("/boards", summary="Boards", **told.described(told.Boards, "/boards"))
def boards(request: SignedIn) -> HttpResponseBase:
    """Tell the boards that you may open. Put the question of a panel to `POST /ask`."""
    seen = Board.seen_by(request.user).select_related("owner")
    found = seen.prefetch_related("panels", "readers")
    return whole({"boards": [board(each, request.user) for each in found]})


@router.get("/boards/{number}", summary="One board", **told.described(told.BoardTold, "/boards/1"))
def one_board(request: SignedIn, number: int) -> HttpResponseBase:
    """Tell one board, with its questions ready to be put."""
    return whole(board(opened(request, stored(number)), request.user))


@router.post(
    "/boards",
    auth=writes,
    summary="Make a board",
    **told.described(told.BoardTold, "/boards", status=201, parameters=[DESCRIBED]),
)
@once
def make_board(request: SignedIn, given: BoardGiven) -> Any:
    """Put questions onto a new board. It is yours; whom you share it with sees their own teams."""
    return set_as(request, given, None)


@router.put(
    "/boards/{number}",
    auth=writes,
    summary="Change a board",
    **told.described(told.BoardTold, "/boards/1"),
)
def change_board(request: SignedIn, number: int, given: BoardGiven) -> Any:
    """Put another in its place. It keeps its owner and its links."""
    return set_as(request, given, own(request, stored(number)))


@router.delete(
    "/boards/{number}",
    auth=writes,
    summary="Delete a board",
    **told.described(None, "/boards/1", status=204),
)
def delete_board(request: SignedIn, number: int) -> Any:
    """Remove a board with all that is on it."""
    delete(request, own(request, stored(number)))
    return HttpResponse(status=204)


def set_as(request: SignedIn, given: BoardGiven, found: Board | None) -> HttpResponseBase:
    views = [(each.view(), each.title) for each in given.panels]
    typed = given.model_dump(exclude={"panels"}) | {"readers": by_email(given.readers)}
    form = Sharing(typed, instance=found or Board(owner=request.user))
    if wrong := wrong_in(form):
        return problem(request, 422, f"The board cannot be set: {listed(wrong)}", wrong)
    with transaction.atomic():
        saved = form.save()
        saved.panels.all().delete()
        for view, title in views:
            saved.add(view, title)
        audit(request, Action.BOARD, saved.title)
    return whole(board(saved, request.user), 200 if found else 201)


def board(found: Board, person: Person) -> dict[str, Any]:
    return {
        "number": found.pk,
        "title": found.title,
        "owner": str(found.owner),
        "is_yours": may_change(person, found),
        "is_for_everybody": found.is_for_everybody,
        "readers": [each.email for each in found.readers.all()],
        "refresh_minutes": found.refresh_minutes,
        "panels": [
            {"title": each.title, "question": question(each)} for each in found.panels.all()
        ],
    }


def question(panel: Panel) -> dict[str, Any] | None:
    """Return what a panel asks; None where that is no question any more."""
    try:
        view = View.of(panel.question)
    except WrongUse:
        return None
    address = view.address
    return {
        "metrics": [{"metric": each.metric.name, "variant": each.variant} for each in view.asked],
        "by": address.by,
        "grain": address.grain or "none",
        "from": address.begins,
        "to": address.ends,
        "last": address.last,
        "where": [f"{name}={value}" for name, value in address.where],
        "compare": address.compare,
        "clock": address.clock,
        "standardise": address.standardise if address.compare else (),
        "level": address.level,
        "as_of": address.as_of,
    }
