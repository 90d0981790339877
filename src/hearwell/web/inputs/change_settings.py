"""A change of the organisation's settings: written, kept in the log, and what depends made anew."""

from collections.abc import Callable

from tomlkit import TOMLDocument

from hearwell.lake import settings_file
from hearwell.settings import Settings
from hearwell.web import lakes
from hearwell.web.inputs import jobs
from hearwell.web.inputs.settings_change import SettingsChange
from hearwell.web.people.signed_in import SignedIn


def change_settings(
    request: SignedIn,
    edit: Callable[[TOMLDocument], None],
    seen: str,
    check: Callable[[Settings], object] | None = None,
) -> None:
    """Change the settings as `settings_file.change` does, and say who did.

    Raises:
        Refused, ChangedMeanwhile, and what `check` raises: nothing was written.

    """
    changes = settings_file.change(lakes.POOL.path, edit, seen, check)
    SettingsChange.keep(request, changes)
    if changes:
        jobs.rebuild()
