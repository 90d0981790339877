"""What was wrong, in the language that is spoken, as far as it has words for it."""

from hearwell.errors import Field, HearwellError, Said
from hearwell.language import gettext
from hearwell.language.convention import listed
from hearwell.language.number import whole
from hearwell.report.name import spaced

NAMES = ("what", "name", "dimension")
"""Fields that hold a name of ours, which is translated too."""


def what_was_wrong(error: HearwellError) -> str:
    return told(error.said)


def told(said: Said) -> str:
    template = gettext(said.template)
    if not said.fields:
        return template
    return template.format(**{name: written(name, each) for name, each in said.fields.items()})


def written(name: str, field: Field) -> str:
    if isinstance(field, Said):
        return told(field)
    if isinstance(field, int):
        return whole(field)
    if isinstance(field, tuple):
        return listed(field)
    return spaced(field) if name in NAMES else field
