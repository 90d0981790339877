"""What was wrong, in the language that is spoken, as far as it has words for it."""

from hearwell.errors import HearwellError
from hearwell.language import gettext
from hearwell.language.number import whole
from hearwell.report.name import spaced

NAMES = ("what", "name", "dimension")
"""Fields that hold a name of ours, which is translated too."""


def what_was_wrong(error: HearwellError) -> str:
    if not error.fields:
        return gettext(str(error))
    fields = {name: written(name, value) for name, value in error.fields.items()}
    return gettext(error.template).format(**fields)


def written(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return whole(value)
    return spaced(value) if name in NAMES else value
