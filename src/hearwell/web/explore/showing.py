"""A board as one person is shown it."""

from dataclasses import dataclass

from hearwell.engine.question import Teams
from hearwell.errors import HearwellError
from hearwell.lake.lake import Lake
from hearwell.report.problem import what_was_wrong
from hearwell.web.explore.board import Board, Panel
from hearwell.web.explore.telling import Told, told
from hearwell.web.explore.view import View


@dataclass(frozen=True)
class Shown:
    """A panel with what it tells, or why it cannot be told to this person."""

    panel: Panel
    told: Told | None
    problem: str


def shown(lake: Lake, board: Board, teams: Teams) -> list[Shown]:
    """Ask for all panels of a board."""
    return [shown_panel(lake, panel, teams) for panel in board.panels.all()]


def shown_panel(lake: Lake, panel: Panel, teams: Teams) -> Shown:
    try:
        return Shown(panel, told(lake, View.of(panel.question), teams, f"panel-{panel.pk}"), "")
    except HearwellError as error:  # such as a number that is not told by team: the others are
        return Shown(panel, None, what_was_wrong(error))
