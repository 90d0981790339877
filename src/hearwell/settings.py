"""The organisation's settings: one TOML file in the lake's folder, every entry with a default."""

import tomllib
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


class Settings(Part):
    """What an organisation may choose. `hearwell init` writes the file with its comments."""

    zone: Annotated[str, AfterValidator(check_zone)] = "UTC"
    week_starts_on: Literal["monday", "sunday", "saturday"] = "monday"
    minimum_n: int = Field(default=10, ge=2)
    keep_snapshots_days: int = Field(default=90, ge=1)
    plain_identifiers: tuple[str, ...] = ()  # person columns kept as they are, not hashed
    service_level: ServiceLevel = ServiceLevel()
    staffing: Staffing = Staffing()
    alerts: Alerts = Alerts()
    roll_up: RollUp = RollUp()
    text: Texts = Texts()
    topics: dict[str, Topic] = Field(default_factory=dict)
    schedule: tuple[AppliedSchedule, ...] = ()  # the first that applies to a row is used
    service_level_target: tuple[ServiceLevelTarget, ...] = ()  # likewise, of those of a metric

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
"""
