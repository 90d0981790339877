"""What the organisation's topics have to do with a number: those who speak of one, and the rest."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearwell.evidence.counted import NOW, Counted
from hearwell.insights.topics.texts import Texts
from hearwell.lake.extensions import quoted
from hearwell.metrics.part import FloatArray
from hearwell.settings import Topic
from hearwell.stats.multiplicity import benjamini_hochberg
from hearwell.stats.resampling import GROUPS, Resampled, poisson_weights
from hearwell.text.scrub import BETWEEN
from hearwell.text.topic import comparable, pattern

FEWEST_PEOPLE = 5
FEWEST = 30
"""Of fewer rows no verdict is given."""


@dataclass(frozen=True)
class Told:
    """What a topic has to do with a number.

    Attributes:
        n, people: texts that speak of it, and their writers; share: of all writers.
        value: of them; rest: of those who wrote of other things.
        gap, low, high, p: the difference, with its interval over customers.
        is_sure: beyond chance among all topics.

    """

    topic: str
    n: int
    people: int
    share: float
    value: float
    rest: float
    gap: float
    low: float
    high: float
    p: float
    is_sure: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def speaks_of(
    rows: Counted, texts: Texts, topics: Mapping[str, Topic]
) -> dict[str, NDArray[np.bool_]]:
    """Say which texts speak of which topic; one may speak of several."""
    if not topics:
        return {}
    searched = ", ".join(f"{matches(topic)} as t{i}" for i, topic in enumerate(topics.values()))
    text = np.array(comparable(BETWEEN.join(texts.text)).split(BETWEEN), dtype=object)
    connection = rows.lake.connection
    connection.register("searched_text", {"place": np.arange(len(text)), "text": text})
    try:
        found = rows.sql(f"select {searched} from searched_text order by place")
    finally:
        connection.unregister("searched_text")
    return {name: found[f"t{i}"].astype(bool) for i, name in enumerate(topics)}


def matches(topic: Topic) -> str:
    found = f"regexp_matches(text, {quoted(pattern(topic.words))})"
    if not topic.without:
        return found
    return f"({found} and not regexp_matches(text, {quoted(pattern(topic.without))}))"


@np.errstate(divide="ignore", invalid="ignore")
def effects(
    texts: Texts, speaks: Mapping[str, NDArray[np.bool_]], level: float
) -> tuple[Told, ...]:
    """Hold those who speak of each topic against all others who wrote, the surest first."""
    now = (texts.cell == NOW) & (texts.under != 0)
    writers = len(np.unique(texts.person[now]))
    weights = np.vstack([np.ones(GROUPS), poisson_weights(GROUPS)])
    whole = summed(texts, now)
    found = []
    for name, has_it in speaks.items():
        people = len(np.unique(texts.person[now & has_it]))
        others = len(np.unique(texts.person[now & ~has_it]))
        if min(people, others) < FEWEST_PEOPLE:
            continue
        own = summed(texts, now & has_it)
        over, under = weights @ own[0], weights @ own[1]
        over_rest, under_rest = weights @ (whole[0] - own[0]), weights @ (whole[1] - own[1])
        value, rest = over / under, over_rest / under_rest
        gap = Resampled((value - rest)[0], (value - rest)[1:])
        interval = gap.interval(level)
        found.append(
            Told(
                name,
                int((now & has_it).sum()),
                people,
                people / writers,
                float(value[0]),
                float(rest[0]),
                float(gap.value),
                float(interval.low),
                float(interval.high),
                float(gap.p),
            )
        )
    sure = benjamini_hochberg(np.array([each.p for each in found]), 1 - level)
    found = [
        replace(each, is_sure=bool(s) and each.n >= FEWEST)
        for each, s in zip(found, sure, strict=True)
    ]
    return tuple(sorted(found, key=lambda each: (not each.is_sure, each.p, each.topic)))


def summed(texts: Texts, among: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Add up what rows add, by the bucket of their people."""
    bucket = texts.bucket[among]
    over, under = texts.over[among], texts.under[among]
    above, below = (np.bincount(bucket, each, GROUPS).astype(np.float64) for each in (over, under))
    return above, below
