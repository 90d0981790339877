"""Surveys: what is asked, word for word, in each language."""

from typing import Annotated, Any, Literal

from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from hearwell.language import LANGUAGES
from hearwell.web.api import told
from hearwell.web.api.answered import whole
from hearwell.web.api.caller import at_least
from hearwell.web.api.problem import Wrong, problem, unfit
from hearwell.web.api.question import Line, Text
from hearwell.web.api.repeat import DESCRIBED, once
from hearwell.web.api.stored import stored
from hearwell.web.people.person import Role
from hearwell.web.people.signed_in import SignedIn
from hearwell.web.people.token import Scope
from hearwell.web.surveys.design import Design, Presentation, Version
from hearwell.web.surveys.forms import DesignForm
from hearwell.web.surveys.instrument import INSTRUMENTS
from hearwell.web.surveys.pages import begin, keep_version, next_version
from hearwell.web.surveys.question import MOST_OPTIONS, After, Kind
from hearwell.web.surveys.version_form import MOST_FURTHER, PARTS, VersionForm

router = Router(tags=["Surveys"], auth=at_least(Role.LEAD))
writes = at_least(Role.LEAD, Scope.WRITE)
LONGEST = 2_000
BEGUN: JsonDict = {"name": "After care", "instrument": "csat"}
VERSION: JsonDict = {
    "presentation": "numbers",
    "texts": {"en": {"question": "How did we do?", "low": "badly", "high": "well"}},
    "further": [
        {"kind": "text", "after": "low", "texts": {"en": {"question": "What went wrong?"}}}
    ],
}
Words = Annotated[str, Field(max_length=LONGEST)]
Language = Literal[*LANGUAGES]  # type: ignore[valid-type]  # as many as there are


class DesignGiven(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": BEGUN})
    name: Annotated[Text, Field(max_length=100)]
    instrument: Literal[*INSTRUMENTS] = Field(description="What it measures.")  # type: ignore[valid-type]  # likewise


class Said(Schema):
    """What is said in a language."""

    model_config = ConfigDict(extra="forbid")
    question: Words
    low: Words = Field("", description="What the lowest answer means.")
    high: Words = ""
    labels: Annotated[list[Line], Field(max_length=MOST_OPTIONS)] = Field(
        [], description="A word for each answer, or none."
    )
    follow_low: Words = Field("", description="Asked after a low answer.")
    follow_middle: Words = ""
    follow_high: Words = ""


class Asked(Schema):
    model_config = ConfigDict(extra="forbid")
    question: Line
    options: Annotated[list[Line], Field(max_length=MOST_OPTIONS)] = Field(
        [], description="What can be chosen; of a matrix, what is judged."
    )


class Further(Schema):
    """A question after the first."""

    model_config = ConfigDict(extra="forbid")
    key: Text | None = Field(None, description="Of one that is there: its answers stay its own.")
    kind: Kind
    after: After = Field(After.ANY, description="After which answers it is asked; empty: any.")
    texts: dict[Language, Asked]


class VersionGiven(Schema):
    """What is asked; of an instrument with a standard, the scale is fixed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": VERSION})
    presentation: Presentation
    scale_low: int | None = Field(None, ge=-1000, le=1000)
    scale_high: int | None = Field(None, ge=-1000, le=1000)
    higher_is_better: bool | None = None
    asks_more: bool = Field(False, description="Are more than five questions wanted?")
    texts: dict[Language, Said]
    further: Annotated[list[Further], Field(max_length=MOST_FURTHER)] = Field(
        [], description="What is asked after the first question; one that is left out goes."
    )

    def ordered(self, version: Version) -> list[Further | None]:
        """Return the questions at the places where the version has them; new ones at the end."""
        known = [each["key"] for each in version.further]
        by_key = {each.key: each for each in self.further}
        return [
            *(by_key.get(key) for key in known),
            *(each for each in self.further if each.key not in known),
        ]

    def typed(self, version: Version) -> dict[str, Any]:
        """Return what a person would type into the form."""
        scale = ("scale_low", "scale_high", "higher_is_better")
        given = {name: getattr(self, name) for name in scale}
        own = {
            name: getattr(version, name) if each is None else each for name, each in given.items()
        }
        typed: dict[str, Any] = own | self.model_dump(include={"presentation", "asks_more"})
        for language, said in self.texts.items():
            words = said.model_dump() | {"labels": "\n".join(said.labels)}
            typed |= {f"{language}-{part}": words[part] for part in PARTS}
        for place, each in enumerate(self.ordered(version)):
            if each is not None:
                typed |= {f"kind_{place}": each.kind, f"after_{place}": each.after}
                typed |= {
                    f"{language}-asks_{place}": "\n".join([own.question, *own.options])
                    for language, own in each.texts.items()
                }
        return typed


class DesignTold(BaseModel):
    number: int
    name: str
    instrument: str
    is_anonymous: bool
    version: int = Field(description="The number of the newest.")
    programmes: list[int] = Field(description="Numbers of those that ask it.")


class Designs(BaseModel):
    designs: list[DesignTold]


class FurtherTold(Further):
    key: str


class DesignWhole(DesignTold):
    was_asked: bool = Field(description="If so, a change makes the next version.")
    presentation: Presentation
    scale_low: int
    scale_high: int
    higher_is_better: bool
    asks_more: bool
    texts: dict[str, Said]
    further: list[FurtherTold]


@router.get("/surveys/designs", summary="Surveys", **told.described(Designs, "/surveys/designs"))
def designs(request: SignedIn) -> HttpResponseBase:  # noqa: ARG001  an operation's form
    """Tell the surveys that programmes can ask."""
    found = Design.objects.prefetch_related("programmes")
    return whole({"designs": [design(each, each.newest) for each in found]})


@router.post(
    "/surveys/designs",
    auth=writes,
    summary="Begin a survey",
    **told.described(DesignWhole, "/surveys/designs", status=201, parameters=[DESCRIBED]),
)
@once
def begin_design(request: SignedIn, given: DesignGiven) -> Any:
    """Begin a survey with the usual words of what it measures."""
    form = DesignForm(given.model_dump())
    return unfit(request, form) or whole(in_full(begin(request, form)), 201)


@router.get(
    "/surveys/designs/{number}",
    summary="One survey",
    **told.described(DesignWhole, "/surveys/designs/1"),
)
def one_design(request: SignedIn, number: int) -> HttpResponseBase:  # noqa: ARG001  as above
    """Tell what a survey asks, in its newest version."""
    return whole(in_full(get_object_or_404(Design, pk=stored(number))))


@router.put(
    "/surveys/designs/{number}",
    auth=writes,
    summary="Change a survey",
    **told.described(DesignWhole, "/surveys/designs/1"),
)
def change_design(request: SignedIn, number: int, given: VersionGiven) -> Any:
    """Put other words in the place of those that there are.

    Once somebody was asked, that makes the next version; answers stay with the one they were of.
    """
    found = get_object_or_404(Design, pk=stored(number))
    version = next_version(found)
    places = given.ordered(version)
    if len(places) > MOST_FURTHER:
        detail = f"At most {MOST_FURTHER} questions, with those that there were. Name their keys."
        return problem(request, 422, detail, [Wrong(at="body.further", detail=detail)])
    more = len(places) - len(version.further)
    form = VersionForm(given.typed(version), instance=version, more=more)
    if wrong := unfit(request, form, {name: place_of(name) for name in form.fields}):
        return wrong
    keep_version(request, form)
    return whole(in_full(found))


def place_of(name: str) -> str:
    """Return where the value of a field of the form stands in the body."""
    language, dash, part = name.partition("-")
    if not dash:
        return "further" if "_" in name and name.rpartition("_")[2].isdecimal() else name
    return "further" if part.startswith("asks_") else f"texts.{language}.{part}"


def design(found: Design, version: Version) -> dict[str, Any]:
    return {
        "number": found.pk,
        "name": found.name,
        "instrument": found.instrument,
        "is_anonymous": version.is_anonymous,
        "version": version.number,
        "programmes": [each.pk for each in found.programmes.all()],
    }


def in_full(found: Design) -> dict[str, Any]:
    version = found.newest
    names = ("presentation", "scale_low", "scale_high", "higher_is_better", "asks_more")
    return {
        **design(found, version),
        "was_asked": version.was_asked,
        **{name: getattr(version, name) for name in (*names, "texts", "further")},
    }
