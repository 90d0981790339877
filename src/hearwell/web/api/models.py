"""The tables of this application; Django looks for them here."""

from hearwell.web.api.repeat import Repeat

__all__ = ["Repeat"]
