"""The tables of this application; Django looks for them here."""

from hearwell.web.targets.target import Alert, Side, Target

__all__ = ["Alert", "Side", "Target"]
