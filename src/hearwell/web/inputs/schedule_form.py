"""Schedules and targets as forms: what was typed, what it means, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from hearwell.clock.schedule import WEEKDAYS
from hearwell.lake.settings_file import Refused, plain
from hearwell.settings import AppliedSchedule, ServiceLevelTarget

EMPTY_BLOCKS = 2
UNITS = {"minutes": 60, "hours": 3600, "days": 86400}
MOST_LINES = 200

Typed = Mapping[str, Any]


@dataclass
class Written:
    """What a form says: as it was typed, as the settings have it, and the problems by field."""

    typed: dict[str, Any]
    entry: dict[str, Any] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)

    def wrong(self, name: str, told: str) -> None:
        self.problems.setdefault(name, []).append(told)

    def check(self, model: type[BaseModel]) -> Any:
        """Return what the settings would have; None where they cannot, and the problems say so."""
        if self.problems:
            return None
        try:
            return model.model_validate(self.entry)
        except ValidationError as error:
            for each in error.errors():
                self.wrong(named(each["loc"]), plain(each["msg"]))
            return None

    def tell(self, refused: Refused, name: str, place: int) -> None:
        """Take what was wrong with the settings as a whole."""
        for found, told in refused.problems:
            own = found[:2] == (name, place)
            self.wrong(named(found[2:]) if own else "", told)


def named(place: tuple[str | int, ...]) -> str:
    """Return the field of a problem: blocks have one for each row, all else one by its name."""
    if place[:1] == ("blocks",):
        return f"blocks.{place[1]}" if len(place) > 1 else "blocks"
    return str(place[0]) if place else ""


def typed_schedule(schedule: AppliedSchedule | None, zone: str) -> dict[str, Any]:
    """Return a schedule as its form has it; a new one is the usual week."""
    if schedule is None:
        block = {"days": WEEKDAYS[:5], "opens": "09:00", "closes": "17:00"}
        return {"name": "", "zone": zone, "blocks": [block], "applies": []}
    return {
        "name": schedule.name,
        "zone": schedule.zone,
        "holidays": schedule.holidays or "",
        "valid_from": str(schedule.valid_from or ""),
        "valid_to": str(schedule.valid_to or ""),
        "blocks": [each.model_dump() for each in schedule.blocks],
        "closed": "\n".join(map(str, schedule.closed)),
        "special": "\n".join(
            " ".join([str(each.date), *(f"{h.opens}-{h.closes}" for h in each.blocks)])
            for each in schedule.special
        ),
        "applies": applies(schedule.applies_to),
    }


def read_schedule(post: QueryDict) -> Written:
    """Read the form of a schedule."""
    names = ("name", "zone", "holidays", "valid_from", "valid_to", "closed", "special")
    typed: dict[str, Any] = {name: post.get(name, "").strip() for name in names}
    typed["blocks"] = [each for each in blocks(post) if each["days"] or each["opens"]]
    typed["applies"] = read_applies(post)
    found = Written(typed)
    entry: dict[str, Any] = {"name": typed["name"], "zone": typed["zone"]}
    if typed["holidays"]:
        entry["holidays"] = typed["holidays"].upper()
    for name in ("valid_from", "valid_to"):
        if typed[name] and (day := day_of(typed[name], found, name)):
            entry[name] = day
    closed = [day_of(line, found, "closed") for line in typed["closed"].split()]
    if closed:
        entry["closed"] = [day for day in closed if day]
    special = [special_day(line, found) for line in typed["special"].splitlines() if line.strip()]
    if special:
        entry["special"] = [each for each in special if each]
    if typed["applies"]:
        entry["applies_to"] = dict(typed["applies"])
    entry["blocks"] = typed["blocks"]
    found.entry = entry
    return found


def blocks(post: QueryDict) -> list[dict[str, Any]]:
    numbers = [n for n in range(MOST_LINES) if f"opens-{n}" in post]
    return [
        {
            "days": [day for day in WEEKDAYS if day in post.getlist(f"days-{n}")],
            "opens": post.get(f"opens-{n}", "").strip(),
            "closes": post.get(f"closes-{n}", "").strip(),
        }
        for n in numbers
    ]


def day_of(text: str, found: Written, name: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        told = _("{text} is no date: write it like 2026-12-24")
        found.wrong(name, told.format(text=text))
        return None


def special_day(line: str, found: Written) -> dict[str, Any] | None:
    first, *stretches = line.split()
    day = day_of(first, found, "special")
    pairs = [each.partition("-") for each in stretches]
    if not all(opens and closes for opens, _dash, closes in pairs):
        told = _("{line} is not understood: write it like 2026-12-24 09:00-13:00")
        found.wrong("special", told.format(line=line))
        return None
    hours = [{"opens": opens, "closes": closes} for opens, _dash, closes in pairs]
    return {"date": day, "blocks": hours} if day else None


def typed_target(target: ServiceLevelTarget | None) -> dict[str, Any]:
    if target is None:
        return {"metric": "first_response", "within": "4", "unit": "hours", "clock": "business"}
    unit = next(
        (u for u, s in reversed(UNITS.items()) if target.within_seconds % s == 0), "minutes"
    )
    return {
        "metric": target.metric,
        "within": f"{target.within_seconds / UNITS[unit]:g}",
        "unit": unit,
        "clock": target.clock,
        "applies": applies(target.applies_to),
    }


def read_target(post: QueryDict) -> Written:
    """Read the form of a target."""
    names = ("metric", "within", "unit", "clock")
    typed: dict[str, Any] = {name: post.get(name, "").strip() for name in names}
    typed["applies"] = read_applies(post)
    found = Written(typed)
    try:
        within = float(typed["within"]) * UNITS[typed["unit"]]
    except (ValueError, KeyError):
        found.wrong("within_seconds", _("Say a number."))
        return found
    found.entry = {"metric": typed["metric"], "within_seconds": within, "clock": typed["clock"]}
    if typed["applies"]:
        found.entry["applies_to"] = dict(typed["applies"])
    return found


def applies(to: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    return [(name, list(values)) for name, values in to.items()]


def read_applies(post: QueryDict) -> list[tuple[str, list[str]]]:
    """Read the dimensions to which it applies: one value on a line, as values may have commas."""
    found = []
    for number in range(MOST_LINES):
        name = post.get(f"dimension-{number}", "")
        values = [line.strip() for line in post.get(f"values-{number}", "").splitlines()]
        if name and any(values):
            found.append((name, [value for value in values if value]))
    return found
