"""The tables of this application; Django looks for them here."""

from hearwell.web.collector.refusal import Refusal
from hearwell.web.collector.site import Site

__all__ = ["Refusal", "Site"]
