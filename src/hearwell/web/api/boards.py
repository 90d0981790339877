"""Boards that somebody may open, and the questions on them, ready to be put."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Router

from hearwell.errors import WrongUse
from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.explore.board import Board, Panel
from hearwell.web.explore.view import View
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Numbers"], auth=at_least(Role.VIEWER))


@router.get("/boards", summary="Boards", **told.described(told.Boards, "/boards"))
def boards(request: SignedIn) -> HttpResponseBase:
    """Tell the boards that you may open. Put the question of a panel to `POST /ask`."""
    seen = Board.seen_by(request.user).select_related("owner").prefetch_related("panels")
    return whole({"boards": [board(each) for each in seen]})


def board(found: Board) -> dict[str, Any]:
    return {
        "number": found.pk,
        "title": found.title,
        "owner": str(found.owner),
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
