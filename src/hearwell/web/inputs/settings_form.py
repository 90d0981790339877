"""The organisation's settings as a form, made of what the settings say of themselves."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, Self, get_args, get_origin
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel
from tomlkit import TOMLDocument
from tomlkit import table as new_table

from hearwell.lake.settings_file import Refused
from hearwell.records import RECORDS
from hearwell.records.identity_split import KEYS
from hearwell.report.name import spaced
from hearwell.settings import Settings

ELSEWHERE = ("schedule", "service_level_target", "telephone_number", "topics")
"""What has pages of its own; topics are written in the file."""

TOLD: dict[str, tuple[Any, Any]] = {
    "zone": (_("Zone"), _("Where your days and weeks begin and end.")),
    "week_starts_on": (_("Weeks begin on"), ""),
    "minimum_n": (_("Fewest rows"), _("Numbers of fewer rows are greyed and never ranked.")),
    "keep_snapshots_days": (_("Days to look back"), _("How long states of the lake are kept.")),
    "plain_identifiers": (
        _("Identifiers kept as they are"),
        _("All others are hashed when they come in. It holds for rows that come from now on."),
    ),
    "service_level.answer_within_seconds": (
        _("Answered in time, in seconds"),
        _("Calls answered this soon count for the service level."),
    ),
    "service_level.short_abandon_seconds": (
        _("Short call, in seconds"),
        _("Callers who hang up sooner are left out where that is asked for."),
    ),
    "staffing.in_time": (_("Part of callers to answer in time"), ""),
    "staffing.abandoned": (_("Part of callers who may hang up"), ""),
    "staffing.occupancy": (_("Largest part of their time that agents are busy"), ""),
    "staffing.shrinkage": (_("Part of paid time that is not at work"), ""),
    "alerts.false_alarms_per_year": (
        _("False alarms per year"),
        _("So often a metric that is watched may raise one although nothing has changed."),
    ),
    "identity.join_by": (
        _("Journeys may be joined by"),
        _("A browser, or a telephone number, whose customer is known from elsewhere."),
    ),
    "text.languages": (
        _("Languages that customers write in"),
        _("Codes with commas between, such as pa, ur. Without one they are not told apart."),
    ),
    "text.region": (
        _("Country of telephone numbers"),
        _("Two letters, such as PK: the numbers in texts are covered by its rules."),
    ),
    "roll_up.by": (_("Dimensions kept by day"), _("Questions by these are answered at once.")),
    "roll_up.from_rows": (
        _("Rows from which a table is kept by day"),
        _("Smaller tables are asked row by row, which is as quick."),
    ),
}
GROUPS = {
    "": _("Organisation"),
    "service_level": _("Service level of calls"),
    "staffing": _("Staffing"),
    "alerts": _("Alerts"),
    "identity": _("Who is who"),
    "text": _("What customers write"),
    "roll_up": _("What is kept by day"),
}


def persons() -> list[str]:
    """Return the columns that identify a customer."""
    marks = [(n, mark) for each in RECORDS.values() for n, mark in each.columns().items()]
    return sorted({name for name, mark in marks if mark.role == "person"})


def dimensions() -> list[str]:
    return sorted({name for each in RECORDS.values() for name in each.dimensions()})


SEVERAL: dict[str, Callable[[], list[str]]] = {
    "plain_identifiers": persons,
    "roll_up.by": dimensions,
    "identity.join_by": lambda: list(KEYS),
}


class SettingsForm(forms.Form):
    """One field for each entry; what may stand in it is checked by the settings themselves."""

    def __init__(self, settings: Settings, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.before = dict(entries(settings))
        for path, (kind, value) in self.before.items():
            self.fields[path] = field(path, kind, value)

    @classmethod
    def changed(cls, settings: Settings, given: Mapping[str, Any]) -> Self:
        """Return the form as somebody fills it in who changes these entries, and no other."""
        now = {path: value for path, (_kind, value) in entries(settings)}
        return cls(
            settings, {path: in_field(path, value) for path, value in {**now, **given}.items()}
        )

    def groups(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Give the fields in groups, each with its title."""
        by_group: dict[str, list[forms.BoundField]] = {}
        for path in self.fields:
            by_group.setdefault(path.rpartition(".")[0], []).append(self[path])
        for name, fields in by_group.items():
            yield str(GROUPS[name]), fields

    def edit(self, document: TOMLDocument) -> None:
        """Write what was changed into the document."""
        for path, (_kind, before) in self.before.items():
            value = self.cleaned_data[path]
            if isinstance(before, tuple):
                value = listed(value)
            if value == as_typed(before):
                continue
            inside, _dot, name = path.rpartition(".")
            part: Any = document
            if inside:
                part = document.setdefault(inside, new_table())
            if value == "":
                del part[name]
            else:
                part[name] = value

    def tell(self, refused: Refused) -> None:
        """Put what was wrong beside its field."""
        for place, told in refused.problems:
            names = [".".join(map(str, place[:length])) for length in (len(place), 2, 1)]
            self.add_error(next((name for name in names if name in self.fields), None), told)


def as_typed(value: Any) -> Any:
    """Return what stands in the field of an entry; nothing for one that is not given."""
    if isinstance(value, tuple):
        return list(value)
    return "" if value is None else value


def listed(value: str | list[str]) -> list[str]:
    return value.replace(",", " ").split() if isinstance(value, str) else list(value)


def entries(part: BaseModel, inside: str = "") -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Give each entry with its type and what it is now."""
    for name, about in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from entries(value, f"{inside}{name}.")
        elif name not in ELSEWHERE:
            yield inside + name, (about.annotation, value)


def field(path: str, kind: Any, value: Any) -> forms.Field:
    label, help_text = TOLD[path]
    named: dict[str, Any] = {"label": label, "help_text": help_text, "initial": value}
    if get_origin(kind) is Literal:
        named["choices"] = [(each, spaced(each).capitalize()) for each in get_args(kind)]
        return forms.ChoiceField(**named)
    if path == "zone":
        zones = sorted(available_timezones() - {"Factory", "localtime"})
        return forms.ChoiceField(choices=[(each, each) for each in zones], **named)
    if path in SEVERAL:
        known = dict.fromkeys((*SEVERAL[path](), *value))
        return forms.MultipleChoiceField(
            choices=[(each, spaced(each)) for each in known],
            widget=forms.CheckboxSelectMultiple,
            required=False,
            **named,
        )
    if kind in {int, float}:
        return forms.IntegerField(**named) if kind is int else forms.FloatField(**named)
    named["initial"] = in_field(path, value)
    return forms.CharField(required=False, **named)


def in_field(path: str, value: Any) -> Any:
    """Return a value as the field of an entry has it."""
    if isinstance(value, tuple):
        return list(value) if path in SEVERAL else ", ".join(value)
    return "" if value is None else value
