"""What assistants can do here: each tool is a question that programs may ask as well."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hearwell.engine.errors import BadQuestion
from hearwell.engine.explain import answerable
from hearwell.engine.question import Teams, find, may_ask
from hearwell.lake.lake import Lake
from hearwell.metrics.catalog import METRICS
from hearwell.metrics.metric import Metric
from hearwell.web import lakes
from hearwell.web.api import dimensions, findings, metrics, numbers, told
from hearwell.web.api.question import Asking, Card, Put, Text

MOST_CELLS = 500
"""An assistant reads every word of an answer."""


class Listed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    search: Text | None = Field(None, description="Only metrics that have this word.")
    only_answerable: bool = Field(False, description="Only those that count a row here.")


class Named(BaseModel):
    model_config = ConfigDict(extra="forbid")
    metric: Text = Field(description="Name or label, such as `service_level` or `CSAT`.")


class Valued(BaseModel):
    model_config = ConfigDict(extra="forbid")
    dimension: Text = Field(description="Such as `queue`, `team` or `custom.site`.")
    limit: int = Field(50, ge=1, le=200)


class Scorecard(Card):
    model_config = ConfigDict(extra="forbid")


class Explained(findings.Explained):
    model_config = ConfigDict(extra="forbid")
    metric: Text = Field(description="Name or label.")
    insight: findings.Insight = Field(
        "change",
        description="change: whether groups changed, or how many came through each; turned: on "
        "which days it turned; drivers: what has most to do with it; topics: what people write.",
    )


class Held(findings.Held):
    model_config = ConfigDict(extra="forbid")


class Staffed(findings.Staffed):
    model_config = ConfigDict(extra="forbid")


class Line(BaseModel):
    metric: str
    labels: list[str]
    meaning: str
    unit: str
    better: str
    variants: list[str]


class Lines(BaseModel):
    metrics: list[Line]


@dataclass(frozen=True)
class Tool:
    """A question, the form of what it takes and gives, and what answers it."""

    about: str
    takes: type[BaseModel]
    gives: type[BaseModel]
    answer: Callable[[Lake, Any, Teams], dict[str, Any]]


def list_metrics(lake: Lake, asked: Listed, teams: Teams) -> dict[str, Any]:
    found = [each for each in METRICS.values() if may_ask(each, teams) and fits(each, asked.search)]
    if asked.only_answerable:
        can = lakes.kept(lake, "answerable", teams, lambda: answerable(lake, teams=teams))
        found = [each for each in found if each.name in can.metrics]
    return {"metrics": [line(each) for each in found]}


def fits(metric: Metric, search: str | None) -> bool:
    text = " ".join((metric.name.replace("_", " "), *metric.labels, metric.meaning))
    return search is None or search.replace("_", " ").lower() in text.lower()


def line(metric: Metric) -> dict[str, Any]:
    return {
        "metric": metric.name,
        "labels": list(metric.labels),
        "meaning": metric.meaning.splitlines()[0],
        "unit": metric.unit.value,
        "better": metric.better.value,
        "variants": list(metric.variants()),
    }


def define_metric(lake: Lake, asked: Named, _: Teams) -> dict[str, Any]:
    return metrics.explained(find(asked.metric)[0].metric, lake.settings)


def values(lake: Lake, asked: Valued, teams: Teams) -> dict[str, Any]:
    return dimensions.counted(lake, asked.dimension, teams, asked.limit)


def ask(lake: Lake, asked: Put, teams: Teams) -> dict[str, Any]:
    return short(numbers.answers(lake, asked, asked.asked(), teams))


def scorecard(lake: Lake, asked: Scorecard, teams: Teams) -> dict[str, Any]:
    return short(numbers.card(lake, asked, teams))


def explained(lake: Lake, asked: Explained, teams: Teams) -> dict[str, Any]:
    one, *_ = find(asked.metric, asked.variant)
    return findings.explained(lake, asked.insight, asked, one, teams)


def short(answers: dict[str, Any]) -> dict[str, Any]:
    """Refuse an answer that is too long for an assistant to read.

    Raises:
        BadQuestion.

    """
    cells = len(answers["answers"])
    if cells > MOST_CELLS:
        problem = (
            f"The answer has {cells} cells, and at most {MOST_CELLS} are told here. Ask for a "
            "shorter period, a coarser grain or fewer dimensions."
        )
        raise BadQuestion(problem)
    return answers


TOOLS: Mapping[str, Tool] = {
    "list_metrics": Tool("List the numbers that can be asked for.", Listed, Lines, list_metrics),
    "define_metric": Tool(
        "Say what a metric means, who is credited, its variants, dimensions and SQL.",
        Named,
        told.Explained,
        define_metric,
    ),
    "dimension_values": Tool(
        "List the values that a dimension has, to filter by.", Valued, told.Values, values
    ),
    "ask": Tool(
        "Ask for numbers with their intervals, by groups, over time, or against another period. "
        "A change without a verdict of better or worse may be chance: say so.",
        Put,
        told.AnswersTold,
        ask,
    ),
    "scorecard": Tool(
        "Tell how customer care is doing: some sixty numbers of the newest 28 days, with what "
        "changed against the days before.",
        Scorecard,
        told.AnswersTold,
        scorecard,
    ),
    "findings": Tool(
        "Explain why a metric is as it is: what moved it, when it turned, or what drives it.",
        Explained,
        told.Findings,
        explained,
    ),
    "digest": Tool(
        "Tell what changed lately that somebody should know of. Nothing is a valid answer.",
        Scorecard,
        told.Findings,
        findings.weightiest,
    ),
    "products": Tool(
        "Tell which products do worse than the others, and on which topics.",
        Held,
        told.Findings,
        findings.held,
    ),
    "guardrails": Tool(
        "Tell of each number that improved whether another paid for it, and signs of gaming.",
        Scorecard,
        told.Findings,
        findings.guarded,
    ),
    "staffing": Tool(
        "Tell whether there are enough agents at the telephone, by half hour of the week.",
        Staffed,
        told.Findings,
        findings.staffed,
    ),
}


@cache
def described() -> list[dict[str, Any]]:
    """Return the tools as the protocol lists them."""
    return [
        {
            "name": name,
            "description": tool.about,
            "inputSchema": tool.takes.model_json_schema(),
            "outputSchema": tool.gives.model_json_schema(mode="serialization"),
            "annotations": {"readOnlyHint": True, "openWorldHint": False},
        }
        for name, tool in TOOLS.items()
    ]


def as_of(asked: BaseModel) -> str | None:
    return asked.as_of if isinstance(asked, Asking | findings.Staffed) else None
