"""The tables of this application; Django looks for them here."""

from hearwell.web.explore.board import Board, KioskLink, Panel

__all__ = ["Board", "KioskLink", "Panel"]
