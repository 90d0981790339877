"""The tables of this application; Django looks for them here."""

from hearwell.web.surveys.asked import Asked
from hearwell.web.surveys.design import Design, Version
from hearwell.web.surveys.habits import Habits
from hearwell.web.surveys.invitation import Answer, Invitation
from hearwell.web.surveys.programme import Programme
from hearwell.web.surveys.reach import Reach
from hearwell.web.surveys.round import Letter, Round
from hearwell.web.surveys.stop import Stop

__all__ = [
    "Answer",
    "Asked",
    "Design",
    "Habits",
    "Invitation",
    "Letter",
    "Programme",
    "Reach",
    "Round",
    "Stop",
    "Version",
]
