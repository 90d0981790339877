"""The score model that the lake keeps, and what it was learnt from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from hearwell.engine.errors import BadQuestion
from hearwell.engine.question import Asked
from hearwell.lake.lake import Lake
from hearwell.metrics.facts.opinion import Opinion
from hearwell.text.score import FEWEST, FEWEST_OF_EACH, LOWEST_AREA, Quality, ScoreModel

TABLE = "hearwell_score_model"


@dataclass(frozen=True)
class Known:
    """What is known of the organisation's score model.

    Attributes:
        made_at: the instant in UTC; snapshot: the state of the lake that it was learnt from.
        rules: a mark of how it was learnt.
        scored: how many scored comments there were; the model may have been learnt from a sample.
        quality, by_language: how well texts are judged, of all and by language.
        messages: the same of messages, by the scores that were given after their cases.
        is_on: whether there is a model.

    """

    made_at: str
    snapshot: int
    rules: str
    scored: int
    quality: Quality
    by_language: Mapping[str, Quality]
    messages: Quality
    is_on: bool

    def text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def read(cls, text: str) -> Self:
        told: dict[str, Any] = json.loads(text)
        by_language = {name: Quality(**each) for name, each in told.pop("by_language").items()}
        quality, messages = (Quality(**told.pop(name)) for name in ("quality", "messages"))
        return cls(quality=quality, messages=messages, by_language=by_language, **told)


def known_model(lake: Lake) -> Known | None:
    """Return what is known of the score model; None if nobody has tried to learn one."""
    if TABLE not in lake.tables:
        return None
    found = lake.connection.execute(f"select told from lake.{TABLE}").fetchall()
    return Known.read(found[0][0]) if found else None


def score_model(lake: Lake) -> ScoreModel | None:
    """Return the score model, ready to judge; None if there is none."""
    from hearwell.text.score_store import read  # noqa: PLC0415  start-up time

    if TABLE not in lake.tables:
        return None
    found = lake.connection.execute(f"select arrays from lake.{TABLE}").fetchall()
    return read(found[0][0]) if found and found[0][0] is not None else None


class NoScoreModel(BadQuestion):
    """Nobody can say how texts are meant: there is no score model."""

    def __init__(self, metric: str, known: Known | None) -> None:
        super().__init__(f"{metric} is not told: {why_off(known)}")


def why_off(known: Known | None) -> str:
    """Return why texts are not judged, and what to do."""
    quality = Quality(0, 0) if known is None else known.quality
    if not quality.is_enough or quality.area_low is None:
        return (
            f"not enough scored comments to learn from ({quality.n}/{FEWEST}, of the rarer of low "
            f"and high scores {quality.fewer}/{FEWEST_OF_EACH}). Bring in comments with their "
            "scores, which must be the organisation's own; `hearwell build` learns from them."
        )
    return (
        f"low and high scores are not told apart well enough by what was written with them (area "
        f"under the curve at least {quality.area_low:.2f}, needed {LOWEST_AREA}; scored comments: "
        f"{quality.n:,}). More of them help."
    )


def refuse_unjudged(lake: Lake, asked: Asked) -> None:
    """Raise NoScoreModel where a metric rests on judged texts and none can be."""
    if asked.metric.record is not Opinion:
        return
    known = known_model(lake)
    if known is None or not known.is_on:
        raise NoScoreModel(asked.metric.name, known)
