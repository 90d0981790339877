"""The tables of this application; Django looks for them here."""

from hearwell.web.inputs.bringing import Bringing, State
from hearwell.web.inputs.saved_mapping import SavedMapping
from hearwell.web.inputs.settings_change import SettingsChange

__all__ = ["Bringing", "SavedMapping", "SettingsChange", "State"]
