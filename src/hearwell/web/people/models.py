"""The tables of this application; Django looks for them here."""

from hearwell.web.people.audit import Action, Audit, audit
from hearwell.web.people.invitation import Invitation
from hearwell.web.people.person import Person, Role
from hearwell.web.people.token import Scope, Token

__all__ = ["Action", "Audit", "Invitation", "Person", "Role", "Scope", "Token", "audit"]
