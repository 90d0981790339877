"""The organisation's settings: what they are, who changed them, and changes."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Query as FromQuery
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.lake import settings_file
from hearwell.lake.lake import Lake
from hearwell.settings import Entries, Settings, TelephoneNumber, read
from hearwell.web import lakes
from hearwell.web.api import told
from hearwell.web.api.answered import answered, whole
from hearwell.web.api.caller import administers, at_least
from hearwell.web.api.page import Page
from hearwell.web.api.problem import unfit
from hearwell.web.inputs.change_settings import change_settings as write
from hearwell.web.inputs.numbers_page import MOST_LINES, keep
from hearwell.web.inputs.settings_change import SettingsChange
from hearwell.web.inputs.settings_form import SettingsForm
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn

router = Router(tags=["Organisation"], auth=at_least(Role.ADMINISTRATOR))
EXAMPLE: JsonDict = {"minimum_n": 20, "service_level": {"answer_within_seconds": 30}}
NUMBERS: JsonDict = {
    "numbers": [{"number": "+44 20 7946 0123", "article": "returns"}],
    "edition": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


class SettingsTold(BaseModel):
    settings: Settings = Field(description="As in hearwell.toml, with what is usual.")
    edition: str = Field(description="Of the file: a change of lists is one of this edition.")


class ChangeTold(BaseModel):
    at: str
    by: str | None
    entry: str
    before: str
    after: str


class Changes(BaseModel):
    changes: list[ChangeTold]
    next: int | None = Field(description="The cursor of the next page; null after the last.")


class SettingsGiven(Entries):
    """Entries as they are to be; those that are left out stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    def by_path(self) -> dict[str, Any]:
        return dict(flat(self.model_dump(exclude_unset=True)))


class NumbersGiven(Schema):
    """All telephone numbers that one article or campaign alone shows."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": NUMBERS})
    numbers: Annotated[list[TelephoneNumber], Field(max_length=MOST_LINES)]
    edition: str = Field(description="Of the settings that were read before.")


@router.get("/settings", summary="Settings", **told.described(SettingsTold, "/settings"))
def settings(request: SignedIn) -> HttpResponseBase:
    """Tell the organisation's settings."""

    def made(lake: Lake) -> dict[str, Any]:
        return as_told(lake.settings)

    return answered(request, None, made)


@router.get(
    "/settings/changes",
    summary="Changes of settings",
    **told.described(Changes, "/settings/changes"),
)
def settings_changes(request: SignedIn, asked: FromQuery[Page]) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell who changed which setting, the newest first."""
    shown, more = asked.of(SettingsChange.objects.select_related("person"))
    found = [
        {
            "at": each.at.isoformat(),
            "by": str(each.person) if each.person else None,
            **{name: getattr(each, name) for name in ("entry", "before", "after")},
        }
        for each in shown
    ]
    return whole({"changes": found, "next": more})


@router.patch(
    "/settings",
    auth=administers,
    summary="Change settings",
    **told.described(SettingsTold, "/settings"),
)
def change_settings(request: SignedIn, given: SettingsGiven) -> HttpResponseBase:
    """Change entries of the settings; what follows from them is made anew.

    Opening hours are changed by `/promises`, telephone numbers by `/settings/telephone-numbers`,
    and topics in the file.
    """
    lake = lakes.POOL.path
    seen = settings_file.edition(lake)
    form = SettingsForm.changed(read(lake), given.by_path())
    if wrong := unfit(request, form):
        return wrong
    write(request, form.edit, seen)
    return whole(as_told(read(lake)))


@router.put(
    "/settings/telephone-numbers",
    auth=administers,
    summary="Change telephone numbers",
    **told.described(SettingsTold, "/settings/telephone-numbers"),
)
def change_numbers(request: SignedIn, given: NumbersGiven) -> HttpResponseBase:
    """Put these numbers in the place of those that there are."""
    numbers = [each.model_dump(exclude_defaults=True) for each in given.numbers]
    keep(request, numbers, given.edition)
    return whole(as_told(read(lakes.POOL.path)))


def as_told(found: Settings) -> dict[str, Any]:
    told_of = found.model_dump(mode="json", by_alias=True)
    return {"settings": told_of, "edition": settings_file.edition(lakes.POOL.path)}


def flat(entries: Mapping[str, Any], inside: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in entries.items():
        if isinstance(value, dict):
            yield from flat(value, f"{inside}{name}.")
        else:
            yield inside + name, value
