"""The organisation's settings: one TOML file in the lake's folder, every entry with a default."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from hearwell.clock.schedule import Schedule
from hearwell.clock.zone import check_zone
from hearwell.errors import HearwellError

FILE = "hearwell.toml"


class BadSettings(HearwellError):
    def __init__(self, path: Path, problems: list[str]) -> None:
        listed = "\n".join(f"  {p}" for p in problems)
        super().__init__(f"{path} has settings that cannot be used:\n{listed}")


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ServiceLevel(Part):
    answer_within_seconds: float = Field(default=20, ge=0)
    short_abandon_seconds: float = Field(default=5, ge=0)


class Staffing(Part):
    """When there are enough people at the telephone; how soon is as for the service level."""

    in_time: float = Field(default=0.80, gt=0, lt=1)
    abandoned: float = Field(default=0.05, gt=0, le=1)
    occupancy: float = Field(default=0.85, gt=0, le=1)
    shrinkage: float = Field(default=0.30, ge=0, lt=1)


class Alerts(Part):
    """How often a metric that is watched may raise an alarm although nothing has changed."""

    false_alarms_per_year: float = Field(default=1.0, gt=0, le=50)


class Identity(Part):
    """By which keys what nobody signed is taken for a customer's; without one, it is nobody's."""

    join_by: tuple[Literal["visitor", "caller"], ...] = ("visitor", "caller")


Tag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class Texts(Part):
    """What is known of what customers write, by which it is read and made anonymous."""

    languages: tuple[Tag, ...] = ()  # BCP 47; without one, languages are not told apart
    region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None  # ISO 3166


class Topic(Part):
    """What customers speak of, by the words they use for it, in any script."""

    words: tuple[Annotated[str, Field(min_length=1)], ...] = Field(min_length=1)
    without: tuple[Annotated[str, Field(min_length=1)], ...] = Field(default=(), alias="not")


class RollUp(Part):
    """What is kept by day, so that questions about many rows are answered at once."""

    by: tuple[str, ...] = ("channel", "queue")
    from_rows: int = Field(default=1_000_000, ge=0)


class AppliedSchedule(Schedule):
    """A schedule and the rows it is for: all, or those whose dimensions have these values."""

    applies_to: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class ServiceLevelTarget(Part):
    """How soon something is promised, for all rows or those whose dimensions have these values."""

    metric: Literal["first_response", "next_response", "resolution"]
    within_seconds: float = Field(gt=0)
    clock: Literal["business", "calendar"] = "business"
    applies_to: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @property
    def words(self) -> str:
        """What is promised and for whom, in one line; by it answers are told apart."""
        sizes = ((3600, "h"), (60, "min"), (1, "s"))
        size, unit = next((s for s in sizes if self.within_seconds % s[0] == 0), sizes[-1])
        within = f"{self.within_seconds / size:g} {unit}"
        clock = "opening hours" if self.clock == "business" else "calendar time"
        whom = "; ".join(f"{name}: {', '.join(v)}" for name, v in self.applies_to.items())
        return f"{self.metric.replace('_', ' ')} in {within} of {clock}" + (
            f" ({whom})" if whom else ""
        )


FEWEST_DIGITS, MOST_DIGITS = 3, 15


def digits_of(number: str) -> int | None:
    """Return a telephone number without signs and leading zeros; None where it is none."""
    digits = re.sub(r"[\s()./+-]", "", number).lstrip("0")
    is_number = digits.isascii() and digits.isdigit()
    return int(digits) if is_number and FEWEST_DIGITS <= len(digits) <= MOST_DIGITS else None


class TelephoneNumber(Part):
    """A number that one article or campaign alone shows, so that calls to it are told apart.

    Attributes:
        number: as readers see it.
        dialled: as the telephone system writes it; empty where that is the same.
        valid_from: the first day on which the number is shown for it.
        valid_to: the last one.

    """

    number: str
    dialled: str = ""
    article: str = ""
    campaign: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def digits(self) -> int:
        """What is compared with the number that a call dialled."""
        return digits_of(self.dialled or self.number) or 0

    @property
    def days(self) -> tuple[date, date]:
        return self.valid_from or date.min, self.valid_to or date.max

    def shows(self, day: date) -> bool:
        first, last = self.days
        return first <= day <= last

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        for number in filter(None, (self.number, self.dialled)):
            if digits_of(number) is None:
                message = f"{number!r} is no telephone number: it has {FEWEST_DIGITS} to "
                message += f"{MOST_DIGITS} digits, such as +44 20 7946 0123"
                raise ValueError(message)
        if not self.number:
            message = "say the number that is shown"
            raise ValueError(message)
        if bool(self.article) == bool(self.campaign):
            message = f"{self.number} is shown by an article or by a campaign: name one of them"
            raise ValueError(message)
        if self.days[0] > self.days[1]:
            message = f"{self.number}: valid_from {self.valid_from} is after {self.valid_to}"
            raise ValueError(message)
        return self


class Entries(Part):
    """What an organisation may choose one entry at a time."""

    zone: Annotated[str, AfterValidator(check_zone)] = "UTC"
    week_starts_on: Literal["monday", "sunday", "saturday"] = "monday"
    minimum_n: int = Field(default=10, ge=2)
    keep_snapshots_days: int = Field(default=90, ge=1)
    plain_identifiers: tuple[str, ...] = ()  # person columns kept as they are, not hashed
    service_level: ServiceLevel = ServiceLevel()
    staffing: Staffing = Staffing()
    alerts: Alerts = Alerts()
    identity: Identity = Identity()
    roll_up: RollUp = RollUp()
    text: Texts = Texts()


class Settings(Entries):
    """What an organisation may choose. `hearwell init` writes the file with its comments."""

    topics: dict[str, Topic] = Field(default_factory=dict)
    schedule: tuple[AppliedSchedule, ...] = ()  # the first that applies to a row is used
    service_level_target: tuple[ServiceLevelTarget, ...] = ()  # likewise, of those of a metric
    telephone_number: tuple[TelephoneNumber, ...] = ()

    @model_validator(mode="after")
    def _has_hours_for_its_targets(self) -> Self:
        by_business = [each for each in self.service_level_target if each.clock == "business"]
        if by_business and not self.schedule:
            message = (
                f"the target for {by_business[0].metric} is in business time, which needs opening "
                'hours: add a [[schedule]], or give the target clock = "calendar"'
            )
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _has_one_of_each_number_a_day(self) -> Self:
        in_order = sorted(self.telephone_number, key=lambda each: (each.digits, each.days))
        for one, other in pairwise(in_order):
            if one.digits == other.digits and other.days[0] <= one.days[1]:
                message = (
                    f"{other.number} is shown twice at a time: end the first with valid_to "
                    "before the second begins with valid_from"
                )
                raise ValueError(message)
        return self

    def shown_on(self, day: date, *, article: str = "", campaign: str = "") -> str | None:
        """Return the number that a page shows on a day: of its campaign, else of its article."""
        return next(self._shown(day, article, campaign), None)

    def _shown(self, day: date, article: str, campaign: str) -> Iterator[str]:
        today = [each for each in self.telephone_number if each.shows(day)]
        yield from (each.number for each in today if campaign and each.campaign == campaign)
        yield from (each.number for each in today if article and each.article == article)


def read(lake: Path) -> Settings:
    """Return the settings of a lake; an absent file means all defaults."""
    path = lake / FILE
    if not path.exists():
        return Settings()
    try:
        return Settings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(path, [str(error)]) from error
    except ValidationError as error:
        raise BadSettings(
            path,
            [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()],
        ) from error


def template(zone: str) -> str:
    """Return the text of a new settings file."""
    return f"""\
# Settings of this organisation. What is left out has the value shown.
zone = "{zone}"                # where its days and weeks begin and end (IANA name)
week_starts_on = "monday"     # or "sunday", "saturday"
minimum_n = 10                # answers with fewer rows are greyed and never ranked
keep_snapshots_days = 90      # how far back --as-of can look
plain_identifiers = []        # person columns to keep unhashed, such as "customer_id"

[service_level]
answer_within_seconds = 20    # answered this soon is in time
short_abandon_seconds = 5     # hung up sooner is left out by SL5 and by "without_short"

[staffing]
in_time = 0.80                # share of callers to answer in time
abandoned = 0.05              # share of callers who may hang up
occupancy = 0.85              # agents are to be busy at most this part of their time
shrinkage = 0.30              # part of paid time that is not at work: leave, illness, training

[alerts]
false_alarms_per_year = 1.0   # of each metric that is watched, by chance alone

[identity]
join_by = ["visitor", "caller"]   # keys by which journeys may be joined: browser, telephone

[roll_up]
by = ["channel", "queue"]     # dimensions kept by day; others are asked of the rows
from_rows = 1000000           # smaller tables are asked row by row, which is as quick

[text]
languages = []                # what customers write, such as ["ur", "en"]; told apart by these
# region = "PK"               # where telephone numbers are from, if not where a language is usual

# What customers speak of, by their words for it, in any language and script. A word may end
# in * for any ending; a text in which one of "not" stands does not belong to the topic.
# [topics.delivery]
# words = ["not arrived", "deliver*"]
# not = ["delivered on time"]

# Opening hours: the business clock counts only these. Add as many as you need;
# the first whose applies_to fits a row is used.
# [[schedule]]
# name = "office"
# zone = "{zone}"
# holidays = "GB"
# applies_to = {{ queue = ["billing"] }}
# [[schedule.blocks]]
# days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
# opens = "09:00"
# closes = "17:30"

# What is promised for written cases, in opening hours unless clock = "calendar". Add as many as
# you need; of those of a metric, the first whose applies_to fits a row is used.
# [[service_level_target]]
# metric = "first_response"   # or "next_response", "resolution"
# within_seconds = 14400
# applies_to = {{ priority = ["high"] }}

# Numbers that one article or campaign alone shows: calls to them are credited to it. The script on
# your pages shows them; dialled is for telephone systems that write the number otherwise.
# [[telephone_number]]
# number = "+44 20 7946 0123"
# dialled = "8123"
# article = "returns"         # or campaign = "spring"
# valid_from = 2026-01-01
"""
