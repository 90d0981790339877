"""The tables of this application; Django looks for them here."""

from hearwell.web.explore.board import Board, KioskLink, Panel
from hearwell.web.explore.channel import Channel
from hearwell.web.explore.delivery import Delivery
from hearwell.web.explore.message import Attempt, Message

__all__ = ["Attempt", "Board", "Channel", "Delivery", "KioskLink", "Message", "Panel"]
