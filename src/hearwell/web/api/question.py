"""The question as programs put it: in the words in which an answer repeats it."""

from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from ninja import Schema
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from pydantic.config import JsonDict

from hearwell.engine.errors import BadQuestion, meant
from hearwell.engine.period import Compare, Grain
from hearwell.engine.question import MOST_DIMENSIONS, Asked, Question, Teams, find
from hearwell.engine.scorecard import DAYS, last_days
from hearwell.lake.lake import Lake
from hearwell.metrics.clock import ClockName
from hearwell.web import lakes

MOST_METRICS = 100
MOST_FILTERS = 50
LONGEST = 500


def printable(text: str) -> str:
    if "\0" in text:
        problem = "it holds a NUL character"
        raise ValueError(problem)
    return text


def of_one_line(text: str) -> str:
    if len(text.splitlines()) > 1:
        problem = "it has more than one line"
        raise ValueError(problem)
    return text


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST), AfterValidator(printable)
]
Line = Annotated[Text, AfterValidator(of_one_line)]
Filter = Annotated[Text, StringConstraints(pattern=r"^[^=]+=")]


class Query(Schema):
    """The parameters of an operation. One that is not known is refused, not overlooked."""

    @model_validator(mode="after")
    def _knows_all(self, info: ValidationInfo) -> Self:
        known = [field.alias or name for name, field in type(self).model_fields.items()]
        for name in info.context["request"].GET if info.context else ():
            if name not in known:
                hint = meant(name, known)
                problem = f"no parameter is called {name!r}. {hint}"
                raise ValueError(problem)
        return self


class Period(Schema):
    """Which days are meant."""

    usual_days: ClassVar[int | None] = None
    """So many of the newest days are meant where no period is given; None: all that there are."""

    begins: Text | None = Field(
        None, alias="from", description="First day, or an instant; the organisation's zone."
    )
    ends: Text | None = Field(None, alias="to", description="Last day, included, or an instant.")
    last: int | None = Field(
        None, ge=1, le=9_999, description="In place of from and to: so many of the newest days."
    )

    @model_validator(mode="after")
    def _has_one_period(self) -> Self:
        if self.last is not None and (self.begins or self.ends):
            problem = "last is in place of from and to: give one or the other"
            raise ValueError(problem)
        return self

    def period(self, lake: Lake, teams: Teams) -> tuple[str | None, str | None]:
        given = self.begins or self.ends
        last = self.last or (None if given else self.usual_days)
        newest = newest_day(lake, teams) if last else None
        if last is None or newest is None:
            return self.begins, self.ends
        first = date.fromisoformat(newest) - timedelta(days=last - 1)
        return first.isoformat(), newest


class Asking(Period):
    """What may be asked of every number."""

    by: Annotated[list[Text], Field(max_length=MOST_DIMENSIONS)] = Field(
        [], description="Dimensions to group by; your own are called `custom.site`."
    )
    grain: Grain = Field("none", description="Cut the period into cells.")
    where: Annotated[list[Filter], Field(max_length=MOST_FILTERS)] = Field(
        [],
        description="Count only rows with this value of a dimension, such as `queue=billing`. "
        "Of the same dimension, any of the values.",
    )
    compare: Compare | None = Field(None, description="Hold it against another period.")
    clock: ClockName = Field("calendar", description="Which seconds count in durations.")
    standardise: Annotated[list[Text], Field(max_length=MOST_DIMENSIONS)] = Field(
        [], description="Dimensions whose mix is held as it was in the period compared with."
    )
    level: float = Field(
        0.95, gt=0, lt=1, allow_inf_nan=False, description="How sure intervals are."
    )
    as_of: Text | None = Field(
        None, description="As the lake was then: a snapshot's number, a day or an instant."
    )

    def question(self, lake: Lake, asked: tuple[Asked, ...], teams: Teams, **more: Any) -> Question:
        """Return the engine's question.

        Raises:
            BadQuestion, UnknownDimension.

        """
        begins, ends = self.period(lake, teams)
        given: dict[str, Any] = {
            "by": tuple(self.by),
            "grain": self.grain,
            "begins": begins,
            "ends": ends,
            "where": tuple(self.filters()),
            "compare": self.compare,
            "clock": self.clock,
            "level": self.level,
            "standardise": tuple(self.standardise),
            "teams": teams,
        }
        return Question(asked, **{**given, **more})

    def filters(self) -> list[tuple[str, str]]:
        pairs = (text.partition("=") for text in self.where)
        return [(name.strip(), value.strip()) for name, _, value in pairs]


def newest_day(lake: Lake, teams: Teams) -> str | None:
    """Return the last day of which there is anything that may be seen."""
    found: str | None = lakes.kept(lake, "newest seen", teams, lambda: last_days(lake, teams)[1])
    return found


class OneMetric(Asking, Query):
    """A question about the metric that the address names."""

    variant: Text | None = Field(None, description="One of the metric's; its first if none.")


class ManyMetrics(OneMetric):
    metric: Annotated[list[Text], Field(min_length=1, max_length=MOST_METRICS)] = Field(
        description="Names or labels of metrics, such as `service_level` or `CSAT`."
    )

    def asked(self) -> tuple[Asked, ...]:
        return together((name, self.variant) for name in self.metric)


class Card(OneMetric):
    """A question to the scorecard; usually the newest 28 days against those before."""

    usual_days = DAYS
    compare: Compare | Literal["none"] = Field(  # type: ignore[assignment]  # an address has no null
        "previous", description="Hold it against another period, or none."
    )

    @property
    def against(self) -> Compare | None:
        return None if self.compare == "none" else self.compare


class MetricAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    metric: Text = Field(description="Name or label.")
    variant: Text | None = Field(None, description="One of the metric's; its first if none.")


EXAMPLE: JsonDict = {
    "metrics": [{"metric": "service_level"}, {"metric": "wait_time", "variant": "p90"}],
    "by": ["queue"],
    "last": 28,
    "where": ["channel=phone"],
    "compare": "previous",
}


class Put(Asking):
    """A question as the answer to it repeats it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": EXAMPLE})
    metrics: Annotated[list[MetricAsked], Field(min_length=1, max_length=MOST_METRICS)]
    zone: Text | None = Field(None, description="If given, it must be the organisation's.")

    def asked(self) -> tuple[Asked, ...]:
        return together((each.metric, each.variant) for each in self.metrics)

    def question(self, lake: Lake, asked: tuple[Asked, ...], teams: Teams, **more: Any) -> Question:
        if self.zone not in {None, lake.settings.zone}:
            problem = f"Days are those of {lake.settings.zone} here, not of {self.zone}."
            raise BadQuestion(problem)
        return super().question(lake, asked, teams, **more)


def together(wanted: Any) -> tuple[Asked, ...]:
    """Return the metrics asked for, each once.

    Raises:
        UnknownMetric, UnknownVariant.

    """
    return tuple(dict.fromkeys(each for name, variant in wanted for each in find(name, variant)))
