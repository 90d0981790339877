"""The tables of this application; Django looks for them here."""

from hearwell.web.people.invitation import Invitation
from hearwell.web.people.person import Person, Role

__all__ = ["Invitation", "Person", "Role"]
